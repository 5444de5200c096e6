import type { BootId, ReplicaId } from '../../shared/domain/ids.ts';
import type { ReplicaRecord, RunningActual, World } from '../observe/world.ts';
import type { WantedReplica } from './plan-input.ts';

/** Waits between starts of a replica that ends: 1, 2, 4 … 60 s. */
export const restartBackoff = { firstMs: 1_000, maxMs: 60_000 } as const;
/** A replica that has run healthy for so long has earned a fresh back-off. */
const stableAfterMs = 60_000;

export interface BookInput {
  readonly world: World;
  readonly wanted: readonly WantedReplica[];
  readonly records: readonly ReplicaRecord[];
  /** Replicas that a step is changing now: they are looked at when it is done. */
  readonly busy: ReadonlySet<ReplicaId>;
  /** The runs (by runtime id) that answer their probe now. */
  readonly healthyRuns: ReadonlySet<string>;
  /** Wall clock: when this agent began to ask. */
  readonly watchingSinceMs: number;
}

/** Pure: the records that this round's look at the runtimes changes. */
export function updateRecords(input: BookInput): readonly ReplicaRecord[] {
  const known = new Map(input.records.map((each) => [each.replica, each]));
  const adopted = input.wanted
    .filter(({ target }) => !known.has(target.replica) && !input.busy.has(target.replica))
    .flatMap((wanted) => {
      const entry = entryIn(input.world, wanted.target.replica);
      return entry?.state === 'running' ? [adoptedRecord(wanted, entry, input.world.bootId)] : [];
    });
  const changed = input.records
    .filter((record) => !input.busy.has(record.replica))
    .map((record) => [record, nextRecord(withTarget(record, input.wanted), input)] as const)
    .filter(([before, after]) => before !== after)
    .map(([, after]) => after);
  return [...adopted, ...changed];
}

/** How long a replica must still wait; a wall clock that was set back makes it wait no longer than the longest back-off. */
export function backoffLeftMs(record: ReplicaRecord, wallMs: number): number {
  const left = record.notBeforeMs - wallMs;
  return left > restartBackoff.maxMs ? 0 : Math.max(0, left);
}

/** The record after one more failed start, or one more end. */
export function failedRecord(
  record: ReplicaRecord,
  failure: { readonly reason: string; readonly needsSomebody: boolean; readonly wallMs: number },
): ReplicaRecord {
  const { firstMs, maxMs } = restartBackoff;
  const waitMs = Math.min(maxMs, firstMs * 2 ** Math.min(record.failures, 30));
  return {
    ...record,
    failures: record.failures + 1,
    notBeforeMs: failure.wallMs + waitMs,
    lastReason: failure.reason,
    needsSomebody: failure.needsSomebody,
  };
}

/** Stands for the run that ended because the agent was asked to stop its replicas and to end itself. */
const withAgent = 'stopped-with-agent';

/** The record of a running replica that is about to be stopped with its agent: the next agent starts it at once. */
export function stoppedWithAgent(record: ReplicaRecord): ReplicaRecord {
  return { ...record, endedRuntimeId: withAgent, failures: 0, notBeforeMs: 0, lastReason: '' };
}

/** Whether its last run ended with its agent: no failure, and no restart when it is started again. */
export function wasStoppedWithAgent(record: ReplicaRecord): boolean {
  return record.endedRuntimeId === withAgent;
}

function adoptedRecord(
  { target, slices }: WantedReplica,
  entry: RunningActual,
  bootId: BootId,
): ReplicaRecord {
  return {
    replica: target.replica,
    target,
    specHash: entry.specHash,
    runtime: entry.runtime,
    slices,
    restarts: 0,
    failures: 0,
    startedAtMs: entry.startedAtMs,
    startedInBoot: bootId,
    notBeforeMs: 0,
    readyRuntimeId: null,
    readyAtMs: null,
    endedRuntimeId: null,
    lastReason: '',
    needsSomebody: false,
  };
}

/** A changed wish is a new chance: it does not inherit the waits of the old one. */
function withTarget(record: ReplicaRecord, wanted: readonly WantedReplica[]): ReplicaRecord {
  const wish = wanted.find((each) => each.target.replica === record.replica);
  if (wish === undefined || JSON.stringify(wish.target) === JSON.stringify(record.target)) {
    return record;
  }
  return { ...record, target: wish.target, failures: 0, notBeforeMs: 0, needsSomebody: false };
}

function nextRecord(record: ReplicaRecord, input: BookInput): ReplicaRecord {
  const { world } = input;
  if (world.runtimesBlind.get(record.runtime) !== null) return record;
  const entry = entryIn(world, record.replica);
  if (entry?.state === 'running') return runningRecord(record, entry, input);
  // Never started, or its end is counted already.
  if (record.startedAtMs === null || record.endedRuntimeId !== null) return record;
  const ended = { ...record, endedRuntimeId: entry?.runtimeId ?? 'gone' };
  if (record.startedInBoot !== world.bootId) {
    return { ...ended, failures: 0, notBeforeMs: 0, lastReason: 'the host was restarted' };
  }
  const reason = entry === undefined ? 'it is gone: somebody has removed it' : exitReason(entry);
  return failedRecord(ended, { reason, needsSomebody: false, wallMs: world.wallMs });
}

function runningRecord(
  record: ReplicaRecord,
  entry: RunningActual,
  { world, healthyRuns, watchingSinceMs }: BookInput,
): ReplicaRecord {
  let next = record;
  if (record.startedAtMs === null || record.endedRuntimeId !== null) {
    // A crash came between the start and the note of it.
    next = { ...next, startedAtMs: entry.startedAtMs, endedRuntimeId: null };
  }
  if (record.startedInBoot !== world.bootId) next = { ...next, startedInBoot: world.bootId };
  const healthy = healthyRuns.has(entry.runtimeId);
  if (healthy && record.readyRuntimeId !== entry.runtimeId) {
    // Who was started before this agent may have been ready long before it was asked.
    const watched = entry.startedAtMs >= watchingSinceMs;
    next = {
      ...next,
      readyRuntimeId: entry.runtimeId,
      readyAtMs: watched ? Math.max(entry.startedAtMs, world.wallMs) : null,
    };
  }
  const stable = healthy && world.wallMs - entry.startedAtMs >= stableAfterMs;
  if (stable && record.failures > 0) {
    next = { ...next, failures: 0, notBeforeMs: 0, lastReason: '', needsSomebody: false };
  }
  return next;
}

function entryIn(world: World, replica: ReplicaId): RunningActual | undefined {
  const entries = world.running.filter((each) => each.replica === replica);
  return entries.find((each) => each.state === 'running') ?? entries[0];
}

const outputShownMax = 300;

function exitReason(entry: RunningActual): string {
  const code = entry.exitCode === null ? 'ended' : `exited with code ${entry.exitCode}`;
  const lines = entry.lastOutput.split('\n').filter((line) => line.trim() !== '');
  const last = lines.at(-1)?.trim().slice(0, outputShownMax) ?? '';
  return last === '' ? `it ${code}` : `it ${code}: ${last}`;
}
