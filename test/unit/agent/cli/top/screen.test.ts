import { describe, expect, test } from 'vitest';
import { History, sparkline } from '../../../../../agent/cli/top/history.ts';
import { renderOnce } from '../../../../../agent/cli/top/once.ts';
import { Painter } from '../../../../../agent/cli/top/painter.ts';
import { rowsOf } from '../../../../../agent/cli/top/rows.ts';
import { drawScreen } from '../../../../../agent/cli/top/screen.ts';
import { firstView, type ViewState } from '../../../../../agent/cli/top/view-state.ts';
import type { TopRecord } from '../../../../../agent/cli/api/top-record.ts';
import { shared, top } from './sample-top.ts';

interface Size {
  readonly width: number;
  readonly height: number;
  readonly unicode?: boolean;
}

function screen(size: Size, over: Partial<ViewState> = {}, shown: TopRecord = top) {
  const state = { ...firstView, ...over };
  const history = new History();
  history.add(rowsOf(shown, firstView));
  const { width, height, unicode = true } = size;
  return drawScreen(
    { top: shown, rows: rowsOf(shown, state), state, away: null, height },
    { width, unicode, history: (key, count) => history.of(key, count) },
  );
}

function text(size: Size, over: Partial<ViewState> = {}): string {
  const lines = screen(size, over).map((line) => line.text.trimEnd());
  return `${lines.join('\n')}\n`;
}

describe('the screen', () => {
  test('at 80×24', async () => {
    await expect(text({ width: 80, height: 24 })).toMatchFileSnapshot('golden/top-80x24.txt');
  });

  test('at 120×30', async () => {
    await expect(text({ width: 120, height: 30 })).toMatchFileSnapshot('golden/top-120x30.txt');
  });

  test('at 80×24 without Unicode, sorted by memory, filtered, with a card folded', async () => {
    const over = {
      sortBy: 'memory',
      filter: 'gpu-',
      folded: new Set(['GPU-aaaa']),
      typing: 'vad',
    } as const;
    await expect(text({ width: 80, height: 24, unicode: false }, over)).toMatchFileSnapshot(
      'golden/top-80x24-ascii.txt',
    );
  });

  test.for([
    [80, 24],
    [120, 30],
    [200, 60],
    [40, 8],
    [20, 5],
  ])('is exactly as large as a terminal of %i×%i', ([width = 0, height = 0]) => {
    const lines = screen({ width, height });
    expect(lines).toHaveLength(height);
    for (const line of lines) expect(Array.from(line.text).length).toBeLessThanOrEqual(width);
  });

  test('a stale sample says so, and its figures are faint', () => {
    const lines = screen({ width: 80, height: 24 }, {}, { ...top, stale: true, ageMs: 12_000 });
    expect(lines[0]).toEqual({
      text: 'STALE: the newest sample is 12.0 s old; sampling has stalled',
      style: 'alarm',
    });
    expect(lines[4]?.style).toBe('dim');
  });

  test('the cursor’s line is on the screen, however long the list', () => {
    const gpus = Array.from({ length: 40 }, (_, index) => ({
      ...shared,
      index,
      uuid: `GPU-${index}`,
    }));
    const lines = screen({ width: 80, height: 10 }, { selected: 'GPU-39' }, { ...top, gpus });
    expect(lines.find((line) => line.style === 'selected')?.text).toContain('39 L40S');
  });

  test('control characters in a name never reach the terminal', () => {
    const [process] = shared.processes ?? [];
    if (process === undefined) throw new Error('there is a process');
    const evil = { ...shared, processes: [{ ...process, name: 'x\u001b[2J\u0007\ny' }] };
    const lines = screen({ width: 80, height: 24 }, {}, { ...top, gpus: [evil] });
    // oxlint-disable-next-line no-control-regex -- exactly these must not be there
    for (const line of lines) expect(line.text).not.toMatch(/[\u0000-\u001f\u007f]/);
  });
});

describe('one sample for scripts', () => {
  test('has plain columns, with what is shared out and what is not known', async () => {
    await expect(renderOnce(top)).toMatchFileSnapshot('golden/once.txt');
  });

  test('a stalled sampler is called stale, and a host without cards says so', () => {
    expect(renderOnce({ ...top, stale: true, ageMs: 7_000 }).split('\n')[0]).toBe(
      'host: CPU 12%, memory 20.0GiB; samples 7.0 s old (STALE: sampling has stalled)',
    );
    expect(renderOnce({ ...top, gpus: [] })).toContain('no sample of a card');
  });
});

describe('sparklines', () => {
  test.for([
    ['all heights', [0, 15, 30, 45, 60, 70, 80, 100], 8, '▁▂▃▄▅▆▇█'],
    ['the newest values', [0, 0, 100, 100], 2, '██'],
    ['what was not told is a gap', [0, null, 100], 5, '  ▁ █'],
    ['beyond the scale', [-5, 250], 2, '▁█'],
    ['nothing yet', [], 3, '   '],
  ] as const)('%s', ([, values, width, want]) => {
    expect(sparkline(values, width, true)).toBe(want);
  });

  test('history begins with what the agent remembers and forgets lines that are gone', () => {
    const history = new History();
    history.add(rowsOf(top, firstView));
    expect(history.of('GPU-bbbb', 3)).toEqual([null, 80, 62]);
    history.add(rowsOf(top, firstView));
    expect(history.of('GPU-bbbb', 3)).toEqual([80, 62, 62]);
    history.add(rowsOf({ ...top, gpus: [] }, firstView));
    expect(history.of('GPU-bbbb', 3)).toEqual([]);
  });
});

describe('what is written', () => {
  test('is only what changed, and nothing when nothing did', () => {
    const painter = new Painter(false);
    const lines = screen({ width: 80, height: 24 });
    expect(painter.paint(lines)).toContain('\u001b[2J');
    expect(painter.paint(lines)).toBe('');
    const later = screen({ width: 80, height: 24 }, {}, { ...top, cpuRatio: 0.13 });
    const bytes = painter.paint(later);
    expect(bytes).toContain('\u001b[1;1H');
    expect(bytes.split(';1H')).toHaveLength(2);
    painter.forget();
    expect(painter.paint(later)).toContain('\u001b[24;1H');
  });

  test('has colours only where they are wanted', () => {
    const lines = screen({ width: 80, height: 24 }, { selected: 'GPU-bbbb' });
    expect(new Painter(true).paint(lines)).toContain('\u001b[33m');
    expect(new Painter(false).paint(lines)).not.toContain('\u001b[33m');
  });
});
