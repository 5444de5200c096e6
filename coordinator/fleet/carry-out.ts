import type { Change, ChangeMark, PlanStep } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import { unreachable } from '../../shared/domain/assert.ts';
import { lintNode } from '../../shared/placement/lint.ts';
import { storeLimits } from '../store/store.ts';
import { storeKeys, type ClaimRecord } from '../store/values.ts';
import { abortCauseOf, abortChange } from './abort-change.ts';
import { dueBegins, dueStops } from './change-due.ts';
import { completeMarks, markOf } from './change-marks.ts';
import { retireClaim } from './claim-life.ts';
import { learnStops } from './learning.ts';
import type { LedgerWrite } from './ledger.ts';
import { whyNotStop } from './may-stop.ts';
import { recutOf } from './recut-steps.ts';
import { isRecut, touchRecuts } from './recut.ts';
import type { World } from './world.ts';

/**
 * Carries out the exact changes, each as far as it may go now. Level-triggered: what is due follows from the stage and
 * the marks that are stored, so a new leader goes on where the last one was killed.
 * Invariants: a claim begins in the same transaction as its mark, and ends in the same as its own; nothing is stopped
 * before the successor that was to start first is ready, or against the model's `disruption` as it is at this moment.
 */
export async function carryOutChanges(world: World): Promise<void> {
  for (const change of world.running.exact()) await carryOut(world, change);
}

async function carryOut(world: World, begun: Change): Promise<void> {
  let change = begun;
  touchRecuts(world, change);
  // Stages that are reached at once follow each other in one round.
  while (change.state === 'running') {
    const cause = abortCauseOf(world, change);
    if (cause !== null) {
      await abortChange(world, change, cause);
      return;
    }
    change = await act(world, change);
    const next = advanced(world, change);
    if (next === change) return;
    const done = next.state === 'done';
    await world.ledger.commit([
      world.ledger.changes.put(storeKeys.change(change.id), next),
      ...(done ? learnStops(world, [next]) : []),
    ]);
    if (done) world.event('change-done', `changes/${change.id}`, 'as planned');
    change = next;
  }
}

/** What the present stage says is due, in as many transactions as it takes. */
async function act(world: World, begun: Change): Promise<Change> {
  let change = begun;
  for (;;) {
    const { writes, marks } = dueWrites(world, change);
    const after = completeMarks(world, marks);
    if (after === change.marks) return change;
    change = { ...change, marks: after };
    await world.ledger.commit([
      ...writes,
      world.ledger.changes.put(storeKeys.change(change.id), change),
    ]);
    if (writes.length === 0) return change;
    world.refreshNodes();
  }
}

/** Room in one transaction for the change itself and for what one claim may need. */
const spareOps = 8;
const bytesMax = storeLimits.txnBytesMax / 2;

interface Due {
  readonly writes: readonly LedgerWrite[];
  /** With one for each replica whose step the writes begin. */
  readonly marks: readonly ChangeMark[];
}

/** As much of what is due and may be done as fits into one transaction. */
function dueWrites(world: World, change: Change): Due {
  const nowMs = world.deps.clock.wallMs();
  const writes: LedgerWrite[] = [];
  const marks: ChangeMark[] = [];
  let bytes = 0;
  const isFull = (): boolean =>
    writes.length + spareOps > storeLimits.txnOpsMax || bytes > bytesMax;
  const take = (own: readonly LedgerWrite[], mark: Pick<ChangeMark, 'step' | 'replica'>): void => {
    writes.push(...own);
    bytes += own.reduce((sum, { op }) => sum + (op?.op === 'put' ? op.value.byteLength : 0), 0);
    marks.push({ ...mark, atMs: nowMs, doneAtMs: null });
  };
  for (const { replica, record } of dueStops(world, change)) {
    if (isFull()) break;
    if (markOf(change.marks, 'stop', replica) !== undefined) continue;
    if (whyNotStop(world, change, record) !== null) continue;
    take(retireClaim(world, record), { step: 'stop', replica });
    world.event('retired', `replicas/${replica}`, `by ${change.id}, as planned`);
  }
  for (const claim of dueBegins(change)) {
    if (isFull()) break;
    const record = recordOf(world, claim, nowMs);
    if (record === null || claim.holder.kind !== 'replica') continue;
    const { replica } = claim.holder;
    if (markOf(change.marks, 'start', replica) !== undefined || !hasRoom(world, claim)) continue;
    take([world.putClaim(record)], { step: 'start', replica });
    world.event('placed', `replicas/${replica}`, `placed on ${claim.node} by ${change.id}`);
  }
  return { writes, marks: marks.length === 0 ? change.marks : [...change.marks, ...marks] };
}

/** Whether the place of a claim is free now. The lint answers, because it shares no code with who planned. */
function hasRoom(world: World, claim: Claim): boolean {
  const node = world.plainNode(claim.node);
  if (node === undefined || node.availability.kind !== 'ready') return false;
  const present = world.claimsOnNode(claim.node).map((record) => record.claim);
  return lintNode(node, [...present, claim]).length <= lintNode(node, present).length;
}

/** null: its model is gone, so nothing is begun for it. */
function recordOf(world: World, claim: Claim, nowMs: number): ClaimRecord | null {
  const { holder } = claim;
  if (holder.kind !== 'replica') return null;
  const model = world.ledger.model(holder.model)?.value;
  if (model === undefined || model.deleting) return null;
  return {
    claim: { ...claim, createdAtMs: nowMs },
    workload: model.spec.workload,
    processes: model.spec.gpu?.processes ?? 1,
    superseded: false,
  };
}

/** The change one stage on, or done; itself when its stage has not come to its end. */
function advanced(world: World, change: Change): Change {
  const at = change.plan.stages[change.stage];
  const nowMs = world.deps.clock.wallMs();
  if (at === undefined) return { ...change, state: 'done', endedAtMs: nowMs };
  if (!at.steps.every((step) => isDone(world, change, step))) return change;
  const stage = change.stage + 1;
  const over = stage >= change.plan.stages.length;
  return {
    ...change,
    stage,
    stageSinceMs: nowMs,
    ...(over ? { state: 'done' as const, endedAtMs: nowMs } : {}),
  };
}

function isDone(world: World, change: Change, step: PlanStep): boolean {
  switch (step.kind) {
    // A mode is part of making the slices that need it.
    case 'set-mode':
      return true;
    case 'create-slice': {
      const slices = world.registry.get(step.node)?.status?.slices ?? [];
      return slices.some((slice) => slice.slice === step.slice && slice.phase === 'ready');
    }
    case 'destroy-slice':
      return isGone(world, step);
    case 'start-replica':
      return isMarkedDone(markOf(change.marks, 'start', step.replica));
    case 'stop-replica':
      return isMarkedDone(markOf(change.marks, 'stop', step.replica));
    default:
      return unreachable(step);
  }
}

function isGone(world: World, step: Extract<PlanStep, { kind: 'destroy-slice' }>): boolean {
  const { node, slice } = step;
  if (slice !== null) {
    const held = world.claimsOnNode(node).flatMap((record) => record.claim.slices);
    return !held.some((each) => each.id === slice);
  }
  const recut = recutOf(step);
  return recut !== null && isRecut(world, recut);
}

function isMarkedDone(mark: ChangeMark | undefined): boolean {
  return mark !== undefined && mark.doneAtMs !== null;
}
