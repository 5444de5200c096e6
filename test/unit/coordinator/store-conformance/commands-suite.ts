import fc from 'fast-check';
import { expect } from 'vitest';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
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
  real: Store;
  readonly model: MemoryStore;
  readonly terms: { readonly real: Leadership[]; readonly model: Leadership[] };
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
  | {
      readonly kind: 'fenced';
      readonly term: number;
      readonly if: readonly Compare[];
      readonly do: readonly StoreOp[];
      readonly otherwise: readonly StoreOp[];
    }
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
      if: fc.array(compare, { maxLength: 2 }),
      do: ops,
      otherwise: ops,
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

/** All that a watch has to say now: the model delivers what is there before the event loop turns, then waits. */
async function modelHistory(
  store: MemoryStore,
  from: bigint,
  under: string,
): Promise<WatchBatch[]> {
  const controller = new AbortController();
  const seen: WatchBatch[] = [];
  setImmediate(() => setImmediate(() => controller.abort()));
  for await (const batch of store.watch(under, from, controller.signal)) seen.push(batch);
  return seen;
}

/** The next `count` batches, or what came in 10 s. */
async function history(
  store: Store,
  { from, under, count }: { readonly from: bigint; readonly under: string; readonly count: number },
): Promise<WatchBatch[]> {
  const seen: WatchBatch[] = [];
  if (count === 0) return seen;
  for await (const batch of store.watch(under, from, AbortSignal.timeout(10_000))) {
    seen.push(batch);
    if (seen.length === count) break;
  }
  return seen;
}

/** Does `step` to the model first: what its watch says is how long the real one is listened to. */
async function compareStep(pair: Pair, step: Command): Promise<void> {
  const model = await outcome(() => run(pair, step, 'model'));
  const count = Array.isArray(model) ? model.length : 1;
  expect(await outcome(() => run(pair, step, 'real', count))).toEqual(model);
}

async function run(pair: Pair, step: Command, side: 'real' | 'model', count = 0): Promise<unknown> {
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
      pair.terms[side].push(term);
      return { epoch: term.epoch, fence: term.fence };
    }
    case 'fenced': {
      const term = pair.terms[side].at(-1 - step.term);
      if (term === undefined) return null;
      // A process that was paused has not seen `lost`: the fence alone must hold.
      const unaware = { ...term, lost: new AbortController().signal };
      return store.fenced(unaware).txn({ if: step.if, do: step.do, otherwise: step.otherwise });
    }
    case 'watch': {
      const from = revision - BigInt(step.back);
      return side === 'model'
        ? modelHistory(pair.model, from, step.prefix)
        : history(store, { from, under: step.prefix, count });
    }
    default:
      return unreachable(step);
  }
}

/** Where a store that is opened twice keeps its data. */
export interface StoreHome {
  readonly open: () => Promise<Store>;
  readonly remove: () => Promise<void>;
}

/**
 * Plays random commands on the model and on a real store, which must not be tellable apart: same answers, same revisions,
 * same history, also after a reopen. `newHome` answers an empty place. Answers how many commands were played.
 */
export async function playCommands(
  newHome: () => Promise<StoreHome>,
  runs: number,
): Promise<number> {
  let commands = 0;
  const steps = fc.array(command, { minLength: 1, maxLength: 16, size: 'max' });
  await fc.assert(
    fc.asyncProperty(steps, async (played) => {
      const home = await newHome();
      const model = new MemoryStore();
      const pair: Pair = { real: await home.open(), model, terms: { real: [], model: [] } };
      try {
        for (const step of played) {
          commands += 1;
          await compareStep(pair, step);
        }
        await compareAfterReopen(pair, home);
      } finally {
        await pair.real.close();
        await home.remove();
      }
    }),
    { numRuns: runs, endOnFailure: false },
  );
  return commands;
}

/** A last write marks the end of the history, so that a batch too many shows as well as one too few. */
async function compareAfterReopen(pair: Pair, home: StoreHome): Promise<void> {
  const mark = { if: [], do: [{ op: 'put', key: 'mark', value: new Uint8Array([7]) }] } as const;
  expect(await pair.real.txn(mark)).toEqual(await pair.model.txn(mark));
  await pair.real.close();
  pair.real = await home.open();
  const model = await pair.model.list('');
  expect((await pair.real.list('', { revision: model.revision })).entries).toEqual(model.entries);
  const whole = await outcome(() => modelHistory(pair.model, 2n, ''));
  const count = Array.isArray(whole) ? whole.length : 1;
  expect(await outcome(() => history(pair.real, { from: 2n, under: '', count }))).toEqual(whole);
}
