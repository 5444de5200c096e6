import { Counter, Gauge, Registry } from 'prom-client';
import { healthStates } from '../../shared/domain/card-health.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { ReplicaPhase } from '../../shared/domain/replica-state.ts';
import { sliceEnforcement } from '../../shared/domain/slice.ts';
import { registerProcessMetrics } from '../../shared/platform/process-metrics.ts';
import { allocationRows, allocationStates } from '../allocation-rows.ts';
import { holderWords, isSameHolder } from '../attribution/holder.ts';
import type { HealthReader } from '../health/keeper.ts';
import type { LinkView } from '../link/link-view.ts';
import { recoveryStates } from '../store/health-records.ts';
import type { AgentCore } from '../reconcile/core.ts';
import { sliceRows, viewsOf, type SliceRow } from '../slice-rows.ts';
import {
  gpuMetrics,
  nodeMetrics,
  type MetricRow,
  type NodeMetric,
} from '../telemetry/catalogue.ts';
import type { HostSampler } from '../telemetry/host-sampler.ts';
import type { CardDetailsReader } from '../telemetry/card-details.ts';
import type { DcgmSampler } from '../telemetry/dcgm-sampler.ts';
import type { NodeUsage, NodeUsageView } from '../telemetry/node-usage.ts';
import { usageMetrics, type UsageMetric } from '../telemetry/usage-catalogue.ts';
import { fillUsage, type Labels } from './usage-series.ts';
import type { GpuSampler } from '../telemetry/sampler.ts';

/** A reading of the host that is older tells of another time: its series are left out rather than repeated. */
const hostStaleMs = 5_000;
const bytesPerMib = 1024 * 1024;
export interface MetricsDeps {
  readonly node: string;
  readonly version: string;
  readonly core: AgentCore;
  /** null: this host has no cards to sample. */
  readonly sampler: GpuSampler | null;
  readonly host: HostSampler;
  /** null: there are no cards. */
  readonly usage: NodeUsage | null;
  readonly details: CardDetailsReader | null;
  readonly dcgm: DcgmSampler | null;
  /** null: nobody judges the cards here. */
  readonly health: HealthReader | null;
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
    const usage = (await deps.usage?.read()) ?? null;
    series.reset();
    fillCards(deps, series);
    fillHealth(deps, series);
    fillHost(deps, series);
    fillUsages(deps, series, usage);
    fillSlices(deps, series, usage);
    fillReplicas(deps, series);
    fillAllocations(deps, series);
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

interface Series {
  reset(): void;
  /** An unknown value (null) has no sample. */
  set(metric: NodeMetric, labels: Labels, value: number | null): void;
  setGpu(name: string, labels: Labels, value: number | null): void;
  setUsage(metric: UsageMetric, labels: Labels, value: number | null): void;
}

function createSeries(registry: Registry): Series {
  const made = new Map<string, Gauge | Counter>();
  for (const row of [
    ...gpuMetrics,
    ...Object.values(nodeMetrics),
    ...Object.values(usageMetrics),
  ]) {
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
    setUsage: (metric, labels, value) => set(usageMetrics[metric].name, labels, value),
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
  if (sampler !== null && latest.ageMs > sampler.staleMs) return;
  for (const row of latest.sample.cards) {
    for (const metric of gpuMetrics) {
      series.setGpu(metric.name, { node, gpu: row.uuid }, metric.read(row));
    }
  }
}

function fillHealth({ node, health }: MetricsDeps, series: Series): void {
  for (const { gpu, recovery, xidTotals } of health?.views() ?? []) {
    const labels = { node, gpu: gpu.uuid };
    for (const state of healthStates) {
      series.set('gpuHealth', { ...labels, state }, state === gpu.verdict.state ? 1 : 0);
    }
    for (const state of recovery === null ? [] : recoveryStates) {
      series.set('gpuRecovery', { ...labels, state }, state === recovery?.state ? 1 : 0);
    }
    for (const [xid, total] of xidTotals) series.set('gpuXids', { ...labels, xid }, total);
  }
}

function fillHost({ node, host, core }: MetricsDeps, series: Series): void {
  const memoryMib = core.inventory()?.memoryMib;
  if (memoryMib !== undefined) series.set('nodeMemorySize', { node }, memoryMib * bytesPerMib);
  const latest = host.latest();
  if (latest === null || latest.ageMs > hostStaleMs) return;
  series.set('nodeCpu', { node }, latest.sample.cpuRatio);
  series.set('nodeMemoryUsed', { node }, latest.sample.memoryUsedMib * bytesPerMib);
}

function fillUsages(
  { node, details, dcgm }: MetricsDeps,
  series: Series,
  usage: NodeUsageView | null,
): void {
  const told = details?.latest() ?? null;
  series.setUsage('detailsAge', { node }, told === null ? null : told.ageMs / 1_000);
  if (dcgm !== null) series.setUsage('dcgmUp', { node }, dcgm.latest() === null ? 0 : 1);
  if (usage === null || usage.stale) return;
  for (const card of usage.cards) fillUsage(series.setUsage, node, card);
}

/** What the holder of a slice uses of its card; null: nobody has it, or it is not known. */
function usedOn({ gpu, holder }: SliceRow, usage: NodeUsageView | null): number | null {
  if (usage === null || usage.stale) return null;
  const shares = usage.cards.find((card) => card.row.uuid === gpu)?.shares;
  const share = shares?.holders.find((each) => isSameHolder(each.holder, holder));
  return share?.memoryMib?.value ?? null;
}

function fillSlices(
  { node, core }: MetricsDeps,
  series: Series,
  usage: NodeUsageView | null,
): void {
  for (const row of sliceRows(viewsOf(core))) {
    if (row.shape === null || row.state === 'absent') continue;
    const labels = {
      node,
      gpu: row.gpu,
      slice: row.slice ?? '',
      ...holderWords(row.holder),
    };
    const { shape } = row;
    series.set(
      'sliceInfo',
      {
        ...labels,
        device: row.deviceUuid ?? '',
        kind: shape.kind,
        profile: shape.kind === 'mig' ? shape.profile : '',
        start: shape.kind === 'mig' ? String(shape.start) : '',
        enforcement: sliceEnforcement(shape.kind),
      },
      1,
    );
    series.set('sliceMemorySize', labels, shape.memoryMib * bytesPerMib);
    if (shape.kind === 'mps') series.set('sliceCompute', labels, shape.smPercent / 100);
    const usedMib = usedOn(row, usage);
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

function fillAllocations({ node, core }: MetricsDeps, series: Series): void {
  for (const { allocation, state } of allocationRows(viewsOf(core))) {
    for (const each of allocationStates) {
      const value = each === state ? 1 : 0;
      series.set('allocationState', { node, allocation, state: each }, value);
    }
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
