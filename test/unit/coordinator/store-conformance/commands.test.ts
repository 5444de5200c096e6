import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { openSqliteStore } from '../../../../coordinator/store/sqlite-store.ts';
import type {
  Compare,
  Leadership,
  Store,
  StoreOp,
  WatchBatch,
} from '../../../../coordinator/store/store.ts';
import { unreachable } from '../../../../shared/domain/assert.ts';
import { isAppError } from '../../../../shared/platform/errors.ts';

/** Two stores that must not be tellable apart. */
interface Pair {
  readonly real: Store;
  readonly model: Store;
  readonly terms: { real: Leadership; model: Leadership }[];
}

type Command =
  | {
      readonly kind: 'txn';
      readonly if: readonly Compare[];
      readonly do: readonly StoreOp[];
      readonly otherwise: readonly StoreOp[];
    }
  | { readonly kind: 'get'; readonly key: string; readonly back: number | null }
  | {
      readonly kind: 'list';
      readonly prefix: string;
      readonly limit: number;
      readonly after: string;
      readonly back: number | null;
    }
  | { readonly kind: 'compact'; readonly back: number }
  | { readonly kind: 'lead'; readonly above: number }
  | { readonly kind: 'fenced'; readonly term: number; readonly do: readonly StoreOp[] }
  | { readonly kind: 'watch'; readonly prefix: string; readonly back: number };

const key = fc.constantFrom('a', 'a/1', 'a/2', 'A', 'b', 'b/1', 'c~');
const op: fc.Arbitrary<StoreOp> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('put' as const),
      key,
      value: fc.uint8Array({ maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('delete' as const), key }) },
);
const ops = fc.uniqueArray(op, { maxLength: 4, selector: (each) => each.key });
const compare: fc.Arbitrary<Compare> = fc.record({
  key,
  target: fc.constantFrom('mod' as const, 'create' as const, 'version' as const),
  equals: fc.bigInt({ min: 0n, max: 12n }),
});
const back = fc.option(fc.nat({ max: 9 }));
const prefix = fc.constantFrom('', 'a', 'a/', 'b', 'z', 'leadership/');
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('txn' as const),
      if: fc.array(compare, { maxLength: 2 }),
      do: ops,
      otherwise: ops,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('get' as const), key, back }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      prefix,
      limit: fc.integer({ min: 1, max: 5 }),
      after: fc.constantFrom('', 'a', 'a/1', 'b'),
      back,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('compact' as const), back: fc.nat({ max: 9 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('lead' as const), above: fc.nat({ max: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fenced' as const),
      term: fc.nat({ max: 3 }),
      do: ops,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('watch' as const), prefix, back: fc.nat({ max: 9 }) }),
  },
);

async function outcome(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.code;
  }
}

/** All that a watch has to say now: it delivers what is there before the event loop turns, then waits. */
async function history(store: Store, from: bigint, under: string): Promise<WatchBatch[]> {
  const controller = new AbortController();
  const seen: WatchBatch[] = [];
  setImmediate(() => setImmediate(() => controller.abort()));
  for await (const batch of store.watch(under, from, controller.signal)) seen.push(batch);
  return seen;
}

async function run(pair: Pair, step: Command, side: 'real' | 'model'): Promise<unknown> {
  const store = pair[side];
  const { revision } = await store.list('', { limit: 1 });
  const at = (steps: number | null) =>
    steps === null ? {} : { revision: revision - BigInt(steps) };
  switch (step.kind) {
    case 'txn':
      return store.txn({ if: step.if, do: step.do, otherwise: step.otherwise });
    case 'get':
      return store.get(step.key, at(step.back));
    case 'list':
      return store.list(step.prefix, { limit: step.limit, after: step.after, ...at(step.back) });
    case 'compact':
      return store.compact(revision - BigInt(step.back));
    case 'lead': {
      const term = await store.lead('main', { holder: 'x', above: BigInt(step.above) });
      if (side === 'real') pair.terms.push({ real: term, model: term });
      else {
        const both = pair.terms.at(-1);
        if (both !== undefined) both.model = term;
      }
      return { epoch: term.epoch, fence: term.fence };
    }
    case 'fenced': {
      const term = pair.terms.at(-1 - step.term)?.[side];
      if (term === undefined) return null;
      // A process that was paused has not seen `lost`: the fence alone must hold.
      const unaware = { ...term, lost: new AbortController().signal };
      return store.fenced(unaware).txn({ if: [], do: step.do });
    }
    case 'watch':
      return history(store, revision - BigInt(step.back), step.prefix);
    default:
      return unreachable(step);
  }
}

test('SQLite answers every command as the model does, and after a reopen too', async () => {
  let commands = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 1, maxLength: 16, size: 'max' }),
      async (steps) => {
        const folder = mkdtempSync(join(tmpdir(), 'tangram-conformance-'));
        const path = join(folder, 'store.sqlite');
        const pair = { real: openSqliteStore(path), model: new MemoryStore(), terms: [] };
        try {
          for (const step of steps) {
            commands += 1;
            const real = await outcome(() => run(pair, step, 'real'));
            const model = await outcome(() => run(pair, step, 'model'));
            expect(real).toEqual(model);
          }
          await pair.real.close();
          pair.real = openSqliteStore(path);
          expect(await pair.real.list('')).toEqual(await pair.model.list(''));
          expect(await outcome(() => history(pair.real, 2n, ''))).toEqual(
            await outcome(() => history(pair.model, 2n, '')),
          );
        } finally {
          await pair.real.close();
          rmSync(folder, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(commands).toBeGreaterThanOrEqual(1_700);
}, 120_000);
