import { collectDefaultMetrics, type Registry } from 'prom-client';

/**
 * For these the library wakes the process 100 times a second, which was half of what an idle agent cost. The lag at
 * the time of a scrape, `nodejs_eventloop_lag_seconds`, stays.
 */
const distributionsOfLag = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'];
const neverMs = 24 * 3_600_000;

/** Registers what every program of ours tells of itself: CPU, memory, file handles, garbage collection, event-loop lag. */
export function registerProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMs });
  for (const name of distributionsOfLag) {
    registry.removeSingleMetric(`nodejs_eventloop_lag_${name}_seconds`);
  }
  // Prometheus keeps `_total` for counters, and these are gauges.
  for (const name of ['handles', 'requests', 'resources']) {
    registry.removeSingleMetric(`nodejs_active_${name}_total`);
  }
}
