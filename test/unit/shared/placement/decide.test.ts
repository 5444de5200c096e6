import { expect, test } from 'vitest';
import type { PlacementNode } from '../../../../shared/placement/engine.ts';
import { open } from '../../../../shared/placement/open.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';
import type { ModelSpec } from '../../../../shared/domain/model.ts';
import {
  cardsOf,
  claim,
  gpu,
  instance,
  migShape,
  model,
  modelName,
  mpsShape,
  needs,
  node,
  request,
  sliceId,
  told,
} from './builders.ts';

interface Case {
  readonly name: string;
  readonly nodes: readonly PlacementNode[];
  readonly claims?: readonly Claim[];
  readonly spec: ModelSpec;
  readonly want: string;
}

const a30 = migGeometries.A30;
const onlyVariants = { ...a30, profiles: a30.profiles.filter(({ name }) => name.includes('+')) };
const migOn = { migEnabled: true, mode: 'mig' } as const;

const noRules = { spread: 'none', maxPerNode: 0, antiAffinity: [], constraints: {} } as const;

const cases: readonly Case[] = [
  {
    name: 'the smallest profile is cut at the start that strands least',
    nodes: [node('a', [gpu('a', 0, 'A100-40GB', migOn)])],
    spec: model('m', needs({ isolation: 'mig' })),
    want: 'a GPU0 1g.5gb@6',
  },
  {
    name: 'a profile with enough SMs is taken, not just enough memory',
    nodes: [node('a', [gpu('a', 0, 'A100-40GB', migOn)])],
    spec: model('m', needs({ isolation: 'mig', computePercent: 25 })),
    want: 'a GPU0 2g.10gb@4',
  },
  {
    name: 'where the SM count is not known, compute slices decide',
    nodes: [node('a', [gpu('a', 0, 'A100-40GB', { ...migOn, smCount: 0 })])],
    spec: model('m', needs({ isolation: 'mig', computePercent: 50 })),
    want: 'a GPU0 4g.20gb@0',
  },
  {
    name: 'a node that shares no card through MPS gives a timeshare to whoever admits it',
    nodes: [node('a', [gpu('a', 0, 'L40S', { mpsOffered: false })])],
    spec: model('m', needs({ isolation: 'any', memoryMib: 4_096 })),
    want: 'a GPU0 timeshare:4096MiB',
  },
  {
    name: 'a node that shares no card through MPS gives whole cards to whoever admits no timeshare',
    nodes: [node('a', [gpu('a', 0, 'L40S', { mpsOffered: false })])],
    spec: model('m', needs({ isolation: 'mps', memoryMib: 4_096 })),
    want: 'a GPU0 whole:46068MiB',
  },
  {
    name: 'a card that is cut already goes before an idle one',
    nodes: [node('a', [gpu('a', 0, 'A100-40GB'), gpu('a', 1, 'A100-40GB', migOn)])],
    spec: model('m', needs({ isolation: 'mig' })),
    want: 'a GPU1 1g.5gb@6',
  },
  {
    name: 'an idle card is switched to MIG when nothing is cut',
    nodes: [node('a', cardsOf('a', ['L40S', 'A100-40GB']))],
    spec: model('m', needs({ isolation: 'mig' })),
    want: 'a GPU1 1g.5gb@6',
  },
  {
    name: 'a claim that is being reclaimed still occupies its placement',
    nodes: [node('a', [gpu('a', 0, 'A30', migOn)])],
    claims: [
      claim('c1', 'a', [[0, migShape('A30', '2g.12gb', 0)]], { state: 'reclaiming' }),
      claim('c2', 'a', [[0, migShape('A30', '1g.6gb', 2)]]),
    ],
    spec: model('m', needs({ isolation: 'mig' })),
    want: 'a GPU0 1g.6gb@3',
  },
  {
    name: 'foreign instances occupy their placements',
    nodes: [
      node('a', [
        gpu('a', 0, 'A30', {
          ...migOn,
          mode: 'foreign',
          instances: [instance('A30', '2g.12gb', 0)],
        }),
      ]),
    ],
    spec: model('m', needs({ isolation: 'mig', memoryMib: 10_000 })),
    want: 'a GPU0 2g.12gb@2',
  },
  {
    name: 'with authority place an instance that exists is used',
    nodes: [
      node('a', [
        gpu('a', 0, 'A30', {
          ...migOn,
          authority: 'place',
          instances: [instance('A30', '1g.6gb', 0), instance('A30', '2g.12gb', 2)],
        }),
      ]),
    ],
    spec: model('m', needs({ isolation: 'mig', memoryMib: 8_000 })),
    want: 'a GPU0 2g.12gb@2',
  },
  {
    name: 'an instance that somebody made on a place that is promised already is used by nobody',
    nodes: [
      node('a', [
        gpu('a', 0, 'A30', {
          ...migOn,
          authority: 'place',
          instances: [instance('A30', '1g.6gb', 1), instance('A30', '1g.6gb', 3)],
        }),
      ]),
    ],
    claims: [claim('c1', 'a', [[0, migShape('A30', '2g.12gb', 0)]])],
    spec: model('m', needs({ isolation: 'mig' })),
    want: 'a GPU0 1g.6gb@3',
  },
  {
    name: 'an instance of a slice on its way out is used by nobody',
    nodes: [
      node('a', [
        gpu('a', 0, 'A30', {
          ...migOn,
          authority: 'place',
          instances: [
            instance('A30', '2g.12gb', 0, { slice: sliceId('old.0') }),
            instance('A30', '2g.12gb', 2, { slice: sliceId('old.1') }),
          ],
        }),
      ]),
    ],
    spec: model('m', needs({ isolation: 'mig', memoryMib: 8_000 })),
    want: 'refused: no card has enough free memory: needs 8000MiB as MIG, a/GPU0 has no MIG placement free (1 of 1 GPUs passed over)',
  },
  {
    name: 'with authority place an uncut card is not cut',
    nodes: [node('a', [gpu('a', 0, 'A100-40GB', { ...migOn, authority: 'place' })])],
    spec: model('m', needs({ isolation: 'mig' })),
    want: 'refused: the cards that would fit may not be changed: needs authority cut, a/GPU0 has place (1 of 1 GPUs passed over)',
  },
  {
    name: 'with authority observe nothing is placed',
    nodes: [node('a', [gpu('a', 0, 'L40S', { authority: 'observe' })])],
    spec: model('m', needs()),
    want: 'refused: the cards that would fit may not be changed: needs authority place, a/GPU0 has observe (1 of 1 GPUs passed over)',
  },
  {
    name: 'with authority place an MPS daemon may be started',
    nodes: [node('a', [gpu('a', 0, 'L40S', { authority: 'place' })])],
    spec: model('m', needs({ memoryMib: 9_216, computePercent: 20 })),
    want: 'a GPU0 mps:9216MiB:20%',
  },
  {
    name: 'an MPS share without a wish for SMs gets its part of the memory',
    nodes: [node('a', [gpu('a', 0, 'L40S')])],
    spec: model('m', needs({ memoryMib: 9_216 })),
    want: 'a GPU0 mps:9216MiB:20%',
  },
  {
    name: 'several processes get at least their part of the client places',
    nodes: [node('a', [gpu('a', 0, 'L40S')])],
    spec: model('m', needs({ memoryMib: 1_024, processes: 12 })),
    want: 'a GPU0 mps:1024MiB:25%',
  },
  {
    name: 'the fuller MPS card is filled first',
    nodes: [node('a', cardsOf('a', ['L40S', 'L40S', 'L40S']))],
    claims: [
      claim('c1', 'a', [[1, mpsShape(20_000, 40)]]),
      claim('c2', 'a', [[2, mpsShape(30_000, 60)]]),
    ],
    spec: model('m', needs({ memoryMib: 9_216 })),
    want: 'a GPU2 mps:9216MiB:20%',
  },
  {
    name: 'a card with shares is never cut',
    nodes: [node('a', [gpu('a', 0, 'A100-40GB')])],
    claims: [claim('c1', 'a', [[0, mpsShape(1_000, 1)]])],
    spec: model('m', needs({ isolation: 'mig' })),
    want: 'refused: the cards that could be used are used otherwise: needs 4096MiB as MIG, a/GPU0 is used as mps (1 slice) (1 of 1 GPUs passed over)',
  },
  {
    name: 'foreign memory is not promised',
    nodes: [node('a', [gpu('a', 0, 'T4', { mode: 'foreign', memoryForeignMib: 8_000 })])],
    spec: model('m', needs({ memoryMib: 7_000 })),
    want: 'refused: no card has enough free memory: needs 7000MiB as mps, a/GPU0 has 6848MiB free, others hold 8000MiB (1 of 1 GPUs passed over)',
  },
  {
    name: 'a card that others work on is neither handed out whole nor switched',
    nodes: [node('a', [gpu('a', 0, 'A100-40GB', { mode: 'foreign', memoryForeignMib: 10 })])],
    spec: model('m', needs({ isolation: 'mig' })),
    want: 'refused: processes that are not ours hold the cards: needs 4096MiB as MIG, a/GPU0 has 10MiB held by others (1 of 1 GPUs passed over)',
  },
  {
    name: 'timeshare is joined where any isolation will do',
    nodes: [node('a', cardsOf('a', ['L40S', 'L40S']))],
    claims: [claim('c1', 'a', [[1, { kind: 'timeshare', memoryMib: 1_000 }]])],
    spec: model('m', needs({ isolation: 'any' })),
    want: 'a GPU1 timeshare:4096MiB',
  },
  {
    name: 'timeshare is not joined by who asks for more',
    nodes: [node('a', cardsOf('a', ['L40S', 'T4']))],
    claims: [claim('c1', 'a', [[1, { kind: 'timeshare', memoryMib: 1_000 }]])],
    spec: model('m', needs({ isolation: 'mps' })),
    want: 'a GPU0 mps:4096MiB:8%',
  },
  {
    name: 'a whole card is the smallest that will do',
    nodes: [node('a', cardsOf('a', ['A100-80GB', 'L40S', 'A100-40GB']))],
    spec: model('m', needs({ isolation: 'whole', memoryMib: 30_000 })),
    want: 'a GPU2 whole:40960MiB',
  },
  {
    name: 'a whole card is the last resort of who asked for MIG',
    nodes: [node('a', [gpu('a', 0, 'L40S')])],
    spec: model('m', needs({ isolation: 'mig' })),
    want: 'a GPU0 whole:46068MiB',
  },
  {
    name: 'a MIG slice serves who asked for an MPS share before another card that could be cut is opened',
    nodes: [node('a', [gpu('a', 0, 'A100-40GB'), gpu('a', 1, 'A100-40GB', migOn)])],
    spec: model('m', needs({ isolation: 'mps' })),
    want: 'a GPU1 1g.5gb@6',
  },
  {
    name: 'MIG slices are kept for who needs them while a card that cannot be cut is idle',
    nodes: [node('a', [gpu('a', 0, 'A100-40GB', migOn), gpu('a', 1, 'L40S')])],
    spec: model('m', needs({ isolation: 'mps' })),
    want: 'a GPU1 mps:4096MiB:8%',
  },
  {
    name: 'a card that cannot be cut is shared before one that can',
    nodes: [node('a', cardsOf('a', ['A100-40GB', 'L40S']))],
    spec: model('m', needs({ isolation: 'mps' })),
    want: 'a GPU1 mps:4096MiB:8%',
  },
  {
    name: 'only cards of the wanted product are used',
    nodes: [node('a', cardsOf('a', ['L40S', 'A100-80GB']))],
    spec: model('m', needs({ models: ['A100-80GB'] })),
    want: 'a GPU1 mps:4096MiB:5%',
  },
  {
    name: 'a degraded card is used only when no other will do',
    nodes: [
      node('a', [
        gpu('a', 0, 'L4', { health: { state: 'degraded', reason: 'hot' } }),
        gpu('a', 1, 'A100-80GB'),
      ]),
    ],
    spec: model('m', needs()),
    want: 'a GPU1 mps:4096MiB:5%',
  },
  {
    name: 'a failed card is not used',
    nodes: [node('a', [gpu('a', 0, 'L4', { health: { state: 'failed', reason: 'Xid 79' } })])],
    spec: model('m', needs()),
    want: 'refused: the cards that would do are out of use: needs a card in use, a/GPU0 is out of use: Xid 79 (1 of 1 GPUs passed over)',
  },
  {
    name: 'a variant profile is taken when no plain one exists',
    nodes: [node('a', [gpu('a', 0, 'A30', { ...migOn, geometry: onlyVariants })])],
    spec: model('m', needs({ isolation: 'mig' })),
    want: 'a GPU0 1g.6gb+me@0',
  },
  {
    name: 'a full MIG card says what is left',
    nodes: [node('a', [gpu('a', 0, 'A30', migOn)])],
    claims: [
      claim('c1', 'a', [[0, migShape('A30', '2g.12gb', 0)]]),
      claim('c2', 'a', [[0, migShape('A30', '2g.12gb', 2)]]),
    ],
    spec: model('m', needs({ isolation: 'mig' })),
    want: 'refused: no card has enough free memory: needs 4096MiB as MIG, a/GPU0 has no MIG placement free (1 of 1 GPUs passed over)',
  },
  {
    name: 'several cards are whole, of one product, and neighbours on the bus',
    nodes: [node('a', cardsOf('a', ['A100-40GB', 'L40S', 'A100-40GB', 'A100-40GB', 'L40S']))],
    spec: model('m', needs({ count: 2, memoryMib: 40_000 })),
    want: 'a GPU2 whole:40960MiB GPU3 whole:40960MiB',
  },
  {
    name: 'several cards come from one node',
    nodes: [node('a', cardsOf('a', ['L40S'])), node('b', cardsOf('b', ['L40S', 'L40S', 'L40S']))],
    spec: model('m', needs({ count: 4 })),
    want: 'refused: no node has that many cards: 4 are asked of one node, and b has the most (3)',
  },
  {
    name: 'a model on CPU goes to a node without cards',
    nodes: [node('a', cardsOf('a', ['L40S'])), node('b', [])],
    spec: model('m', null, { workload: { cpuMillis: 2_000 } }),
    want: 'b',
  },
  {
    name: 'CPU is promised once',
    nodes: [node('a', [], { cpuMillis: 4_000 })],
    claims: [claim('c1', 'a', [], { cpuMillis: 3_000 })],
    spec: model('m', null, { workload: { cpuMillis: 2_000 } }),
    want: 'refused: no node has enough free CPU: needs 2000m CPU, a has 1000m free (1 of 1 nodes passed over)',
  },
  {
    name: 'host memory is promised once',
    nodes: [node('a', [], { memoryMib: 4_096 })],
    claims: [claim('c1', 'a', [], { memoryMib: 3_072, state: 'reclaiming' })],
    spec: model('m', null, { workload: { memoryMib: 2_048 } }),
    want: 'refused: no node has enough free host memory: needs 2048MiB of host memory, a has 1024MiB free (1 of 1 nodes passed over)',
  },
  {
    name: 'an image needs Docker',
    nodes: [
      node('a', cardsOf('a', ['L40S']), { runtimes: ['process'] }),
      node('b', cardsOf('b', ['L40S'])),
    ],
    spec: model('m', needs()),
    want: 'b GPU0 mps:4096MiB:8%',
  },
  {
    name: 'a command needs the process runtime',
    nodes: [node('a', cardsOf('a', ['L40S']), { runtimes: ['docker'] })],
    spec: model('m', needs(), { workload: { image: null, command: ['serve'] } }),
    want: 'refused: no node has a runtime for this workload: needs the runtime process, a has docker (1 of 1 nodes passed over)',
  },
  {
    name: 'labels must match',
    nodes: [
      node('a', cardsOf('a', ['L40S']), { labels: { zone: 'eu-2' } }),
      node('b', cardsOf('b', ['L40S']), { labels: { zone: 'eu-1' } }),
    ],
    spec: model('m', needs(), {
      placement: { spread: 'none', maxPerNode: 0, antiAffinity: [], constraints: { zone: 'eu-1' } },
    }),
    want: 'b GPU0 mps:4096MiB:8%',
  },
  {
    name: 'a cordoned node gets nothing new',
    nodes: [
      node('a', cardsOf('a', ['L40S']), { availability: { kind: 'cordoned', reason: 'by ana' } }),
      node('b', cardsOf('b', ['L40S'])),
    ],
    spec: model('m', needs()),
    want: 'b GPU0 mps:4096MiB:8%',
  },
  {
    name: 'spread prefers the node with fewest replicas, even a dearer one',
    nodes: [node('a', cardsOf('a', ['L40S'])), node('b', cardsOf('b', ['L40S']))],
    claims: [claim('c1', 'a', [[0, mpsShape(4_096, 8)]])],
    spec: model('m', needs(), {
      placement: { spread: 'node', maxPerNode: 0, antiAffinity: [], constraints: {} },
    }),
    want: 'b GPU0 mps:4096MiB:8%',
  },
  {
    name: 'maxPerNode is a limit',
    nodes: [node('a', cardsOf('a', ['L40S']))],
    claims: [claim('c1', 'a', [[0, mpsShape(4_096, 8)]])],
    spec: model('m', needs(), {
      placement: { spread: 'node', maxPerNode: 1, antiAffinity: [], constraints: {} },
    }),
    want: 'refused: every node that could be used has its maximum of replicas: at most 1 on a node, a has 1 (1 of 1 nodes passed over)',
  },
  {
    name: 'spread over zones prefers the zone with fewest replicas, even a fuller node of it',
    nodes: [
      node('a', cardsOf('a', ['L40S']), { labels: { zone: 'eu-1' } }),
      node('b', cardsOf('b', ['L40S']), { labels: { zone: 'eu-1' } }),
      node('c', cardsOf('c', ['L40S']), { labels: { zone: 'eu-2' } }),
    ],
    claims: [claim('c1', 'a', [[0, mpsShape(4_096, 8)]])],
    spec: model('m', needs(), { placement: { ...noRules, spread: 'zone' } }),
    want: 'c GPU0 mps:4096MiB:8%',
  },
  {
    name: 'a zone without room is passed over for one that has replicas already',
    nodes: [
      node('a', cardsOf('a', ['L40S']), { labels: { zone: 'eu-1' } }),
      node('b', cardsOf('b', ['T4']), { labels: { zone: 'eu-2' } }),
    ],
    claims: [claim('c1', 'a', [[0, mpsShape(4_096, 8)]])],
    spec: model('m', needs({ memoryMib: 20_000 }), { placement: { ...noRules, spread: 'zone' } }),
    want: 'a GPU0 mps:20000MiB:43%',
  },
  {
    name: 'models that may not be beside each other are not',
    nodes: [node('a', cardsOf('a', ['L40S'])), node('b', cardsOf('b', ['L40S']))],
    claims: [claim('c1', 'a', [[0, mpsShape(4_096, 8)]])],
    spec: model('n', needs(), { placement: { ...noRules, antiAffinity: [modelName('m')] } }),
    want: 'b GPU0 mps:4096MiB:8%',
  },
  {
    name: 'and so it is when the other model said it',
    nodes: [node('a', cardsOf('a', ['L40S'])), node('b', cardsOf('b', ['L40S']))],
    claims: [claim('c1', 'a', [[0, mpsShape(4_096, 8)]], { apartFrom: [modelName('n')] })],
    spec: model('n', needs()),
    want: 'b GPU0 mps:4096MiB:8%',
  },
  {
    name: 'a rule between models that no node can keep says so',
    nodes: [node('a', cardsOf('a', ['L40S']))],
    claims: [claim('c1', 'a', [[0, mpsShape(4_096, 8)]], { apartFrom: [modelName('n')] })],
    spec: model('n', needs()),
    want: 'refused: every node that could be used has a model that may not be beside this one: may not be beside m, which a has (1 of 1 nodes passed over)',
  },
  {
    name: 'of equal nodes the one that holds the image',
    nodes: [
      node('a', cardsOf('a', ['L40S'])),
      node('b', cardsOf('b', ['L40S']), { images: ['registry.local/model:1'] }),
    ],
    spec: model('m', needs()),
    want: 'b GPU0 mps:4096MiB:8%',
  },
  {
    name: 'equal places go to the first node by name and the first card by UUID',
    nodes: [
      node('b', cardsOf('b', ['L40S', 'L40S'])),
      node('a', cardsOf('a', ['L40S', 'L40S']).toReversed()),
    ],
    spec: model('m', needs()),
    want: 'a GPU0 mps:4096MiB:8%',
  },
  {
    name: 'an impossible request names the biggest card',
    nodes: [node('a', cardsOf('a', ['L40S', 'H200']))],
    spec: model('m', needs({ memoryMib: 200_000 })),
    want: 'refused: no card is that big: 200000MiB is asked of one card, and the biggest is a/GPU1 (NVIDIA H200, 143771MiB)',
  },
  {
    name: 'an empty cluster says so',
    nodes: [],
    spec: model('m', needs()),
    want: 'refused: the cluster has no node yet',
  },
];

test.for(cases)('$name', ({ nodes, claims = [], spec, want }) => {
  expect(told(open({ nodes, claims }), request('new', spec))).toBe(want);
});
