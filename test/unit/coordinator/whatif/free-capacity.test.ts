import fc from 'fast-check';
import { expect, test } from 'vitest';
import { freeCapacity, type FreeCapacity } from '../../../../coordinator/whatif/free-capacity.ts';
import { shareReserveMib } from '../../../../shared/placement/cost.ts';
import type { PlacementSnapshot } from '../../../../shared/placement/engine.ts';
import { open } from '../../../../shared/placement/open.ts';
import {
  cardsOf,
  claim,
  gpu,
  instance,
  migShape,
  model,
  mpsShape,
  needs,
  node,
  request,
} from '../../shared/placement/builders.ts';

const a100 = 'NVIDIA A100-SXM4-40GB';
const shareMib = 40_960 - shareReserveMib;
const idleMig = [
  ['7g.40gb', 1],
  ['3g.20gb', 2],
  ['4g.20gb', 1],
  ['1g.10gb', 4],
  ['2g.10gb', 3],
  ['1g.5gb', 7],
] as const;
const mig = (counts: readonly (readonly [string, number])[]): FreeCapacity['mig'] =>
  counts.map(([profile, count]) => ({ profile, count }));
const whole = { kind: 'whole', memoryMib: 40_960 } as const;

const cases: readonly {
  readonly name: string;
  readonly snapshot: PlacementSnapshot;
  readonly want: readonly FreeCapacity[];
}[] = [
  {
    name: 'an idle card may become anything, each figure for itself',
    snapshot: { nodes: [node('a', cardsOf('a', ['A100-40GB']))], claims: [] },
    want: [{ product: a100, cards: 1, wholeCards: 1, mig: mig(idleMig), mpsMib: shareMib }],
  },
  {
    name: 'a card with MIG slices is neither whole nor shared',
    snapshot: {
      nodes: [node('a', cardsOf('a', ['A100-40GB']))],
      claims: [claim('c', 'a', [[0, migShape('A100-40GB', '3g.20gb', 4)]])],
    },
    want: [
      {
        product: a100,
        cards: 1,
        wholeCards: 0,
        mig: mig([
          ['7g.40gb', 0],
          ['3g.20gb', 1],
          ['4g.20gb', 1],
          ['1g.10gb', 2],
          ['2g.10gb', 2],
          ['1g.5gb', 4],
        ]),
        mpsMib: 0,
      },
    ],
  },
  {
    name: 'a shared card has memory left, and a whole one has nothing',
    snapshot: {
      nodes: [node('a', cardsOf('a', ['L40S', 'L40S']))],
      claims: [claim('c', 'a', [[0, mpsShape(1_000, 10)]]), claim('d', 'a', [[1, whole]])],
    },
    want: [
      {
        product: 'NVIDIA L40S',
        cards: 2,
        wholeCards: 0,
        mig: [],
        mpsMib: 46_068 - shareReserveMib - 1_000,
      },
    ],
  },
  {
    name: 'without the authority to cut there is no MIG, and a card in MIG mode is of no other use',
    snapshot: {
      nodes: [
        node('a', [
          gpu('a', 0, 'A100-40GB', { authority: 'place' }),
          gpu('a', 1, 'A100-40GB', { authority: 'place', migEnabled: true }),
        ]),
      ],
      claims: [],
    },
    want: [{ product: a100, cards: 2, wholeCards: 1, mig: [], mpsMib: shareMib }],
  },
  {
    name: 'failed cards, observed cards and nodes that take nothing new do not count',
    snapshot: {
      nodes: [
        node('a', [
          gpu('a', 0, 'T4', { health: { state: 'failed', reason: 'xid 79' } }),
          gpu('a', 1, 'T4', { authority: 'observe' }),
        ]),
        node('b', cardsOf('b', ['T4']), { availability: { kind: 'draining', reason: 'x' } }),
      ],
      claims: [],
    },
    want: [],
  },
  {
    name: "others' instances and processes are in the way",
    snapshot: {
      nodes: [
        node('a', [
          gpu('a', 0, 'A30', { instances: [instance('A30', '2g.12gb', 0)], migEnabled: true }),
          gpu('a', 1, 'A30', { memoryForeignMib: 4_000 }),
        ]),
      ],
      claims: [],
    },
    want: [
      {
        product: 'NVIDIA A30',
        cards: 2,
        wholeCards: 0,
        mig: mig([
          ['4g.24gb', 0],
          ['2g.12gb', 1],
          ['1g.6gb', 2],
        ]),
        mpsMib: 24_576 - shareReserveMib - 4_000,
      },
    ],
  },
];

test.for(cases)('$name', ({ snapshot, want }) => {
  expect(freeCapacity(snapshot)).toEqual(want);
});

test('the engine places as many whole cards, and as many of each profile, as are said to be free', () => {
  const taken = fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
  fc.assert(
    fc.property(taken, fc.constantFrom('1g.5gb', '2g.10gb', '3g.20gb'), (cards, profile) => {
      const nodes = [
        node(
          'a',
          cardsOf(
            'a',
            Array.from({ length: 4 }, () => 'A100-40GB'),
          ),
        ),
      ];
      const claims = cards.map((at) =>
        claim(`c${at}`, 'a', [[at, at % 2 === 0 ? whole : migShape('A100-40GB', '2g.10gb', 2)]]),
      );
      const [free] = freeCapacity({ nodes, claims });
      const memoryMib = migShape('A100-40GB', profile, 0).memoryMib;
      const placed = (isolation: 'whole' | 'mig', memory: number): number => {
        const engine = open({ nodes, claims });
        for (let count = 0; ; count += 1) {
          // Two of seven compute slices: a 1g with the same memory will not do.
          const computePercent = profile === '2g.10gb' ? 20 : 0;
          const spec = model('m', needs({ isolation, memoryMib: memory, computePercent }));
          const decision = engine.decide(request(`n${count}`, spec));
          const kind = decision.kind === 'placed' && decision.placement.slices[0]?.shape;
          // The last resort of a MIG request is a whole card, which leaves nothing.
          if (decision.kind === 'refused' || (kind && kind.kind !== isolation)) return count;
          engine.apply(decision.delta);
        }
      };
      expect(placed('whole', 40_000)).toBe(free?.wholeCards);
      expect(placed('mig', memoryMib)).toBe(
        free?.mig.find((each) => each.profile === profile)?.count,
      );
    }),
    { numRuns: 40 },
  );
});
