import { expect, test } from 'vitest';
import { courseOf } from '../../../../coordinator/whatif/footprint.ts';
import type { Plan, PlanStep } from '../../../../shared/domain/change.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import {
  parseModelName,
  parsePlanId,
  parseReplicaId,
  type ReplicaId,
} from '../../../../shared/domain/ids.ts';
import { claim, mpsShape, sure } from '../../shared/placement/builders.ts';

const ours = sure(parseModelName('ours'));
const replica = (text: string): ReplicaId => sure(parseReplicaId(text));

/** A replica with so much memory on a card of node `a`. */
function held(name: string, card: number, memoryMib: number): Claim {
  const made = claim(name, 'a', [[card, mpsShape(memoryMib, 10)]]);
  const { holder } = made;
  if (holder.kind !== 'replica') throw new Error('a test claim is of a replica');
  return {
    ...made,
    holder: { ...holder, model: ours, replica: replica(name) },
    cpuMillis: 500,
    memoryMib: 100,
  };
}

const start = (name: string): PlanStep => ({
  kind: 'start-replica',
  node: held('x', 0, 1).node,
  replica: replica(name),
  replaces: null,
});
const stop = (name: string): PlanStep => ({
  kind: 'stop-replica',
  node: held('x', 0, 1).node,
  replica: replica(name),
  replacedBy: null,
});

function plan(begins: readonly Claim[], ...stages: readonly (readonly PlanStep[])[]): Plan {
  return {
    id: sure(parsePlanId('plan-1')),
    kind: 'apply',
    stages: stages.map((steps) => ({
      title: '',
      steps,
      until: 'replicas-ready',
      abortsOn: [],
      deadlineSeconds: 60,
    })),
    begins,
    ends: [],
    unplaced: '',
    basis: {},
    price: {
      replicasInterrupted: 0,
      interruptions: [],
      seconds: 0,
      estimates: 'stated',
      bytesToFetch: null,
      strandedBeforeMilli: 0,
      strandedAfterMilli: 0,
      moves: 0,
      preemptions: 0,
    },
  };
}

const [old, next] = [held('old', 0, 1_000), held('next', 1, 3_000)];
const of = (replicas: number, gpuMemoryMib: number, cards: number) => ({
  replicas,
  gpuMemoryMib,
  cards,
  cpuMillis: 500 * replicas,
  memoryMib: 100 * replicas,
});

test('a surge holds both until the old one goes', () => {
  expect(courseOf(plan([next], [start('next')], [stop('old')]), ours, [old])).toEqual({
    before: of(1, 1_000, 1),
    peak: of(2, 4_000, 2),
    after: of(1, 3_000, 1),
  });
});

test('in place, the peak is the larger of the two', () => {
  expect(courseOf(plan([next], [stop('old')], [start('next')]), ours, [old])).toEqual({
    before: of(1, 1_000, 1),
    peak: of(1, 3_000, 1),
    after: of(1, 3_000, 1),
  });
});

test('others that move to make room are not counted', () => {
  const moved = held('moved', 2, 9_000);
  const stranger = { ...moved, holder: { ...moved.holder, model: sure(parseModelName('other')) } };
  const course = courseOf(plan([stranger], [start('moved')], [stop('other')]), ours, [old]);
  expect(course).toEqual({
    before: of(1, 1_000, 1),
    peak: of(1, 1_000, 1),
    after: of(1, 1_000, 1),
  });
});
