import type { Plan } from '../../shared/domain/change.ts';
import type { PlacementRequest } from '../../shared/placement/engine.ts';
import { makeRoom } from '../../shared/placement/relayout/make-room.ts';
import { planIdOf } from './names.ts';
import { noBudget } from './plan-wish.ts';
import { inputOf, leftOf, namer } from './relayout-desk.ts';
import type { World } from './world.ts';

/**
 * Which moves would make room for a request that fits nowhere: tried as a plan, and nothing of it is kept. Empty: no move
 * that interrupts nobody would, and no larger budget either.
 */
export function roomByMoving(world: World, request: PlacementRequest): string {
  const result = makeRoom({
    ...inputOf(world, namer(world)),
    id: planIdOf('why'),
    request,
    snapshot: world.snapshot(),
    engine: world.desk.fork(),
    budget: leftOf(world, noBudget, { interruptions: [] }),
  });
  if (result.kind === 'refused') return result.helps ? `a plan in which ${result.reason}` : '';
  return freedText(world, request, result.plan);
}

/** `free 3g.20gb at 4 on node-b/GPU0 by moving ocr-1 to node-a`. */
function freedText(world: World, request: PlacementRequest, plan: Plan): string {
  const claim = plan.begins.find(({ id }) => id === request.claim);
  if (claim === undefined) return '';
  const [slice] = claim.slices;
  const gpus = world.registry.get(claim.node)?.inventory?.gpus ?? [];
  const index = gpus.find(({ uuid }) => uuid === slice?.gpu)?.index;
  const card = index === undefined ? claim.node : `${claim.node}/GPU${index}`;
  const what = slice?.shape.kind === 'mig' ? `start ${slice.shape.start}` : 'a place';
  const moves = plan.stages
    .flatMap(({ steps }) => steps)
    .flatMap((step) =>
      step.kind === 'start-replica' && step.replaces !== null
        ? [`${step.replaces} to ${step.node}`]
        : [],
    );
  return moves.length === 0 ? '' : `free ${what} on ${card} by moving ${moves.join(', ')}`;
}
