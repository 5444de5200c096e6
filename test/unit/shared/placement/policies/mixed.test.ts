import { describe, expect, test } from 'vitest';
import type { GpuNeed } from '../../../../../shared/domain/model.ts';
import type { SliceShape } from '../../../../../shared/domain/slice.ts';
import { viewCard } from '../../../../../shared/placement/card-view.ts';
import type { DemandShape } from '../../../../../shared/placement/engine.ts';
import { needOf } from '../../../../../shared/placement/need.ts';
import { open } from '../../../../../shared/placement/open.ts';
import { policyNames } from '../../../../../shared/placement/policies/policy-name.ts';
import type { SliceOffer } from '../../../../../shared/placement/policies/policy.ts';
import { leastOffers } from '../../../../../shared/placement/policies/option-sums.ts';
import { priorDemand } from '../../../../../shared/placement/policies/prior.ts';
import { tangram } from '../../../../../shared/placement/policies/tangram.ts';
import { cardsOf, claim, gpu, migShape, model, needs, node, request, told } from '../builders.ts';
import { cardOf, outlook } from './sights.ts';

const demandFor = (gpus: readonly GpuNeed[]) => ({
  shapes: gpus.map((each): DemandShape => ({ gpu: each, cpuMillis: 0, memoryMib: 0, weight: 1 })),
});

describe('on a cluster of whole cards, MPS shares and MIG', () => {
  const snapshot = {
    nodes: [
      node('a', cardsOf('a', ['A100-40GB', 'A100-40GB'])),
      node('b', cardsOf('b', ['L40S', 'L40S'])),
    ],
    claims: [],
    demand: demandFor([
      needs({ memoryMib: 8_000 }),
      needs({ memoryMib: 4_000, isolation: 'mig' }),
      needs({ memoryMib: 15_000, isolation: 'mig' }),
      needs({ memoryMib: 30_000, isolation: 'whole' }),
    ]),
  };
  const story = [
    { need: needs({ memoryMib: 8_000 }), wants: /^b GPU[01] mps:8000MiB/ },
    { need: needs({ memoryMib: 4_000, isolation: 'mig' }), wants: /^a GPU[01] 1g\.5gb@/ },
    { need: needs({ memoryMib: 30_000, isolation: 'whole' }), wants: / whole/ },
  ] as const;

  test.for(policyNames)(
    '%s gives a share, a MIG slice and a whole card where they belong',
    (policy) => {
      const engine = open(snapshot, { policy });
      for (const [at, { need, wants }] of story.entries()) {
        const asked = request(`c${at}`, model(`m${at}`, need));
        expect(told(engine, asked)).toMatch(wants);
        const decision = engine.decide(asked);
        if (decision.kind === 'placed') engine.apply(decision.delta);
      }
    },
  );
});

/** What one of each plain profile of an A100 is asked as: some differ in their SMs alone. */
const eachProfile = [
  needs({ memoryMib: 4_000, isolation: 'mig' }),
  needs({ memoryMib: 9_000, isolation: 'mig' }),
  needs({ memoryMib: 9_000, isolation: 'mig', computePercent: 25 }),
  needs({ memoryMib: 15_000, isolation: 'mig' }),
  needs({ memoryMib: 15_000, isolation: 'mig', computePercent: 51 }),
  needs({ memoryMib: 30_000, isolation: 'mig' }),
];

describe('a MIG slice goes where it leaves most to others', () => {
  const demand = demandFor(eachProfile);
  const cases = [
    {
      name: 'the smallest at the end of an empty card',
      held: [],
      memoryMib: 4_000,
      told: 'a GPU0 1g.5gb@6',
    },
    {
      name: 'the next beside it',
      held: [migShape('A100-40GB', '1g.5gb', 6)],
      memoryMib: 4_000,
      told: /^a GPU0 1g\.5gb@[45]$/,
    },
    {
      name: 'half a card at the end with seven eighths of it',
      held: [],
      memoryMib: 15_000,
      told: 'a GPU0 3g.20gb@4',
    },
    {
      name: 'into the hole that fits',
      held: [migShape('A100-40GB', '3g.20gb', 4), migShape('A100-40GB', '1g.5gb', 0)],
      memoryMib: 4_000,
      told: 'a GPU0 1g.5gb@1',
    },
  ];
  test.for(cases)('$name', ({ held, memoryMib, told: wanted }) => {
    const engine = open({
      nodes: [node('a', cardsOf('a', ['A100-40GB'], { migEnabled: true, mode: 'mig' }))],
      claims: held.map((shape, at) => claim(`h${at}`, 'a', [[0, shape]])),
      demand,
    });
    const answer = told(engine, request('c', model('m', needs({ memoryMib, isolation: 'mig' }))));
    if (typeof wanted === 'string') expect(answer).toBe(wanted);
    else expect(answer).toMatch(wanted);
  });
});

describe('offers that never win are dropped', () => {
  const empty = cardOf(viewCard(gpu('n', 0, 'A100-40GB', { migEnabled: true }), []), 1_000);
  const offer = (shape: SliceShape, freeMilli: number, priceMilli = 0): SliceOffer => ({
    shape,
    priceMilli,
    after: cardOf(
      viewCard(
        gpu('n', 0, 'A100-40GB', { migEnabled: true }),
        claim('c', 'n', [[0, shape]]).slices,
      ),
      freeMilli,
    ),
    opensIdle: true,
  });
  const startsOf = (offers: readonly SliceOffer[]) =>
    offers.map(({ shape }) =>
      shape.kind === 'mig' ? `${shape.profile}@${shape.start}` : shape.kind,
    );
  const small = [0, 1, 2, 3, 4, 5, 6].map((start) =>
    offer(migShape('A100-40GB', '1g.5gb', start), 875),
  );
  const policy = tangram(
    outlook(demandFor(eachProfile).shapes, {
      fleet: [{ productName: 'NVIDIA A100-SXM4-40GB', memoryTotalMib: 40_960, count: 1 }],
    }),
  );
  const shortlist = (offers: readonly SliceOffer[]) =>
    startsOf(policy.shortlist?.(empty, offers, needOf(needs({ isolation: 'mig' }))) ?? []);

  test('starts that leave less to somebody and more to nobody', () => {
    expect(shortlist(small)).toEqual(['1g.5gb@6']);
  });

  test('but none that is cheaper, or takes less', () => {
    const others = [
      offer(migShape('A100-40GB', '1g.5gb', 0), 875, -1),
      offer(migShape('A100-40GB', '2g.10gb', 4), 750),
    ];
    expect(shortlist([...small, ...others])).toEqual(['1g.5gb@6', '1g.5gb@0', '2g.10gb@4']);
  });

  test('by the published policies, all that cost more room and price than another', () => {
    const larger = offer(migShape('A100-40GB', '2g.10gb', 4), 750);
    const dear = offer(migShape('A100-40GB', '1g.10gb', 0), 750, 10);
    expect(startsOf(leastOffers(empty, [larger, dear]))).toEqual(['2g.10gb@4']);
    expect(startsOf(leastOffers(empty, [...small, larger]))).toHaveLength(7);
  });
});

test('where nothing is known, every way to cut a product is as likely', () => {
  const { shapes } = priorDemand([
    { productName: 'NVIDIA L40S', memoryTotalMib: 46_068, count: 3 },
    { productName: 'NVIDIA A30', memoryTotalMib: 24_576, count: 1 },
  ]);
  const told = shapes.map(
    ({ gpu: each, weight }) =>
      `${each?.isolation} ${each?.count}x${each?.memoryMib} ${each?.computePercent}% ${weight}`,
  );
  expect(told).toEqual([
    'any 1x5694 0% 1',
    'any 1x11389 0% 1',
    'any 1x22778 0% 1',
    'whole 1x46068 0% 1',
    'whole 2x46068 0% 1',
    'whole 4x46068 0% 1',
    'whole 8x46068 0% 1',
    'any 1x3008 0% 1',
    'any 1x6016 0% 1',
    'any 1x12032 0% 1',
    'mig 1x5952 25% 1',
    'mig 1x11968 50% 1',
    'mig 1x24000 100% 1',
    'whole 1x24576 0% 1',
    'whole 2x24576 0% 1',
    'whole 4x24576 0% 1',
    'whole 8x24576 0% 1',
  ]);
});
