import { expect, test } from 'vitest';
import { attributionOf } from '../../../../agent/reconcile/attribution.ts';
import { gpuA } from '../../../fakes/agent/fake-core.ts';
import {
  bound,
  card,
  inputOf,
  instance,
  recordOf,
  running,
  type Case,
} from '../../../fakes/agent/plan-world.ts';
import { replica, shapes, slice } from '../../../fakes/agent/targets.ts';

const half = slice('s-half', gpuA, shapes.half(4));
const cards = [card(gpuA, { inventory: { instances: [instance(0), instance(4)] } })];
const runs = [running('vad', { deviceUuids: ['MIG-4'] })];
const wanted = { slices: [half], replicas: [replica('vad', [half])] };

const cases: readonly { readonly name: string; readonly given: Case; readonly want: unknown }[] = [
  {
    name: 'by what its slice was bound to',
    given: {
      bindings: [bound(half, 'MIG-4', { gpuInstanceId: 5 })],
      records: [recordOf('vad', [half])],
    },
    want: { slice: half.id, shape: half.shape, deviceUuid: 'MIG-4', gpuInstanceId: 5 },
  },
  {
    name: 'by its record, while the slice is not bound',
    given: { records: [recordOf('vad', [half])] },
    want: { slice: half.id, shape: half.shape, deviceUuid: 'MIG-4', gpuInstanceId: 5 },
  },
  {
    name: 'by what it is wanted for, while nothing else is written down',
    given: wanted,
    want: { slice: half.id, shape: half.shape, deviceUuid: 'MIG-4', gpuInstanceId: 5 },
  },
  {
    name: 'by the instance alone, where nobody wants it',
    given: {},
    want: { slice: null, shape: null, deviceUuid: 'MIG-4', gpuInstanceId: 5 },
  },
  {
    name: 'not by a slice that lies elsewhere on the card',
    given: { records: [recordOf('vad', [slice('s-half', gpuA, shapes.half(0))])] },
    want: { slice: null, shape: null, deviceUuid: 'MIG-4', gpuInstanceId: 5 },
  },
];

test.for(cases)('what a running replica is on is told $name', ({ given, want }) => {
  const [held] = attributionOf(inputOf({ cards, running: runs, ...given }));
  expect(held?.slices).toEqual([{ gpu: gpuA, ...Object(want) }]);
});
