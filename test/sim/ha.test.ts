import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAppError } from '../../shared/platform/errors.ts';
import { HaFleet, type HaProcess } from '../fakes/coordinator/ha-fleet.ts';
import { modelSpec, nameOf } from '../fakes/coordinator/sim-fleet.ts';

const now = { validateOnly: false, etag: null };

async function refusal(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('it was not refused');
}

/** Two coordinators, two nodes, and a model that runs on each. */
async function serving(): Promise<{ fleet: HaFleet; a: HaProcess; b: HaProcess }> {
  const fleet = new HaFleet();
  const a = await fleet.start('a');
  const b = await fleet.start('b');
  fleet.join('n1', '2xA100-40GB');
  fleet.join('n2', '2xA100-40GB');
  await fleet.run(1_000);
  await fleet.core.applyModel(modelSpec('m', { replicas: 3 }), now);
  await fleet.run(3_000);
  expect(readyReplicas(fleet)).toBe(3);
  return { fleet, a, b };
}

function readyReplicas(fleet: HaFleet): number {
  return fleet.agents.flatMap((agent) => agent.running).filter(({ phase }) => phase === 'ready')
    .length;
}

function ended(fleet: HaFleet): readonly string[] {
  return fleet.agents.flatMap((agent) => agent.ended);
}

test('a standby keeps every session and says who leads', async () => {
  const { fleet, a, b } = await serving();
  expect([a.leading, b.leading]).toEqual([true, false]);
  expect(fleet.agents.map(({ node }) => b.coordinator?.knowsNode(node))).toEqual([true, true]);
  const refused = await refusal(async () => b.coordinator?.applyModel(modelSpec('x'), now));
  expect(isAppError(refused, 'NOT_LEADER') && refused.facts).toEqual({ leader: 'a:7443' });
  expect(() => b.coordinator?.models()).toThrow(/a:7443 leads/);
  expect(b.coordinator?.standing()).toEqual({ leading: false, epoch: 1, leader: 'a:7443' });
});

test('when the leader is killed the standby commands every agent, and nothing restarts', async () => {
  const { fleet, a } = await serving();
  const sessions = fleet.sessionsOpened;
  const epoch = fleet.core.epoch;
  fleet.kill(a);
  await fleet.run(3_000);
  expect(fleet.leader.name).toBe('b');
  expect(fleet.core.epoch).toBeGreaterThan(epoch);
  expect(fleet.core.model(nameOf('m'))?.replicas).toHaveLength(3);
  // Every agent obeys the new epoch, on the line that it held before.
  expect(fleet.agents.map((agent) => agent.received.at(-1)?.epoch)).toEqual([2, 2]);
  expect(fleet.sessionsOpened).toBe(sessions);
  await fleet.core.applyModel(modelSpec('after', { replicas: 2 }), now);
  await fleet.run(3_000);
  expect(readyReplicas(fleet)).toBe(5);
  expect(ended(fleet)).toEqual([]);
  expect(fleet.violations()).toEqual([]);
});

test('a leader that was stopped past its term is refused, steps down, and names its successor', async () => {
  const { fleet, a, b } = await serving();
  // Stopped in the middle of a call: all of it is durable, a generation too, and its target is not sent yet.
  a.store.onDone = ({ do: ops }) => {
    if (ops.some((op) => op.key.startsWith('generations/'))) a.stop();
  };
  const mid = refusal(async () => fleet.core.applyModel(modelSpec('mid', { replicas: 2 }), now));
  await fleet.run(4_000);
  expect(fleet.leader).toBe(b);
  await fleet.core.applyModel(modelSpec('after', { replicas: 1 }), now);
  await fleet.run(3_000);
  expect(readyReplicas(fleet)).toBe(6);
  const before = fleet.agents.map((agent) => agent.running.map(({ replica }) => replica));
  a.store.onDone = () => undefined;
  a.continue();
  await fleet.run(3_000);
  expect(isAppError(await mid, 'STORE_OUTCOME_UNKNOWN')).toBe(true);
  expect(a.leading).toBe(false);
  expect(a.failure).toBeNull();
  expect(a.coordinator?.standing()).toEqual({ leading: false, epoch: 2, leader: 'b:7443' });
  const refused = await refusal(async () => a.coordinator?.applyModel(modelSpec('x'), now));
  expect(isAppError(refused, 'NOT_LEADER') && refused.facts).toEqual({ leader: 'b:7443' });
  expect(fleet.agents.map((agent) => agent.running.map(({ replica }) => replica))).toEqual(before);
  expect(ended(fleet)).toEqual([]);
  expect(fleet.violations()).toEqual([]);
});

test('a command of a term that is over is refused when it arrives at last', async () => {
  const { fleet, a } = await serving();
  a.holdWire();
  await fleet.core.applyModel(modelSpec('late', { replicas: 2 }), now);
  await fleet.run(500);
  fleet.kill(a);
  await fleet.run(4_000);
  await fleet.core.deleteModel(nameOf('late'), { validateOnly: false });
  await fleet.run(4_000);
  expect(readyReplicas(fleet)).toBe(3);
  a.letGo();
  expect(fleet.agents.flatMap(({ refused }) => refused.map(({ epoch }) => epoch))).toContain(1);
  await fleet.run(3_000);
  expect(readyReplicas(fleet)).toBe(3);
  expect(fleet.violations()).toEqual([]);
});

test('a leader that is cut off from the store gives up before another leads, and stands by after', async () => {
  const { fleet, a, b } = await serving();
  a.store.reachable = false;
  const pending = refusal(async () => fleet.core.applyModel(modelSpec('lost'), now));
  await fleet.run(4_000);
  expect(fleet.leader).toBe(b);
  expect(fleet.doubleLeads).toEqual([]);
  expect(isAppError(await pending, 'STORE_OUTCOME_UNKNOWN')).toBe(true);
  a.store.reachable = true;
  await fleet.run(3_000);
  expect(a.coordinator?.standing()).toEqual({ leading: false, epoch: 2, leader: 'b:7443' });
  // It takes over again as if nothing had been.
  fleet.kill(b);
  await fleet.run(4_000);
  expect(fleet.leader).toBe(a);
  expect(fleet.core.epoch).toBe(3);
  expect(readyReplicas(fleet)).toBe(3);
  expect(ended(fleet)).toEqual([]);
  expect(fleet.violations()).toEqual([]);
});

test('a watcher hears that its coordinator leads no more', async () => {
  const { fleet, a } = await serving();
  const watched = (async () => {
    for await (const event of fleet.core.watchModels(new AbortController().signal)) void event;
  })().catch((error: unknown) => error);
  await fleet.run(500);
  a.store.reachable = false;
  await fleet.run(3_000);
  expect(isAppError(await watched, 'NOT_LEADER')).toBe(true);
});

type Fault = 'kill' | 'stop' | 'continue' | 'cut' | 'mend' | 'start' | 'apply' | 'scale';

test('whatever happens to coordinators, what was acknowledged is there and nothing restarts', async () => {
  const step = fc.record({
    fault: fc.constantFrom<Fault>(
      'kill',
      'stop',
      'continue',
      'cut',
      'mend',
      'start',
      'apply',
      'apply',
      'scale',
    ),
    at: fc.nat(2),
    ms: fc.integer({ min: 1, max: 8 }).map((halves) => halves * 500),
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(1_000), fc.array(step, { maxLength: 12 }), async (seed, steps) => {
      const fleet = new HaFleet(seed);
      for (const name of ['a', 'b', 'c']) await fleet.start(name);
      for (const name of ['n1', 'n2']) fleet.join(name, '4xA100-40GB');
      await fleet.run(1_000);
      const acknowledged = new Map<string, number>();
      const call = (name: string, replicas: number): void => {
        const process = fleet.processes.find((each) => each.leading && each.gate.isOpen);
        const core = process?.coordinator;
        if (core === null || core === undefined) return;
        const spec = modelSpec(name, { replicas });
        void core.applyModel(spec, now).then(
          () => void acknowledged.set(name, replicas),
          // Refused or not known: neither was promised.
          () => void acknowledged.delete(name),
        );
      };
      for (const [index, { fault, at, ms }] of steps.entries()) {
        const live = fleet.processes.filter((each) => !each.dead);
        const process = live[at % live.length];
        if (process !== undefined) {
          if (fault === 'kill' && live.length > 1) fleet.kill(process);
          if (fault === 'stop') process.stop();
          if (fault === 'continue') process.continue();
          if (fault === 'cut') process.store.reachable = false;
          if (fault === 'mend') process.store.reachable = true;
        }
        if (fault === 'start' && fleet.processes.length < 6) {
          const store = live.some((each) => each.store.reachable && each.gate.isOpen);
          if (store) await fleet.start(`late${index}`);
        }
        if (fault === 'apply') call(`m${index}`, 1);
        // Only up: fewer replicas would end some, which is no restart.
        if (fault === 'scale') call('grows', index + 1);
        await fleet.run(ms);
      }
      for (const process of fleet.processes) {
        process.store.reachable = true;
        if (!process.dead) process.continue();
      }
      await fleet.run(15_000);
      for (const [name, replicas] of acknowledged) {
        const found = fleet.core.model(nameOf(name));
        expect(found?.spec.replicas).toBeGreaterThanOrEqual(replicas);
        expect(found?.replicas.filter(({ status }) => status?.phase === 'ready')).toHaveLength(
          found?.spec.replicas ?? -1,
        );
      }
      expect(ended(fleet)).toEqual([]);
      expect(fleet.violations()).toEqual([]);
      expect(fleet.processes.map(({ failure }) => failure).filter((each) => each !== null)).toEqual(
        [],
      );
    }),
    { numRuns: 25 },
  );
}, 120_000);
