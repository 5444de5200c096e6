import { expect, test } from 'vitest';
import { diagnose, renderDiagnosis } from '../../../../agent/cli/doctor.ts';
import type { GpuRecord, NodeRecord, TopRecord } from '../../../../agent/cli/api/agent-api.ts';

const node: NodeRecord = {
  node: 'n1',
  agentVersion: '0.1.0',
  driverVersion: '550.163.01',
  coordinator: '127.0.0.1:7000',
  coordinatorConnected: true,
  coordinatorDetail: 'welcomed by cluster c1',
  clusterId: 'c1',
  epoch: 1,
  generation: 3,
  roundOutcome: 'converged',
  roundDetail: '',
  runtimes: ['docker'],
  gpuHandout: 'toolkit',
  cpuMillis: 8_000,
  memoryMib: 32_768,
  bootId: 'b',
};
const gpu: GpuRecord = {
  uuid: 'GPU-1',
  index: 0,
  productName: 'NVIDIA L40S',
  pciBusId: '',
  memoryTotalMib: 46_068,
  memoryForeignMib: 0,
  mode: 'mps',
  authority: 'cut',
  health: 'ok',
  healthReason: '',
  layoutRevision: 1,
  slices: [],
  outcome: 'converged',
  outcomeDetail: '',
};
const sample = {
  uuid: 'GPU-1',
  index: 0,
  utilizationRatio: 0,
  memoryUsedMib: 0,
  memoryTotalMib: 46_068,
  temperatureCelsius: 30,
  powerWatts: 30,
  smClockMhz: 210,
  processes: [],
};
const top: TopRecord = { ageMs: 300, cpuRatio: 0.1, memoryUsedMib: 1_024, gpus: [sample] };

test('a well node has nothing to mend', () => {
  expect(renderDiagnosis(diagnose(node, [gpu], top))).toBe(
    [
      'CHECK           VERDICT  FINDING                                 ADVICE',
      'agent           ok       0.1.0 answers                           -',
      'nvidia-smi      ok       driver 550.163.01, 1 cards              -',
      'samples         ok       1 cards, 0.3 s old                      -',
      'reconcile loop  ok       converged                               -',
      'runtimes        ok       docker; slices handed out by toolkit    -',
      'coordinator     ok       127.0.0.1:7000: welcomed by cluster c1  -',
      'gpu 0           ok       NVIDIA L40S, mps, may be cut and used   -',
      '',
    ].join('\n'),
  );
});

interface Ill {
  readonly name: string;
  readonly node?: Partial<NodeRecord>;
  readonly gpu?: Partial<GpuRecord>;
  readonly top?: Partial<TopRecord>;
  readonly found: readonly [string, string, RegExp];
}

const ill: readonly Ill[] = [
  {
    name: 'a driver that does not answer',
    node: { driverVersion: '' },
    found: ['nvidia-smi', 'warn', /no driver answers/],
  },
  { name: 'stale samples', top: { ageMs: 9_000 }, found: ['samples', 'FAIL', /9\.0 s old/] },
  { name: 'no samples at all', top: { gpus: [] }, found: ['samples', 'FAIL', /0 cards/] },
  {
    name: 'a blind round',
    node: { roundOutcome: 'blind', roundDetail: 'docker does not answer' },
    found: ['reconcile loop', 'FAIL', /blind: docker does not answer/],
  },
  {
    name: 'no round yet',
    node: { roundOutcome: '' },
    found: ['reconcile loop', 'warn', /no round has ended/],
  },
  { name: 'no runtime', node: { runtimes: [] }, found: ['runtimes', 'FAIL', /none answers/] },
  {
    name: 'a coordinator that is away',
    node: { coordinatorConnected: false, coordinatorDetail: 'silent' },
    found: ['coordinator', 'FAIL', /127\.0\.0\.1:7000: silent/],
  },
  {
    name: 'a node that works alone',
    node: { coordinator: '' },
    found: ['coordinator', 'off', /works alone/],
  },
  {
    name: 'a failed card',
    gpu: { health: 'failed', healthReason: 'Xid 79' },
    found: ['gpu 0', 'FAIL', /failed: Xid 79/],
  },
  {
    name: 'a degraded card',
    gpu: { health: 'degraded', healthReason: 'row remap pending' },
    found: ['gpu 0', 'warn', /row remap/],
  },
  {
    name: 'a card that refused its target',
    gpu: { outcome: 'refused', outcomeDetail: 'planned from layout 1, is 2' },
    found: ['gpu 0', 'FAIL', /refused: planned from layout 1/],
  },
  {
    name: 'a card that may only be observed',
    gpu: { authority: 'observe' },
    found: ['gpu 0', 'ok', /observed only \(set authority: to place or cut/],
  },
];

test.for(ill)('$name is said', ({ found: [check, verdict, finding], ...over }) => {
  const all = diagnose({ ...node, ...over.node }, [{ ...gpu, ...over.gpu }], {
    ...top,
    ...over.top,
  });
  const said = all.find((each) => each.check === check);
  expect(said?.verdict).toBe(verdict);
  expect(said?.finding).toMatch(finding);
});
