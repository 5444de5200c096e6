import {
  parseModelName,
  type GpuUuid,
  type ModelName,
  type ReplicaId,
} from '../../shared/domain/ids.ts';
import type {
  AllocationStatus,
  GpuStatus,
  NodeStatus,
  SliceStatus,
  Tombstone,
} from '../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';
import { renderDuration } from '../../shared/domain/units.ts';
import type { RunningActual } from '../observe/world.ts';
import type { AcceptedTarget } from '../store/records.ts';
import { toldOf } from '../target/left-claims.ts';
import { allocationStatus } from './allocation-status.ts';
import type { UnitFailure } from './execute.ts';
import { idleSeconds, type QuietMs } from './idle.ts';
import { instanceAt } from './mig-plan.ts';
import {
  bindingOf,
  recordOf,
  runtimeBlind,
  type PlanInput,
  type AllocationUse,
} from './plan-input.ts';
import type { ProbeState } from './prober.ts';
import { wasStoppedWithAgent } from './replica-book.ts';
import { entryOf } from './replica-plan.ts';
import type { Step, UnitPlan, WaitStep } from './steps.ts';

/** Everything that a status is made of. */
export interface StatusInput {
  readonly accepted: AcceptedTarget;
  /** What the last plan was made from. */
  readonly input: PlanInput;
  readonly plans: readonly UnitPlan[];
  readonly failures: readonly UnitFailure[];
  /** Steps that are being carried out now. */
  readonly runningSteps: readonly Step[];
  readonly busyGpus: ReadonlySet<GpuUuid>;
  readonly pulling: ReadonlyMap<ReplicaId, string>;
  readonly probe: (runtimeId: string) => ProbeState | undefined;
  readonly tombstonesDone: readonly Tombstone[];
  readonly quietMs: QuietMs;
  readonly wallMs: number;
}

/** Pure: what this node tells of its cards and slices. */
export function nodeStatus(status: StatusInput): NodeStatus {
  const { accepted, input } = status;
  const { target } = accepted;
  const gpus = new Set([
    ...target.gpus.map((each) => each.gpu),
    ...target.tombstones.flatMap((each) => (each.kind === 'replica' ? [] : [each.gpu])),
  ]);
  return {
    node: target.node,
    acceptedEpoch: target.epoch,
    acceptedGeneration: target.generation,
    gpus: [...gpus].sort().map((gpu) => gpuStatus(status, gpu)),
    slices: input.gpuTargets.flatMap((part) =>
      part.slices.map((slice) => sliceStatus(status, slice)),
    ),
    tombstonesDone: status.tombstonesDone,
    ...(input.allocations.length === 0
      ? {}
      : { allocations: input.allocations.map((use) => statusOfUse(status, use)) }),
    ...(accepted.left === undefined ? {} : { left: toldOf(accepted.left) }),
  };
}

function statusOfUse(status: StatusInput, use: AllocationUse): AllocationStatus {
  const because = use.slices.map((slice) => sliceStatus(status, slice).reason);
  return allocationStatus(status.input, use, because.find((reason) => reason !== '') ?? '');
}

function gpuStatus(status: StatusInput, gpu: GpuUuid): GpuStatus {
  const refusal = status.accepted.refusals.find((each) => each.gpu === gpu);
  if (refusal !== undefined) return { gpu, outcome: 'refused', detail: refusal.detail };
  const steps = status.plans
    .filter((plan) => plan.gpus.includes(gpu))
    .flatMap((plan) => plan.steps);
  const waits = steps.filter((step) => step.kind === 'wait').filter((step) => step.gpu === gpu);
  const blind = waits.find((step) => step.reason === 'card-unreadable');
  if (blind !== undefined) return { gpu, outcome: 'blind', detail: blind.detail };
  const failure = status.failures.find((each) => each.gpus.includes(gpu));
  if (failure !== undefined) return { gpu, outcome: 'failed', detail: failure.detail };
  if (status.busyGpus.has(gpu) || steps.some((step) => changesCard(step, gpu))) {
    return { gpu, outcome: 'progressed', detail: '' };
  }
  const first = waits[0];
  if (first === undefined) return { gpu, outcome: 'converged', detail: '' };
  // What an order asked for and the card does not give: the coordinator gives the order up.
  const kept = waits.find((step) => step.reason === 'instance-kept');
  if (kept !== undefined) return { gpu, outcome: 'refused', detail: kept.detail };
  const outcome = first.reason === 'card-missing' ? 'failed' : 'waiting';
  return { gpu, outcome, detail: first.detail };
}

function changesCard(step: Step, gpu: GpuUuid): boolean {
  if (step.kind === 'bindSlice') return step.slice.gpu === gpu;
  return step.kind !== 'wait' && 'gpu' in step && step.gpu === gpu;
}

type TargetSlice = PlanInput['gpuTargets'][number]['slices'][number];

function sliceStatus(status: StatusInput, slice: TargetSlice): SliceStatus {
  const { input } = status;
  const { id, incarnation, gpu, shape } = slice;
  const about = { slice: id, incarnation, gpu };
  const binding = bindingOf(input, id);
  const card = input.world.gpus.find((each) => each.uuid === gpu);
  const obstacle = waitAbout(status, (step) => step.slice === id);
  if (binding !== undefined && binding.slice.incarnation === incarnation && card !== undefined) {
    const deviceUuid =
      shape.kind === 'mig' ? (instanceAt(card, shape)?.uuid ?? null) : binding.deviceUuid;
    const daemonSilent = shape.kind === 'mps' && card.mps.state === 'silent';
    if (deviceUuid !== null && !daemonSilent) {
      return { ...about, phase: 'ready', deviceUuid, reason: '' };
    }
    const reason = obstacle?.detail ?? 'its MPS daemon does not answer';
    return { ...about, phase: daemonSilent ? 'absent' : 'failed', deviceUuid: null, reason };
  }
  const failure = status.failures.find(
    (each) => each.step.kind === 'createMigInstance' && each.step.slice.id === id,
  );
  if (failure !== undefined) {
    return { ...about, phase: 'failed', deviceUuid: null, reason: failure.detail };
  }
  const cardWait = waitAbout(status, (step) => step.gpu === gpu && step.slice === null);
  const reason = obstacle?.detail ?? cardWait?.detail ?? '';
  return { ...about, phase: 'absent', deviceUuid: null, reason };
}

function waitAbout(status: StatusInput, match: (step: WaitStep) => boolean): WaitStep | undefined {
  return status.plans
    .flatMap((plan) => plan.steps)
    .filter((step) => step.kind === 'wait')
    .find(match);
}

/** Pure: what this node tells of its replicas: the wanted, those on their way out, and strangers of ours that still run. */
export function replicaStatuses(status: StatusInput): readonly ReplicaStatus[] {
  const { accepted, input } = status;
  const gone = accepted.target.tombstones.flatMap((each) =>
    each.kind === 'replica' ? [each.replica] : [],
  );
  const ids = new Set<ReplicaId>([
    ...input.wanted.map((each) => each.target.replica),
    ...gone,
    ...input.world.running.map((each) => each.replica),
  ]);
  return [...ids].sort().flatMap((replica) => {
    const model = modelOf(status, replica);
    return model === undefined ? [] : [replicaStatus(status, replica, model)];
  });
}

function modelOf(status: StatusInput, replica: ReplicaId): ModelName | undefined {
  const { input, accepted } = status;
  const known =
    recordOf(input, replica)?.target.model ??
    entryOf(input, replica)?.model ??
    accepted.target.replicas.find((each) => each.replica === replica)?.model;
  if (known !== undefined) return known;
  // Everything of it is gone but its name, which is `<model>-<8 characters>`.
  const parsed = parseModelName(replica.replace(/-[^-]*$/, ''));
  return parsed.ok ? parsed.value : undefined;
}

type Phase = Pick<ReplicaStatus, 'phase' | 'reason'>;

function replicaStatus(status: StatusInput, replica: ReplicaId, model: ModelName): ReplicaStatus {
  const { input } = status;
  const record = recordOf(input, replica);
  const entry = entryOf(input, replica);
  const running = entry?.state === 'running' ? entry : undefined;
  const phase = phaseOf(status, replica, entry);
  return {
    replica,
    model,
    generation: status.accepted.target.generation,
    ...phase,
    runtime: record?.runtime ?? entry?.runtime ?? null,
    runtimeId: entry?.runtimeId ?? null,
    address: running?.address ?? null,
    restarts: record?.restarts ?? 0,
    startedAtMs: running?.startedAtMs ?? record?.startedAtMs ?? null,
    readyAtMs: running?.runtimeId === record?.readyRuntimeId ? (record?.readyAtMs ?? null) : null,
    idleSeconds:
      running !== undefined && phase.phase === 'ready' ? idleSeconds(input, running, status) : null,
  };
}

function phaseOf(status: StatusInput, replica: ReplicaId, entry: RunningActual | undefined): Phase {
  const { input } = status;
  const why = obstacleOf(status, replica);
  const failure = status.failures.find((each) => failsReplica(each, replica))?.detail ?? '';
  const named = status.accepted.target.tombstones.some(
    (each) => each.kind === 'replica' && each.replica === replica,
  );
  if (named) {
    const done = status.tombstonesDone.some(
      (each) => each.kind === 'replica' && each.replica === replica,
    );
    if (done && entry === undefined) return { phase: 'stopped', reason: '' };
    return { phase: 'stopping', reason: failure === '' ? why : failure };
  }
  const stops = status.runningSteps.some(
    (step) => step.kind === 'stopReplica' && step.replica === replica && step.why === 'replace',
  );
  if (stops) return { phase: 'stopping', reason: 'it is being replaced by a newer version' };
  const recovery = status.runningSteps.some(
    (step) => step.kind === 'stopReplica' && step.replica === replica && step.why === 'mps-fault',
  );
  if (recovery) return { phase: 'stopping', reason: 'a fault has hit all who share its card' };
  if (entry?.state === 'running') return runningPhase(status, replica, entry);
  return restingPhase(status, replica, { why, failure, record: recordOf(input, replica) });
}

/** What a replica waits for; where that is a slice, what the slice waits for. */
function obstacleOf(status: StatusInput, replica: ReplicaId): string {
  const step = waitAbout(status, (each) => each.replica === replica);
  if (step?.reason !== 'slice-not-ready') return step?.detail ?? '';
  const slices = status.input.wanted.find((each) => each.target.replica === replica)?.slices ?? [];
  const because = slices
    .map((slice) => sliceStatus(status, slice).reason)
    .find((reason) => reason !== '');
  return because === undefined ? step.detail : `${step.detail}: ${because}`;
}

function runningPhase(status: StatusInput, replica: ReplicaId, entry: RunningActual): Phase {
  const record = recordOf(status.input, replica);
  const probe = status.probe(entry.runtimeId);
  const away = runtimeBlind(status.input, entry.runtime);
  const stale = away === null ? '' : `as last seen: ${away}`;
  if (probe?.healthy === true) return { phase: 'ready', reason: stale };
  const wasReady = record?.readyRuntimeId === entry.runtimeId;
  if (probe === undefined && wasReady) return { phase: 'ready', reason: stale };
  if (record === undefined) return { phase: 'unhealthy', reason: 'it runs and no target names it' };
  // It hangs for this reason; its probe only tells that it does not answer.
  const queued = waitAbout(
    status,
    (step) => step.replica === replica && step.reason === 'mps-user',
  );
  const reason = queued?.detail ?? probe?.reason ?? stale;
  if (wasReady) return { phase: 'unhealthy', reason };
  const { startupDeadlineMs } = record.target.workload.health;
  if (status.wallMs - entry.startedAtMs > startupDeadlineMs) {
    const limit = renderDuration(startupDeadlineMs);
    return { phase: 'failed', reason: `not healthy within ${limit} (it still runs): ${reason}` };
  }
  return { phase: 'starting', reason };
}

function restingPhase(
  status: StatusInput,
  replica: ReplicaId,
  {
    why,
    failure,
    record,
  }: {
    readonly why: string;
    readonly failure: string;
    readonly record: PlanInput['records'][number] | undefined;
  },
): Phase {
  const pulling = status.pulling.get(replica);
  if (pulling !== undefined) return { phase: 'pulling', reason: pulling };
  const resumed = record !== undefined && wasStoppedWithAgent(record);
  const before = resumed ? 'it was stopped with its agent' : '';
  const reason = [failure, why, before].find((each) => each !== '') ?? '';
  if (record?.needsSomebody === true) return { phase: 'failed', reason: record.lastReason };
  if ((record?.failures ?? 0) > 0) {
    return { phase: 'backoff', reason: record?.lastReason ?? reason };
  }
  const starts = status.runningSteps.some(
    (step) => step.kind === 'startReplica' && step.spec.replica === replica,
  );
  // Begun, and not seen by a round yet.
  const begun = record !== undefined && record.startedAtMs !== null;
  if (starts || (begun && record.endedRuntimeId === null)) {
    return { phase: 'starting', reason: before };
  }
  const unfit = waitAbout(
    status,
    (step) => step.replica === replica && step.reason === 'runtime-unfit',
  );
  return { phase: unfit === undefined ? 'waiting' : 'failed', reason };
}

function failsReplica({ step, replicas }: UnitFailure, replica: ReplicaId): boolean {
  if (step.kind === 'startReplica') return step.spec.replica === replica;
  // Nothing starts on a card before its daemon runs and knows its limits.
  if (['setComputeMode', 'startMps', 'setMpsDefaults'].includes(step.kind)) {
    return replicas.includes(replica);
  }
  return step.kind === 'stopReplica' && step.replica === replica;
}
