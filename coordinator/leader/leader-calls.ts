import { AppError } from '../../shared/platform/errors.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import type { RunningCore } from '../fleet/coordinator-core.ts';
import { TermEnd } from './term-end.ts';

/** What only a leader answers. */
export type LeaderCalls = Omit<
  CoordinatorCore,
  'clusterId' | 'epoch' | 'knowsNode' | 'openSession'
>;

/** Every call, made to whoever leads in this process at that moment. `leader` throws NOT_LEADER while nobody does. */
export function leaderCalls(leader: () => RunningCore): LeaderCalls {
  const ask = async <T>(call: (core: RunningCore) => Promise<T>): Promise<T> => {
    const core = leader();
    return untilDeposed(core, call(core));
  };
  return {
    applyModel: (...args) => ask((core) => core.applyModel(...args)),
    deleteModel: (...args) => ask((core) => core.deleteModel(...args)),
    scaleModel: (...args) => ask((core) => core.scaleModel(...args)),
    applyPlan: (...args) => ask((core) => core.applyPlan(...args)),
    planDefrag: (...args) => ask((core) => core.planDefrag(...args)),
    tryNodes: (...args) => ask((core) => core.tryNodes(...args)),
    tryWithout: (...args) => ask((core) => core.tryWithout(...args)),
    tryModel: (...args) => ask((core) => core.tryModel(...args)),
    abortChange: (...args) => ask((core) => core.abortChange(...args)),
    setAvailability: (...args) => ask((core) => core.setAvailability(...args)),
    labelNode: (...args) => ask((core) => core.labelNode(...args)),
    removeNode: (...args) => ask((core) => core.removeNode(...args)),
    allocations: {
      allocate: (...args) => ask((core) => core.allocations.allocate(...args)),
      renew: (...args) => ask((core) => core.allocations.renew(...args)),
      release: (...args) => ask((core) => core.allocations.release(...args)),
      list: () => leader().allocations.list(),
      get: (name) => leader().allocations.get(name),
      explain: (name) => leader().allocations.explain(name),
      drawName: () => leader().allocations.drawName(),
      watch: (signal, ...rest) => {
        const core = leader();
        return watchUntilDeposed(core, (either) => core.allocations.watch(either, ...rest), signal);
      },
    },
    keptPlan: (id) => leader().keptPlan(id),
    changes: () => leader().changes(),
    change: (id) => leader().change(id),
    models: () => leader().models(),
    eachModel: () => leader().eachModel(),
    model: (name) => leader().model(name),
    nodes: () => leader().nodes(),
    eachNode: () => leader().eachNode(),
    node: (name) => leader().node(name),
    inventoryOf: (name) => leader().inventoryOf(name),
    heldLosses: () => leader().heldLosses(),
    explain: (name) => leader().explain(name),
    events: (options) => leader().events(options),
    watchModels: (signal, ...rest) => {
      const core = leader();
      return watchUntilDeposed(core, (either) => core.watchModels(either, ...rest), signal);
    },
    watchChanges: (signal, ...rest) => {
      const core = leader();
      return watchUntilDeposed(core, (either) => core.watchChanges(either, ...rest), signal);
    },
    watchNodes: (signal, ...rest) => {
      const core = leader();
      return watchUntilDeposed(core, (either) => core.watchNodes(either, ...rest), signal);
    },
  };
}

/**
 * A call that is under way when the term ends is answered at once. Whether it was done is not known here, so it is not
 * told as NOT_LEADER, which means that it was not.
 */
async function untilDeposed<T>(core: RunningCore, answer: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    // The listener goes with the call: a term outlives very many of them.
    const forget = endOf(core).onEnd(() => reject(undecided()));
    answer.then(resolve, reject).finally(forget);
  });
}

const ends = new WeakMap<RunningCore, TermEnd>();

function endOf(core: RunningCore): TermEnd {
  let end = ends.get(core);
  if (end === undefined) {
    end = new TermEnd(core.deposed);
    ends.set(core, end);
  }
  return end;
}

function undecided(): AppError {
  return new AppError(
    'STORE_OUTCOME_UNKNOWN',
    'this coordinator lost the lead while it carried out the call',
    { hint: 'ask the new leader what is there before you call again' },
  );
}

/** Ends with NOT_LEADER when the term does: a watcher must not take silence for calm. */
async function* watchUntilDeposed<T>(
  core: RunningCore,
  watch: (signal: AbortSignal) => AsyncIterable<T>,
  signal: AbortSignal,
): AsyncIterable<T> {
  const either = new AbortController();
  const stop = (): void => either.abort();
  signal.addEventListener('abort', stop, { once: true });
  core.deposed.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    yield* watch(either.signal);
  } finally {
    signal.removeEventListener('abort', stop);
    core.deposed.removeEventListener('abort', stop);
  }
  if (core.deposed.aborted && !signal.aborted) {
    throw new AppError('NOT_LEADER', 'this coordinator lost the lead', {
      hint: 'watch at the new leader: it begins with everything as it is now',
    });
  }
}
