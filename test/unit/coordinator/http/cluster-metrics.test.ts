import { expect, test } from 'vitest';
import { clusterRows } from '../../../../coordinator/http/cluster-metrics.ts';
import { createMetricsPage } from '../../../../coordinator/http/metrics.ts';
import { parseManifests } from '../../../../shared/manifest/parse-manifests.ts';
import { FakeCore } from '../../../fakes/coordinator/fake-core.ts';
import { inventoryOf } from '../../../fakes/link-agent.ts';

function sourceOf(core: FakeCore) {
  return {
    core,
    telemetry: {
      samples: {
        counts: () => ({ nodes: 1, bytes: 9, ringSeconds: 600, batchesTotal: 7, rejectedTotal: 2 }),
      },
      history: { counts: () => ({ writtenTotal: 5, droppedTotal: 1, waiting: 3 }) },
      gate: { shedding: false, lagMs: 12 },
    },
    link: { sessionsTotal: 3, rejectedTotal: 1, telemetryShedTotal: 8 },
    decisions: () => ({ placed: 5, refused: 4 }),
  };
}

async function oneModelCore(): Promise<FakeCore> {
  const core = new FakeCore();
  core.openSession(
    inventoryOf({ node: 'node-a', cards: '2xA100-40GB' }),
    { clusterId: null, epochSeen: 0 },
    () => undefined,
  );
  const text =
    'apiVersion: tangram/v1\nkind: Model\nmetadata: { name: a }\nspec: { image: x, replicas: 2, gpu: { memory: 2GiB } }\n';
  const parsed = parseManifests([{ name: 'test', text }]);
  const spec = parsed.ok ? parsed.value[0]?.spec : undefined;
  if (spec === undefined) throw new Error('the manifest is bad');
  await core.applyModel(spec, { validateOnly: false, etag: null });
  return core;
}

test('the page says what the core knows, with a series for every state also at 0', async () => {
  const rows = await clusterRows(sourceOf(await oneModelCore()), async () => undefined);
  const values = Object.fromEntries(rows.map((row) => [row.name, row.values]));
  expect(values).toMatchObject({
    tangram_cluster_nodes: { ready: 1, cordoned: 0, draining: 0, suspect: 0, lost: 0 },
    tangram_cluster_nodes_connected: { '': 1 },
    tangram_fleet_mass_loss: { '': 0 },
    tangram_cluster_gpus: { idle: 2, mig: 0 },
    tangram_cluster_slices: { mps: 2, mig: 0 },
    tangram_cluster_gpu_memory_size_bytes: { '': 2 * 40_960 * 1024 * 1024 },
    tangram_cluster_gpu_memory_claimed_bytes: { '': 2 * 2_048 * 1024 * 1024 },
    tangram_cluster_models: { '': 1 },
    tangram_cluster_replicas: { waiting: 2, ready: 0 },
    tangram_cluster_replicas_pending: { '': 0 },
    tangram_placement_decisions_total: { placed: 5, refused: 4 },
    tangram_telemetry_batches_shed_total: { '': 8 },
    tangram_telemetry_history_rows_dropped_total: { '': 1 },
    tangram_coordinator_lag_seconds: { '': 0.012 },
  });
});

test('names follow the conventions: counters end in _total and nothing else does', async () => {
  for (const row of await clusterRows(sourceOf(await oneModelCore()), async () => undefined)) {
    expect(row.name).toMatch(/^tangram_[a-z_]+$/);
    expect(row.name.endsWith('_total')).toBe(row.type === 'counter');
    expect(row.help).toMatch(/\.$/);
  }
});

test('a page can be rendered any number of times and shows the present', async () => {
  const core = await oneModelCore();
  const page = createMetricsPage(sourceOf(core), { version: '0.1.0', clusterId: 'c"1' });
  await page.render();
  const text = await page.render();
  expect(text).toContain('tangram_cluster_nodes{state="ready"} 1\n');
  expect(text).toContain('tangram_link_sessions_total 3\n');
  expect(text).toContain('tangram_coordinator_info{version="0.1.0",cluster_id="c\\"1"} 1\n');
  expect(text).toContain('process_resident_memory_bytes');
  expect(text.match(/^# TYPE tangram_cluster_nodes gauge$/gm)?.length).toBe(1);
});

test('the page rests after each node and each model', async () => {
  let rests = 0;
  await clusterRows(sourceOf(await oneModelCore()), async () => void (rests += 1));
  expect(rests).toBe(2);
});

test('a standby tells of itself, and nothing of the cluster', async () => {
  const standing = { standing: () => ({ leading: false, epoch: 1, leader: null }) };
  const source = { ...sourceOf(await oneModelCore()), standing };
  const rows = await clusterRows(source, async () => undefined);
  const values = Object.fromEntries(rows.map((row) => [row.name, row.values['']]));
  expect(values).toMatchObject({ tangram_coordinator_leader: 0, tangram_coordinator_epoch: 1 });
  expect(rows.filter((row) => row.name.startsWith('tangram_cluster_'))).toEqual([]);
});
