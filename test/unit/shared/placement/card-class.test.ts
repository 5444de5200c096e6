import { expect, test } from 'vitest';
import { CardClasses } from '../../../../shared/placement/card-class.ts';
import type { CardView } from '../../../../shared/placement/card-view.ts';
import { viewCard } from '../../../../shared/placement/card-view.ts';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';
import { claim, gpu, instance, migShape } from './builders.ts';

const card = gpu('a', 0, 'A100-40GB', { migEnabled: true, mode: 'mig' });
const view = viewCard(card, claim('c1', 'a', [[0, migShape('A100-40GB', '1g.5gb', 6)]]).slices);
const spare = instance('A100-40GB', '2g.10gb', 0);
const a100 = migGeometries['A100-40GB'];

/** Another value for every field: a new field does not compile until it is told apart here. */
const others: { readonly [K in keyof CardView]: CardView[K] } = {
  productName: 'NVIDIA A100-PCIE-40GB',
  memoryTotalMib: 40_959,
  smCount: 0,
  authority: 'place',
  health: { state: 'degraded', reason: 'hot' },
  migEnabled: false,
  mpsOffered: false,
  geometry: { ...a100, enginesTotal: null },
  foreignMib: 1,
  foreign: true,
  use: 'none',
  layout: [{ giProfileId: 19, start: 5 }],
  spare: [spare],
  slicesHeld: 2,
  memoryHeldMib: 1,
  smHeldPercent: 1,
  clientsHeld: 1,
};

test.for(Object.entries(others))('cards that differ in %s are of two classes', ([key, value]) => {
  const classes = new CardClasses();
  expect(classes.find({ ...view, [key]: value })).not.toBe(classes.find(view));
});

test('cards that differ in no field are of one class, whatever their names', () => {
  const classes = new CardClasses();
  const other = gpu('b', 3, 'A100-40GB', { migEnabled: true, mode: 'mig', layoutRevision: 7 });
  const slices = claim('c9', 'b', [[3, migShape('A100-40GB', '1g.5gb', 6)]]).slices;
  const copied = { ...other, geometry: structuredClone(a100) };
  expect(classes.find(viewCard(copied, slices))).toBe(classes.find(view));
});

const profileChanges = [
  { giProfileId: 99 },
  { computeSlices: 9 },
  { placementSize: 9 },
  { placementStarts: [0] },
  { instancesMax: 1 },
  { memoryMib: 1 },
  { smCount: 1 },
  { engines: { nvdec: 9, nvenc: 0, jpeg: 0, ofa: 0 } },
  { name: '1g.5gb+gfx' },
];

test.for(profileChanges)(
  'cards whose drivers tell of other profiles are of two classes: %o',
  (change) => {
    const classes = new CardClasses();
    const [first, ...rest] = a100.profiles;
    if (first === undefined) throw new Error('the geometry has profiles');
    const geometry = { ...a100, profiles: [{ ...first, ...change }, ...rest] };
    expect(classes.find({ ...view, geometry })).not.toBe(classes.find(view));
  },
);
