import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { clusterRows, type MetricRow, type MetricSource } from './cluster-metrics.ts';

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
  collectDefaultMetrics({ register: own });
  // Prometheus keeps `_total` for counters, and these are gauges.
  for (const name of ['handles', 'requests', 'resources']) {
    own.removeSingleMetric(`nodejs_active_${name}_total`);
  }
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
      for (const row of clusterRows(source)) fill(row, cluster);
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
