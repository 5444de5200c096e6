import type { Claim } from '../../shared/domain/claim.ts';
import { authorityAllows } from '../../shared/domain/gpu.ts';
import type { GpuInventory } from '../../shared/domain/inventory.ts';
import {
  freeStarts,
  type MigGeometry,
  type MigPlacement,
} from '../../shared/domain/mig-profile.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import { shareReserveMib } from '../../shared/placement/cost.ts';
import type { PlacementSnapshot } from '../../shared/placement/engine.ts';

/** How many of one MIG profile could still be made. */
export interface FreeProfile {
  readonly profile: string;
  readonly count: number;
}

/** What is left of the cards of one product. Each figure stands alone: whoever takes one of them lowers the others. */
export interface FreeCapacity {
  readonly product: string;
  /** Cards that new work may go to. */
  readonly cards: number;
  /** Those that nobody uses. */
  readonly wholeCards: number;
  /** By size, the largest first; profiles that are variants of another are left out. */
  readonly mig: readonly FreeProfile[];
  /** Memory that shares through MPS could still get, MiB. */
  readonly mpsMib: number;
}

/** What is left on the nodes that take new work, by product in order of name. */
export function freeCapacity({ nodes, claims }: PlacementSnapshot): readonly FreeCapacity[] {
  const slices = slicesByCard(claims);
  const layouts = new FreeLayouts();
  const byProduct = new Map<string, FreeCard[]>();
  for (const { inventory, availability } of nodes) {
    if (availability.kind !== 'ready') continue;
    for (const gpu of inventory.gpus) {
      if (gpu.health.state === 'failed' || !authorityAllows(gpu.authority, 'place')) continue;
      const card = freeOn(gpu, slices.get(gpu.uuid) ?? [], layouts);
      const same = byProduct.get(gpu.productName);
      if (same === undefined) byProduct.set(gpu.productName, [card]);
      else same.push(card);
    }
  }
  return [...byProduct]
    .map(([product, cards]) => ({
      product,
      cards: cards.length,
      wholeCards: cards.filter(({ idle }) => idle).length,
      mig: sumProfiles(cards),
      mpsMib: cards.reduce((sum, { mpsMib }) => sum + mpsMib, 0),
    }))
    .sort((a, b) => (a.product < b.product ? -1 : 1));
}

interface FreeCard {
  readonly idle: boolean;
  readonly mig: readonly (FreeProfile & { readonly size: number })[];
  readonly mpsMib: number;
}

function slicesByCard(claims: readonly Claim[]): ReadonlyMap<string, readonly Slice[]> {
  const byCard = new Map<string, Slice[]>();
  for (const slice of claims.flatMap((claim) => claim.slices)) {
    const same = byCard.get(slice.gpu);
    if (same === undefined) byCard.set(slice.gpu, [slice]);
    else same.push(slice);
  }
  return byCard;
}

function freeOn(gpu: GpuInventory, slices: readonly Slice[], layouts: FreeLayouts): FreeCard {
  const strangers = gpu.mode === 'foreign' || gpu.memoryForeignMib > 0;
  const canCut = authorityAllows(gpu.authority, 'cut');
  const empty = slices.length === 0 && gpu.instances.length === 0 && !strangers;
  // In MIG mode a card is of no other use before the mode is switched, which takes the authority to cut.
  const idle = empty && (canCut || gpu.migEnabled !== true);
  const kinds = new Set(slices.map(({ shape }) => shape.kind));
  const isMig = kinds.has('mig') || (kinds.size === 0 && gpu.instances.length > 0);
  const isShared = !isMig && !kinds.has('whole') && (kinds.size > 0 || strangers);
  return {
    idle,
    mig: canCut && (empty || isMig) ? layouts.of(gpu, slices) : [],
    mpsMib: gpu.mpsOffered && (idle || isShared) ? freeShareMib(gpu, slices) : 0,
  };
}

function freeShareMib(gpu: GpuInventory, slices: readonly Slice[]): number {
  const held = slices.reduce((sum, { shape }) => sum + shape.memoryMib, gpu.memoryForeignMib);
  return Math.max(0, gpu.memoryTotalMib - shareReserveMib - held);
}

/** What layouts leave free, worked out once for each: thousands of cards are cut in few ways. */
class FreeLayouts {
  readonly #byGeometry = new Map<MigGeometry, string>();
  readonly #known = new Map<string, FreeCard['mig']>();

  of(
    { productName, geometry, instances }: GpuInventory,
    slices: readonly Slice[],
  ): FreeCard['mig'] {
    if (geometry === null) return [];
    const taken = new Map<string, MigPlacement>();
    const shapes = slices.flatMap(({ shape }) => (shape.kind === 'mig' ? [shape] : []));
    for (const { giProfileId, start } of [...instances, ...shapes]) {
      taken.set(`${giProfileId}@${start}`, { giProfileId, start });
    }
    const key = `${productName}|${this.#textOf(geometry)}|${[...taken.keys()].sort().join()}`;
    const known = this.#known.get(key) ?? freeProfiles(geometry, [...taken.values()]);
    this.#known.set(key, known);
    return known;
  }

  /** Each card may come with an object of its own. Of one product only what drivers change tells two apart. */
  #textOf(geometry: MigGeometry): string {
    const text = this.#byGeometry.get(geometry) ?? geometryText(geometry);
    this.#byGeometry.set(geometry, text);
    return text;
  }
}

function geometryText({ placementUnits, profiles }: MigGeometry): string {
  const texts = profiles.map(
    ({ name, giProfileId, placementSize, placementStarts, instancesMax }) =>
      `${name}/${giProfileId}/${placementSize}/${placementStarts.join('+')}/${instancesMax}`,
  );
  return `${placementUnits}:${texts.join()}`;
}

/** As many of each profile as can be cut beside what is there, each profile for itself. */
function freeProfiles(geometry: MigGeometry, taken: readonly MigPlacement[]): FreeCard['mig'] {
  return geometry.profiles
    .filter(({ name }) => !/[+-]/.test(name))
    .map(({ name, giProfileId, placementSize }) => {
      const layout = [...taken];
      const before = layout.length;
      for (;;) {
        const start = freeStarts(geometry, layout, giProfileId)[0];
        if (start === undefined) break;
        layout.push({ giProfileId, start });
      }
      return { profile: name, size: placementSize, count: layout.length - before };
    });
}

function sumProfiles(cards: readonly FreeCard[]): readonly FreeProfile[] {
  const sums = new Map<string, { size: number; count: number }>();
  for (const { profile, size, count } of cards.flatMap(({ mig }) => mig)) {
    const known = sums.get(profile);
    if (known === undefined) sums.set(profile, { size, count });
    else known.count += count;
  }
  return [...sums]
    .sort(([a, left], [b, right]) => right.size - left.size || (a < b ? -1 : 1))
    .map(([profile, { count }]) => ({ profile, count }));
}
