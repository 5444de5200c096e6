import { isCardNamed } from '../../domain/card.ts';
import type { Claim } from '../../domain/claim.ts';
import { isolationSatisfies } from '../../domain/gpu.ts';
import type { GpuInventory, MigInstance } from '../../domain/inventory.ts';
import { freeStarts, type MigGeometry, type MigPlacement } from '../../domain/mig-profile.ts';
import type { GpuNeed } from '../../domain/model.ts';
import type { Slice } from '../../domain/slice.ts';
import { divFloor, shareReserveMib } from '../cost.ts';
import type { Demand, PlacementNode } from '../engine.ts';

/** Thousandths of a card. */
const cardMilli = 1_000;

/** What a kind of request weighs. */
interface WeightedNeed {
  readonly need: GpuNeed;
  readonly weight: number;
}

/** What is free on a node, in thousandths of a card. */
export interface FreeCapacity {
  readonly freeMilli: number;
  /** What the demand could use of it, averaged over the demand; never more than is free. */
  readonly usableMilli: number;
}

/** The free capacity of a node that the demand could not use, in thousandths of a card. */
export function strandedMilli(
  node: PlacementNode,
  claims: readonly Claim[],
  demand: Demand | undefined,
): number {
  const { freeMilli, usableMilli } = freeCapacity(node, claims, demand);
  return freeMilli - usableMilli;
}

/**
 * What a node has left, and how much of that can be scheduled: for each shape of the demand what as many requests of
 * that shape as fit would take, averaged by weight. Without a demand, a tenth, a quarter, a half and the whole
 * of a card are as likely.
 */
export function freeCapacity(
  node: PlacementNode,
  claims: readonly Claim[],
  demand: Demand | undefined,
): FreeCapacity {
  if (node.availability.kind !== 'ready') return { freeMilli: 0, usableMilli: 0 };
  const slices = claims.flatMap((claim) => claim.slices);
  const cards = node.inventory.gpus
    .filter(({ health, authority }) => health.state !== 'failed' && authority !== 'observe')
    .map((gpu) =>
      freeOf(
        gpu,
        slices.filter((slice) => slice.gpu === gpu.uuid),
      ),
    );
  const free = cards.reduce((sum, card) => sum + card.milli, 0);
  if (free === 0) return { freeMilli: 0, usableMilli: 0 };
  const asked = demanded(demand);
  const weights = asked.reduce((sum, { weight }) => sum + weight, 0);
  const used = asked.reduce(
    (sum, { need, weight }) => sum + weight * Math.min(free, usableOfCards(cards, need)),
    0,
  );
  return { freeMilli: free, usableMilli: divFloor(used, weights) };
}

/** What is left of one card. */
interface FreeCard {
  readonly gpu: GpuInventory;
  readonly state: 'idle' | 'mig' | 'shared' | 'full';
  readonly milli: number;
  /** Every MIG placement that is taken: by a slice, or by an instance that exists. */
  readonly layout: readonly MigPlacement[];
  /** Instances in it that exist and wait for somebody. */
  readonly spare: readonly MigInstance[];
  readonly memoryMib: number;
  readonly smPercent: number;
}

/** Shares of whatever card they meet: `computePercent` alone says how large they are. */
const everyShare: readonly WeightedNeed[] = [10, 25, 50, 100].map((computePercent) => ({
  need: { memoryMib: 0, computePercent, isolation: 'any', count: 1, processes: 1, models: [] },
  weight: 1,
}));

function demanded(demand: Demand | undefined): readonly WeightedNeed[] {
  const shapes = (demand?.shapes ?? []).flatMap(({ gpu, weight }) =>
    gpu === null ? [] : [{ need: gpu, weight: weight * gpu.count }],
  );
  return shapes.length === 0 ? everyShare : shapes;
}

function freeOf(gpu: GpuInventory, slices: readonly Slice[]): FreeCard {
  const layout = layoutOf(gpu, slices);
  const spare = spareOf(gpu, slices);
  const kind = slices[0]?.shape.kind;
  const full: FreeCard = {
    gpu,
    state: 'full',
    milli: 0,
    layout,
    spare,
    memoryMib: 0,
    smPercent: 0,
  };
  if (kind === 'whole') return full;
  if (kind === 'mig' || (kind === undefined && layout.length > 0)) {
    const { geometry } = gpu;
    if (geometry === null) return full;
    const cuttable =
      gpu.authority === 'cut' ? geometry.placementUnits - unitsOf(geometry, layout) : 0;
    const units = cuttable + unitsOf(geometry, spare);
    const milli = divFloor(cardMilli * units, geometry.placementUnits);
    return { ...full, state: 'mig', milli };
  }
  const capacityMib = Math.max(1, gpu.memoryTotalMib - shareReserveMib);
  const shapes = slices.map(({ shape }) => shape);
  const heldMib = shapes.reduce((sum, shape) => sum + shape.memoryMib, gpu.memoryForeignMib);
  const smHeld = shapes.reduce(
    (sum, shape) => sum + (shape.kind === 'mps' ? shape.smPercent : 0),
    0,
  );
  const memoryMib = Math.max(0, capacityMib - heldMib);
  const smPercent = Math.max(0, 100 - smHeld);
  const idle = slices.length === 0 && heldMib === 0 && gpu.mode !== 'foreign';
  const rest = { gpu, layout, spare, memoryMib, smPercent };
  if (idle) return { ...rest, state: 'idle', milli: cardMilli };
  const milli = Math.min(divFloor(cardMilli * memoryMib, capacityMib), 10 * smPercent);
  return { ...rest, state: 'shared', milli };
}

/** Instances that nobody holds and nobody works on. */
function spareOf(gpu: GpuInventory, slices: readonly Slice[]): readonly MigInstance[] {
  if (gpu.mode === 'foreign' || gpu.memoryForeignMib > 0) return [];
  return gpu.instances.filter(
    (instance) =>
      instance.slice === null &&
      !slices.some(
        ({ shape }) =>
          shape.kind === 'mig' &&
          shape.giProfileId === instance.giProfileId &&
          shape.start === instance.start,
      ),
  );
}

function layoutOf(gpu: GpuInventory, slices: readonly Slice[]): MigPlacement[] {
  const taken = new Map<string, MigPlacement>();
  const all = [
    ...slices.map(({ shape }) => shape).filter((shape) => shape.kind === 'mig'),
    ...gpu.instances,
  ];
  for (const { giProfileId, start } of all) {
    taken.set(`${giProfileId}@${start}`, { giProfileId, start });
  }
  return [...taken.values()];
}

function unitsOf(
  geometry: MigGeometry,
  layout: readonly Pick<MigPlacement, 'giProfileId'>[],
): number {
  return layout.reduce((sum, { giProfileId }) => {
    const profile = geometry.profiles.find((each) => each.giProfileId === giProfileId);
    return sum + (profile?.placementSize ?? 0);
  }, 0);
}

function usableOfCards(cards: readonly FreeCard[], need: GpuNeed): number {
  const fitting = cards.filter(
    ({ gpu }) =>
      need.models.length === 0 || need.models.some((each) => isCardNamed(gpu.productName, each)),
  );
  if (need.count === 1) return fitting.reduce((sum, card) => sum + usableOfCard(card, need), 0);
  const idle = new Map<string, number>();
  for (const { gpu, state } of fitting) {
    if (state !== 'idle' || gpu.memoryTotalMib < need.memoryMib) continue;
    idle.set(gpu.productName, (idle.get(gpu.productName) ?? 0) + 1);
  }
  const groups = [...idle.values()].reduce((sum, each) => sum + divFloor(each, need.count), 0);
  return groups * need.count * cardMilli;
}

function usableOfCard(card: FreeCard, need: GpuNeed): number {
  const { state, gpu } = card;
  if (state === 'full') return 0;
  if (state === 'idle' && need.isolation === 'whole') {
    return gpu.memoryTotalMib >= need.memoryMib ? cardMilli : 0;
  }
  const asMig = state === 'shared' ? 0 : usableAsMig(card, need);
  const asShare = state === 'mig' ? 0 : usableAsShares(card, need);
  return Math.max(asMig, asShare);
}

/** Spare instances that will do, and as many of the smallest profile that will do as can still be cut. */
function usableAsMig({ gpu, layout, spare }: FreeCard, need: GpuNeed): number {
  const { geometry } = gpu;
  if (geometry === null || !isolationSatisfies('mig', need.isolation)) return 0;
  const slicesMost = geometry.profiles.reduce(
    (most, each) => Math.max(most, each.computeSlices),
    1,
  );
  const fitting = geometry.profiles
    .filter(
      (each) =>
        each.memoryMib >= need.memoryMib &&
        each.computeSlices * 100 >= need.computePercent * slicesMost,
    )
    .toSorted((a, b) => a.placementSize - b.placementSize || a.giProfileId - b.giProfileId);
  const found = fitting.find(({ name }) => !/[+-]/.test(name));
  if (found === undefined) return 0;
  const ready = spare.filter((each) =>
    fitting.some(({ giProfileId }) => giProfileId === each.giProfileId),
  ).length;
  const cuts = gpu.authority === 'cut' ? countCuts(geometry, layout, found.giProfileId) : 0;
  return divFloor(cardMilli * (ready + cuts) * found.placementSize, geometry.placementUnits);
}

/** Starts ascend and all instances of a profile are alike: the first free start again and again is best. */
function countCuts(
  geometry: MigGeometry,
  layout: readonly MigPlacement[],
  giProfileId: number,
): number {
  const taken = [...layout];
  for (;;) {
    const start = freeStarts(geometry, taken, giProfileId)[0];
    if (start === undefined) return taken.length - layout.length;
    taken.push({ giProfileId, start });
  }
}

function usableAsShares({ gpu, state, memoryMib, smPercent }: FreeCard, need: GpuNeed): number {
  if (!isolationSatisfies('mps', need.isolation)) return 0;
  if (!gpu.mpsOffered && need.isolation !== 'any') return 0;
  const capacityMib = Math.max(1, gpu.memoryTotalMib - shareReserveMib);
  if (state === 'idle' && need.memoryMib > capacityMib) return 0;
  // Whichever of memory and SMs runs out first; a need that names neither is counted by its part of the other.
  const byMemory =
    need.memoryMib > 0 ? divFloor(memoryMib, need.memoryMib) : Number.MAX_SAFE_INTEGER;
  const bySms =
    need.computePercent > 0 ? divFloor(smPercent, need.computePercent) : Number.MAX_SAFE_INTEGER;
  const count = Math.min(byMemory, bySms, cardMilli);
  const each = Math.max(
    divFloor(cardMilli * need.memoryMib, capacityMib),
    10 * need.computePercent,
  );
  return Math.min(cardMilli, count * each);
}
