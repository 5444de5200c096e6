import type { Change, ChangeMark } from '../../shared/domain/change.ts';
import type { ReplicaId } from '../../shared/domain/ids.ts';
import type { ClaimRecord } from '../store/values.ts';
import { claimIdOf } from './names.ts';
import type { World } from './world.ts';

/** The mark of one step of one replica, if there is one. */
export function markOf(
  marks: readonly ChangeMark[],
  step: ChangeMark['step'],
  replica: ReplicaId,
): ChangeMark | undefined {
  return marks.find((mark) => mark.step === step && mark.replica === replica);
}

/** Marks that are known of a change and not stored yet: each copy that comes up would be a write of all of it. */
const noted = new WeakMap<Change, readonly ChangeMark[]>();

/** Kept until the change is written for another reason; a new leader hears from the agents again what is lost. */
export function noteMarks(change: Change, marks: readonly ChangeMark[]): void {
  noted.set(change, marks);
}

/** The marks of a change as far as they are known. */
export function marksOf(change: Change): readonly ChangeMark[] {
  return noted.get(change) ?? change.marks;
}

/** The marks with the time at which agents were first heard to have done what they are about. The same when none was. */
export function completeMarks(world: World, marks: readonly ChangeMark[]): readonly ChangeMark[] {
  const nowMs = world.deps.clock.wallMs();
  let any = false;
  const after = marks.map((mark) => {
    if (mark.doneAtMs !== null || !isDone(world, mark)) return mark;
    any = true;
    return { ...mark, doneAtMs: nowMs };
  });
  return any ? after : marks;
}

/** The marks of a change whose steps the planner takes: it leaves none, so they are read off the claims. */
export function seenMarks(world: World, change: Change): readonly ChangeMark[] {
  const nowMs = world.deps.clock.wallMs();
  const before = marksOf(change);
  const marked = new Set(before.map(({ step, replica }) => `${step} ${replica}`));
  const fresh = change.plan.stages
    .flatMap((stage) => stage.steps)
    .flatMap((step): ChangeMark[] => {
      if (step.kind !== 'start-replica' && step.kind !== 'stop-replica') return [];
      const { replica } = step;
      const claim = world.ledger.claim(claimIdOf(replica))?.value.claim;
      const kind = step.kind === 'start-replica' ? 'start' : 'stop';
      if (claim === undefined || marked.has(`${kind} ${replica}`)) return [];
      if (kind === 'start')
        return [{ step: kind, replica, atMs: claim.createdAtMs, doneAtMs: null }];
      return claim.state === 'held' ? [] : [{ step: kind, replica, atMs: nowMs, doneAtMs: null }];
    });
  const marks = fresh.length === 0 ? before : [...before, ...fresh];
  return completeMarks(world, marks);
}

function isDone(world: World, mark: ChangeMark): boolean {
  const record = world.ledger.claim(claimIdOf(mark.replica))?.value;
  if (mark.step === 'stop') return record === undefined || isStopped(world, record);
  return record !== undefined && world.statusOf(record)?.phase === 'ready';
}

/** Whether the replica of an ended claim is known to be gone; its slices may still be there. */
function isStopped(world: World, { claim }: ClaimRecord): boolean {
  if (claim.state !== 'reclaiming' || claim.holder.kind !== 'replica') return false;
  const stone = { kind: 'replica', replica: claim.holder.replica } as const;
  return world.ledger.tombstone(claim.node, stone) === undefined;
}
