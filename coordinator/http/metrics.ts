import { Counter, Gauge, Registry } from 'prom-client';
import { createBreather } from '../../shared/platform/breather.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { registerProcessMetrics } from '../../shared/platform/process-metrics.ts';
import { clusterRows, type MetricSource } from './cluster-metrics.ts';
import type { MetricRow } from './metric-row.ts';

/** The coordinator's own page for Prometheus, filled anew from the core at every scrape. */
export interface MetricsPage {
  readonly contentType: string;
  render(): Promise<string>;
}

export function createMetricsPage(
  source: MetricSource,
  about: { readonly version: string; readonly clusterId: string },
): MetricsPage {
  const own = new Registry();
  registerProcessMetrics(own);
  new Gauge({
    name: 'tangram_coordinator_info',
    help: 'The program and the cluster that it leads.',
    labelNames: ['version', 'cluster_id'],
    registers: [own],
  }).set({ version: about.version, cluster_id: about.clusterId }, 1);
  return {
    contentType: own.contentType,
    render: async () => {
      const cluster = new Registry();
      const breathe = createBreather(systemClock, new AbortController().signal);
      for (const row of await clusterRows(source, breathe)) fill(row, cluster);
      return `${await own.metrics()}\n${await cluster.metrics()}`;
    },
  };
}

function fill(row: MetricRow, registry: Registry): void {
  const { name, help, label } = row;
  const options = { name, help, labelNames: label === null ? [] : [label], registers: [registry] };
  const metric = row.type === 'counter' ? new Counter(options) : new Gauge(options);
  for (const [key, value] of Object.entries(row.values)) {
    // A fresh counter's total is its one increment.
    metric.inc(label === null ? {} : { [label]: key }, value);
  }
}
