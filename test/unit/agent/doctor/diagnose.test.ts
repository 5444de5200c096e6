import { expect, test } from 'vitest';
import { renderDiagnosis } from '../../../../agent/cli/commands/doctor.ts';
import { diagnose } from '../../../../agent/doctor/diagnose.ts';
import type {
  AgentAnswers,
  CardAnswer,
  EngineFacts,
  Evidence,
  MpsAnswer,
  Settings,
  Told,
} from '../../../../agent/doctor/evidence.ts';

function told<T>(value: T): Told<T> {
  return { kind: 'told', value };
}

function untold(reason: string): Told<never> {
  return { kind: 'untold', reason };
}

const settings: Settings = {
  file: '/etc/tangram/agent.yaml',
  realCards: true,
  cardsWanted: true,
  dockerWanted: true,
  mpsWanted: true,
  handout: 'cdi',
  coordinator: '127.0.0.1:7000',
  httpAddress: '127.0.0.1:9420',
  stateDir: '/var/lib/tangram',
};
const shared: MpsAnswer = {
  index: 0,
  shared: true,
  computeMode: 'Exclusive_Process',
  computeModeBefore: 'Default',
  servedUids: [0],
  waitingUids: [],
};
const agent: AgentAnswers = {
  version: '0.1.0',
  driverVersion: '550.163.01',
  roundOutcome: 'converged',
  roundDetail: '',
  runtimes: ['docker'],
  gpuHandout: 'cdi',
  coordinator: '127.0.0.1:7000',
  coordinatorConnected: true,
  coordinatorDetail: 'welcomed by cluster c1',
  sampleAgeMs: 300,
  samplesStale: false,
  sampledCards: 1,
  kernelLog: '/dev/kmsg',
  mpsCards: [shared],
  gpus: [
    {
      index: 0,
      productName: 'NVIDIA L40S',
      mode: 'mps',
      authority: 'cut',
      health: 'ok',
      healthReason: '',
      outcome: 'converged',
      outcomeDetail: '',
    },
  ],
};
const card: CardAnswer = {
  index: 0,
  driverVersion: '550.163.01',
  persistenceMode: true,
  computeMode: 'Default',
  migEnabled: null,
  migPending: null,
  error: null,
};
const engine: EngineFacts = {
  version: '28.3.1',
  cgroupDriver: 'systemd',
  cgroupVersion: '2',
  liveRestore: true,
  runtimes: ['runc', 'nvidia'],
  cdiSpecDirs: ['/etc/cdi', '/var/run/cdi'],
  rootDirectory: '/var/lib/docker',
  storageDriver: 'overlay2',
  warnings: [],
};
const mps = {
  serverStatus: true,
  memoryLimits: true,
  staticPartitions: null,
  protocolV3: false,
  dmemController: false,
  evidence: 'its help was read',
};
const evidence: Evidence = {
  root: true,
  settings: told(settings),
  agent: told(agent),
  cards: told([card]),
  kernelDriver: told('550.163.01'),
  nouveauLoaded: false,
  deviceNodes: ['nvidia0', 'nvidiactl', 'nvidia-uvm'],
  cardMinors: [0],
  toolkitVersion: told('1.17.8'),
  engine: told(engine),
  cdiSpecs: [{ path: '/var/run/cdi/nvidia.yaml', modifiedMs: 1, devices: ['0', 'GPU-1', 'all'] }],
  migUuids: [],
  mps: told(mps),
  dcgmiVersion: untold('there is no such program as dcgmi'),
  running: new Map([['nvidia-persiste', [700]]]),
  clockSynchronized: told(true),
  disks: [{ path: '/var/lib/tangram', freeMib: 50 * 1024, totalMib: 100 * 1024 }],
  metricsDoor: 'agent',
  identity: told('certificate of gpu-1, good until 2026-01-02T00:00:00.000Z'),
  coordinatorReach: told(2),
};

test('a well node has nothing to mend', () => {
  const found = diagnose(evidence);
  expect(found.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'off')).toEqual([]);
  expect(renderDiagnosis(found)).not.toContain('What to do');
  expect(renderDiagnosis(found)).toContain('driver             ok       550.163.01, 1 card\n');
});

interface Ill {
  readonly name: string;
  readonly agent?: Partial<AgentAnswers>;
  readonly gpu?: Partial<AgentAnswers['gpus'][number]>;
  readonly settings?: Partial<Settings>;
  readonly card?: Partial<CardAnswer>;
  readonly engine?: Partial<EngineFacts>;
  readonly over?: Partial<Evidence>;
  readonly found: readonly [check: string, verdict: string, finding: RegExp];
}

const mig = { migEnabled: true, migPending: true };

const ill: readonly Ill[] = [
  {
    name: 'an agent that is away',
    over: { agent: untold('there is no such socket') },
    found: ['agent', 'FAIL', /no such socket/],
  },
  {
    name: 'stale samples',
    agent: { sampleAgeMs: 9_000, samplesStale: true },
    found: ['samples', 'FAIL', /9\.0 s old/],
  },
  {
    name: 'a certificate that has expired',
    over: { identity: untold('the certificate of gpu-1 expired at 2026-01-02T00:00:00.000Z') },
    found: ['identity', 'FAIL', /expired at 2026/],
  },
  {
    name: 'an identity that only root may see',
    over: { root: false, identity: untold('cannot read /s/identity/identity.pem') },
    found: ['identity', 'off', /only root/],
  },
  { name: 'no samples at all', agent: { sampledCards: 0 }, found: ['samples', 'FAIL', /0 cards/] },
  {
    name: 'a blind round',
    agent: { roundOutcome: 'blind', roundDetail: 'docker does not answer' },
    found: ['reconcile loop', 'FAIL', /blind: docker does not/],
  },
  {
    name: 'no round yet',
    agent: { roundOutcome: '' },
    found: ['reconcile loop', 'warn', /no round has ended/],
  },
  {
    name: 'no kernel log',
    agent: { kernelLog: null },
    found: ['kernel log', 'warn', /Xids are not seen/],
  },
  {
    name: 'clients of another user',
    agent: { mpsCards: [{ ...shared, waitingUids: [1_001, 1_001, null] }] },
    found: [
      'mps gpu 0',
      'warn',
      /^3 clients of user 1001, an unknown user wait for the server, which serves user 0$/,
    ],
  },
  {
    name: 'a compute mode that somebody took back',
    agent: { mpsCards: [{ ...shared, computeMode: 'Default' }] },
    found: ['mps gpu 0', 'warn', /Default, and was set to Exclusive_Process/],
  },
  {
    name: 'an exclusive mode that is not ours',
    agent: { mpsCards: [{ ...shared, shared: false, computeModeBefore: '' }] },
    found: ['mps gpu 0', 'warn', /has not set: one process only/],
  },
  { name: 'no runtime', agent: { runtimes: [] }, found: ['runtimes', 'FAIL', /none answers/] },
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
    gpu: { outcome: 'refused', outcomeDetail: 'planned from 1' },
    found: ['gpu 0', 'FAIL', /refused: planned from 1/],
  },
  {
    name: 'a card that may only be observed',
    gpu: { authority: 'observe' },
    found: ['gpu 0', 'ok', /observed only/],
  },
  { name: 'nouveau', over: { nouveauLoaded: true }, found: ['nouveau', 'FAIL', /keeps NVIDIA/] },
  {
    name: 'no driver',
    over: { cards: untold('no driver'), kernelDriver: untold('x') },
    found: ['driver', 'FAIL', /no kernel module; no driver/],
  },
  {
    name: 'a driver that was upgraded under a loaded module',
    over: { kernelDriver: told('535.1') },
    found: ['driver', 'FAIL', /of 550\.163\.01, the loaded kernel module of 535\.1/],
  },
  {
    name: 'a card that is lost',
    card: { error: 'GPU is lost' },
    found: ['driver', 'FAIL', /GPU 0: GPU is lost/],
  },
  {
    name: 'an old driver',
    card: { driverVersion: '450.80' },
    over: { kernelDriver: told('450.80') },
    found: ['driver', 'warn', /older than 470/],
  },
  {
    name: 'a missing device node',
    over: { deviceNodes: ['nvidia0', 'nvidiactl'] },
    found: ['device nodes', 'FAIL', /\/dev\/nvidia-uvm/],
  },
  {
    name: 'missing capability nodes under MIG',
    card: mig,
    found: ['device nodes', 'FAIL', /nvidia-caps/],
  },
  {
    name: 'persistence mode off',
    card: { persistenceMode: false },
    found: ['persistence', 'warn', /off on GPU 0/],
  },
  {
    name: 'no engine',
    over: { engine: untold('nobody listens') },
    found: ['docker', 'FAIL', /nobody listens/],
  },
  {
    name: 'live-restore off',
    engine: { liveRestore: false },
    found: ['live-restore', 'warn', /ends every replica/],
  },
  {
    name: 'no toolkit',
    over: { toolkitVersion: untold('no nvidia-ctk') },
    found: ['container toolkit', 'FAIL', /no nvidia-ctk/],
  },
  {
    name: 'a toolkit with one known hole',
    over: { toolkitVersion: told('1.17.7') },
    found: ['container toolkit', 'FAIL', /CVE-2025-23266(?!.*CVE-2024)/],
  },
  {
    name: 'a toolkit with every known hole',
    over: { toolkitVersion: told('1.9.0') },
    found: ['container toolkit', 'FAIL', /23266.*23359.*0132/],
  },
  {
    name: 'an engine without CDI',
    engine: { version: '24.0.7', cdiSpecDirs: [] },
    found: ['cdi', 'FAIL', /24\.0\.7 has no CDI/],
  },
  {
    name: 'an engine with CDI off',
    engine: { version: '27.1.0', cdiSpecDirs: [] },
    found: ['cdi', 'FAIL', /it is off/],
  },
  {
    name: 'CDI specifications older than the layout',
    card: mig,
    over: { migUuids: ['MIG-1'] },
    found: ['cdi devices', 'FAIL', /1 of 1 MIG instances/],
  },
  {
    name: 'a CDI specification that cannot be read',
    over: { cdiSpecs: [{ path: '/etc/cdi/x.yaml', modifiedMs: 1, devices: null }] },
    found: ['cdi devices', 'FAIL', /x\.yaml cannot be read/],
  },
  {
    name: 'the daemon-reload trap',
    settings: { handout: 'toolkit' },
    found: ['daemon-reload', 'warn', /takes the cards/],
  },
  {
    name: 'no nvidia runtime',
    settings: { handout: 'toolkit' },
    engine: { runtimes: ['runc'] },
    found: ['gpu runtime', 'warn', /lists no nvidia runtime/],
  },
  {
    name: 'real cards handed out by variables',
    settings: { handout: 'env' },
    found: ['gpu handout', 'warn', /no device node/],
  },
  {
    name: 'simulated cards handed out as devices',
    settings: { realCards: false },
    found: ['gpu handout', 'FAIL', /simulated/],
  },
  {
    name: 'no MPS program',
    over: { mps: untold('no such program') },
    found: ['mps', 'FAIL', /no such program/],
  },
  {
    name: 'an MPS without memory limits',
    over: { mps: told({ ...mps, memoryLimits: false }) },
    found: ['mps', 'warn', /not kept to their MiB/],
  },
  {
    name: 'DCGM that holds the cards',
    over: { running: new Map([['nv-hostengine', [42]]]), dcgmiVersion: told('3.3.9') },
    found: ['dcgm', 'ok', /pid 42\) holds the cards/],
  },
  { name: 'MIG without DCGM', card: mig, found: ['dcgm', 'warn', /cannot be measured/] },
  {
    name: 'a configuration that cannot be used',
    over: { settings: untold('agent.yaml is not usable') },
    found: ['configuration', 'FAIL', /not usable/],
  },
  {
    name: 'a clock that nobody keeps',
    over: { clockSynchronized: told(false) },
    found: ['clock', 'warn', /no time server/],
  },
  {
    name: 'a metrics port that somebody else has',
    over: { metricsDoor: 'taken' },
    found: ['metrics port', 'FAIL', /somebody else listens/],
  },
  {
    name: 'a full disk',
    over: { disks: [{ path: '/d', freeMib: 500, totalMib: 10_000 }] },
    found: ['disk', 'FAIL', /\/d: 500MiB/],
  },
  {
    name: 'a coordinator that is away',
    agent: { coordinatorConnected: false, coordinatorDetail: 'silent' },
    found: ['coordinator', 'FAIL', /7000: silent/],
  },
  {
    name: 'a coordinator that nobody reaches while the agent is away',
    over: { agent: untold('away'), coordinatorReach: untold('nobody listens there') },
    found: ['coordinator', 'FAIL', /nobody listens there/],
  },
  {
    name: 'somebody who is not root',
    over: { root: false },
    found: ['rights', 'warn', /not root/],
  },
];

test.for(ill)('$name is said', ({ found: [check, verdict, finding], ...changes }) => {
  const all = diagnose({
    ...evidence,
    agent: told({
      ...agent,
      ...changes.agent,
      gpus: agent.gpus.map((gpu) => ({ ...gpu, ...changes.gpu })),
    }),
    settings: told({ ...settings, ...changes.settings }),
    cards: told([{ ...card, ...changes.card }]),
    engine: told({ ...engine, ...changes.engine }),
    ...changes.over,
  });
  const said = all.find((each) => each.check === check);
  expect(said?.verdict).toBe(verdict);
  expect(said?.finding).toMatch(finding);
  // Whatever is not well comes with what to do.
  if (verdict === 'FAIL' || verdict === 'warn') expect(said?.advice).not.toBe('');
});
