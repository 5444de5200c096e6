import type { AbortCause, Change } from '../../shared/domain/change.ts';
import type { ChangeId, ReplicaId } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { storeKeys, type ClaimRecord } from '../store/values.ts';
import { dueStops } from './change-due.ts';
import { retireClaim } from './claim-life.ts';
import type { LedgerWrite } from './ledger.ts';
import { whyNotStop } from './may-stop.ts';
import { claimIdOf } from './names.ts';
import { cardName, newStrangers, strangersOn } from './plan-basis.ts';
import { recutRefusal, touchRecuts } from './recut.ts';
import { marksOf } from './change-marks.ts';
import type { World } from './world.ts';

/** Why a running change cannot go on, in one sentence; null: it can. */
export function abortCauseOf(world: World, change: Change): string | null {
  const stage = change.plan.stages[change.stage];
  if (stage === undefined) return null;
  for (const cause of stage.abortsOn) {
    const found = checks[cause](world, change);
    if (found !== null) return found;
  }
  return null;
}

/** What a running change waits for, for people. Empty: for its stage to be reached, and nothing is in its way. */
export function waitsFor(world: World, change: Change): string {
  if (!change.exact || change.state !== 'running') return '';
  const marked = new Set(
    change.marks.flatMap((mark) => (mark.step === 'stop' ? mark.replica : [])),
  );
  const reasons = dueStops(world, change).flatMap(({ replica, record }) =>
    marked.has(replica) ? [] : (whyNotStop(world, change, record) ?? []),
  );
  return reasons[0] ?? '';
}

/** What is written together with the end of a change: how the call that asked for it is answered. */
type AnswerOf = (ended: Change) => readonly LedgerWrite[];

/** An operator ends a change. Throws CHANGE_UNKNOWN, REQUEST_INVALID. One that is over is answered as it is. */
export async function abortByName(
  world: World,
  id: ChangeId,
  answer: AnswerOf = () => [],
): Promise<Change> {
  const key = storeKeys.change(id);
  const change = world.ledger.changes.get(key)?.value;
  if (change === undefined) {
    throw new AppError('CHANGE_UNKNOWN', `there is no change ${id}`, {
      hint: 'tangram changes lists those that run and those that ended last',
    });
  }
  if (change.state !== 'running') {
    await world.ledger.commit(answer(change));
    return change;
  }
  if (!change.exact) {
    throw new AppError(
      'REQUEST_INVALID',
      `${id} follows what was declared: there is no plan to give up`,
      {
        hint: `apply ${change.model ?? 'the model'} as it was, or scale it`,
      },
    );
  }
  await abortChange(world, change, 'by an operator', answer);
  return world.ledger.changes.get(key)?.value ?? change;
}

/**
 * Ends a change where it is, and leaves the world consistent: a successor that serves stays, and what it replaces goes
 * by the rule for every surplus copy; a successor that has not started is withdrawn as long as the old one is still
 * there; nothing else is stopped. In several transactions, the change last: a crash in between aborts it again.
 */
export async function abortChange(
  world: World,
  change: Change,
  reason: string,
  answer: AnswerOf = () => [],
): Promise<void> {
  const replaced = replacedBy(change);
  const groups: LedgerWrite[][] = [];
  for (const { id, holder } of change.plan.begins) {
    const record = world.ledger.claim(id)?.value;
    if (holder.kind !== 'replica' || record === undefined || record.claim.state !== 'held')
      continue;
    const old = heldRecord(world, replaced.get(holder.replica));
    if (old === undefined) continue;
    if (world.statusOf(record)?.phase === 'ready') {
      groups.push([world.putClaim({ ...old, superseded: true })]);
    } else {
      groups.push(retireClaim(world, record));
      world.event(
        'retired',
        `replicas/${holder.replica}`,
        `${change.id} was aborted before it served`,
      );
    }
  }
  const ended: Change = {
    ...change,
    marks: marksOf(change),
    state: 'aborted',
    reason,
    endedAtMs: world.deps.clock.wallMs(),
  };
  groups.push([world.ledger.changes.put(storeKeys.change(change.id), ended), ...answer(ended)]);
  await world.ledger.commitGroups(groups);
  touchRecuts(world, ended);
  world.event('change-aborted', `changes/${change.id}`, reason);
  world.refreshNodes();
}

function replacedBy(change: Change): ReadonlyMap<ReplicaId, ReplicaId> {
  const steps = change.plan.stages.flatMap((stage) => stage.steps);
  return new Map(
    steps.flatMap((step) =>
      step.kind === 'start-replica' && step.replaces !== null
        ? [[step.replica, step.replaces] as const]
        : [],
    ),
  );
}

function heldRecord(world: World, replica: ReplicaId | undefined): ClaimRecord | undefined {
  if (replica === undefined) return undefined;
  const record = world.ledger.claim(claimIdOf(replica))?.value;
  return record?.claim.state === 'held' ? record : undefined;
}

type Check = (world: World, change: Change) => string | null;

const checks: Readonly<Record<AbortCause, Check>> = {
  'node-unavailable': (world, change) => {
    for (const node of nodesAhead(change)) {
      const live = world.registry.get(node);
      if (live === undefined) return `node ${node} is gone`;
      const availability = world.availability(live);
      // A node that is silent for a moment comes back, or is lost; the stage waits.
      if (availability.kind === 'ready' || availability.kind === 'suspect') continue;
      return `node ${node} is ${availability.kind}: ${availability.reason}`;
    }
    return null;
  },
  'card-failed': (world, change) => {
    for (const { node, gpu } of cardsOf(change)) {
      const health = cardOf(world, node, gpu)?.health;
      if (health?.state === 'failed')
        return `${cardName(world, node, gpu)} has failed: ${health.reason}`;
    }
    return null;
  },
  'layout-moved-on': (world, change) => {
    for (const { node, gpu } of cardsOf(change)) {
      const card = cardOf(world, node, gpu);
      if (card === undefined) continue;
      const strangers = strangersOn(world, node, card);
      const fresh = newStrangers(change.plan.basis, { node, gpu }, strangers);
      if (fresh.length > 0)
        return `somebody else cut ${fresh.join(', ')} on ${cardName(world, node, gpu)}`;
    }
    return recutRefusal(world, change);
  },
  'replica-failed': (world, change) => {
    for (const { replica, step, doneAtMs } of change.marks) {
      if (step !== 'start' || doneAtMs !== null) continue;
      const record = heldRecord(world, replica);
      const status = record === undefined ? null : world.statusOf(record);
      if (status?.phase === 'failed') return `${replica} cannot start: ${status.reason}`;
    }
    return null;
  },
  'claim-moved-on': (world, change) => {
    const marked = new Set(change.marks.map((mark) => `${mark.step} ${mark.replica}`));
    for (const id of change.plan.ends) {
      const held = world.ledger.claim(id)?.value.claim.state === 'held';
      if (!held && !marked.has(`stop ${id}`)) return `${id} has ended meanwhile`;
    }
    for (const { id } of change.plan.begins) {
      const held = world.ledger.claim(id)?.value.claim.state === 'held';
      if (!held && marked.has(`start ${id}`) && !marked.has(`stop ${id}`)) {
        return `${id} was ended by somebody else`;
      }
    }
    return null;
  },
  deadline: (world, change) => {
    const stage = change.plan.stages[change.stage];
    if (stage === undefined) return null;
    const ms = world.deps.clock.wallMs() - change.stageSinceMs;
    if (ms <= stage.deadlineSeconds * 1_000) return null;
    const waits = waitsFor(world, change);
    const why = waits === '' ? '' : `: ${waits}`;
    return `the stage "${stage.title}" took longer than ${stage.deadlineSeconds}s${why}`;
  },
};

function nodesAhead(change: Change) {
  const steps = change.plan.stages.slice(change.stage).flatMap((stage) => stage.steps);
  return [...new Set(steps.map((step) => step.node))];
}

function cardsOf(change: Change) {
  return (change.plan.stages[change.stage]?.steps ?? []).flatMap((step) =>
    'gpu' in step ? [{ node: step.node, gpu: step.gpu }] : [],
  );
}

function cardOf(world: World, node: Parameters<World['plainNode']>[0], gpu: string) {
  return world.registry.get(node)?.inventory?.gpus.find((each) => each.uuid === gpu);
}
