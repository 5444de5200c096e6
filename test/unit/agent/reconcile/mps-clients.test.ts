import { describe, expect, test } from 'vitest';
import type { MpsActual } from '../../../../agent/observe/world.ts';
import { mpsClientsMax } from '../../../../agent/reconcile/mps-clients.ts';
import { gpuA } from '../../../fakes/agent/fake-core.ts';
import {
  bound,
  card,
  inputOf,
  recordOf,
  running,
  silentMps,
  stepsOf,
  type Case,
} from '../../../fakes/agent/plan-world.ts';
import { replica, shapes, slice } from '../../../fakes/agent/targets.ts';

test.for([
  ['NVIDIA A100-SXM4-40GB', '550.163.01', 48],
  ['NVIDIA A100-SXM4-40GB', '580.95.05', 48],
  ['NVIDIA A100-SXM4-40GB', '590.44.01', 60],
  ['NVIDIA H100 80GB HBM3', null, 48],
  ['Tesla T4', '535.261.03', 48],
  ['Tesla V100-SXM2-16GB', '535.261.03', 48],
  ['NVIDIA L40S', '595.10', 60],
  ['Tesla P100-PCIE-16GB', '535.261.03', 16],
  ['Tesla P40', '590.1', 16],
  ['Tesla K80', '470.256.02', 16],
  ['Tesla M60', '470.256.02', 16],
  ['NVIDIA GeForce GTX 1080 Ti', '550.1', 16],
  ['NVIDIA GeForce RTX 3060', '550.1', 48],
  ['NVIDIA RTX PRO 4500 Blackwell', '580.1', 48],
] as const)('%s with driver %s serves %d clients', ([product, driver, max]) => {
  expect(mpsClientsMax(product, driver)).toBe(max);
});

describe('a card that is full', () => {
  const first = slice('a.0', gpuA, shapes.mps(1_000));
  const second = slice('b.0', gpuA, shapes.mps(1_000));
  const mps: MpsActual = { ...silentMps, owned: true, state: 'answering', incarnation: 'd1' };

  function given(many: number, few: number, over: Partial<MpsActual> = {}, more: Case = {}): Case {
    const smPercent = Math.max(1, Math.floor(25 / many), Math.floor(25 / few));
    const memoryMib = Math.max(Math.floor(1_000 / many), Math.floor(1_000 / few));
    return {
      cards: [
        card(gpuA, { inventory: { migEnabled: false }, actual: { mps: { ...mps, ...over } } }),
      ],
      slices: [first, second],
      bindings: [bound(first, gpuA), bound(second, gpuA)],
      replicas: [
        replica('many', [first], { processes: many }),
        replica('few', [second], { processes: few }),
      ],
      ...more,
      input: {
        mpsDefaults: [{ gpu: gpuA, incarnation: 'd1', smPercent, memoryMib }],
        ...more.input,
      },
    };
  }

  function words(of: Case): readonly string[] {
    return stepsOf(of).map((step) => {
      if (step.kind === 'wait') return `wait ${step.replica ?? ''}: ${step.detail}`;
      return step.kind === 'startReplica' ? `start ${step.spec.replica}` : step.kind;
    });
  }

  test('takes as many processes as its server serves', () => {
    expect(words(given(40, 8))).toEqual(['start many-00000001', 'start few-00000001']);
  });

  test('refuses the one too many before it fails, and says how many are there', () => {
    expect(words(given(40, 9))).toEqual([
      'start many-00000001',
      `wait few-00000001: the MPS server of ${gpuA} takes 48 clients: 40 are there or promised, and few-00000001 needs 9`,
    ]);
  });

  test('lets those that run stay, whatever the order of the target', () => {
    const runs = {
      running: [running('few', { pids: [7] })],
      records: [recordOf('few', [second], { target: replica('few', [second], { processes: 9 }) })],
    };
    expect(words(given(40, 9, { clientPids: [7] }, runs))).toEqual([
      `wait many-00000001: the MPS server of ${gpuA} takes 48 clients: 9 are there or promised, and many-00000001 needs 40`,
    ]);
  });

  test('counts clients that are not ours', () => {
    const strangers = Array.from({ length: 5 }, (_, at) => 900 + at);
    expect(words(given(40, 4, { clientPids: strangers }))).toEqual([
      'start many-00000001',
      `wait few-00000001: the MPS server of ${gpuA} takes 48 clients: 45 are there or promised (5 of them not ours), and few-00000001 needs 4`,
    ]);
  });

  test('serves more from CUDA 13.1 on', () => {
    const { world } = inputOf({});
    const inventory = { ...world.inventory, driverVersion: '590.44.01' };
    expect(words(given(40, 20, {}, { world: { inventory } }))).toEqual([
      'start many-00000001',
      'start few-00000001',
    ]);
  });
});
