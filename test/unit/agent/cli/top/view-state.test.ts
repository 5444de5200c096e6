import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowsOf, type SortBy } from '../../../../../agent/cli/top/rows.ts';
import {
  firstView,
  keysOf,
  pressed,
  type ViewState,
} from '../../../../../agent/cli/top/view-state.ts';
import { top } from './sample-top.ts';

function after(...keys: readonly string[]): ViewState | null {
  let state: ViewState | null = firstView;
  for (const key of keys) {
    if (state === null) return null;
    state = pressed(state, key, { rows: rowsOf(top, state), pageRows: 5 });
  }
  return state;
}

function names(over: Partial<ViewState>): readonly string[] {
  return rowsOf(top, { ...firstView, ...over }).map(
    ({ node, depth }) => '.'.repeat(depth) + node.name,
  );
}

describe('keys', () => {
  test.for([
    ['m', 'memory'],
    ['s', 'sm'],
    ['p', 'power'],
    ['n', 'name'],
  ] as const)('%s sorts by %s', ([key, sortBy]) => {
    expect(after('m', key)?.sortBy).toBe(sortBy satisfies SortBy);
  });

  test('q and Ctrl-C leave, q inside a filter does not', () => {
    expect([after('q'), after('ctrl-c'), after('/', 'ctrl-c')]).toEqual([null, null, null]);
    expect(after('/', 'q')?.typing).toBe('q');
  });

  test('a filter is typed, mended, taken over and cleared', () => {
    expect(after('/', 'V', 'a', 'x', 'backspace', 'd', 'enter')).toMatchObject({
      filter: 'vad',
      typing: null,
    });
    expect(after('/', 'v', 'enter', 'escape')?.filter).toBe('');
    expect(after('/', 'v', 'escape')).toMatchObject({ filter: '', typing: null });
  });

  test('the cursor moves within the list, and enter folds what it stands on', () => {
    expect(after('down')?.selected).toBe('GPU-aaaa/3g.40gb@4');
    expect(after('up')?.selected).toBe('GPU-aaaa');
    expect(after('end', 'down')?.selected).toBe(after('end')?.selected);
    expect(after('enter')?.folded).toEqual(new Set(['GPU-aaaa']));
    expect(after('enter', ' ')?.folded).toEqual(new Set());
    expect(after('c')?.folded).toEqual(new Set(['GPU-aaaa', 'GPU-bbbb']));
    expect(after('c', 'e')?.folded).toEqual(new Set());
    expect(after('left', 'right')?.folded).toEqual(new Set());
  });

  test.for([
    ['arrows and letters in one piece', '\u001b[A\u001b[Bq', ['up', 'down', 'q']],
    ['application mode', '\u001bOA\u001bOD', ['up', 'left']],
    ['page keys', '\u001b[5~\u001b[6~', ['page-up', 'page-down']],
    ['escape alone', '\u001b', ['escape']],
    ['unknown sequences', '\u001b[99;5Xa', ['a']],
    ['letters beyond ASCII', 'ä', ['ä']],
    ['controls', '\u0003\r\u007f\u0001', ['ctrl-c', 'enter', 'backspace']],
  ] as const)('%s', ([, chunk, want]) => {
    expect(keysOf(chunk)).toEqual(want);
  });

  test('no keys break the view', () => {
    const key = fc.constantFrom(
      'm',
      's',
      'p',
      'n',
      '/',
      'x',
      'enter',
      'escape',
      'backspace',
      'up',
      'down',
      'left',
      'right',
      'page-up',
      'page-down',
      'home',
      'end',
      'e',
      'c',
      ' ',
      'g',
      'G',
      'j',
      'k',
    );
    fc.assert(
      fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
        expect(after(...keys)).not.toBeNull();
      }),
    );
  });
});

describe('the tree', () => {
  test('goes from card over slice and replica to process; the rest stands at the end', () => {
    expect(names({}).slice(5)).toEqual([
      '1 L40S mps',
      '.mps-25%',
      '..vad-1a2b3c4d',
      '...4242 python3',
      '.mps-10%',
      '..asr-99ff00aa',
      '.88 MPS server',
      '.not ours',
      '..77 train in nightly',
      '.driver and contexts',
      '.stranded',
      '.idle',
    ]);
  });

  test('is sorted among siblings, the unknown last', () => {
    expect(names({ sortBy: 'power' })[0]).toBe('0 A100-SXM4-80GB mig');
    expect(names({ sortBy: 'memory' }).filter((name) => /^\d/.test(name))).toEqual([
      '1 L40S mps',
      '0 A100-SXM4-80GB mig',
    ]);
  });

  test('a filter keeps what matches with what is above and below it', () => {
    expect(names({ filter: 'vad' })).toEqual([
      '1 L40S mps',
      '.mps-25%',
      '..vad-1a2b3c4d',
      '...4242 python3',
    ]);
    expect(names({ filter: '77 train' })).toEqual([
      '1 L40S mps',
      '.not ours',
      '..77 train in nightly',
    ]);
    expect(names({ filter: 'no such thing' })).toEqual([]);
  });

  test('what is folded hides what is below it', () => {
    expect(names({ folded: new Set(['GPU-aaaa', 'GPU-bbbb']) })).toHaveLength(2);
  });
});
