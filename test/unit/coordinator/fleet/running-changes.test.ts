import { expect, test } from 'vitest';
import { RunningChanges } from '../../../../coordinator/fleet/running-changes.ts';
import type { Change } from '../../../../shared/domain/change.ts';
import { parseModelName, type ModelName } from '../../../../shared/domain/ids.ts';
import { valueOf } from '../../../fakes/coordinator/fake-agent.ts';

const name = (text: string): ModelName => valueOf(parseModelName(text));

/** As much of a change as anybody looks for it by. */
function change(id: string, of: Partial<Change>, models: readonly string[]): Change {
  const basis = Object.fromEntries(models.map((model) => [`models/${model}`, '1']));
  return { id, exact: false, state: 'running', ...of, plan: { basis } } as unknown as Change;
}

class Table {
  readonly #rows = new Map<string, { readonly value: Change; readonly revision: bigint }>();

  put(value: Change): string {
    const key = `changes/${value.id}`;
    this.#rows.set(key, { value, revision: 1n });
    return key;
  }

  delete(id: string): string {
    this.#rows.delete(`changes/${id}`);
    return `changes/${id}`;
  }

  get(key: string) {
    return this.#rows.get(key);
  }

  entries() {
    return [...this.#rows].map(([key, { value }]) => [key, value] as const);
  }

  get size(): number {
    return this.#rows.size;
  }
}

const ids = (changes: readonly Change[]): readonly string[] => changes.map(({ id }) => id);

test('running changes are found by what they are about, and those that are over are only counted', () => {
  const table = new Table();
  const running = new RunningChanges(table);
  running.note(table.put(change('c', {}, ['asr', 'vad'])));
  running.note(table.put(change('a', { exact: true }, ['vad'])));
  running.note(table.put(change('b', { state: 'done' }, ['vad'])));
  expect([ids(running.all()), ids(running.exact()), running.overCount]).toEqual([
    ['a', 'c'],
    ['a'],
    1,
  ]);
  expect(ids(running.of([name('vad'), name('asr')]))).toEqual(['a', 'c']);
  expect(ids(running.of([name('ocr')]))).toEqual([]);
  running.note(table.put(change('a', { exact: true, state: 'aborted' }, ['vad'])));
  running.note(table.delete('b'));
  expect([ids(running.exact()), ids(running.of([name('vad')])), running.overCount]).toEqual([
    [],
    ['c'],
    1,
  ]);
});

test('read anew, it knows what is there and nothing of before', () => {
  const table = new Table();
  const running = new RunningChanges(table);
  running.note(table.put(change('a', {}, ['vad'])));
  table.delete('a');
  table.put(change('b', { exact: true }, ['vad']));
  running.reload();
  expect([ids(running.all()), ids(running.of([name('vad')]))]).toEqual([['b'], ['b']]);
});
