import type { Claim } from '../../domain/claim.ts';
import type { GpuInventory } from '../../domain/inventory.ts';
import type { GpuNeed } from '../../domain/model.ts';
import type { SliceShape } from '../../domain/slice.ts';
import { divFloor } from '../cost.ts';
import type { PlacementNode } from '../engine.ts';
import { mayServe, type ClearingRules } from './clearing-rules.ts';

/**
 * The least that clearing any part of a node can cost, in thousandths of a card that would have to move; null: it
 * cannot help. Cheap and never too high, so that most nodes of a large cluster are never looked at closely.
 */
export function easeOf(
  { inventory }: PlacementNode,
  claims: readonly Claim[],
  rules: ClearingRules,
): number | null {
  const { gpus } = inventory;
  const going = gpus.map(() => 0);
  const staying = gpus.map(() => 0);
  let at = 0;
  for (const claim of claims) at = addTo(rules.mayGo(claim) ? going : staying, claim, gpus, at);
  return easeBy(gpus, rules, { going, staying });
}

/** What was summed, by a list of claims and by cards that are never changed. Pure: it changes no answer. */
const heldBefore = new WeakMap<
  readonly Claim[],
  { readonly gpus: readonly GpuInventory[]; readonly held: Sums }
>();

/** Thousandths of each card of a node that its claims hold. */
export function heldOf({ inventory }: PlacementNode, claims: readonly Claim[]): Sums {
  const { gpus } = inventory;
  const known = heldBefore.get(claims);
  if (known?.gpus === gpus) return known.held;
  const held = gpus.map(() => 0);
  let at = 0;
  for (const claim of claims) at = addTo(held, claim, gpus, at);
  heldBefore.set(claims, { gpus, held });
  return held;
}

/** `easeOf` as if everybody might go: never more, and told without asking about anybody. */
export function leastEaseOf(
  { inventory }: PlacementNode,
  held: Sums,
  rules: ClearingRules,
): number | null {
  return easeBy(inventory.gpus, rules, { going: held, staying: null });
}

/** Claims of one card mostly follow each other, so the card of the last slice is looked at first. */
function addTo(
  sums: number[],
  { slices }: Claim,
  gpus: readonly GpuInventory[],
  from: number,
): number {
  let at = from;
  for (const { gpu: uuid, shape } of slices) {
    let left = gpus.length;
    while (left > 0 && gpus[at]?.uuid !== uuid) {
      at = at + 1 < gpus.length ? at + 1 : 0;
      left -= 1;
    }
    const gpu = gpus[at];
    if (left > 0 && gpu !== undefined) sums[at] = (sums[at] ?? 0) + milliOf(shape, gpu);
  }
  return at;
}

type Sums = readonly number[];

/** `going`, `staying`: thousandths of each card. */
function easeBy(
  gpus: readonly GpuInventory[],
  rules: ClearingRules,
  { going, staying }: { readonly going: Sums; readonly staying: Sums | null },
): number | null {
  const { need } = rules;
  const lacks: { readonly product: string; readonly lack: number }[] = [];
  let best: number | null = null;
  for (let at = 0; at < gpus.length; at += 1) {
    const gpu = gpus[at];
    if (gpu === undefined || !mayServe(gpu, rules)) continue;
    const lack = lackOf(gpu, need, { going: going[at] ?? 0, staying: staying?.[at] ?? 0 });
    if (lack === null) continue;
    if (need.count > 1) lacks.push({ product: gpu.productName, lack });
    else if (best === null || lack < best) best = lack;
  }
  return need.count > 1 ? easeOfSeveral(lacks, need.count) : best;
}

/** Several cards are all of one product. */
function easeOfSeveral(
  lacks: readonly { readonly product: string; readonly lack: number }[],
  count: number,
): number | null {
  let best: number | null = null;
  for (const product of new Set(lacks.map((each) => each.product))) {
    const alike = lacks.flatMap((each) => (each.product === product ? [each.lack] : []));
    if (alike.length < count) continue;
    const least = alike.sort((a, b) => a - b).slice(0, count);
    const ease = least.reduce((sum, each) => sum + each, 0);
    if (best === null || ease < best) best = ease;
  }
  return best;
}

/** A lower bound: what lacks in the end, if exactly that could be moved away. */
function lackOf(
  gpu: GpuInventory,
  need: GpuNeed,
  { going, staying }: { readonly going: number; readonly staying: number },
): number | null {
  const wanted =
    need.isolation === 'whole' ? 1_000 : divFloor(1_000 * need.memoryMib, gpu.memoryTotalMib);
  const lacks = wanted + going + staying - 1_000;
  if (staying + wanted > 1_000 || lacks > going) return null;
  return Math.max(0, lacks);
}

/** What a slice holds of its card, in thousandths of it. */
export function milliOf(shape: SliceShape, gpu: GpuInventory): number {
  if (shape.kind === 'whole') return 1_000;
  return divFloor(1_000 * shape.memoryMib, Math.max(1, gpu.memoryTotalMib));
}
