import type { GpuActual, MpsRecovery } from '../observe/world.ts';
import { authorityRefusal, recordOf, type PlanInput, type WantedReplica } from './plan-input.ts';
import { wait, type Step, type WaitStep } from './steps.ts';

// A fault of one client hits all clients of its card, and the server takes no new one until every one of them has
// exited: so all who share the card are stopped, and started again when it is ACTIVE. What is written down at the
// beginning says that this is under way, across a crash of the agent too.

const hourMs = 3_600_000;
/** So many restarts of a card's tenants an hour; then they stay stopped until the hour is over, or until they are others. */
export const recoveriesMax = 5;
/** Waits before the tenants start again: 1, 2, 4, 8 s. */
const firstWaitMs = 1_000;

/** The steps of a recovery that is needed or under way on one card. Pure. Empty: there is none. */
export function planMpsRecovery(input: PlanInput, gpu: GpuActual): readonly Step[] {
  const { mps, uuid } = gpu;
  if (gpu.blind !== null || mps.state === 'blind') return [];
  const last = recoveryOf(input, gpu);
  if (last?.open !== true) {
    const reason = needed(gpu, last);
    if (reason === null || !mps.owned || authorityRefusal(gpu, 'place') !== null) return [];
    return [{ kind: 'beginMpsRecovery', gpu: uuid, recovery: beginning(input, gpu, reason) }];
  }
  const stops = tenantsOf(input, gpu).flatMap((replica): readonly Step[] => {
    const entry = runningEntry(input, replica);
    if (entry === undefined) return [];
    const { runtime } = entry;
    const { stopGraceMs } = input.config;
    return [{ kind: 'stopReplica', replica, runtime, graceMs: stopGraceMs, why: 'mps-fault' }];
  });
  if (stops.length > 0) return stops;
  if (mps.fault?.live === true) return planStuck(gpu);
  // What the end of its clients has brought about is part of the same fault.
  const faultId = mps.fault?.id ?? last.faultId;
  return [{ kind: 'endMpsRecovery', gpu: uuid, recovery: { ...last, faultId, open: false } }];
}

/** No tenant of ours runs, and the server is still in FAULT. */
function planStuck({ mps, uuid }: GpuActual): readonly Step[] {
  // Without clients nothing is lost with the daemon; the next round starts another.
  if (mps.clientPids.length === 0) return [{ kind: 'stopMps', gpu: uuid }];
  const pids = mps.clientPids.slice(0, 8).join(', ');
  const detail = `the MPS server is in FAULT until its clients have exited, and process ${pids} is no replica of this node: end it`;
  return [wait('mps-fault', detail, { gpu: uuid })];
}

/** Why nothing may start on these cards now; null when it may. */
export function recoveryRefusal(input: PlanInput, cards: readonly GpuActual[]): string | null {
  for (const gpu of cards) {
    const last = recoveryOf(input, gpu);
    if (last === undefined) continue;
    if (last.open) return `its card recovers from a fault: ${last.reason}`;
    if (last.notBeforeMs <= input.world.wallMs || last.tenants !== fingerprint(input, gpu))
      continue;
    const seconds = Math.ceil((last.notBeforeMs - input.world.wallMs) / 1_000);
    const often = last.beganAtMs.length >= recoveriesMax;
    return often
      ? `MPS on its card has faulted ${last.beganAtMs.length} times within an hour (last: ${last.reason}); tried again in ${seconds} s, or at once when other replicas share the card`
      : `MPS on its card has faulted (${last.reason}); started again in ${seconds} s`;
  }
  return null;
}

/** What has happened that is not answered yet; null: nothing. */
function needed({ mps }: GpuActual, last: MpsRecovery | undefined): Needed | null {
  const { fault, orphans } = mps;
  if (fault !== null && (fault.live || fault.id !== last?.faultId)) {
    const who =
      fault.client === null ? 'its log names no client' : `its log names client ${fault.client}`;
    return { id: fault.id, words: `server ${fault.server}: ${fault.reason} (${who})` };
  }
  if (mps.state === 'silent' && orphans.length > 0) {
    const words = `its daemon is dead and has left server ${orphans.join(', ')} behind`;
    const id = `orphans ${orphans.join(' ')}`;
    return id === last?.faultId ? null : { id, words };
  }
  return null;
}

interface Needed {
  readonly id: string;
  readonly words: string;
}

function beginning(input: PlanInput, gpu: GpuActual, { id, words }: Needed): MpsRecovery {
  const { wallMs } = input.world;
  const tenants = fingerprint(input, gpu);
  const last = recoveryOf(input, gpu);
  const before =
    last?.tenants === tenants
      ? // A wall clock that was set back must not make the list grow for ever.
        last.beganAtMs.filter((atMs) => wallMs - atMs < hourMs && atMs <= wallMs)
      : [];
  const beganAtMs = [...before, wallMs].slice(-recoveriesMax);
  const [oldest = wallMs] = beganAtMs;
  const waitMs =
    beganAtMs.length >= recoveriesMax
      ? oldest + hourMs - wallMs
      : firstWaitMs * 2 ** (beganAtMs.length - 1);
  const notBeforeMs = wallMs + waitMs;
  return { gpu: gpu.uuid, faultId: id, reason: words, open: true, tenants, beganAtMs, notBeforeMs };
}

function recoveryOf({ mpsRecoveries }: PlanInput, gpu: GpuActual): MpsRecovery | undefined {
  return mpsRecoveries.find((each) => each.gpu === gpu.uuid);
}

/** The wanted replicas that share a card through its daemon. */
function wantedOn({ wanted }: PlanInput, gpu: GpuActual): readonly WantedReplica[] {
  return wanted.filter(({ slices }) =>
    slices.some((slice) => slice.gpu === gpu.uuid && slice.shape.kind === 'mps'),
  );
}

/** Only who is wanted is stopped: it is started again. */
function tenantsOf(input: PlanInput, gpu: GpuActual) {
  return wantedOn(input, gpu).map((each) => each.target.replica);
}

function fingerprint(input: PlanInput, gpu: GpuActual): string {
  return wantedOn(input, gpu)
    .map(({ target, specHash }) => `${target.replica} ${specHash}`)
    .sort()
    .join('\n');
}

function runningEntry(input: PlanInput, replica: WantedReplica['target']['replica']) {
  const record = recordOf(input, replica);
  return input.world.running.find(
    (each) =>
      each.replica === replica &&
      each.state === 'running' &&
      (record === undefined || each.runtime === record.runtime) &&
      input.world.runtimesBlind.get(each.runtime) === null,
  );
}

/** Clients that wait for the server of another user: they hang in their first CUDA call until its clients are gone. */
export function planMpsUsers(input: PlanInput, gpu: GpuActual): readonly WaitStep[] {
  const { waiting, servers } = gpu.mps;
  return waiting.flatMap((client) => {
    const server = servers.find((each) => each.uid !== null && each.uid !== client.uid);
    if (server === undefined) return [];
    const entry = input.world.running.find((each) => each.pids.includes(client.pid));
    const detail = `process ${client.pid} of user ${client.uid ?? '?'} waits until the MPS clients of user ${server.uid ?? '?'} have ended: run the models of a card as one user, or set mps.multiUser`;
    return [wait('mps-user', detail, { gpu: gpu.uuid, replica: entry?.replica ?? null })];
  });
}
