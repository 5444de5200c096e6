import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createMetricsPage } from '../../../../agent/http/metrics.ts';
import { GpuSampler } from '../../../../agent/telemetry/sampler.ts';
import { HostSampler } from '../../../../agent/telemetry/host-sampler.ts';
import { ProcessTable } from '../../../../agent/telemetry/process-table.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import {
  FakeCore,
  gpuA,
  gpuRow,
  heldSlice,
  mpsTarget,
  readyReplica,
} from '../../../fakes/agent/fake-core.ts';
import { FakeSampling } from '../../../fakes/agent/fake-nvidia-smi.ts';
import { ManualClock, settle } from '../../../fakes/manual-clock.ts';

/** Prometheus' own checker: a program of the machine, not of a package. */
const promtool = 'promtool';

function setUp() {
  const clock = new ManualClock();
  const fake = new FakeSampling(() => clock.monotonicMs());
  const core = new FakeCore();
  const nvidiaSmi = fake.tool();
  const controller = new AbortController();
  const log = silentLog;
  const sampler = new GpuSampler({ nvidiaSmi, clock, random: () => 1, log, periodMs: 1_000 });
  const host = new HostSampler({
    host: {
      facts: async () => {
        throw new Error('not used here');
      },
      sample: async () => ({ cpuRatio: 0.25, memoryUsedMib: 1_024 }),
    },
    clock,
    log,
    periodMs: 1_000,
  });
  const processes = new ProcessTable({ nvidiaSmi, clock, log, signal: controller.signal });
  const page = createMetricsPage({
    node: 'n1',
    version: '0.1.0',
    core,
    sampler,
    host,
    processes,
    link: () => ({
      address: '127.0.0.1:7000',
      connected: true,
      detail: '',
      sessionsTotal: 2,
      batchesSentTotal: 10,
      batchesDroppedTotal: 1,
    }),
  });
  const loops = [sampler.run(controller.signal), host.run(controller.signal)];
  const end = async (): Promise<void> => {
    controller.abort();
    await Promise.all(loops);
  };
  return { clock, fake, core, page, end };
}

/** The samples of our own metrics, one line each. */
function ours(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('tangram_'));
}

test('a card is told in base units, and what the tool did not tell is left out', async () => {
  const { fake, page, end } = setUp();
  await settle();
  fake.push([gpuRow({ powerDrawWatts: null })]);
  await settle();
  const lines = ours(await page.render());
  const labels = `{node="n1",gpu="${gpuA}"}`;
  expect(lines).toContain(`tangram_gpu_utilization_ratio${labels} 0.5`);
  expect(lines).toContain(`tangram_gpu_memory_used_bytes${labels} 1073741824`);
  expect(lines).toContain(`tangram_gpu_sm_clock_hertz${labels} 2000000000`);
  expect(lines).toContain('tangram_node_cpu_ratio{node="n1"} 0.25');
  expect(lines).toContain('tangram_agent_link_connected{node="n1"} 1');
  expect(lines.filter((line) => line.startsWith('tangram_gpu_power_watts'))).toEqual([]);
  await end();
});

test('a stale sample is left out and its age is told', async () => {
  const { clock, fake, page, end } = setUp();
  await settle();
  fake.push([gpuRow()]);
  await settle();
  await clock.advance(5_001);
  const lines = ours(await page.render());
  expect(lines.filter((line) => line.startsWith('tangram_gpu_utilization'))).toEqual([]);
  expect(lines).toContain('tangram_agent_sample_age_seconds{node="n1"} 5.001');
  await end();
});

test('a slice carries its model, its limit and what its processes hold', async () => {
  const { fake, core, page, end } = setUp();
  core.accepted = mpsTarget();
  core.held = [heldSlice];
  core.replicaList = [readyReplica];
  fake.processes = [
    { gpu: gpuA, pid: 4242, name: 'python', memoryUsedMib: 300 },
    { gpu: gpuA, pid: 1, name: 'stranger', memoryUsedMib: 999 },
  ];
  const lines = ours(await page.render());
  const labels = `{node="n1",gpu="${gpuA}",slice="s-1",device="${gpuA}",model="vad",replica="vad-1a2b3c4d"}`;
  expect(lines).toContain(`tangram_slice_memory_size_bytes${labels} 4294967296`);
  expect(lines).toContain(`tangram_slice_memory_used_bytes${labels} 314572800`);
  expect(lines).toContain(`tangram_slice_compute_limit_ratio${labels} 0.25`);
  expect(lines).toContain(
    'tangram_replica_restarts_total{node="n1",model="vad",replica="vad-1a2b3c4d"} 2',
  );
  expect(lines).toContain(
    'tangram_replica_phase{node="n1",model="vad",replica="vad-1a2b3c4d",phase="ready"} 1',
  );
  core.accepted = null;
  core.held = [];
  core.replicaList = [];
  const after = ours(await page.render());
  expect(after.filter((line) => /^tangram_(slice|replica)/.test(line))).toEqual([]);
  await end();
});

test('a counter is not added up again by each scrape, even by two at once', async () => {
  const { core, page, end } = setUp();
  core.numbers = {
    roundsTotal: { blind: 1, converged: 5, waiting: 0, progressed: 2, failed: 0 },
    lastSuccessMs: 1_700_000_000_000,
    drivers: { 'nvidia-smi': { success: true, durationMs: 250 } },
  };
  await Promise.all([page.render(), page.render()]);
  const lines = ours(await page.render());
  expect(lines).toContain('tangram_agent_rounds_total{node="n1",outcome="converged"} 5');
  expect(lines).toContain(
    'tangram_agent_driver_duration_seconds{node="n1",driver="nvidia-smi"} 0.25',
  );
  await end();
});

test('promtool finds nothing to complain about', async (context) => {
  const { fake, core, page, end } = setUp();
  core.accepted = mpsTarget();
  core.held = [heldSlice];
  core.replicaList = [readyReplica];
  await settle();
  fake.push([gpuRow()]);
  await settle();
  const text = await page.render();
  await end();
  const checked = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
  if (checked.error !== undefined) context.skip('promtool is not installed (package prometheus)');
  expect({ status: checked.status, said: checked.stdout + checked.stderr }).toEqual({
    status: 0,
    said: '',
  });
});
