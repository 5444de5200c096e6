import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GpuInventory } from '../../../../../shared/domain/inventory.ts';
import type { SliceShape } from '../../../../../shared/domain/slice.ts';
import { viewCard, type CardView } from '../../../../../shared/placement/card-view.ts';
import { judgeCard } from '../../../../../shared/placement/judge-card.ts';
import { needOf } from '../../../../../shared/placement/need.ts';
import { open } from '../../../../../shared/placement/open.ts';
import { CardMeasure } from '../../../../../shared/placement/policies/card-room.ts';
import { anyCluster, anySpec } from '../anything.ts';
import { claim, gpu, instance, migShape, mpsShape, needs, request } from '../builders.ts';

/** A card of a node that cuts, with slices of ours on it. */
function view(
  card: string,
  slices: readonly SliceShape[] = [],
  changes: Partial<GpuInventory> = {},
): CardView {
  const held = slices.flatMap((shape, at) => claim(`c${at}`, 'n', [[0, shape]]).slices);
  return viewCard(gpu('n', 0, card, changes), held);
}

const cases = [
  // (46068 − 512) / 10000, each ⌈1000·10000/45556⌉ = 220
  {
    name: 'shares of an idle card',
    on: view('L40S'),
    need: needs({ memoryMib: 10_000 }),
    room: { copies: 4, fillMilli: 880 },
  },
  {
    name: 'shares beside shares',
    on: view('L40S', [mpsShape(20_000, 43)]),
    need: needs({ memoryMib: 10_000 }),
    room: { copies: 2, fillMilli: 440 },
  },
  {
    name: 'shares that ask for many SMs',
    on: view('L40S'),
    need: needs({ memoryMib: 1_000, computePercent: 30 }),
    room: { copies: 3, fillMilli: 900 },
  },
  {
    name: 'the last SM for those who ask for none',
    on: view('L40S', [mpsShape(1_000, 99)]),
    need: needs({ memoryMib: 10_000 }),
    room: { copies: 1, fillMilli: 220 },
  },
  {
    name: 'no share on a whole card in use',
    on: view('L40S', [{ kind: 'whole', memoryMib: 46_068 }]),
    need: needs(),
    room: { copies: 0, fillMilli: 0 },
  },
  {
    name: 'a whole card',
    on: view('L40S'),
    need: needs({ isolation: 'whole' }),
    room: { copies: 1, fillMilli: 1_000 },
  },
  {
    name: 'MIG on an idle card',
    on: view('A100-40GB'),
    need: needs({ memoryMib: 4_000, isolation: 'mig' }),
    room: { copies: 7, fillMilli: 875 },
  },
  {
    name: 'the smallest profile that gives most',
    on: view('A100-40GB'),
    need: needs({ memoryMib: 15_000, isolation: 'mig' }),
    room: { copies: 2, fillMilli: 1_000 },
  },
  {
    name: 'MIG beside a slice',
    on: view('A100-40GB', [migShape('A100-40GB', '3g.20gb', 4)]),
    need: needs({ memoryMib: 9_000, isolation: 'mig' }),
    room: { copies: 2, fillMilli: 500 },
  },
  {
    name: 'MIG for those who accept less, on a card that is cut',
    on: view('A100-40GB', [migShape('A100-40GB', '3g.20gb', 4)]),
    need: needs({ memoryMib: 4_000 }),
    room: { copies: 4, fillMilli: 500 },
  },
  {
    name: 'instances that are there, where nothing may be cut',
    on: view('A30', [], {
      authority: 'place',
      migEnabled: true,
      instances: [instance('A30', '2g.12gb', 0), instance('A30', '1g.6gb', 3)],
    }),
    need: needs({ memoryMib: 5_000, isolation: 'mig' }),
    room: { copies: 2, fillMilli: 750 },
  },
  {
    name: 'a grid of twelve',
    on: view('RTX-PRO-6000', [migShape('RTX-PRO-6000', '2g.48gb', 0)]),
    need: needs({ memoryMib: 20_000, isolation: 'mig' }),
    room: { copies: 2, fillMilli: 500 },
  },
  {
    name: 'another product',
    on: view('L40S'),
    need: needs({ models: ['T4'] }),
    room: { copies: 0, fillMilli: 0 },
  },
  {
    name: 'a failed card',
    on: view('L40S', [], { health: { state: 'failed', reason: 'Xid 79' } }),
    need: needs(),
    room: { copies: 0, fillMilli: 0 },
  },
  {
    name: 'a card that is only observed',
    on: view('L40S', [], { authority: 'observe' }),
    need: needs(),
    room: { copies: 0, fillMilli: 0 },
  },
];

test.for(cases)('$name', ({ on, need, room }) => {
  expect(new CardMeasure().roomFor(on, needOf(need))).toEqual(room);
});

test('there is room on a card exactly where it would offer a slice', () => {
  const measure = new CardMeasure();
  fc.assert(
    fc.property(
      anyCluster,
      fc.array(anySpec(1), { maxLength: 12 }),
      anySpec(1),
      (cluster, specs, asked) => {
        const engine = open(cluster);
        const claims = specs.flatMap((spec, at) => {
          const decision = engine.decide(request(`c${at}`, spec));
          if (decision.kind === 'refused') return [];
          engine.apply(decision.delta);
          return [decision.claim];
        });
        if (asked.gpu === null) return;
        const need = needOf(asked.gpu);
        for (const { inventory } of cluster.nodes) {
          for (const each of inventory.gpus) {
            const slices = claims.flatMap((held) =>
              held.slices.filter((slice) => slice.gpu === each.uuid),
            );
            const on = viewCard(each, slices);
            expect(measure.roomFor(on, need).copies > 0).toBe(
              judgeCard(on, need).kind !== 'refused',
            );
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});
