import { expect, test } from 'vitest';
import { establishCluster } from '../../../../coordinator/fleet/cluster-record.ts';
import { openEventLog } from '../../../../coordinator/store/event-log.ts';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { parseClusterId } from '../../../../shared/domain/ids.ts';
import { valueOf } from '../../../fakes/coordinator/fake-agent.ts';
import { modelSpec, SimFleet } from '../../../fakes/coordinator/sim-fleet.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const siteOne = valueOf(parseClusterId('site-1'));
const siteTwo = valueOf(parseClusterId('site-2'));

function deps(store: MemoryStore, random = Math.random) {
  const eventLog = openEventLog(':memory:', { rowsMax: 10 });
  return { store, clock: new ManualClock(), random, eventLog };
}

test('an empty store is named once, whoever comes first', async () => {
  const store = new MemoryStore();
  const both = await Promise.all([
    establishCluster(deps(store, () => 0.1)),
    establishCluster(deps(store, () => 0.9)),
  ]);
  expect(both[0]).toBe(both[1]);
  expect(await establishCluster(deps(store))).toBe(both[0]);
});

test('an empty store takes the name that it is told, and keeps it', async () => {
  const store = new MemoryStore();
  const outside = deps(store);
  expect(await establishCluster(outside, siteOne)).toBe(siteOne);
  expect(await establishCluster(outside, siteOne)).toBe(siteOne);
  expect(await establishCluster(outside)).toBe(siteOne);
  const kinds = outside.eventLog.list({ limit: 10, subject: null }).map(({ kind }) => kind);
  // Said of a store that has the name: it is an older copy.
  expect(kinds).toEqual(['cluster-adopted', 'cluster-adopted']);
});

test('a store that has a name is not renamed', async () => {
  const store = new MemoryStore();
  await establishCluster(deps(store), siteOne);
  await expect(establishCluster(deps(store), siteTwo)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'this store is of cluster site-1, not of site-2',
  });
});

test('agents of a lost store go on under an empty one of the same name, in a higher epoch', async () => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('vad'), { validateOnly: false, etag: null });
  await fleet.run(3_000);
  agent.rememberEpoch(57);
  const { clusterId } = fleet.core;
  await fleet.kill();

  const empty = new MemoryStore();
  await establishCluster(deps(empty), clusterId);
  agent.received.length = 0;
  await fleet.start(empty);
  agent.connect();
  await fleet.run(5_000);
  expect(fleet.core.epoch).toBeGreaterThan(58);
  expect(agent.running.map(({ phase }) => phase)).toEqual(['ready']);
  expect(agent.ended).toEqual([]);
  expect(agent.received.flatMap(({ tombstones }) => tombstones)).toEqual([]);
  // A target of its own term is obeyed: what is declared now is run beside what runs.
  await fleet.core.applyModel(modelSpec('other'), { validateOnly: false, etag: null });
  await fleet.run(5_000);
  expect(fleet.ready('other')).toBe(1);
  expect(agent.received.at(-1)?.epoch).toBe(fleet.core.epoch);
  expect(agent.violations).toEqual([]);
  await fleet.kill();
});
