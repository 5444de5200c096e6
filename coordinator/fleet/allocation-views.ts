import type { Claim } from '../../shared/domain/claim.ts';
import type { AllocationName } from '../../shared/domain/ids.ts';
import type { AllocationRecord } from '../store/values.ts';
import { allocationStatus, claimOf, keptBy } from './allocation-life.ts';
import { allocationRequest } from './allocation-place.ts';
import type { AllocationExplanation, AllocationState, AllocationView } from './allocations.ts';
import { roomByMoving } from './explain-room.ts';
import type { Planner } from './planner.ts';
import type { World } from './world.ts';

const notAsked = 'not placed yet: the planner has not run';

/** What the records do not say yet. */
interface Fresh {
  /** Its claim, where that is not durable yet. */
  readonly coming?: Claim;
  /** What it waits for, where the planner has not told yet. */
  readonly waitsFor?: string;
}

/** An allocation as people see it now. */
export function viewAllocation(
  world: World,
  planner: Planner,
  record: AllocationRecord,
  fresh: Fresh = {},
): AllocationView {
  const { spec, createdAtMs, deadlineMs, ended } = record;
  const held = claimOf(world, record)?.claim ?? fresh.coming ?? null;
  const expiresAtMs = ended === null ? deadlineMs : null;
  const common = { spec, createdAtMs, expiresAtMs, claim: held };
  if (held === null) {
    const reason =
      planner.allocations.waiting(spec.name)?.refusal.summary ?? fresh.waitsFor ?? notAsked;
    return { ...common, state: 'pending', reason, access: null, processes: [] };
  }
  const { node } = held;
  const status = allocationStatus(world, held);
  const { state, reason } = standOf(world, record, held);
  const usable = (state === 'ready' || state === 'lost') && status?.ready === true;
  const handout = world.registry.get(node)?.inventory?.handout;
  const access =
    usable && handout !== undefined
      ? { deviceUuids: status.deviceUuids, handout, env: status.env, mounts: status.mounts }
      : null;
  return { ...common, state, reason, access, processes: status?.processes ?? [] };
}

/** One that is only tried out. */
export function viewTried(wish: AllocationRecord, claim: Claim): AllocationView {
  const { spec, createdAtMs } = wish;
  const nothing = { expiresAtMs: null, access: null, processes: [] };
  return { spec, createdAtMs, claim, state: 'pending', reason: 'only tried out', ...nothing };
}

/** undefined: there is none of that name. */
export function explainAllocation(
  world: World,
  planner: Planner,
  name: AllocationName,
): AllocationExplanation | undefined {
  const record = world.ledger.allocation(name)?.value;
  if (record === undefined) return undefined;
  const view = viewAllocation(world, planner, record);
  if (view.claim !== null) {
    const decision = world.deps.decisionLog.ofClaim(view.claim.id)?.id ?? null;
    return { view, refusal: null, evidence: [], decision };
  }
  const request = allocationRequest(world, record.spec);
  const { refusal, evidence } = world.desk.explain(request);
  if (refusal === null) return { view, refusal, evidence, decision: null };
  const helps = [roomByMoving(world, request), refusal.nearest].filter((text) => text !== '');
  const nearest = helps.join('; or ');
  return { view, refusal: { ...refusal, nearest }, evidence, decision: null };
}

function standOf(
  world: World,
  { ended }: AllocationRecord,
  claim: Claim,
): { readonly state: AllocationState; readonly reason: string } {
  const live = world.registry.get(claim.node);
  const status = allocationStatus(world, claim);
  const lost = live?.lost === true;
  if (ended !== null) {
    const why = ended.why === 'released' ? 'released' : 'expired';
    if (lost)
      return {
        state: 'reclaiming',
        reason: `${why}; its node ${claim.node} is lost, and nobody can look`,
      };
    const seen = status?.reclaiming === true ? status.processes : [];
    const now =
      seen.length > 0 ? keptBy(claim.node, seen) : 'its agent looks whether anybody is left';
    return { state: 'reclaiming', reason: `${why}; ${now}` };
  }
  if (lost)
    return {
      state: 'lost',
      reason: `its node ${claim.node} is lost: it keeps its slices until the node is back`,
    };
  if (status?.ready === true) return { state: 'ready', reason: '' };
  const silent = live?.connected === true ? '' : `its node ${claim.node} is not connected`;
  return { state: 'preparing', reason: silent === '' ? (status?.reason ?? '') : silent };
}
