import { backoffMs, jittered } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { LinkServiceClient } from '../../shared/wire/generated/tangram/link/v1/LinkService.ts';
import type { TelemetryRequest } from '../../shared/wire/generated/tangram/link/v1/TelemetryRequest.ts';
import type { TelemetryResponse__Output } from '../../shared/wire/generated/tangram/link/v1/TelemetryResponse.ts';
import { batchValues, seriesTable } from '../telemetry/columns.ts';
import type { GpuSampleSet } from '../telemetry/sampler.ts';

/** A stream that took so many batches was well: the back-off begins anew. */
const steadyBatches = 5;
const restartLimits = { firstMs: 1_000, maxMs: 60_000 };
/** Requests that were sent and not acknowledged: a coordinator that is behind is sent no more. */
const underWayMax = 4;
/** Batches that wait for that, or for others to be sent with: the oldest are dropped. */
const waitingMax = 10;
/** Batches in one request, whatever the coordinator asks for: some must be able to wait for it. */
const togetherMax = 5;

/** Where samples come from: the sampler. */
export interface SampleSource {
  onSample(listener: (sample: GpuSampleSet) => void): () => void;
}

export interface TelemetryDeps {
  readonly node: string;
  readonly samples: SampleSource;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onSent: () => void;
  readonly onDropped: () => void;
  /** The coordinator has said something. */
  readonly onHeard: () => void;
}

/** Streams samples until `signal` aborts, on streams of their own that are opened again when they end. */
export async function runTelemetry(
  deps: TelemetryDeps,
  client: Pick<LinkServiceClient, 'Telemetry'>,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let sent = 0;
    const onSent = (): void => {
      sent += 1;
      deps.onSent();
    };
    const reason = await runStream({ ...deps, onSent }, client, signal);
    if (signal.aborted) return;
    if (sent >= steadyBatches) failures = 0;
    const waitMs = jittered(backoffMs(failures, restartLimits), deps.random);
    deps.log.info({ reason, retryMs: Math.round(waitMs) }, 'the telemetry stream ended');
    failures += 1;
    await deps.clock.sleep(waitMs, signal).catch(() => undefined);
  }
}

/**
 * What is sent and what waits on one stream.
 * Invariants: at most `underWayMax` requests are unacknowledged and `waitingMax` batches wait, the newest; what is dropped is
 * counted; a batch is preceded by its series whenever these changed; a request has several only where the coordinator asks.
 */
class Outbox {
  readonly #deps: TelemetryDeps;
  readonly #write: (message: TelemetryRequest) => void;
  readonly #waiting: GpuSampleSet[] = [];
  #sent = 0;
  #acknowledged = 0;
  #together = 1;
  #rows = '';

  constructor(deps: TelemetryDeps, write: (message: TelemetryRequest) => void) {
    this.#deps = deps;
    this.#write = write;
  }

  push(sample: GpuSampleSet): void {
    this.#waiting.push(sample);
    this.#pump();
    if (this.#waiting.length <= waitingMax) return;
    this.#waiting.shift();
    this.#deps.onDropped();
  }

  /** `received`: how many requests of this stream the coordinator has read; `together`: batches that it wants in each. */
  acknowledge(received: number, together: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(received, this.#sent));
    this.#together = Math.min(togetherMax, Math.max(1, together));
    this.#pump();
  }

  /** The stream is over: what waited on it is old. */
  close(): void {
    for (const _ of this.#waiting.splice(0)) this.#deps.onDropped();
  }

  #pump(): void {
    while (
      this.#sent - this.#acknowledged < underWayMax &&
      this.#waiting.length >= this.#together
    ) {
      const samples = this.#next();
      this.#sent += 1;
      this.#write(this.#message(samples));
      for (const _ of samples) this.#deps.onSent();
    }
  }

  /** As many as go together, all of the same cards. */
  #next(): readonly GpuSampleSet[] {
    const rows = this.#waiting[0] === undefined ? '' : rowsOf(this.#waiting[0]);
    const other = this.#waiting.findIndex((sample) => rowsOf(sample) !== rows);
    return this.#waiting.splice(0, other < 0 ? this.#together : Math.min(this.#together, other));
  }

  #message(samples: readonly GpuSampleSet[]): TelemetryRequest {
    const batches = samples.map(({ atMs, cards }) => ({ atMs, values: batchValues(cards) }));
    const [first] = samples;
    const said = batches.length === 1 ? { batch: batches[0] ?? null } : { batches };
    const rows = first === undefined ? this.#rows : rowsOf(first);
    if (first === undefined || rows === this.#rows) return said;
    this.#rows = rows;
    return { series: seriesTable(this.#deps.node, first.cards), ...said };
  }
}

function rowsOf({ cards }: GpuSampleSet): string {
  return cards.map((row) => row.uuid).join(',');
}

async function runStream(
  deps: TelemetryDeps,
  client: Pick<LinkServiceClient, 'Telemetry'>,
  signal: AbortSignal,
): Promise<string> {
  return new Promise<string>((resolve) => {
    const stream = client.Telemetry();
    const outbox = new Outbox(deps, (message) => stream.write(message));
    const stopListening = deps.samples.onSample((sample) => outbox.push(sample));
    const finish = (reason: string): void => {
      stopListening();
      outbox.close();
      signal.removeEventListener('abort', stop);
      resolve(reason);
    };
    const stop = (): void => {
      stream.end();
      stream.cancel();
      finish('this agent ends');
    };
    stream.on('data', ({ batchesReceived, batchesTogether }: TelemetryResponse__Output) => {
      deps.onHeard();
      outbox.acknowledge(Number(batchesReceived), batchesTogether);
    });
    stream.on('error', (error: Error) =>
      finish('details' in error ? String(error.details) : error.message),
    );
    stream.on('end', () => finish('the coordinator ended it'));
    signal.addEventListener('abort', stop, { once: true });
  });
}
