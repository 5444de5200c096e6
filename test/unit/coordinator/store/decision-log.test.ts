import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import {
  openDecisionLog,
  type DecisionQuery,
  type NewDecision,
} from '../../../../coordinator/store/decision-log.ts';
import { openSqlite } from '../../../../shared/platform/sqlite.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function freshPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tangram-decisions-'));
  folders.push(folder);
  return join(folder, 'decisions.sqlite');
}

function row(model: string, changes: Partial<NewDecision> = {}): NewDecision {
  return {
    atMs: 7,
    kind: 'decision',
    model,
    claim: '',
    revision: 2n ** 60n,
    engineVersion: '1',
    policy: 'tangram',
    seed: 1,
    inputs: '[]',
    request: '{}',
    outcome: '{"kind":"refused"}',
    ...changes,
  };
}

const snapshot = (inputs = '{}') => row('', { kind: 'snapshot', inputs, request: '', outcome: '' });
const newest: DecisionQuery = { limit: 100, model: null, before: null };

test('decisions keep what they were made from, over a restart', () => {
  const path = freshPath();
  let log = openDecisionLog(path, { rowsMax: 10 });
  log.append([snapshot(), row('a', { claim: 'a-1', atMs: 5 }), row('b')]);
  log.close();
  log = openDecisionLog(path, { rowsMax: 10 });
  expect(log.after(0, 10)).toEqual([
    { id: 1, ...snapshot() },
    { id: 2, ...row('a', { claim: 'a-1', atMs: 5 }) },
    { id: 3, ...row('b') },
  ]);
  expect(log.ofClaim('a-1')?.id).toBe(2);
  expect(log.ofClaim('')).toBeUndefined();
  expect(log.firstSince(6)).toBe(1);
  expect(log.firstSince(8)).toBeUndefined();
  expect(log.lastId()).toBe(3);
  log.close();
});

test('decisions are listed newest first, page by page, without snapshots', () => {
  const log = openDecisionLog(':memory:', { rowsMax: 10 });
  log.append([snapshot(), row('a'), row('b'), row('a')]);
  const ids = (query: Partial<DecisionQuery>) =>
    log.list({ ...newest, ...query }).map((each) => each.id);
  expect(ids({})).toEqual([4, 3, 2]);
  expect(ids({ limit: 2 })).toEqual([4, 3]);
  expect(ids({ limit: 2, before: 3 })).toEqual([2]);
  expect(ids({ model: 'a' })).toEqual([4, 2]);
  expect(log.counts()).toEqual({ placed: 0, refused: 3 });
  log.close();
});

test('the oldest snapshot goes with all that rests on it', () => {
  const log = openDecisionLog(':memory:', { rowsMax: 5 });
  log.append([snapshot(), row('a'), row('b'), snapshot(), row('c')]);
  expect(log.after(0, 10)).toHaveLength(5);
  log.append([row('d')]);
  expect(log.after(0, 10).map((each) => each.model)).toEqual(['', 'c', 'd']);
  expect(log.snapshotBefore(6)?.id).toBe(4);
  expect(log.snapshotBefore(3)).toBeUndefined();
  log.close();
});

test('a single run that is larger than the limits loses its oldest rows', () => {
  const log = openDecisionLog(':memory:', { rowsMax: 2 });
  log.append([snapshot(), row('a'), row('b')]);
  expect(log.after(0, 10).map((each) => each.model)).toEqual(['a', 'b']);
  expect(log.firstSnapshot()).toBeUndefined();
  log.close();
});

test('what is kept stays within rows and bytes, ends with the newest and begins with a snapshot', () => {
  const oneOf = fc.record({ isSnapshot: fc.boolean(), length: fc.integer({ min: 0, max: 300 }) });
  fc.assert(
    fc.property(
      fc.array(fc.array(oneOf, { maxLength: 6 }), { maxLength: 12 }),
      fc.integer({ min: 20, max: 40 }),
      (batches, rowsMax) => {
        const log = openDecisionLog(':memory:', { rowsMax, bytesMax: 4_000 });
        let written = 0;
        for (const batch of batches) {
          const rows = batch.map(({ isSnapshot, length }, at) => {
            const inputs = 'x'.repeat(length);
            // As the desk writes them: a snapshot comes before a run is a quarter of the limits.
            return isSnapshot || (written + at) % 4 === 0 ? snapshot(inputs) : row('m', { inputs });
          });
          log.append(rows);
          written += rows.length;
        }
        const kept = log.after(0, 1_000);
        const bytes = kept.reduce(
          (sum, each) => sum + each.inputs.length + each.request.length + each.outcome.length,
          0,
        );
        expect(kept.length).toBeLessThanOrEqual(rowsMax);
        expect(bytes).toBeLessThanOrEqual(4_000);
        expect(kept.at(-1)?.id ?? 0).toBe(written);
        expect(kept[0]?.kind ?? 'snapshot').toBe('snapshot');
        log.close();
      },
    ),
  );
});

test('a log of the version before is read on', () => {
  const path = freshPath();
  const old = openSqlite(path, {
    exclusive: true,
    migrations: [
      `CREATE TABLE decisions (
         id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, model TEXT NOT NULL,
         revision INTEGER NOT NULL, engine_version TEXT NOT NULL, policy TEXT NOT NULL,
         inputs TEXT NOT NULL, request TEXT NOT NULL, outcome TEXT NOT NULL);
       CREATE INDEX decisions_by_model ON decisions (model, id);
       INSERT INTO decisions VALUES (3, 7, 'decision', 'a', 1, '1', 'best-fit', '[]', '{}', '{}');`,
    ],
  });
  old.close();
  const log = openDecisionLog(path, { rowsMax: 10 });
  const before = { policy: 'best-fit', seed: 0, revision: 1n, outcome: '{}' };
  expect(log.get(3)).toEqual({ id: 3, ...row('a', before) });
  log.close();
});
