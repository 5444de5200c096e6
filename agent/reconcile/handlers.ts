import type { ReplicaId } from '../../shared/domain/ids.ts';
import { assert } from '../../shared/domain/assert.ts';
import { errorChain, errorCodes, isAppError } from '../../shared/platform/errors.ts';
import type { Runtime } from '../drivers/runtime/runtime.ts';
import type { ReplicaRecord } from '../observe/world.ts';
import type { AgentStore } from '../store/agent-store.ts';
import { cardHandlers } from './card-handlers.ts';
import { mpsHandlers } from './mps-handlers.ts';
import { journaled, note, type HandlerDeps } from './handler-deps.ts';
import { failedRecord, wasStoppedWithAgent } from './replica-book.ts';
import type { Handlers, Step } from './steps.ts';

/** One handler a step. Each writes its intent before it touches the host, and the result after. */
export function createHandlers(deps: HandlerDeps): Handlers {
  return {
    ...replicaHandlers(deps),
    ...cardHandlers(deps),
    ...mpsHandlers(deps),
    ...sliceHandlers(deps),
  };
}

type ReplicaHandlers = Pick<Handlers, 'stopReplica' | 'startReplica' | 'removeReplicaRecord'>;

function replicaHandlers(deps: HandlerDeps): ReplicaHandlers {
  const { store, pulling } = deps;
  return {
    stopReplica: async (step, signal) => {
      const runtime = runtimeOf(deps, step.runtime);
      await journaled(deps, step, () => runtime.stop(step.replica, step.graceMs, signal));
      const before = recordIn(store, step.replica);
      // An end of our own making is no failure.
      if (before !== undefined && before.endedRuntimeId === null) {
        store.saveReplica({ ...before, endedRuntimeId: 'stopped' });
      }
      if (step.why !== 'leftover') {
        note(deps, 'replica-stopped', `replicas/${step.replica}`, `stopped (${step.why})`);
      }
      return 'done';
    },
    startReplica: async (step, signal) => {
      const { replica } = step.spec;
      const before = recordIn(store, replica);
      const intended = intendedRecord(step, before);
      store.saveReplica(intended);
      const runtime = runtimeOf(deps, step.runtime);
      try {
        const outcome = await journaled(deps, step, () => runtime.start(step.spec, signal));
        if (outcome.kind === 'pulling') {
          pulling.set(replica, outcome.detail);
          return 'pending';
        }
      } catch (error) {
        pulling.delete(replica);
        if (!signal.aborted) noteStartFailure(deps, intended, error);
        throw error;
      }
      pulling.delete(replica);
      store.saveReplica(startedRecord(deps, intended));
      note(deps, 'replica-started', `replicas/${replica}`, `started as ${step.runtime}`);
      return 'done';
    },
    removeReplicaRecord: (step) => {
      pulling.delete(step.replica);
      store.removeReplica(step.replica);
      store.addTombstoneDone({ kind: 'replica', replica: step.replica });
      note(deps, 'replica-gone', `replicas/${step.replica}`, 'nothing of it is left');
      return Promise.resolve('done');
    },
  };
}

/** Written before the start: which runtime may hold it from now on, and on what. */
function intendedRecord(
  { spec, target, slices, runtime }: Extract<Step, { kind: 'startReplica' }>,
  before: ReplicaRecord | undefined,
): ReplicaRecord {
  const fresh = {
    replica: spec.replica,
    restarts: 0,
    failures: 0,
    startedAtMs: null,
    startedInBoot: null,
    notBeforeMs: 0,
    readyRuntimeId: null,
    readyAtMs: null,
    endedRuntimeId: null,
    lastReason: '',
    needsSomebody: false,
  };
  return { ...fresh, ...before, specHash: spec.specHash, target, slices, runtime };
}

function startedRecord(deps: HandlerDeps, intended: ReplicaRecord): ReplicaRecord {
  const first = intended.startedAtMs === null || wasStoppedWithAgent(intended);
  return {
    ...intended,
    restarts: intended.restarts + (first ? 0 : 1),
    startedAtMs: deps.clock.wallMs(),
    startedInBoot: deps.bootId(),
    readyAtMs: null,
    endedRuntimeId: null,
    notBeforeMs: 0,
    needsSomebody: false,
  };
}

function noteStartFailure(deps: HandlerDeps, intended: ReplicaRecord, error: unknown): void {
  // An engine that is away says nothing about the replica.
  if (isAppError(error, 'DOCKER_AWAY')) return;
  const needsSomebody = isAppError(error) && errorCodes[error.code].actor === 'caller';
  const failure = { reason: errorChain(error), needsSomebody, wallMs: deps.clock.wallMs() };
  deps.store.saveReplica(failedRecord(intended, failure));
}

type SliceHandlers = Pick<Handlers, 'bindSlice' | 'forgetSlice' | 'forgetInstance'>;

function sliceHandlers(deps: HandlerDeps): SliceHandlers {
  const { store } = deps;
  return {
    bindSlice: ({ slice, gpuInstanceId, deviceUuid, adopted }) => {
      store.saveBinding({ slice, bootId: deps.bootId(), gpuInstanceId, deviceUuid, adopted });
      // Whoever started the daemon in our folder: from now on it serves our slice.
      if (slice.shape.kind === 'mps') store.addMpsCard(slice.gpu);
      const how = adopted ? 'adopted' : 'ready';
      note(deps, 'slice-ready', `slices/${slice.id}`, `${how} as ${deviceUuid}`);
      return Promise.resolve('done');
    },
    forgetSlice: ({ slice, incarnation, gpu }) => {
      const bound = store.bindings().find((each) => each.slice.id === slice);
      if (bound !== undefined && bound.slice.incarnation <= incarnation) store.removeBinding(slice);
      store.addTombstoneDone({ kind: 'slice', slice, incarnation, gpu });
      const stays = bound?.adopted === true ? 'given back: it was there before us' : 'gone';
      note(deps, 'slice-gone', `slices/${slice}`, stays);
      return Promise.resolve('done');
    },
    forgetInstance: ({ gpu, gone }) => {
      store.addTombstoneDone(gone);
      const which = `GPU instance ${gone.gpuInstanceId} at ${gone.start}`;
      note(deps, 'instance-gone', `gpus/${gpu}`, `${which}, made by others, as a plan said`);
      return Promise.resolve('done');
    },
  };
}

function recordIn(store: AgentStore, replica: ReplicaId): ReplicaRecord | undefined {
  return store.replicas().find((each) => each.replica === replica);
}

function runtimeOf(deps: HandlerDeps, kind: Runtime['kind']): Runtime {
  const found = deps.runtimes.find((each) => each.kind === kind);
  assert(found !== undefined, 'a plan names only runtimes that this node has');
  return found;
}
