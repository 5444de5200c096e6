import type { Plan } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { GpuUuid, NodeName } from '../../shared/domain/ids.ts';
import type { GpuInventory } from '../../shared/domain/inventory.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import type { PlacementSnapshot } from '../../shared/placement/engine.ts';
import { renderShape } from '../../shared/placement/evidence.ts';
import { compareText } from '../../shared/placement/node-record.ts';

/** One card as it is and as a plan makes it. */
export interface PlanCard {
  readonly node: NodeName;
  readonly gpu: GpuUuid;
  readonly product: string;
  /** Placement units of a MIG card; 1: it has no grid. */
  readonly units: number;
  readonly before: readonly PlanPiece[];
  readonly after: readonly PlanPiece[];
}

/** A slice on its card, in thousandths of the card. */
export interface PlanPiece {
  readonly startMilli: number;
  readonly sizeMilli: number;
  readonly shape: string;
  /** null: nobody of ours uses it. */
  readonly model: string | null;
  readonly replica: string | null;
  /** It is not on both sides. */
  readonly changed: boolean;
}

const cardMilli = 1_000;

/** Every card that a plan touches, before and after, in order of node and index. */
export function pictureOf(plan: Plan, snapshot: PlacementSnapshot): readonly PlanCard[] {
  const ends = new Set<string>(plan.ends);
  const touched = new Set<string>();
  for (const { steps } of plan.stages) {
    for (const step of steps) if ('gpu' in step) touched.add(step.gpu);
  }
  const after = [...snapshot.claims.filter(({ id }) => !ends.has(id)), ...plan.begins];
  const recut = new Set(
    plan.stages
      .flatMap(({ steps }) => steps)
      .flatMap((step) =>
        step.kind === 'destroy-slice' && step.placement !== null
          ? [`${step.gpu}@${step.placement.start}`]
          : [],
      ),
  );
  const kept = new Set(snapshot.claims.filter(({ id }) => !ends.has(id)).map(({ id }) => id));
  const [claimsBefore, claimsAfter] = [byCard(snapshot.claims), byCard(after)];
  return snapshot.nodes
    .flatMap(({ inventory }) => inventory.gpus.map((gpu) => ({ node: inventory.node, gpu })))
    .filter(({ gpu }) => touched.has(gpu.uuid))
    .sort((a, b) => compareText(a.node, b.node) || a.gpu.index - b.gpu.index)
    .map(({ node, gpu }) => ({
      node,
      gpu: gpu.uuid,
      product: gpu.productName,
      units: gpu.geometry?.placementUnits ?? 1,
      before: pieces(gpu, claimsBefore.get(gpu.uuid) ?? [], { kept, recut: new Set() }),
      after: pieces(gpu, claimsAfter.get(gpu.uuid) ?? [], { kept, recut }),
    }));
}

function byCard(claims: readonly Claim[]): ReadonlyMap<GpuUuid, readonly Claim[]> {
  const cards = new Map<GpuUuid, Claim[]>();
  for (const claim of claims) {
    for (const gpu of new Set(claim.slices.map((slice) => slice.gpu))) {
      const list = cards.get(gpu);
      if (list === undefined) cards.set(gpu, [claim]);
      else list.push(claim);
    }
  }
  return cards;
}

function pieces(
  gpu: GpuInventory,
  claims: readonly Claim[],
  of: { readonly kept: ReadonlySet<string>; readonly recut: ReadonlySet<string> },
): readonly PlanPiece[] {
  let shared = 0;
  const held = claims.flatMap((claim) =>
    claim.slices
      .filter((slice) => slice.gpu === gpu.uuid)
      .map((slice): PlanPiece => {
        const at = extentOf(gpu, slice, shared);
        if (slice.shape.kind !== 'mig') shared = at.startMilli + at.sizeMilli;
        const { holder } = claim;
        const replica = holder.kind === 'replica' ? holder : null;
        return {
          ...at,
          shape: renderShape(slice.shape),
          model: replica?.model ?? null,
          replica: replica?.replica ?? null,
          changed: !of.kept.has(claim.id),
        };
      }),
  );
  const taken = new Set(held.map((piece) => piece.startMilli));
  const loose = gpu.instances
    .filter(({ slice, start }) => slice === null && !of.recut.has(`${gpu.uuid}@${start}`))
    .map(({ start, size, profile }): PlanPiece => ({
      ...unitsOf(gpu, start, size),
      shape: profile,
      model: null,
      replica: null,
      changed: false,
    }))
    .filter((piece) => !taken.has(piece.startMilli));
  return [...held, ...loose].sort((a, b) => a.startMilli - b.startMilli);
}

function extentOf(gpu: GpuInventory, { shape }: Slice, shared: number) {
  if (shape.kind === 'whole') return { startMilli: 0, sizeMilli: cardMilli };
  if (shape.kind === 'mig') return unitsOf(gpu, shape.start, shape.size);
  const sizeMilli = Math.max(1, Math.round((shape.memoryMib * cardMilli) / gpu.memoryTotalMib));
  return { startMilli: shared, sizeMilli };
}

function unitsOf(gpu: GpuInventory, start: number, size: number) {
  const units = gpu.geometry?.placementUnits ?? 1;
  const startMilli = Math.round((start * cardMilli) / units);
  return { startMilli, sizeMilli: Math.round(((start + size) * cardMilli) / units) - startMilli };
}
