import type { Plan } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import { planWaves } from '../../shared/placement/plan-diff.ts';
import type { ModelRecord } from '../store/values.ts';
import { isInExactChange } from './changes.ts';
import { estimatesNow } from './learning.ts';
import { planModel, type Copy } from './model-plan.ts';
import { planIdOf } from './names.ts';
import { unplacedText } from './plan-apply.ts';
import { basisOf } from './plan-basis.ts';
import type { PlacedNow, Planner } from './planner.ts';
import type { World } from './world.ts';

/** Copies that begin in the call that asks for them, and the plan that says so. */
export interface PlacedAtOnce {
  readonly plan: Plan;
  readonly groups: PlacedNow['groups'];
}

/**
 * Decides the places of a model's new copies in the call that declares them, where nothing else is to be done and nobody
 * waits for the same room: then the round would decide the same, only later. null: it is left to the round.
 */
export function placeAtOnce(
  world: World,
  planner: Planner,
  record: ModelRecord,
): PlacedAtOnce | null {
  const { name } = record.spec;
  world.refreshNodes();
  const copies = world.copiesOf(name);
  if (!planner.nobodyIsAhead || isInExactChange(world, name)) return null;
  if (copies.some((copy) => !isSteady(copy))) return null;
  const { place, retire, restore, makeRoom } = planModel(record, copies);
  if (place === 0 || retire.length + restore.length + makeRoom.length > 0) return null;
  const { claims, groups, refusal } = planner.placeNow(record, place);
  const begun = new Set(claims.map(({ id }) => id));
  const snapshot = world.snapshotOf(new Set(claims.map(({ node }) => node)), begun);
  const plan = planWaves([waveOf(claims)], {
    id: planIdOf(freshSuffix(world.deps.random)),
    kind: 'apply',
    snapshot,
    basis: {},
    replaces: new Map(),
    estimates: estimatesNow(world),
    imageOf: () => record.spec.workload.image,
    why: new Map(),
    unplaced: unplacedText(record, place - claims.length, refusal),
  });
  return { plan: { ...plan, basis: basisOf(world, plan, [name], begun) }, groups };
}

function isSteady({ record, node, leaving }: Copy): boolean {
  return record.claim.state === 'held' && node === 'here' && !record.superseded && !leaving;
}

function waveOf(begins: readonly Claim[]) {
  return { begins, ends: [], recuts: [], first: 'begin' } as const;
}
