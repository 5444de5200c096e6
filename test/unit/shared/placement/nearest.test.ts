import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlacementNode } from '../../../../shared/placement/engine.ts';
import { greatestThatFits } from '../../../../shared/placement/greatest-that-fits.ts';
import { open } from '../../../../shared/placement/open.ts';
import { anyCluster, anySpec } from './anything.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import type { ModelSpec } from '../../../../shared/domain/model.ts';
import {
  cardsOf,
  claim,
  gpu,
  migShape,
  model,
  mpsShape,
  needs,
  node,
  request,
} from './builders.ts';

interface Case {
  readonly name: string;
  readonly nodes: readonly PlacementNode[];
  readonly claims?: readonly Claim[];
  readonly spec: ModelSpec;
  readonly nearest: string;
}

const migOn = { migEnabled: true, mode: 'mig' } as const;
const inZone = {
  spread: 'none',
  maxPerNode: 0,
  antiAffinity: [],
  constraints: { zone: 'eu-1' },
} as const;

const cases: readonly Case[] = [
  {
    name: 'less memory',
    nodes: [node('a', cardsOf('a', ['T4', 'L4']))],
    claims: [
      claim('c1', 'a', [[0, mpsShape(12_000, 50)]]),
      claim('c2', 'a', [[1, mpsShape(15_000, 50)]]),
    ],
    spec: model('n', needs({ memoryMib: 9_216 })),
    nearest:
      'lower gpu.memory by 1694MiB to 7522MiB (largest free: mps 7522MiB 33% on a/GPU1); or stop c1 on a: a/GPU0 would do then',
  },
  {
    name: 'the largest free MIG slice, and a weaker isolation elsewhere',
    nodes: [node('a', [gpu('a', 0, 'A100-40GB', migOn)]), node('b', cardsOf('b', ['L40S']))],
    claims: [
      claim('c1', 'a', [[0, migShape('A100-40GB', '4g.20gb', 0)]]),
      claim('c2', 'b', [[0, mpsShape(10_000, 50)]]),
    ],
    spec: model('n', needs({ isolation: 'mig', memoryMib: 22_000 })),
    nearest:
      'lower gpu.memory by 2032MiB to 19968MiB (largest free: 3g.20gb at 4 on a/GPU0); or isolation: mps would fit now on b/GPU0; or stop c1 on a: a/GPU0 would do then',
  },
  {
    name: 'uncordon',
    nodes: [
      node('a', []),
      node('b', cardsOf('b', ['L40S']), { availability: { kind: 'cordoned', reason: 'by ana' } }),
    ],
    spec: model('n', needs()),
    nearest: 'uncordon b',
  },
  {
    name: 'a lost node that comes back',
    nodes: [node('b', cardsOf('b', ['L40S']), { availability: { kind: 'lost', reason: '90s' } })],
    spec: model('n', needs()),
    nearest: 'bring b back (it is lost)',
  },
  {
    name: 'more authority, no more than is needed',
    nodes: [node('a', cardsOf('a', ['A100-40GB'], { authority: 'observe' }))],
    spec: model('n', needs()),
    nearest: 'raise authority on a/GPU0 to place',
  },
  {
    name: 'authority to cut',
    nodes: [node('a', cardsOf('a', ['A100-40GB'], { ...migOn, authority: 'place' }))],
    spec: model('n', needs({ isolation: 'mig' })),
    nearest: 'raise authority on a/GPU0 to cut',
  },
  {
    name: 'another product',
    nodes: [node('a', cardsOf('a', ['L40S']))],
    spec: model('n', needs({ models: ['H100-80GB'] })),
    nearest: 'allow NVIDIA L40S in gpu.models: a/GPU0 would do',
  },
  {
    name: 'fewer SMs',
    nodes: [node('a', cardsOf('a', ['L40S']))],
    claims: [claim('c1', 'a', [[0, mpsShape(1_000, 70)]])],
    spec: model('n', needs({ computePercent: 50 })),
    nearest: 'lower gpu.compute to 30: a/GPU0 would do; or stop c1 on a: a/GPU0 would do then',
  },
  {
    name: 'fewer cards',
    nodes: [node('a', cardsOf('a', ['L40S', 'L40S', 'L40S']))],
    claims: [claim('c1', 'a', [[1, mpsShape(1_000, 10)]])],
    spec: model('n', needs({ count: 3 })),
    nearest: 'lower gpu.count to 2: a would do; or stop c1 on a: a would do then',
  },
  {
    name: 'a label',
    nodes: [node('a', cardsOf('a', ['L40S']))],
    spec: model('n', needs(), { placement: inZone }),
    nearest: 'label a with zone=eu-1, or drop that placement constraint',
  },
  {
    name: 'a runtime',
    nodes: [node('a', cardsOf('a', ['L40S']), { runtimes: [] })],
    spec: model('n', needs()),
    nearest: 'make docker answer on a',
  },
  {
    name: 'less CPU of the host',
    nodes: [node('a', cardsOf('a', ['L40S']), { cpuMillis: 1_000 })],
    spec: model('n', needs(), { workload: { cpuMillis: 2_000 } }),
    nearest: 'lower spec.cpu to 1000m: a would do',
  },
  {
    name: 'more replicas on a node',
    nodes: [node('a', cardsOf('a', ['L40S']))],
    claims: [claim('c1', 'a', [[0, mpsShape(1_000, 10)]])],
    spec: model('m', needs(), {
      placement: { spread: 'node', maxPerNode: 1, antiAffinity: [], constraints: {} },
    }),
    nearest: 'raise placement.maxPerNode: a/GPU0 would do; or stop c1 on a: a/GPU0 would do then',
  },
  {
    name: 'waiting for what is being given back',
    nodes: [node('a', cardsOf('a', ['L40S']))],
    claims: [
      claim('c1', 'a', [[0, { kind: 'whole', memoryMib: 46_068 }]], { state: 'reclaiming' }),
    ],
    spec: model('n', needs({ isolation: 'whole' })),
    nearest: 'wait: a/GPU0 is being given back',
  },
  {
    name: 'nothing, where nothing known would help',
    nodes: [node('a', cardsOf('a', ['L40S'], { health: { state: 'failed', reason: 'Xid 79' } }))],
    spec: model('n', needs()),
    nearest: '',
  },
];

test.for(cases)('$name', ({ nodes, claims = [], spec, nearest }) => {
  const { refusal } = open({ nodes, claims }).explain(request('new', spec));
  expect(refusal?.nearest).toBe(nearest);
});

test('evidence counts every candidate once, with the numbers of the nearest', () => {
  const explanation = open({
    nodes: [
      node('a', cardsOf('a', ['T4', 'L4', 'L40S']), { labels: { zone: 'eu-1' } }),
      node('b', cardsOf('b', ['L40S'], { authority: 'observe' }), { labels: { zone: 'eu-1' } }),
      node('c', cardsOf('c', ['L40S'])),
      node('d', [], { labels: { zone: 'eu-1' } }),
    ],
    claims: [claim('c1', 'a', [[2, mpsShape(40_000, 80)]])],
  }).explain(request('new', model('n', needs({ memoryMib: 23_500 }), { placement: inZone })));
  expect(explanation).toEqual({
    refusal: {
      summary:
        'the cards that would fit may not be changed: needs authority place, b/GPU0 has observe (1 of 4 GPUs passed over)',
      nearest:
        'raise authority on b/GPU0 to place; or lower gpu.memory by 466MiB to 23034MiB (largest free: whole 23034MiB on a/GPU1); or label c with zone=eu-1, or drop that placement constraint',
    },
    evidence: [
      {
        reason: 'authority',
        of: 'gpu',
        count: 1,
        example: 'needs authority place, b/GPU0 has observe',
      },
      {
        reason: 'memory',
        of: 'gpu',
        count: 1,
        example: 'needs 23500MiB as mps, a/GPU2 has 5556MiB free',
      },
      {
        reason: 'size',
        of: 'gpu',
        count: 2,
        example: 'needs 23500MiB on one card, a/GPU1 has 23034MiB',
      },
      { reason: 'label', of: 'node', count: 1, example: 'needs zone=eu-1, c has no zone' },
      { reason: 'no-gpu', of: 'node', count: 1, example: 'needs a GPU, d has none' },
    ],
  });
});

test('what is named to stop is one claim where one is enough, else the node', () => {
  const nodes = [node('a', cardsOf('a', ['L40S']))];
  const whole = model('n', needs({ isolation: 'whole' }));
  const claims = ['c1', 'c2'].map((id) => claim(id, 'a', [[0, mpsShape(1_000, 10)]]));
  const nearestOf = (held: readonly Claim[]) =>
    open({ nodes, claims: held }).explain(request('new', whole)).refusal?.nearest;
  expect(nearestOf(claims.slice(0, 1))).toContain('stop c1 on a: a/GPU0 would do then');
  expect(nearestOf(claims)).toContain('stop something on a: a/GPU0 would do if it were empty');
});

test('numbers are the least change that helps: what is named fits, and one more does not', () => {
  let named = 0;
  fc.assert(
    fc.property(
      anyCluster,
      fc.array(anySpec(), { maxLength: 12 }),
      anySpec(),
      (cluster, held, spec) => {
        const engine = open(cluster);
        for (const [at, each] of held.entries()) {
          const placed = engine.decide(request(`c${at}`, each));
          if (placed.kind === 'placed') engine.apply(placed.delta);
        }
        const { gpu } = spec;
        const nearest = engine.explain(request('new', spec)).refusal?.nearest ?? '';
        const fits = (changes: Partial<NonNullable<typeof gpu>>): boolean =>
          gpu !== null &&
          engine.decide(request('new', { ...spec, gpu: { ...gpu, ...changes } })).kind === 'placed';
        const numbers = [
          {
            key: 'memoryMib',
            match: /lower gpu\.memory by (\d+)MiB to (\d+)MiB/.exec(nearest)?.[2],
          },
          { key: 'computePercent', match: /lower gpu\.compute to (\d+)/.exec(nearest)?.[1] },
          { key: 'count', match: /lower gpu\.count to (\d+)/.exec(nearest)?.[1] },
        ] as const;
        for (const { key, match } of numbers) {
          // 0 % of the SMs stands for a part that goes with the memory: 1 % is less than that.
          if (match === undefined || (key === 'computePercent' && match === '0')) continue;
          named += 1;
          const more = key === 'count' ? { isolation: 'whole' as const } : {};
          expect(fits({ ...more, [key]: Number(match) })).toBe(true);
          expect(fits({ ...more, [key]: Number(match) + 1 })).toBe(false);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(named).toBeGreaterThan(20);
});

test.for([
  { least: 1, most: 10, guess: 4, limit: 4, want: 4, tries: 2 },
  { least: 1, most: 10, guess: 0, limit: 7, want: 7, tries: 5 },
  { least: 1, most: 10, guess: 99, limit: 10, want: 10, tries: 1 },
  { least: 1, most: 10, guess: 5, limit: 0, want: null, tries: 4 },
  { least: 1, most: 0, guess: 0, limit: 5, want: null, tries: 0 },
])('the greatest of $least to $most that is at most $limit is $want', (each) => {
  let tries = 0;
  const found = greatestThatFits(each, (value) => {
    tries += 1;
    return value <= each.limit;
  });
  expect(found).toBe(each.want);
  expect(tries).toBeLessThanOrEqual(each.tries);
});
