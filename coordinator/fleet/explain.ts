import type { ModelName } from '../../shared/domain/ids.ts';
import type { SliceShape, Slice } from '../../shared/domain/slice.ts';
import { unreachable } from '../../shared/domain/assert.ts';
import { renderMib } from '../../shared/domain/units.ts';
import type { Evidence, PlacementRequest, Refusal } from '../../shared/placement/engine.ts';
import type { ModelRecord } from '../store/values.ts';
import type { Explanation } from './core.ts';
import { explainPlace } from './explain-place.ts';
import { roomByMoving } from './explain-room.ts';
import { standingOf, type Copy } from './model-plan.ts';
import { claimIdOf } from './names.ts';
import { drawReplica, type Planner } from './planner.ts';
import type { World } from './world.ts';

/** Replicas whose place is explained: each is a question to the engine. */
const placesMax = 16;

/** Why a model is where it is, or nowhere; undefined: there is no such model. */
export function explainModel(
  world: World,
  planner: Planner,
  name: ModelName,
): Explanation | undefined {
  const model = world.ledger.model(name)?.value;
  if (model === undefined) return undefined;
  const copies = [...world.copiesOf(name)].sort((left, right) =>
    left.record.claim.id < right.record.claim.id ? -1 : 1,
  );
  const standing = standingOf(model, copies);
  const coming = world.holds.coming.get(name) ?? 0;
  const missing = model.deleting ? 0 : model.spec.replicas - standing.keep.length - coming;
  const why = missing > 0 ? whyMissing(world, planner, model) : null;
  return {
    model: name,
    replicasWanted: model.deleting ? 0 : model.spec.replicas,
    replicasPlaced: standing.keep.length + standing.outgoing.length,
    replicasReady: copies.filter((copy) => copy.serving).length,
    placed: copies.map((copy) => placedLine(world, copy)),
    places: copies
      .slice(0, placesMax)
      .map((copy) => explainPlace(world, model, copy))
      .filter((place) => place !== null),
    refusal: why?.refusal ?? null,
    evidence: why?.evidence ?? [],
  };
}

interface WhyNot {
  readonly refusal: Refusal;
  readonly evidence: readonly Evidence[];
}

function whyMissing(world: World, planner: Planner, model: ModelRecord): WhyNot | null {
  const replica = drawReplica(world, model.spec.name);
  const request: PlacementRequest = {
    claim: claimIdOf(replica),
    replica,
    spec: model.spec,
    modelVersion: model.version,
    nowMs: world.deps.clock.wallMs(),
  };
  const { refusal, evidence } = world.desk.explain(request);
  if (refusal !== null) {
    const helps = [roomByMoving(world, request), refusal.nearest].filter((text) => text !== '');
    return { refusal: { ...refusal, nearest: helps.join('; or ') }, evidence };
  }
  return planner.pending(model.spec.name) ?? null;
}

/** `r-1 on node-a GPU0 1g.5gb@4: ready at 127.0.0.1:4000`. */
function placedLine(world: World, copy: Copy): string {
  const { record } = copy;
  const { claim } = record;
  const slices = claim.slices.map((slice) => ` ${renderSlice(world, slice)}`).join(',');
  const where = `${claim.id} on ${claim.node}${slices === '' ? ' CPU' : slices}`;
  return `${where}: ${renderState(world, copy)}`;
}

function renderState(world: World, copy: Copy): string {
  if (copy.record.claim.state === 'reclaiming') return 'ending';
  const status = world.statusOf(copy.record);
  const silent = copy.node === 'lost' || copy.node === 'away' ? `, its node is ${copy.node}` : '';
  if (status === null) return `its agent has not spoken of it yet${silent}`;
  const address =
    status.phase === 'ready' && status.address !== null ? ` at ${status.address}` : '';
  const reason = status.reason === '' ? '' : ` (${status.reason})`;
  return `${status.phase}${address}${reason}${silent}`;
}

function renderSlice(world: World, slice: Slice): string {
  const inventory = world.registry.get(slice.node)?.inventory;
  const index = inventory?.gpus.find((gpu) => gpu.uuid === slice.gpu)?.index;
  return `${index === undefined ? slice.gpu : `GPU${index}`} ${renderShape(slice.shape)}`;
}

function renderShape(shape: SliceShape): string {
  switch (shape.kind) {
    case 'whole':
      return 'whole';
    case 'mig':
      return `${shape.profile}@${shape.start}`;
    case 'mps':
      return `mps ${renderMib(shape.memoryMib)} ${shape.smPercent}%`;
    case 'timeshare':
      return `timeshare ${renderMib(shape.memoryMib)}`;
    default:
      return unreachable(shape);
  }
}
