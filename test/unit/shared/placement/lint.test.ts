import { expect, test } from 'vitest';
import type { PlacementNode } from '../../../../shared/placement/engine.ts';
import { lintPlacement } from '../../../../shared/placement/lint.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import { claim, gpu, gpuUuid, instance, migShape, mpsShape, node } from './builders.ts';

interface Case {
  readonly name: string;
  readonly nodes?: readonly PlacementNode[];
  readonly claims: readonly Claim[];
  readonly want: readonly string[];
}

const a100 = node('a', [gpu('a', 0, 'A100-40GB', { migEnabled: true })]);
const whole = { kind: 'whole', memoryMib: 40_960 } as const;

const cases: readonly Case[] = [
  { name: 'nothing is wrong with nothing', claims: [], want: [] },
  {
    name: 'a legal layout',
    claims: [
      claim('c1', 'a', [[0, migShape('A100-40GB', '3g.20gb', 4)]]),
      claim('c2', 'a', [[0, migShape('A100-40GB', '4g.20gb', 0)]]),
    ],
    want: [],
  },
  {
    name: 'instances that overlap',
    claims: [
      claim('c1', 'a', [[0, migShape('A100-40GB', '2g.10gb', 2)]]),
      claim('c2', 'a', [[0, migShape('A100-40GB', '4g.20gb', 0)]]),
    ],
    want: ['layout-illegal GPU-a-0: 2g.10gb at 2 overlaps 4g.20gb at 0'],
  },
  {
    name: 'a start that does not exist',
    claims: [
      claim('c1', 'a', [
        [
          0,
          { ...migShape('A100-40GB', '2g.10gb', 0), start: 1 } as Claim['slices'][number]['shape'],
        ],
      ]),
    ],
    want: ['layout-illegal GPU-a-0: 2g.10gb cannot start at 1'],
  },
  {
    name: 'an instance that somebody else made is in the way',
    nodes: [
      node('a', [
        gpu('a', 0, 'A100-40GB', {
          migEnabled: true,
          instances: [instance('A100-40GB', '1g.5gb', 1)],
        }),
      ]),
    ],
    claims: [claim('c1', 'a', [[0, migShape('A100-40GB', '2g.10gb', 0)]])],
    want: [
      'foreign-overlap GPU-a-0: 2g.10gb at 0 overlaps an instance 1g.5gb at 1 that no claim holds',
    ],
  },
  {
    name: 'MIG on a card without MIG',
    nodes: [node('a', [gpu('a', 0, 'L40S')])],
    claims: [claim('c1', 'a', [[0, migShape('A100-40GB', '2g.10gb', 0)]])],
    want: ['layout-illegal GPU-a-0: MIG slices are on a card without MIG'],
  },
  {
    name: 'two modes at once',
    claims: [
      claim('c1', 'a', [[0, migShape('A100-40GB', '2g.10gb', 0)]]),
      claim('c2', 'a', [[0, mpsShape(1_000, 10)]]),
    ],
    want: ['mode-mixed GPU-a-0: used as mig and mps at once'],
  },
  {
    name: 'a whole card held twice',
    claims: [
      claim('c1', 'a', [[0, whole]]),
      claim('c2', 'a', [[0, whole]], { state: 'reclaiming' }),
    ],
    want: ['whole-shared GPU-a-0: a whole card is held with 1 other slices'],
  },
  {
    name: 'memory and SMs promised twice',
    claims: [
      claim('c1', 'a', [[0, mpsShape(30_000, 60)]]),
      claim('c2', 'a', [[0, mpsShape(20_000, 60)]]),
    ],
    want: [
      'memory-overpromised GPU-a-0: 50000MiB promised of 40448MiB',
      'compute-overpromised GPU-a-0: 120% of the SMs promised',
      'clients-overpromised GPU-a-0: 56 MPS clients promised of 48',
    ],
  },
  {
    name: 'too many MPS clients',
    claims: Array.from({ length: 49 }, (_, at) => claim(`c${at}`, 'a', [[0, mpsShape(10, 1)]])),
    want: ['clients-overpromised GPU-a-0: 49 MPS clients promised of 48'],
  },
  {
    name: 'something serves on a failed card',
    nodes: [node('a', [gpu('a', 0, 'L40S', { health: { state: 'failed', reason: 'Xid 79' } })])],
    claims: [claim('c1', 'a', [[0, mpsShape(10, 1)]])],
    want: ['gpu-failed GPU-a-0: slices are on a failed card: Xid 79'],
  },
  {
    name: 'something is being given back on a failed card',
    nodes: [node('a', [gpu('a', 0, 'L40S', { health: { state: 'failed', reason: 'Xid 79' } })])],
    claims: [claim('c1', 'a', [[0, mpsShape(10, 1)]], { state: 'reclaiming' })],
    want: [],
  },
  {
    name: 'a card that is gone',
    claims: [claim('c1', 'a', [[7, mpsShape(10, 1)]])],
    want: [
      `gpu-missing ${gpuUuid('GPU-a-7')}: slice c1.0 is on a card that the node does not have`,
    ],
  },
  {
    name: 'the host promised twice',
    nodes: [node('a', [], { cpuMillis: 1_000, memoryMib: 1_000 })],
    claims: [
      claim('c1', 'a', [], { cpuMillis: 600, memoryMib: 600 }),
      claim('c2', 'a', [], { cpuMillis: 600, memoryMib: 600, state: 'reclaiming' }),
    ],
    want: [
      'cpu-overpromised -: 1200m CPU promised of 1000m',
      'host-memory-overpromised -: 1200MiB of host memory promised of 1000MiB',
    ],
  },
  {
    name: 'a slice and a claim held twice',
    nodes: [],
    claims: [claim('c1', 'a', [[0, whole]]), claim('c1', 'a', [[0, whole]])],
    want: ['claim-twice -: claim c1 exists twice', 'slice-twice GPU-a-0: slice c1.0 is held twice'],
  },
];

test.for(cases)('$name', ({ nodes = [a100], claims, want }) => {
  const problems = lintPlacement({ nodes, claims });
  expect(
    problems.map(({ code, gpu: uuid, message }) => `${code} ${uuid ?? '-'}: ${message}`),
  ).toEqual(want);
});
