import { expect, test } from 'vitest';
import type { ComputeModeRecord, GpuActual, MpsActual } from '../../../../agent/observe/world.ts';
import { renderStep } from '../../../../agent/reconcile/steps.ts';
import { parseBootId } from '../../../../shared/domain/ids.ts';
import { gpuA, must } from '../../../fakes/agent/fake-core.ts';
import { openPolicy } from '../../../fakes/agent/open-policy.ts';
import {
  bootId,
  bound,
  card,
  silentMps,
  stepsOf,
  type Case,
} from '../../../fakes/agent/plan-world.ts';
import { shapes, slice } from '../../../fakes/agent/targets.ts';

const share = slice('s.0', gpuA, shapes.mps(10_000));
const answering: MpsActual = { ...silentMps, owned: true, state: 'answering', incarnation: 'd1' };
const stranger = { pid: 77, name: 'python3', memoryMib: 100 };
const was: ComputeModeRecord = { gpu: gpuA, modeBefore: 'Default', bootId };

function shared(
  actual: Partial<GpuActual>,
  authority: 'observe' | 'place' | 'cut' = 'cut',
): readonly GpuActual[] {
  const { inventory: _none, ...rest } = actual;
  return [card(gpuA, { inventory: { migEnabled: false, authority }, actual: rest })];
}

const exclusive = `set the compute mode of ${gpuA} to EXCLUSIVE_PROCESS`;
const back = `set the compute mode of ${gpuA} to DEFAULT`;
const start = `start the MPS daemon of ${gpuA}`;
const stop = `stop the MPS daemon of ${gpuA}`;
const bind = `bind slice s.0 to ${gpuA}`;
const forget = `forget the compute mode of ${gpuA}`;

const cases: readonly {
  readonly name: string;
  readonly given: Case;
  readonly want: readonly string[];
}[] = [
  {
    name: 'the mode is made exclusive before the daemon starts',
    given: { slices: [share], cards: shared({ computeMode: 'Default' }) },
    want: [exclusive, start, bind],
  },
  {
    name: 'a card that is exclusive already stays so, and nothing is to be given back',
    given: { slices: [share], cards: shared({ computeMode: 'Exclusive_Process' }) },
    want: [start, bind],
  },
  {
    name: 'a card whose tool does not tell is left alone',
    given: { slices: [share], cards: shared({ computeMode: null }) },
    want: [start, bind],
  },
  {
    name: 'place shares a card in the mode that is there',
    given: { slices: [share], cards: shared({ computeMode: 'Default' }, 'place') },
    want: [start, bind],
  },
  {
    name: 'so does a node that is configured to keep it',
    given: {
      slices: [share],
      cards: shared({ computeMode: 'Default' }),
      input: {
        config: {
          runtime: 'auto',
          policy: openPolicy,
          stopGraceMs: 1,
          mpsComputeMode: 'keep',
          mpsShmDirectory: null,
        },
      },
    },
    want: [start, bind],
  },
  {
    name: 'a process that has a context already is named',
    given: {
      slices: [share],
      cards: shared({ computeMode: 'Default', foreignProcesses: [stranger, stranger] }),
    },
    want: [
      'wait (foreign-processes): process 77 (python3) and 1 more uses the card and keeps it from Exclusive_Process: end it, or set mps.computeMode to keep',
    ],
  },
  {
    name: 'a mode that somebody has forbidden work with is not changed',
    given: { slices: [share], cards: shared({ computeMode: 'Prohibited' }) },
    want: [
      'wait (compute-mode): the compute mode is Prohibited, which somebody has set; MPS needs Default or Exclusive_Process',
    ],
  },
  {
    name: 'a daemon that answers is not disturbed, whatever the mode is',
    given: {
      slices: [share],
      bindings: [bound(share, gpuA)],
      cards: shared({ computeMode: 'Default', mps: answering }),
    },
    want: [],
  },
  {
    name: 'the mode is given back after the daemon has left',
    given: {
      cards: shared({ computeMode: 'Exclusive_Process', mps: answering }),
      input: { computeModes: [was] },
    },
    want: [stop, back],
  },
  {
    name: 'also when the agent died between the two, or before the daemon was started',
    given: {
      cards: shared({ computeMode: 'Exclusive_Process' }),
      input: { computeModes: [was] },
    },
    want: [back],
  },
  {
    name: 'not while clients are connected',
    given: {
      cards: shared({ computeMode: 'Exclusive_Process', mps: { ...answering, clientPids: [9] } }),
      input: { computeModes: [was] },
    },
    want: [],
  },
  {
    name: 'not while the daemon cannot be asked',
    given: {
      cards: shared({ computeMode: 'Exclusive_Process', mps: { ...silentMps, state: 'blind' } }),
      input: { computeModes: [was] },
    },
    want: [],
  },
  {
    name: 'what somebody has set meanwhile stays',
    given: { cards: shared({ computeMode: 'Prohibited' }), input: { computeModes: [was] } },
    want: [forget],
  },
  {
    name: 'another boot has nothing to give back',
    given: {
      cards: shared({ computeMode: 'Exclusive_Process' }),
      input: { computeModes: [{ ...was, bootId: must(parseBootId('boot-0')) }] },
    },
    want: [forget],
  },
  {
    name: 'a lowered authority changes nothing back',
    given: {
      cards: shared({ computeMode: 'Exclusive_Process', mps: answering }, 'place'),
      input: { computeModes: [was] },
    },
    want: [stop],
  },
];

test.for(cases)('$name', ({ given, want }) => {
  expect(stepsOf(given).map(renderStep)).toEqual(want);
});
