import { expect, test } from 'vitest';
import type { GpuActual, World } from '../../../../agent/observe/world.ts';
import { allocationStatus } from '../../../../agent/reconcile/allocation-status.ts';
import {
  allocatedPids,
  processesOf,
  QuietLooks,
} from '../../../../agent/reconcile/allocation-use.ts';
import type { AllocationUse } from '../../../../agent/reconcile/plan-input.ts';
import { renderStep } from '../../../../agent/reconcile/steps.ts';
import type { Slice } from '../../../../shared/domain/slice.ts';
import { gpuA, gpuB } from '../../../fakes/agent/fake-core.ts';
import {
  bound,
  card,
  inputOf,
  instance,
  running,
  silentMps,
  stepsOf,
} from '../../../fakes/agent/plan-world.ts';
import { allocation, shapes, slice, target } from '../../../fakes/agent/targets.ts';

const off = { inventory: { migEnabled: false } } as const;
const mine = slice('a.0', gpuA, shapes.small(0));
const share = slice('s.0', gpuA, shapes.mps(10_000));
const whole = slice('w.0', gpuA, shapes.whole);
const train = allocation('train', [mine]);
const python = { pid: 41, name: 'python3' };
const stranger = { ...python, memoryMib: 900 };
const marked = (pid: number, value = 'train') => ({ pid, name: 'python3', value });
const answering = { ...silentMps, owned: true, state: 'answering', incarnation: 'd1' } as const;

function worldOf(cards: readonly GpuActual[], over: Partial<World> = {}): World {
  return inputOf({ cards, world: over }).world;
}

const sights: readonly {
  readonly name: string;
  readonly world: World;
  readonly slice?: Slice;
  readonly want: ReturnType<typeof processesOf>;
}[] = [
  { name: 'nobody', world: worldOf([card(gpuA)]), want: [] },
  {
    name: 'a marked process, though it uses no card yet',
    world: worldOf([card(gpuA)], { marked: [marked(41)] }),
    want: [{ ...python, certain: true }],
  },
  {
    name: 'a process with the mark of another allocation is not of it',
    world: worldOf([card(gpuA)], { marked: [marked(41, 'other')] }),
    want: [],
  },
  {
    name: 'an unmarked process on its card may be of it',
    world: worldOf([card(gpuA, { actual: { foreignProcesses: [stranger] } })]),
    want: [{ ...python, certain: false }],
  },
  {
    name: 'nobody else can be on a whole card',
    world: worldOf([card(gpuA, { ...off, actual: { foreignProcesses: [stranger] } })]),
    slice: whole,
    want: [{ ...python, certain: true }],
  },
  {
    name: 'a process on another card is not of it',
    world: worldOf([card(gpuA), card(gpuB, { actual: { foreignProcesses: [stranger] } })]),
    want: [],
  },
  {
    name: 'an MPS client that is no replica may be of it',
    world: worldOf(
      [card(gpuA, { ...off, actual: { mps: { ...answering, clientPids: [7, 8] } } })],
      {
        running: [running('asr', { pids: [7] })],
      },
    ),
    slice: share,
    want: [{ pid: 8, name: 'MPS client', certain: false }],
  },
  {
    name: 'unknown while its card cannot be read',
    world: worldOf([card(gpuA, { actual: { blind: 'the tool does not answer' } })]),
    want: null,
  },
  {
    name: 'unknown while the MPS daemon cannot be asked',
    world: worldOf([card(gpuA, { ...off, actual: { mps: { ...answering, state: 'blind' } } })]),
    slice: share,
    want: null,
  },
  {
    name: 'unknown while processes cannot be read',
    world: worldOf([card(gpuA)], { marked: null }),
    want: null,
  },
  { name: 'nobody on a card that is not there any more', world: worldOf([card(gpuB)]), want: [] },
];

test.for(sights)('who of an allocation is there: $name', ({ world, want, slice: of = mine }) => {
  expect(processesOf(world, train, [of])).toEqual(want);
});

test('a marked process is no stranger on its own card, and is one on every other', () => {
  const accepted = {
    target: target(1, { slices: [mine], allocations: [train] }),
    gpusInForce: target(1, { slices: [mine] }).gpus,
    refusals: [],
  };
  expect(allocatedPids([marked(41), marked(42, 'other')], accepted, [])).toEqual(
    new Map([[gpuA, new Set([41])]]),
  );
});

test('two looks that are apart count, one with a process begins anew, one that is blind changes nothing', () => {
  const looks = new QuietLooks();
  const over = allocation('train', [mine], { reclaiming: true });
  const see = (processes: AllocationUse['processes'], atMs: number, of = over): number => {
    looks.note([{ target: of, slices: [mine], processes }], atMs);
    return looks.of(of);
  };
  const seen = [{ ...python, certain: true }];
  expect([see([], 0, train), see([], 10_000), see([], 10_500), see(null, 11_000)]).toEqual([
    0, 1, 1, 1,
  ]);
  expect([see([], 12_000), see([], 15_000)]).toEqual([2, 2]);
  expect([see(seen, 16_000), see([], 18_000), see([], 20_000)]).toEqual([0, 1, 2]);
  looks.note([], 21_000);
  expect(looks.of(over)).toBe(0);
});

const here = instance(0, {
  giProfileId: 19,
  profile: '1g.5gb',
  size: 1,
  uuid: 'MIG-1',
  slice: mine.id,
});
const withMine = [card(gpuA, { inventory: { instances: [here] } })];

function use(over: Partial<AllocationUse> = {}): AllocationUse {
  return { target: train, slices: [mine], processes: [], quietLooks: 0, ...over };
}

test('a MIG slice is told with its device and everything that its processes need', () => {
  const input = inputOf({ cards: withMine, slices: [mine], bindings: [bound(mine, 'MIG-1')] });
  expect(allocationStatus(input, use(), '')).toEqual({
    claim: train.claim,
    ready: true,
    reason: '',
    deviceUuids: ['MIG-1'],
    env: {
      NVIDIA_VISIBLE_DEVICES: 'MIG-1',
      CUDA_VISIBLE_DEVICES: 'MIG-1',
      TANGRAM_ALLOCATION: 'train',
    },
    mounts: [],
    processes: [],
    reclaiming: false,
    quietLooks: 0,
  });
});

test('a share of a card is ready once its daemon was told how much a client may use', () => {
  const cards = [card(gpuA, { ...off, actual: { mps: answering } })];
  const of = use({ target: allocation('train', [share], { processes: 2 }), slices: [share] });
  const given = { cards, slices: [share], bindings: [bound(share, gpuA)] };
  const before = inputOf({ ...given, input: { allocations: [of] } });
  expect(allocationStatus(before, of, '')).toMatchObject({ ready: false, env: {} });
  expect(stepsOf({ ...given, input: { allocations: [of] } }).map(renderStep)).toEqual([
    `let a client on ${gpuA} use at most 12% of the SMs and 5000MiB`,
  ]);
  const told = { gpu: gpuA, incarnation: 'd1', smPercent: 12, memoryMib: 5_000 };
  const config = { ...before.config, mpsShmDirectory: '/dev/shm' };
  const after = { ...before, mpsDefaults: [told], config };
  expect(allocationStatus(after, of, '')).toMatchObject({
    ready: true,
    env: {
      CUDA_VISIBLE_DEVICES: gpuA,
      CUDA_MPS_PIPE_DIRECTORY: '/pipe',
      CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: '12',
      CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: '0=5000M',
    },
    mounts: ['/pipe', '/dev/shm'],
  });
});

const bindings = [bound(mine, 'MIG-1')];
const reclaimed: readonly {
  readonly name: string;
  readonly of: Partial<AllocationUse>;
  readonly gone: boolean;
  readonly want: readonly string[];
}[] = [
  { name: 'in use', of: {}, gone: false, want: [] },
  {
    name: 'over, and looked at',
    of: { target: { ...train, reclaiming: true } },
    gone: false,
    want: ['wait (slice-in-use): allocation train is over; looking whether anybody is left'],
  },
  {
    name: 'over, and seen to be quiet',
    of: { target: { ...train, reclaiming: true }, quietLooks: 2 },
    gone: false,
    want: [],
  },
  {
    name: 'to go, and still used',
    of: {
      target: { ...train, reclaiming: true },
      quietLooks: 2,
      processes: [{ ...python, certain: true }],
    },
    gone: true,
    want: ['wait (slice-in-use): allocation train is over, and process 41 (python3) still runs'],
  },
  {
    name: 'to go, and nobody can look',
    of: { target: { ...train, reclaiming: true }, quietLooks: 2, processes: null },
    gone: true,
    want: ['wait (slice-in-use): nobody can tell who of allocation train is left'],
  },
  {
    name: 'to go, and nobody is there',
    of: { target: { ...train, reclaiming: true }, quietLooks: 2 },
    gone: true,
    want: [`destroy 1g.5gb at 0 on ${gpuA}`],
  },
];

test.for(reclaimed)('what is done with a slice that is $name', ({ of, gone, want }) => {
  const parts = gone ? { slicesGone: [mine] } : { slices: [mine] };
  const input = { allocations: [use(of)] };
  expect(stepsOf({ cards: withMine, bindings, ...parts, input }).map(renderStep)).toEqual(want);
});
