import { Counter, Gauge, Registry } from 'prom-client';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { ReplicaPhase } from '../../shared/domain/replica-state.ts';
import { sliceEnforcement } from '../../shared/domain/slice.ts';
import { registerProcessMetrics } from '../../shared/platform/process-metrics.ts';
import type { LinkView } from '../link/link-view.ts';
import type { AgentCore } from '../reconcile/core.ts';
import { memoryUsedMib, sliceRows } from '../slice-rows.ts';
import {
  gpuMetrics,
  nodeMetrics,
  type MetricRow,
  type NodeMetric,
} from '../telemetry/catalogue.ts';
import type { HostSampler } from '../telemetry/host-sampler.ts';
import type { ProcessTable } from '../telemetry/process-table.ts';
import type { GpuSampler } from '../telemetry/sampler.ts';

/** A sample that is older tells of another time: its series are left out rather than repeated. */
const staleMs = 5_000;
const bytesPerMib = 1024 * 1024;
export interface MetricsDeps {
  readonly node: string;
  readonly version: string;
  readonly core: AgentCore;
  /** null: this host has no cards to sample. */
  readonly sampler: GpuSampler | null;
  readonly host: HostSampler;
  readonly processes: ProcessTable | null;
  /** null: the agent works alone. */
  readonly link: (() => LinkView) | null;
}

export interface MetricsPage {
  readonly contentType: string;
  /** The whole page, from the newest values. */
  render(): Promise<string>;
}

/** Each page is filled anew: a card or replica that is gone leaves no series behind. */
export function createMetricsPage(deps: MetricsDeps): MetricsPage {
  const registry = new Registry();
  registerProcessMetrics(registry);
  const series = createSeries(registry);
  let rendering: Promise<string> | null = null;
  const render = async (): Promise<string> => {
    const processes = (await deps.processes?.read()) ?? null;
    series.reset();
    fillCards(deps, series);
    fillHost(deps, series);
    fillSlices(deps, series, processes);
    fillReplicas(deps, series);
    fillAgent(deps, series);
    return registry.metrics();
  };
  return {
    contentType: registry.contentType,
    render: () => {
      // Two scrapes at once share a page: each would otherwise clear what the other is filling in.
      rendering ??= render().finally(() => {
        rendering = null;
      });
      return rendering;
    },
  };
}

type Labels = Readonly<Record<string, string>>;

interface Series {
  reset(): void;
  /** An unknown value (null) has no sample. */
  set(metric: NodeMetric, labels: Labels, value: number | null): void;
  setGpu(name: string, labels: Labels, value: number | null): void;
}

function createSeries(registry: Registry): Series {
  const made = new Map<string, Gauge | Counter>();
  for (const row of [...gpuMetrics, ...Object.values(nodeMetrics)]) {
    made.set(row.name, create(row, registry));
  }
  const set = (name: string, labels: Labels, value: number | null): void => {
    const metric = made.get(name);
    if (metric === undefined || value === null || !Number.isFinite(value)) return;
    // The page is filled from an empty registry, so a counter's total is its one increment.
    if (metric instanceof Counter) metric.inc(labels, value);
    else metric.set(labels, value);
  };
  return {
    reset: () => {
      for (const metric of made.values()) metric.reset();
    },
    set: (metric, labels, value) => set(nodeMetrics[metric].name, labels, value),
    setGpu: set,
  };
}

function create(row: MetricRow, registry: Registry): Gauge | Counter {
  const options = {
    name: row.name,
    help: row.help,
    labelNames: [...row.labels],
    registers: [registry],
  };
  return row.type === 'counter' ? new Counter(options) : new Gauge(options);
}

function fillCards({ node, core, sampler }: MetricsDeps, series: Series): void {
  const inventory: Inventory | null = core.inventory();
  for (const gpu of inventory?.gpus ?? []) {
    series.set(
      'gpuInfo',
      {
        node,
        gpu: gpu.uuid,
        index: String(gpu.index),
        product: gpu.productName,
        pci_bus_id: gpu.pciBusId,
        driver_version: inventory?.driverVersion ?? '',
        mode: gpu.mode,
        authority: gpu.authority,
      },
      1,
    );
    const labels = { node, gpu: gpu.uuid };
    series.set('gpuHealthy', labels, gpu.health.state === 'ok' ? 1 : 0);
    series.set('gpuForeign', labels, gpu.memoryForeignMib * bytesPerMib);
  }
  const latest = sampler?.latest() ?? null;
  if (sampler !== null) series.set('samplerRestarts', { node }, sampler.restartsTotal);
  if (latest === null) return;
  series.set('sampleAge', { node }, latest.ageMs / 1_000);
  if (latest.ageMs > staleMs) return;
  for (const row of latest.sample.cards) {
    for (const metric of gpuMetrics) {
      series.setGpu(metric.name, { node, gpu: row.uuid }, metric.read(row));
    }
  }
}

function fillHost({ node, host, core }: MetricsDeps, series: Series): void {
  const memoryMib = core.inventory()?.memoryMib;
  if (memoryMib !== undefined) series.set('nodeMemorySize', { node }, memoryMib * bytesPerMib);
  const latest = host.latest();
  if (latest === null || latest.ageMs > staleMs) return;
  series.set('nodeCpu', { node }, latest.sample.cpuRatio);
  series.set('nodeMemoryUsed', { node }, latest.sample.memoryUsedMib * bytesPerMib);
}

function fillSlices(
  { node, core }: MetricsDeps,
  series: Series,
  processes: Awaited<ReturnType<ProcessTable['read']>>,
): void {
  const rows = sliceRows({
    inventory: core.inventory(),
    target: core.target(),
    status: core.status(),
    attribution: core.attribution(),
  });
  for (const row of rows) {
    if (row.shape === null || row.state === 'absent') continue;
    const labels = {
      node,
      gpu: row.gpu,
      slice: row.slice ?? '',
      device: row.deviceUuid ?? '',
      model: row.model ?? '',
      replica: row.replica ?? '',
    };
    const { shape } = row;
    series.set(
      'sliceInfo',
      {
        ...labels,
        kind: shape.kind,
        profile: shape.kind === 'mig' ? shape.profile : '',
        enforcement: sliceEnforcement(shape.kind),
      },
      1,
    );
    series.set('sliceMemorySize', labels, shape.memoryMib * bytesPerMib);
    if (shape.kind === 'mps') series.set('sliceCompute', labels, shape.smPercent / 100);
    const usedMib = memoryUsedMib(row, processes);
    series.set('sliceMemoryUsed', labels, usedMib === null ? null : usedMib * bytesPerMib);
  }
}

const phases = {
  waiting: true,
  pulling: true,
  starting: true,
  ready: true,
  unhealthy: true,
  backoff: true,
  failed: true,
  stopping: true,
  stopped: true,
} as const satisfies Readonly<Record<ReplicaPhase, true>>;

function fillReplicas({ node, core }: MetricsDeps, series: Series): void {
  for (const status of core.replicas()) {
    const labels = { node, model: status.model, replica: status.replica };
    for (const phase of Object.keys(phases)) {
      series.set('replicaPhase', { ...labels, phase }, phase === status.phase ? 1 : 0);
    }
    series.set('replicaReady', labels, status.phase === 'ready' ? 1 : 0);
    series.set('replicaRestarts', labels, status.restarts);
    const startedMs = status.startedAtMs;
    series.set('replicaStart', labels, startedMs === null ? null : startedMs / 1_000);
  }
}

function fillAgent({ node, version, core, link }: MetricsDeps, series: Series): void {
  const metrics = core.metrics();
  series.set('agentInfo', { node, version }, 1);
  for (const [outcome, total] of Object.entries(metrics.roundsTotal)) {
    series.set('rounds', { node, outcome }, total);
  }
  const successMs = metrics.lastSuccessMs;
  series.set('roundSuccess', { node }, successMs === null ? null : successMs / 1_000);
  for (const [driver, seen] of Object.entries(metrics.drivers)) {
    series.set('driverSuccess', { node, driver }, seen.success ? 1 : 0);
    series.set('driverDuration', { node, driver }, seen.durationMs / 1_000);
  }
  const view = link?.() ?? null;
  if (view === null) return;
  series.set('linkConnected', { node }, view.connected ? 1 : 0);
  series.set('linkConnects', { node }, view.sessionsTotal);
  series.set('batchesSent', { node }, view.batchesSentTotal);
  series.set('batchesDropped', { node }, view.batchesDroppedTotal);
}
