import { assert } from '../../domain/assert.ts';
import type { Claim } from '../../domain/claim.ts';
import type { Estimates } from '../../domain/estimates.ts';
import type { SliceShape } from '../../domain/slice.ts';
import type { PlacementRequest } from '../engine.ts';
import { claimOf } from '../made-claim.ts';
import type { Forced } from './interrupt.ts';
import type { Part } from './paper-card.ts';
import { isOverfull, puzzleOf, wantedKind, type Loose, type Puzzle } from './puzzle.ts';
import { moveRequest, type Act, type Search } from './relocate.ts';
import type { PaperStep } from './paper-steps.ts';
import { repackOnPaper } from './repack-search.ts';

/**
 * Places a request on a few cards by the re-layout that interrupts for the fewest seconds, found by a search over all
 * orders of steps: for what the quick ways miss. Replicas that hold several cards, or whose models limit who is beside
 * them, stay where they are. The scene is left as it was; null: no way, or none among so many states.
 */
export function repack(
  search: Search,
  request: PlacementRequest,
  { estimates, secondsMax }: { readonly estimates: Estimates; readonly secondsMax: number },
): Forced | null {
  const { gpu, placement } = request.spec;
  if (gpu === null || gpu.count > 1) return null;
  if (placement.maxPerNode > 0 || placement.antiAffinity.length > 0) return null;
  const { budget, limits } = search;
  const puzzle = puzzleOf(search, request, estimates);
  if (isOverfull(puzzle)) return null;
  const statesMax = puzzle.isWhole ? limits.statesMax : limits.statesNearbyMax;
  // Who may go on from a new place need not be told from who was there: far fewer states, of which few go on.
  for (const once of [false, true]) {
    const shared = { secondsMax, once, movesMax: budget.movesMax, statesMax };
    const steps = repackOnPaper(puzzle, shared);
    // In a large cluster more states are no use: there are other cards to look at, and somebody waits.
    if (steps === 'none' || (steps === 'unknown' && !puzzle.isWhole)) return null;
    const found = steps === 'unknown' ? null : carryOut(search, request, { puzzle, steps });
    if (found !== null) return found;
  }
  return null;
}

/** The steps with the very claims; null: one of them would go elsewhere twice, and has one successor only. */
function carryOut(
  search: Search,
  request: PlacementRequest,
  { puzzle, steps }: { readonly puzzle: Puzzle; readonly steps: readonly PaperStep[] },
): Forced | null {
  const left = [...puzzle.loose];
  const stopped: Loose[] = [];
  const interrupted: { from: Claim; to: Claim }[] = [];
  const acts: Act[] = [];
  const madeAt = (to: number, shape: SliceShape, wanted: PlacementRequest | null): Claim => {
    const seat = puzzle.seats[to];
    assert(seat !== undefined && wanted !== null, 'a step names a card, and who moves is known');
    return claimOf(seat.node.inventory.node, [{ gpu: seat.gpu.uuid, shape }], wanted);
  };
  for (const step of steps) {
    if (step.kind === 'recut') {
      const seat = puzzle.seats[step.at];
      assert(seat !== undefined, 'a step names a card');
      const { inventory } = seat.node;
      const { instance } = step;
      acts.push({
        kind: 'recut',
        instance: { node: inventory.node, gpu: seat.gpu.uuid, instance },
      });
    } else if (step.kind === 'stop') {
      const gone = takeOut(left, isAt(step.from, step.part));
      if (gone === null) return null;
      stopped.push(gone);
    } else if (step.kind === 'move') {
      const gone = takeOut(left, isAt(step.from, step.part));
      if (gone === null) return null;
      const { claim: from } = gone;
      const to = madeAt(step.to, step.shape, moveRequest(search, from));
      acts.push({ kind: 'move', move: { from, to } });
    } else if (step.item === wantedKind) {
      acts.push({ kind: 'place', claim: madeAt(step.to, step.shape, request) });
    } else {
      const back = takeOut(stopped, ({ part }) => part.kind === step.item);
      assert(back !== null, 'who gets a place back has stopped');
      const { claim: from } = back;
      const to = madeAt(step.to, step.shape, moveRequest(search, from));
      interrupted.push({ from, to });
      acts.push({ kind: 'place', claim: to });
    }
  }
  return { interrupted, preempted: [], acts };
}

function isAt(card: number, { kind, shape }: Part): (each: Loose) => boolean {
  const text = JSON.stringify(shape);
  return ({ at, part }) => at === card && part.kind === kind && JSON.stringify(part.shape) === text;
}

function takeOut(list: Loose[], is: (each: Loose) => boolean): Loose | null {
  const at = list.findIndex(is);
  return at < 0 ? null : (list.splice(at, 1)[0] ?? null);
}
