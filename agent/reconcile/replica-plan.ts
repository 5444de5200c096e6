import { placementHealth } from '../../shared/domain/card-health.ts';
import type { ReplicaId } from '../../shared/domain/ids.ts';
import type { RuntimeKind } from '../../shared/domain/inventory.ts';
import type { ReplicaTarget } from '../../shared/domain/node-target.ts';
import { err, ok, type Result } from '../../shared/domain/result.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import type { GpuActual, ReplicaRecord, RunningActual, StartSpec } from '../observe/world.ts';
import { policyRefusal } from '../policy/judge.ts';
import { backoffLeftMs } from './replica-book.ts';
import { instanceAt } from './mig-plan.ts';
import { clientsRefusal } from './mps-clients.ts';
import { clientLimits } from './mps-plan.ts';
import { recoveryRefusal } from './mps-recovery-plan.ts';
import {
  authorityRefusal,
  bindingOf,
  recordOf,
  runtimeBlind,
  type PlanInput,
  type WantedReplica,
} from './plan-input.ts';
import { wait, type Step, type WaitReason } from './steps.ts';

/** Takes away a replica that a tombstone names, whatever state it is in. Pure. */
export function planReplicaGone(
  input: PlanInput,
  replica: ReplicaId,
  cards: readonly GpuActual[],
): readonly Step[] {
  const entries = input.world.running.filter((each) => each.replica === replica);
  const away = awayRuntime(input, recordOf(input, replica));
  if (away !== null) return [wait('runtime-away', away, { replica })];
  if (entries.length === 0) return [{ kind: 'removeReplicaRecord', replica }];
  const refused = firstRefusal(cards);
  if (refused !== null) return [wait('authority', refused, { replica })];
  const { stopGraceMs } = input.config;
  return entries.map((each) => stopStep(each, 'tombstone', stopGraceMs));
}

/** Stops a running replica that is not what the target wants any more, so that it can be started anew. */
export function planReplaced(
  input: PlanInput,
  wanted: WantedReplica,
  cards: readonly GpuActual[],
): readonly Step[] {
  const entry = entryOf(input, wanted.target.replica);
  if (entry?.state !== 'running' || entry.specHash === wanted.specHash) return [];
  // Only for what can follow: a replica is not stopped for slices that do not exist yet, or for what may not run here.
  const { runtime } = entry;
  const allowed = policyRefusal(wanted.target.workload, runtime, input.config.policy) === null;
  if (allowed && grantFor(input, wanted).ok && firstRefusal(cards) === null) {
    return runtimeBlind(input, runtime) === null
      ? [stopStep(entry, 'replace', input.config.stopGraceMs)]
      : [];
  }
  return [];
}

/** Starts a wanted replica that does not run. */
export function planStart(
  input: PlanInput,
  wanted: WantedReplica,
  cards: readonly GpuActual[],
): readonly Step[] {
  const { replica } = wanted.target;
  const entry = entryOf(input, replica);
  if (entry?.state === 'running') return [];
  const not = (reason: WaitReason, detail: string): readonly Step[] => [
    wait(reason, detail, { replica }),
  ];
  const record = recordOf(input, replica);
  const chosen = chooseRuntime(input, wanted, record?.runtime ?? entry?.runtime);
  if (!chosen.ok) return not(chosen.problem.reason, chosen.problem.detail);
  const forbidden = policyRefusal(wanted.target.workload, chosen.value, input.config.policy);
  if (forbidden !== null) return not('policy', forbidden);
  const refused = firstRefusal(cards);
  if (refused !== null) return not('authority', refused);
  const unhealthy = healthRefusal(wanted.slices, cards);
  if (unhealthy !== null) return not('card-unhealthy', unhealthy);
  const grant = grantFor(input, wanted);
  if (!grant.ok) return not('slice-not-ready', grant.problem);
  const recovering = recoveryRefusal(input, cards);
  if (recovering !== null) return not('mps-fault', recovering);
  const crowded = clientsRefusal(input, wanted, cards);
  if (crowded !== null) return not('mps-clients', crowded);
  if (record !== undefined && backoffLeftMs(record, input.world.wallMs) > 0) {
    return not('replica-backoff', record.lastReason);
  }
  const { target, slices, specHash } = wanted;
  const { model, modelVersion, workload } = target;
  const spec: StartSpec = { replica, model, modelVersion, specHash, workload, grant: grant.value };
  const start: Step = { kind: 'startReplica', runtime: chosen.value, spec, target, slices };
  return entry === undefined ? [start] : [stopStep(entry, 'leftover', 0), start];
}

function stopStep(
  entry: RunningActual,
  why: 'tombstone' | 'replace' | 'leftover',
  graceMs: number,
): Step {
  return { kind: 'stopReplica', replica: entry.replica, runtime: entry.runtime, graceMs, why };
}

/** A running entry wins over what another one has left behind. */
export function entryOf(input: PlanInput, replica: ReplicaId): RunningActual | undefined {
  const entries = input.world.running.filter((each) => each.replica === replica);
  return entries.find((each) => each.state === 'running') ?? entries[0];
}

/** The runtime that may still hold a replica and does not answer; null: all that could have been asked. */
function awayRuntime(input: PlanInput, record: ReplicaRecord | undefined): string | null {
  const { runtimesBlind, runtimesMet } = input.world;
  // It may run on under an engine that this node's configuration no longer names.
  if (record !== undefined && record.startedAtMs !== null && !runtimesBlind.has(record.runtime)) {
    return `it was started as ${record.runtime}, which this node is not configured for any more`;
  }
  for (const [kind, reason] of runtimesBlind) {
    const mayHold = record === undefined ? runtimesMet.has(kind) : record.runtime === kind;
    if (mayHold && reason !== null) return reason;
  }
  return null;
}

interface NoRuntime {
  readonly reason: 'runtime-away' | 'runtime-unfit';
  readonly detail: string;
}

/** `sticky`: what it runs as already, which never changes. */
function chooseRuntime(
  input: PlanInput,
  { target: { workload, model } }: WantedReplica,
  sticky: RuntimeKind | undefined,
): Result<RuntimeKind, NoRuntime> {
  const { runtime, policy } = input.config;
  const answers = (kind: RuntimeKind): Result<RuntimeKind, NoRuntime> => {
    const away = runtimeBlind(input, kind);
    return away === null ? ok(kind) : err({ reason: 'runtime-away', detail: away });
  };
  if (sticky !== undefined) return answers(sticky);
  const mayDocker = runtime !== 'process' && workload.image !== null;
  const mayProcess =
    workload.command !== null &&
    // A process sees the directories of the host where they are, and nowhere else.
    workload.mounts.length === 0 &&
    policy.processRuntime === 'allow' &&
    runtime !== 'docker';
  if (mayDocker && (runtimeBlind(input, 'docker') === null || !mayProcess)) {
    return answers('docker');
  }
  if (mayProcess) return answers('process');
  const has = workload.image === null ? 'only a process' : 'only an image';
  const detail = `model ${model} brings ${has}, which this node does not run (runtime: ${runtime}, plain processes by its policy: ${policy.processRuntime})`;
  return err({ reason: 'runtime-unfit', detail });
}

/** What a replica or an allocation is handed, when every slice of it is there; else which one is not. */
export function grantFor(
  input: PlanInput,
  {
    target,
    slices,
  }: {
    readonly target: Pick<ReplicaTarget, 'slices' | 'processes'>;
    readonly slices: readonly Slice[];
  },
): Result<StartSpec['grant'], string> {
  if (slices.length < target.slices.length) {
    const missing = target.slices.find((id) => slices.every((slice) => slice.id !== id));
    return err(`slice ${missing ?? ''} is not in force on any card`);
  }
  const deviceUuids: string[] = [];
  for (const slice of slices) {
    const device = deviceOf(input, slice);
    if (!device.ok) return device;
    deviceUuids.push(device.value);
  }
  return ok({ deviceUuids, mps: mpsGrant(input, slices, target.processes) });
}

function deviceOf(input: PlanInput, slice: Slice): Result<string, string> {
  const gpu = input.world.gpus.find((each) => each.uuid === slice.gpu);
  const binding = bindingOf(input, slice.id);
  if (gpu === undefined || gpu.blind !== null) return err(`${slice.gpu} cannot be read`);
  if (binding === undefined || binding.slice.incarnation !== slice.incarnation) {
    return err(`slice ${slice.id} does not exist yet`);
  }
  const { shape } = slice;
  if (shape.kind === 'mps' && gpu.mps.state !== 'answering') {
    return err(`the MPS daemon of ${slice.gpu} does not answer`);
  }
  if (shape.kind !== 'mig') return ok(gpu.uuid);
  const uuid = instanceAt(gpu, shape)?.uuid ?? null;
  return uuid === null ? err(`slice ${slice.id} has lost its instance`) : ok(uuid);
}

function mpsGrant(
  input: PlanInput,
  slices: readonly Slice[],
  processes: number,
): StartSpec['grant']['mps'] {
  const shared = slices.find((slice) => slice.shape.kind === 'mps');
  const pipeDirectory = shared === undefined ? undefined : input.mpsPipes.get(shared.gpu);
  if (shared?.shape.kind !== 'mps' || pipeDirectory === undefined) return null;
  return { pipeDirectory, ...clientLimits(shared.shape, processes) };
}

/** What runs goes on; but nothing begins on a card, or an instance of one, that is to be emptied or has failed. */
function healthRefusal(slices: readonly Slice[], cards: readonly GpuActual[]): string | null {
  for (const gpu of cards) {
    const { health } = gpu.inventory;
    if (health.state === 'failed') return `${gpu.uuid}: ${health.reason}`;
    for (const { shape } of slices.filter((slice) => slice.gpu === gpu.uuid)) {
      const id = shape.kind === 'mig' ? instanceAt(gpu, shape)?.gpuInstanceId : undefined;
      const found = gpu.verdict.slices.find((slice) => slice.gpuInstanceId === id);
      const told = found === undefined ? null : placementHealth(found);
      if (told?.state === 'failed') return `GPU instance ${id} of ${gpu.uuid}: ${told.reason}`;
    }
  }
  return null;
}

function firstRefusal(cards: readonly GpuActual[]): string | null {
  return cards.map((gpu) => authorityRefusal(gpu, 'place')).find((each) => each !== null) ?? null;
}
