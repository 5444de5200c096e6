import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { xmlFormat } from '../../../../agent/formats/report/xml.ts';
import { createMetricsPage } from '../../../../agent/http/metrics.ts';
import { GpuSampler } from '../../../../agent/telemetry/sampler.ts';
import { HostSampler } from '../../../../agent/telemetry/host-sampler.ts';
import { NodeUsage } from '../../../../agent/telemetry/node-usage.ts';
import type { CardDetailsReader } from '../../../../agent/telemetry/card-details.ts';
import { ProcessTable } from '../../../../agent/telemetry/process-table.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import {
  FakeCore,
  gpuA,
  gpuRow,
  heldSlice,
  must,
  mpsTarget,
  readyReplica,
} from '../../../fakes/agent/fake-core.ts';
import { judge } from '../../../../agent/health/judge.ts';
import type { HealthReader } from '../../../../agent/health/keeper.ts';
import { evidence, incident, standardPolicy } from '../../../fakes/agent/health.ts';
import { card } from '../../../fakes/agent/plan-world.ts';
import { allocation, shapes, slice, target } from '../../../fakes/agent/targets.ts';
import { FakeSampling } from '../../../fakes/agent/fake-nvidia-smi.ts';
import { ManualClock, settle } from '../../../fakes/manual-clock.ts';

/** A process that carries the mark of allocation `train`. */
const trainPid = 4_711;

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
  const processes = new ProcessTable({
    nvidiaSmi,
    cards: () => [gpuRow()],
    clock,
    log,
    signal: controller.signal,
  });
  const details: CardDetailsReader = {
    staleMs: 180_000,
    latest: () => ({ details: report, ageMs: 30_000 }),
  };
  const verdict = judge(evidence({ incidents: [incident(95)] }), standardPolicy);
  const health: HealthReader = {
    views: () => [
      {
        gpu: card(gpuA, { actual: { verdict } }),
        recovery: null,
        waitsFor: null,
        users: [],
        readings: null,
        xidTotals: new Map([['95', 2]]),
      },
    ],
  };
  const page = createMetricsPage({
    node: 'n1',
    version: '0.1.0',
    core,
    sampler,
    host,
    usage: new NodeUsage({
      core,
      sampler,
      processes,
      details,
      dcgm: null,
      containers: null,
      place: (pid) =>
        pid === trainPid ? { parentPid: 1, groupId: pid, containers: [], mark: 'train' } : null,
    }),
    details,
    dcgm: null,
    health,
    link: () => ({
      address: '127.0.0.1:7000',
      connected: true,
      detail: '',
      sessionsTotal: 2,
      batchesSentTotal: 10,
      batchesDroppedTotal: 1,
      coordinators: [],
    }),
  });
  const loops = [sampler.run(controller.signal), host.run(controller.signal)];
  const end = async (): Promise<void> => {
    controller.abort();
    await Promise.all(loops);
  };
  return { clock, fake, core, page, end };
}

/** Invented, in the form of driver 580. */
const report = must(
  xmlFormat.parse(`<?xml version="1.0" ?>
<nvidia_smi_log>
<driver_version>580.65.06</driver_version>
<attached_gpus>1</attached_gpus>
<gpu id="00000000:01:00.0">
<uuid>${gpuA}</uuid>
<clocks_event_reasons>
<clocks_event_reason_gpu_idle>Not Active</clocks_event_reason_gpu_idle>
<clocks_event_reason_sw_power_cap>Active</clocks_event_reason_sw_power_cap>
</clocks_event_reasons>
<fb_memory_usage><total>46068 MiB</total><reserved>500 MiB</reserved><used>2048 MiB</used><free>43520 MiB</free></fb_memory_usage>
</gpu>
</nvidia_smi_log>
`),
);

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

test('how a card is judged, and the Xids that speak against it', async () => {
  const { page, end } = setUp();
  const lines = ours(await page.render());
  const series = (name: string, more: string, value: number): string =>
    `${name}{node="n1",gpu="${gpuA}",${more}} ${value}`;
  expect(lines.filter((line) => line.startsWith('tangram_gpu_health{'))).toEqual([
    series('tangram_gpu_health', 'state="ok"', 0),
    series('tangram_gpu_health', 'state="degraded"', 0),
    series('tangram_gpu_health', 'state="draining"', 1),
    series('tangram_gpu_health', 'state="failed"', 0),
  ]);
  expect(lines).toContain(series('tangram_gpu_xid_events_total', 'xid="95"', 2));
  expect(lines.filter((line) => line.startsWith('tangram_gpu_recovery'))).toEqual([]);
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
  await settle();
  fake.push([gpuRow({ utilizationPercent: 0, powerDrawWatts: 60 })]);
  fake.push([gpuRow({ memoryUsedMib: 2_048, powerDrawWatts: 100 })]);
  await settle();
  const lines = ours(await page.render());
  const who = `node="n1",gpu="${gpuA}",model="vad",replica="vad-1a2b3c4d"`;
  expect(lines).toContain(`tangram_replica_memory_used_bytes{${who},basis="measured"} 314572800`);
  expect(lines).toContain(
    `tangram_replica_memory_reserved_bytes{${who}} ${(4_096 - 300) * 1_048_576}`,
  );
  const part = (name: string): string =>
    `tangram_gpu_memory_part_bytes{node="n1",gpu="${gpuA}",part="${name}"}`;
  expect(lines).toContain(`${part('foreign')} ${999 * 1_048_576}`);
  expect(lines).toContain(`${part('overhead')} ${(2_048 - 1_299 + 500) * 1_048_576}`);
  expect(lines).toContain(`tangram_gpu_power_part_watts{node="n1",gpu="${gpuA}",part="idle"} 60`);
  expect(lines).toContain(
    `tangram_gpu_throttle_active{node="n1",gpu="${gpuA}",reason="sw_power_cap"} 1`,
  );
  expect(lines).toContain('tangram_agent_details_age_seconds{node="n1"} 30');
  const labels = `{node="n1",gpu="${gpuA}",slice="s-1",model="vad",replica="vad-1a2b3c4d",allocation=""}`;
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

test('an allocation is told as a replica is, and the parts of its card still add up', async () => {
  const { fake, core, page, end } = setUp();
  const share = slice('t.0', gpuA, shapes.mps(8_192));
  core.accepted = target(1, { slices: [share], allocations: [allocation('train', [share])] });
  fake.processes = [
    { gpu: gpuA, pid: trainPid, name: 'python', memoryUsedMib: 300 },
    { gpu: gpuA, pid: 1, name: 'stranger', memoryUsedMib: 999 },
  ];
  await settle();
  fake.push([gpuRow({ utilizationPercent: 0, powerDrawWatts: 60 })]);
  fake.push([gpuRow({ memoryUsedMib: 2_048, powerDrawWatts: 100 })]);
  await settle();
  const lines = ours(await page.render());
  const who = `node="n1",gpu="${gpuA}",allocation="train"`;
  const mib = (count: number): number => count * 1_048_576;
  expect(lines.filter((line) => line.startsWith('tangram_allocation_'))).toEqual([
    'tangram_allocation_state{node="n1",allocation="train",state="preparing"} 1',
    'tangram_allocation_state{node="n1",allocation="train",state="ready"} 0',
    'tangram_allocation_state{node="n1",allocation="train",state="reclaiming"} 0',
    'tangram_allocation_state{node="n1",allocation="train",state="left"} 0',
    `tangram_allocation_memory_used_bytes{${who},basis="measured"} ${mib(300)}`,
    `tangram_allocation_memory_reserved_bytes{${who}} ${mib(8_192 - 300)}`,
  ]);
  expect(lines).toContain(
    `tangram_slice_memory_used_bytes{node="n1",gpu="${gpuA}",slice="t.0",model="",replica="",allocation="train"} ${mib(300)}`,
  );
  const memory = new Map(
    lines.flatMap((line) => {
      const [, name = '', value] =
        /^tangram_gpu_memory_part_bytes\{.*part="(\w+)"\} (\d+)$/.exec(line) ?? [];
      return value === undefined ? [] : [[name, Number(value)] as const];
    }),
  );
  expect(memory.get('foreign')).toBe(mib(999));
  expect([...memory.values()].reduce((sum, part) => sum + part, mib(300))).toBe(mib(46_068));
  core.accepted = target(2, {});
  const after = ours(await page.render());
  expect(after.filter((line) => line.startsWith('tangram_allocation_'))).toEqual([]);
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
