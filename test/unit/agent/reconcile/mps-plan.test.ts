import { expect, test } from 'vitest';
import type { MpsActual, MpsDefaultsRecord } from '../../../../agent/observe/world.ts';
import { renderStep } from '../../../../agent/reconcile/steps.ts';
import type { Slice } from '../../../../shared/domain/slice.ts';
import { gpuA } from '../../../fakes/agent/fake-core.ts';
import {
  bound,
  card,
  recordOf,
  running,
  silentMps,
  stepsOf,
  type Case,
} from '../../../fakes/agent/plan-world.ts';
import { replica, shapes, slice } from '../../../fakes/agent/targets.ts';

// The limits of MPS clients.

const share = slice('s.0', gpuA, shapes.mps(10_000));
const off = { inventory: { migEnabled: false } } as const;
const answering: MpsActual = { ...silentMps, owned: true, state: 'answering', incarnation: 'd1' };
const big = slice('big.0', gpuA, shapes.mps(20_000));
const cards = [card(gpuA, { ...off, actual: { mps: answering } })];
const silent = [card(gpuA, { ...off, actual: { mps: { ...answering, state: 'silent' } } })];
const held = [bound(share, gpuA)];
const told = (memoryMib: number, over: Partial<MpsDefaultsRecord> = {}) => ({
  input: {
    mpsDefaults: [{ gpu: gpuA, incarnation: 'd1', smPercent: 25, memoryMib, ...over }],
  },
});
const asr = replica('asr', [share]);
const two = replica('asr', [share], { processes: 2 });
const llm = replica('llm', [big]);
const asrRuns = { running: [running('asr')], records: [recordOf('asr', [share])] };
const limit = (smPercent: number, memoryMib: number): string =>
  `let a client on ${gpuA} use at most ${smPercent}% of the SMs and ${memoryMib}MiB`;
const bind = (of: Slice): string => `bind slice ${of.id} to ${gpuA}`;
const cases: readonly {
  readonly name: string;
  readonly given: Case;
  readonly want: readonly string[];
}[] = [
  {
    name: 'the first replica starts once the daemon is told',
    given: { cards: silent, slices: [share], replicas: [asr] },
    want: [
      `start the MPS daemon of ${gpuA}`,
      bind(share),
      limit(25, 10_000),
      'start replica asr-00000001 as process',
    ],
  },
  {
    name: 'a share is divided among the processes that use it',
    given: { cards, slices: [share], replicas: [two], bindings: held },
    want: [limit(12, 5_000), 'start replica asr-00000001 as process'],
  },
  {
    name: 'a replica with a larger share waits until the limit is raised; those that run are left alone',
    given: {
      ...asrRuns,
      ...told(10_000),
      cards,
      slices: [share, big],
      replicas: [asr, llm],
      bindings: held,
    },
    want: [bind(big), limit(25, 20_000), 'start replica llm-00000001 as process'],
  },
  {
    name: 'a replica with a smaller share changes nothing',
    given: {
      ...told(20_000),
      cards,
      slices: [share, big],
      replicas: [asr, llm],
      bindings: [...held, bound(big, gpuA)],
      running: [running('llm')],
      records: [recordOf('llm', [big])],
    },
    want: ['start replica asr-00000001 as process'],
  },
  {
    name: 'the limit is lowered when the largest has left',
    given: {
      ...asrRuns,
      ...told(20_000),
      cards,
      slices: [share],
      replicas: [asr],
      bindings: held,
    },
    want: [limit(25, 10_000)],
  },
  {
    name: 'it stays while the largest is on its way out',
    given: {
      ...told(20_000),
      cards,
      slices: [share],
      replicas: [asr],
      bindings: [...held, bound(big, gpuA)],
      running: [running('asr'), running('llm')],
      records: [recordOf('asr', [share]), recordOf('llm', [big])],
      replicasGone: ['llm'],
      slicesGone: [big],
    },
    want: ['stop replica llm-00000001'],
  },
  {
    name: 'a replica that left the target and still runs is not clamped',
    given: {
      ...told(20_000),
      cards,
      slices: [share],
      replicas: [asr],
      bindings: [...held, bound(big, gpuA)],
      running: [running('asr'), running('llm')],
      records: [recordOf('asr', [share]), recordOf('llm', [big])],
    },
    want: [],
  },
  {
    name: 'another daemon is told again',
    given: {
      ...asrRuns,
      ...told(10_000, { incarnation: 'd0' }),
      cards,
      slices: [share],
      replicas: [asr],
      bindings: held,
    },
    want: [limit(25, 10_000)],
  },
  {
    name: 'a daemon that is started again is told again, whatever is written down',
    given: {
      ...told(10_000),
      cards: silent,
      slices: [share],
      replicas: [asr],
      bindings: held,
    },
    want: [
      `start the MPS daemon of ${gpuA}`,
      limit(25, 10_000),
      'start replica asr-00000001 as process',
    ],
  },
  {
    name: 'what is told already is not told again',
    given: {
      ...asrRuns,
      ...told(10_000),
      cards,
      slices: [share],
      replicas: [asr],
      bindings: held,
    },
    want: [],
  },
  {
    name: 'a slice that nobody uses bounds nobody',
    given: { cards, slices: [share], bindings: held },
    want: [],
  },
  {
    name: 'observe tells a daemon nothing',
    given: {
      ...asrRuns,
      cards: [
        card(gpuA, {
          inventory: { ...off.inventory, authority: 'observe' },
          actual: { mps: answering },
        }),
      ],
      slices: [share],
      replicas: [asr],
      bindings: held,
    },
    want: [],
  },
];
test.for(cases)('$name', ({ given, want }) => {
  expect(stepsOf(given).map(renderStep)).toEqual(want);
});

test('each limit by itself: most SMs and most memory may be promised to different replicas', () => {
  const wide: Slice = { ...big, shape: { kind: 'mps', memoryMib: 1_000, smPercent: 60 } };
  const given: Case = {
    cards,
    slices: [share, wide],
    replicas: [asr, llm],
    bindings: [...held, bound(wide, gpuA)],
  };
  expect(stepsOf(given)[0]).toEqual({
    kind: 'setMpsDefaults',
    gpu: gpuA,
    smPercent: 60,
    memoryMib: 10_000,
  });
});
