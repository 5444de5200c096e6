import { expect, test } from 'vitest';
import type { PlacementEngine } from '../../../../shared/placement/engine.ts';
import { lintPlacement } from '../../../../shared/placement/lint.ts';
import { isVariant } from '../../../../shared/placement/mig-offer.ts';
import { open } from '../../../../shared/placement/open.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';
import type {
  MigGeometry,
  MigPlacement,
  MigProfile,
} from '../../../../shared/domain/mig-profile.ts';
import { freeStarts, placementMask, profileById } from '../../../../shared/domain/mig-profile.ts';
import type { SliceShape } from '../../../../shared/domain/slice.ts';
import { claim, gpu, model, needs, node, request } from './builders.ts';

/** Every layout that can be reached by adding one legal instance after another; the empty one too. */
function layoutsOf(geometry: MigGeometry): readonly (readonly MigPlacement[])[] {
  const found = new Map<string, readonly MigPlacement[]>([['', []]]);
  const open_ = [...found.values()];
  for (let layout = open_.pop(); layout !== undefined; layout = open_.pop()) {
    for (const { giProfileId } of geometry.profiles) {
      for (const start of freeStarts(geometry, layout, giProfileId)) {
        const next = [...layout, { giProfileId, start }].sort((a, b) => a.start - b.start);
        const key = next.map((each) => `${each.giProfileId}@${each.start}`).join('+');
        if (found.has(key)) continue;
        found.set(key, next);
        open_.push(next);
      }
    }
  }
  return [...found.values()];
}

/** The plain profiles; without those that give one compute slice more memory when `doubles` is false. */
function plain(geometry: MigGeometry, doubles: boolean): MigGeometry {
  const single = (profile: MigProfile) =>
    !geometry.profiles.some(
      (other) =>
        !isVariant(other) &&
        other.computeSlices === profile.computeSlices &&
        other.placementSize < profile.placementSize,
    );
  return {
    ...geometry,
    profiles: geometry.profiles.filter((each) => !isVariant(each) && (doubles || single(each))),
  };
}

function isMaximal(geometry: MigGeometry, layout: readonly MigPlacement[]): boolean {
  return geometry.profiles.every(
    ({ giProfileId }) => freeStarts(geometry, layout, giProfileId).length === 0,
  );
}

function maskOf(geometry: MigGeometry, layout: readonly MigPlacement[]): number {
  return layout.reduce(
    (mask, { giProfileId, start }) =>
      mask | placementMask(start, profileById(geometry, giProfileId)?.placementSize ?? 0),
    0,
  );
}

function profilesOf(layout: readonly MigPlacement[]): string {
  return layout
    .map(({ giProfileId }) => giProfileId)
    .sort((a, b) => a - b)
    .join('+');
}

/**
 * Computed independently by exhaustive enumeration of non-overlapping placements from the profile tables of
 * NVIDIA's MIG User Guide ("Supported MIG Profiles", r580), profiles of the same size and starts not counted twice.
 */
const oracles = [
  { card: 'A100-40GB', doubles: false, layouts: 298, maximal: 19, multisets: 14, masks: 144 },
  { card: 'A100-80GB', doubles: false, layouts: 298, maximal: 19, multisets: 14, masks: 144 },
  { card: 'H100-80GB', doubles: false, layouts: 298, maximal: 19, multisets: 14, masks: 144 },
  { card: 'H200-141GB', doubles: false, layouts: 298, maximal: 19, multisets: 14, masks: 144 },
  { card: 'B200-180GB', doubles: false, layouts: 298, maximal: 19, multisets: 14, masks: 144 },
  { card: 'A100-40GB', doubles: true, layouts: 723, maximal: 78, multisets: 38, masks: 192 },
  { card: 'A30', doubles: true, layouts: 26, maximal: 5, multisets: 4, masks: 16 },
  { card: 'RTX-PRO-6000-96GB', doubles: true, layouts: 26, maximal: 5, multisets: 4, masks: 16 },
] as const;

test.for(oracles)('$card (double-memory 1g: $doubles) has $layouts layouts', (oracle) => {
  const geometry = plain(migGeometries[oracle.card], oracle.doubles);
  const layouts = layoutsOf(geometry);
  const maximal = layouts.filter((layout) => isMaximal(geometry, layout));
  expect({
    layouts: layouts.length,
    maximal: maximal.length,
    multisets: new Set(maximal.map(profilesOf)).size,
    masks: new Set(layouts.map((layout) => maskOf(geometry, layout))).size,
  }).toEqual({
    layouts: oracle.layouts,
    maximal: oracle.maximal,
    multisets: oracle.multisets,
    masks: oracle.masks,
  });
});

const filled = [
  { card: 'A30', layouts: 26 },
  { card: 'A100-40GB', layouts: 298 },
  { card: 'RTX-PRO-6000', layouts: 26 },
] as const;

test.for(filled)('from every layout of $card the engine adds only what is legal', ({ card }) => {
  const full = gpu('a', 0, card).geometry;
  if (full === null) throw new Error('the card has a geometry');
  const geometry = plain(full, false);
  const there = node('a', [gpu('a', 0, card, { migEnabled: true, mode: 'mig', geometry })]);
  for (const layout of layoutsOf(geometry)) {
    const claims = layout.map((placement, at) =>
      claim(`c${at}`, 'a', [[0, shapeOf(geometry, placement)]]),
    );
    for (const profile of geometry.profiles) {
      const spec = model('n', needs({ isolation: 'mig', memoryMib: profile.memoryMib }));
      const engine = open({ nodes: [there], claims });
      const decision = engine.decide(request('new', spec));
      const starts = geometry.profiles
        .filter((each) => each.memoryMib >= profile.memoryMib)
        .flatMap((each) => freeStarts(geometry, layout, each.giProfileId));
      // Whole is the last resort of an empty card, so an empty card never refuses.
      expect(decision.kind).toBe(starts.length > 0 || layout.length === 0 ? 'placed' : 'refused');
      if (decision.kind === 'refused') continue;
      expect(lintPlacement({ nodes: [there], claims: [...claims, decision.claim] })).toEqual([]);
    }
  }
});

function shapeOf(geometry: MigGeometry, { giProfileId, start }: MigPlacement): SliceShape {
  const profile = profileById(geometry, giProfileId);
  if (profile === undefined) throw new Error(`no profile ${giProfileId}`);
  const { name, placementSize, memoryMib } = profile;
  return { kind: 'mig', giProfileId, start, profile: name, size: placementSize, memoryMib };
}

function place(engine: PlacementEngine, memoryMib: number, at: number): Claim | null {
  const spec = model('n', needs({ isolation: 'mig', memoryMib }));
  const decision = engine.decide(request(`new${at}`, spec));
  if (decision.kind === 'refused') return null;
  engine.apply(decision.delta);
  return decision.claim;
}

test('small slices are put where they leave room for large ones', () => {
  const engine = open({
    nodes: [node('a', [gpu('a', 0, 'A100-40GB', { migEnabled: true, mode: 'mig' })])],
    claims: [],
  });
  // One of 5 GB and one of 10 GB still leave half the card to one of 20 GB, and a bit.
  const wanted = [4_864, 9_856, 19_968, 4_864];
  expect(
    wanted.map((memoryMib, at) => place(engine, memoryMib, at)?.slices[0]?.shape),
  ).toMatchObject([
    { profile: '1g.5gb', start: 6 },
    { profile: '1g.10gb', start: 4 },
    { profile: '3g.20gb', start: 0 },
    undefined,
  ]);
});

test('seven smallest slices fit a card, and an eighth does not', () => {
  const engine = open({
    nodes: [node('a', [gpu('a', 0, 'A100-40GB', { migEnabled: true, mode: 'mig' })])],
    claims: [],
  });
  const placed = Array.from({ length: 8 }, (_, at) => place(engine, 4_864, at));
  expect(placed.map((each) => each?.slices[0]?.shape.kind ?? 'none')).toEqual([
    ...Array.from({ length: 7 }, () => 'mig'),
    'none',
  ]);
});
