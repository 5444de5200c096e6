export type Outcome = 'ok' | 'refused' | 'busy' | 'failed';

const outcomes: readonly Outcome[] = ['ok', 'refused', 'busy', 'failed'];
const bucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Counts inference requests and their duration, for `GET /metrics`. */
export class RequestMetrics {
  readonly #counts = new Map<Outcome, number>(outcomes.map((outcome) => [outcome, 0]));
  readonly #buckets = bucketsSeconds.map(() => 0);
  #sumSeconds = 0;
  #total = 0;

  record(outcome: Outcome, seconds: number): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
    this.#sumSeconds += seconds;
    this.#total += 1;
    for (const [at, limit] of bucketsSeconds.entries()) {
      if (seconds <= limit) this.#buckets[at] = (this.#buckets[at] ?? 0) + 1;
    }
  }

  /** Prometheus text format. */
  render(ready: boolean): string {
    const lines = [
      '# HELP vad_requests_total Inference requests by how they ended.',
      '# TYPE vad_requests_total counter',
      ...outcomes.map(
        (outcome) => `vad_requests_total{outcome="${outcome}"} ${this.#counts.get(outcome) ?? 0}`,
      ),
      '# HELP vad_request_duration_seconds How long an inference request took.',
      '# TYPE vad_request_duration_seconds histogram',
      ...bucketsSeconds.map(
        (limit, at) =>
          `vad_request_duration_seconds_bucket{le="${limit}"} ${this.#buckets[at] ?? 0}`,
      ),
      `vad_request_duration_seconds_bucket{le="+Inf"} ${this.#total}`,
      `vad_request_duration_seconds_sum ${this.#sumSeconds}`,
      `vad_request_duration_seconds_count ${this.#total}`,
      '# HELP vad_ready Whether the model is loaded.',
      '# TYPE vad_ready gauge',
      `vad_ready ${ready ? 1 : 0}`,
    ];
    return `${lines.join('\n')}\n`;
  }
}
