import { expect, test } from 'vitest';
import { Executor } from '../../../../agent/reconcile/execute.ts';
import type { Handlers, UnitPlan } from '../../../../agent/reconcile/steps.ts';
import { parseGpuUuid, parseReplicaId } from '../../../../shared/domain/ids.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { must } from '../../../fakes/agent/fake-core.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const gpu = must(parseGpuUuid('GPU-1'));
const other = must(parseGpuUuid('GPU-2'));
const replica = must(parseReplicaId('vad-1'));
const never = new AbortController().signal;

/** Steps end when the test says so. */
function setUp() {
  const ends: (() => void)[] = [];
  const cuts: string[] = [];
  const slow = async (): Promise<'done'> => {
    await new Promise<void>((resolve) => ends.push(resolve));
    return 'done';
  };
  const handlers = new Proxy({}, { get: () => slow }) as Handlers;
  let woken = 0;
  const executor = new Executor({
    handlers,
    clock: new ManualClock(),
    log: silentLog,
    afterCut: () => {
      cuts.push('told');
      return Promise.resolve();
    },
    onEnd: () => (woken += 1),
    onFailure: () => undefined,
  });
  return { executor, ends, cuts, woken: () => woken };
}

function plan(on: typeof gpu, steps: UnitPlan['steps']): UnitPlan {
  return { key: on, gpus: [on], replicas: [replica], steps };
}

const mode = (on: typeof gpu): UnitPlan =>
  plan(on, [{ kind: 'setMigMode', gpu: on, enabled: true }]);

test('a claimed card starts nothing until it is released, and others go on', () => {
  const { executor, woken } = setUp();
  const hold = executor.claim({ gpus: [gpu], replicas: [] });
  expect(executor.start(mode(gpu), never)).toBe('busy');
  expect([...executor.busyGpus()]).toEqual([gpu]);
  expect(executor.start({ ...mode(other), replicas: [] }, never)).toBe('started');
  hold.release();
  hold.release();
  expect(woken()).toBe(1);
  expect(executor.start(mode(gpu), never)).toBe('started');
});

test('a claim is settled when what ran on the card has ended, and an earlier claim', async () => {
  const { executor, ends } = setUp();
  executor.start(mode(gpu), never);
  const order: string[] = [];
  const first = executor.claim({ gpus: [gpu], replicas: [] });
  const second = executor.claim({ gpus: [gpu], replicas: [] });
  const settled = Promise.all([
    first.settled.then(() => order.push('first')),
    second.settled.then(() => order.push('second')),
  ]);
  expect(executor.hold([gpu])).toBeNull();
  ends[0]?.();
  await first.settled;
  order.push('release');
  first.release();
  await settled;
  expect(order.filter((each) => each !== 'first')).toEqual(['release', 'second']);
});

test('a claim that began and ended during a look is told', () => {
  const { executor } = setUp();
  const busySince = executor.watchBusy();
  executor.claim({ gpus: [gpu], replicas: [replica] }).release();
  expect(executor.busyGpus().size).toBe(0);
  expect([[...busySince().gpus], [...busySince().replicas]]).toEqual([[gpu], [replica]]);
  expect(executor.watchBusy()().gpus.size).toBe(0);
});

test('who must hear of new devices hears once a unit, and only of cuts', async () => {
  const { executor, ends, cuts } = setUp();
  executor.start(mode(gpu), never);
  ends.shift()?.();
  await executor.settled();
  expect(cuts).toEqual(['told']);
  executor.start(plan(gpu, [{ kind: 'removeReplicaRecord', replica }]), never);
  ends.shift()?.();
  await executor.settled();
  expect(cuts).toEqual(['told']);
});
