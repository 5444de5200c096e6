import type { Authority, GpuHealth } from '../domain/gpu.ts';
import type { GpuInventory, MigInstance } from '../domain/inventory.ts';
import { placementMask, type MigGeometry, type MigPlacement } from '../domain/mig-profile.ts';
import { unreachable } from '../domain/assert.ts';
import type { Slice, SliceKind, SliceShape } from '../domain/slice.ts';
import { mpsClientsOf } from './cost.ts';

/**
 * A card without its identity: all that the cost of putting something on it depends on. Cards with equal
 * views are interchangeable, so a view is judged once and not once for each card.
 */
export interface CardView {
  readonly productName: string;
  readonly memoryTotalMib: number;
  readonly smCount: number;
  readonly authority: Authority;
  readonly health: GpuHealth;
  readonly migEnabled: boolean | null;
  readonly geometry: MigGeometry | null;
  /** Its node would share it through MPS. */
  readonly mpsOffered: boolean;
  /** MiB that processes of others hold. */
  readonly foreignMib: number;
  /** Somebody else works on it. */
  readonly foreign: boolean;
  /** What our claims use it as; `mixed` is a fault that nothing is added to. */
  readonly use: SliceKind | 'none' | 'mixed';
  /** Every MIG placement that is taken: by a claim, or by an instance that exists. In order of start. */
  readonly layout: readonly MigPlacement[];
  /** Instances that exist, are ready for use, belong to nobody and lie where nothing is promised; `layout` has them too. */
  readonly spare: readonly SpareInstance[];
  readonly slicesHeld: number;
  /** Sums over the shares (MPS or timeshare) on it. */
  readonly memoryHeldMib: number;
  readonly smHeldPercent: number;
  readonly clientsHeld: number;
}

/** A MIG instance that somebody made and nobody uses. */
export type SpareInstance = Pick<
  MigInstance,
  'giProfileId' | 'start' | 'size' | 'profile' | 'memoryMib'
>;

/** Of a slice only its shape matters to a card. */
type Shaped = Pick<Slice, 'shape'>;

/** Builds the view of one card from what its agent reported and the slices that claims hold on it. */
export function viewCard(gpu: GpuInventory, slices: readonly Shaped[]): CardView {
  const foreign = gpu.mode === 'foreign' || gpu.memoryForeignMib > 0;
  const held = migPlacementsOf(slices);
  const loose =
    gpu.instances.length === 0
      ? gpu.instances
      : gpu.instances.filter((instance) => !held.some((each) => samePlace(each, instance)));
  const sums = sumShares(slices);
  return {
    productName: gpu.productName,
    memoryTotalMib: gpu.memoryTotalMib,
    smCount: gpu.smCount,
    authority: gpu.authority,
    health: gpu.health,
    migEnabled: gpu.migEnabled,
    geometry: gpu.geometry,
    mpsOffered: gpu.mpsOffered,
    foreignMib: gpu.memoryForeignMib,
    foreign,
    use: useOf(slices),
    layout: layoutOf(held, loose),
    spare: foreign || loose.length === 0 ? noSpare : spareOf(loose, slices),
    slicesHeld: slices.length,
    ...sums,
  };
}

/**
 * The view once a claim holds `shape` too: what `viewCard` would make of it. `shape` is one that the card offered, so
 * its placement is free or is a spare instance.
 */
export function viewAfter(view: CardView, shape: SliceShape): CardView {
  const use = view.use === 'none' || view.use === shape.kind ? shape.kind : 'mixed';
  const after = { ...view, use, slicesHeld: view.slicesHeld + 1 } as const;
  switch (shape.kind) {
    case 'whole':
      return after;
    case 'timeshare':
      return { ...after, memoryHeldMib: view.memoryHeldMib + shape.memoryMib };
    case 'mps':
      return {
        ...after,
        memoryHeldMib: view.memoryHeldMib + shape.memoryMib,
        smHeldPercent: view.smHeldPercent + shape.smPercent,
        clientsHeld: view.clientsHeld + mpsClientsOf(shape.smPercent),
      };
    case 'mig': {
      const { giProfileId, start } = shape;
      const spare = view.spare.filter((each) => !samePlace(each, shape));
      const exists = spare.length < view.spare.length;
      const layout = exists ? view.layout : [...view.layout, { giProfileId, start }].sort(byPlace);
      return { ...after, spare, layout };
    }
    default:
      return unreachable(shape);
  }
}

const noLayout: readonly MigPlacement[] = [];
const noSpare: readonly SpareInstance[] = [];

function layoutOf(
  held: readonly MigPlacement[],
  loose: readonly MigInstance[],
): readonly MigPlacement[] {
  if (held.length + loose.length === 0) return noLayout;
  const found = loose.map(({ giProfileId, start }) => ({ giProfileId, start }));
  return [...held, ...found].sort(byPlace);
}

/**
 * An instance that we did not make and that nobody works on may be used as it is. One that carries a slice
 * which no claim holds is on its way out: it occupies its placement until its agent says it is gone. One that
 * somebody made on a place that is promised already is in the way of that promise, and no room for another.
 */
function spareOf(loose: readonly MigInstance[], slices: readonly Shaped[]): MigInstance[] {
  const promised = slices.reduce(
    (mask, { shape }) =>
      shape.kind === 'mig' ? mask | placementMask(shape.start, shape.size) : mask,
    0,
  );
  const isSpare = ({ slice, computeInstanceIds, start, size }: MigInstance): boolean =>
    slice === null &&
    computeInstanceIds.length > 0 &&
    (placementMask(start, size) & promised) === 0;
  return loose.filter(isSpare).sort(byPlace);
}

function migPlacementsOf(slices: readonly Shaped[]): readonly MigPlacement[] {
  if (slices[0]?.shape.kind !== 'mig' && !slices.some(({ shape }) => shape.kind === 'mig')) {
    return noLayout;
  }
  return slices.flatMap(({ shape }) =>
    shape.kind === 'mig' ? [{ giProfileId: shape.giProfileId, start: shape.start }] : [],
  );
}

function samePlace(left: MigPlacement, right: MigPlacement): boolean {
  return left.giProfileId === right.giProfileId && left.start === right.start;
}

function byPlace(left: MigPlacement, right: MigPlacement): number {
  return left.start - right.start || left.giProfileId - right.giProfileId;
}

function useOf(slices: readonly Shaped[]): CardView['use'] {
  const [first] = slices;
  if (first === undefined) return 'none';
  return slices.every(({ shape }) => shape.kind === first.shape.kind) ? first.shape.kind : 'mixed';
}

function sumShares(slices: readonly Shaped[]) {
  let memoryHeldMib = 0;
  let smHeldPercent = 0;
  let clientsHeld = 0;
  for (const { shape } of slices) {
    if (shape.kind === 'mps' || shape.kind === 'timeshare') memoryHeldMib += shape.memoryMib;
    if (shape.kind !== 'mps') continue;
    smHeldPercent += shape.smPercent;
    clientsHeld += mpsClientsOf(shape.smPercent);
  }
  return { memoryHeldMib, smHeldPercent, clientsHeld };
}

/** Nothing of ours and no instance is on it, and nobody else works on it. */
export function isIdle(view: CardView): boolean {
  return view.use === 'none' && view.layout.length === 0 && !view.foreign;
}

/** In MIG mode now, or promised to be. */
export function isMigOn(view: CardView): boolean {
  return view.use === 'mig' || (view.use === 'none' && view.migEnabled === true);
}

/** Equal signatures are equal in what does not depend on claims. `geometryKey` stands for the geometry. */
export function hardwareSignature(view: CardView, geometryKey: string): string {
  // Texts come from the driver: quoted, so that no text can pass for two fields.
  return [
    JSON.stringify(view.productName),
    view.memoryTotalMib,
    view.smCount,
    view.authority,
    view.migEnabled,
    view.mpsOffered,
    view.foreignMib,
    view.foreign,
    geometryKey,
    JSON.stringify(view.health),
  ].join('|');
}

/** Of views of equal hardware, those with equal signatures are equal. */
export function useSignature(view: CardView): string {
  const sums = `${view.use}|${view.slicesHeld}|${view.memoryHeldMib}|${view.smHeldPercent}|${view.clientsHeld}`;
  if (view.layout.length === 0) return sums;
  let places = '';
  for (const { giProfileId, start } of view.layout) places += `${giProfileId}@${start}+`;
  for (const each of view.spare) places += `|${each.giProfileId}@${each.start}:${each.memoryMib}`;
  return `${sums}|${places}`;
}

/** What a card is used as now, for people. */
export function renderUse(view: CardView): string {
  const slices = view.slicesHeld === 1 ? '1 slice' : `${view.slicesHeld} slices`;
  if (view.use !== 'none') return `is used as ${view.use} (${slices})`;
  const loose = view.layout.length;
  if (loose > 0) return `is cut into ${loose} MIG ${loose === 1 ? 'instance' : 'instances'}`;
  if (view.migEnabled === true) return 'is in MIG mode';
  return 'is idle';
}
