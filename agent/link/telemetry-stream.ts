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
/** Batches that were sent and not acknowledged: a coordinator that is behind is sent no more. */
const underWayMax = 4;
/** Batches that wait for that: the oldest are dropped. */
const waitingMax = 10;

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
 * Invariants: at most `underWayMax` batches are unacknowledged and `waitingMax` wait, the newest; what is dropped is
 * counted; a batch is preceded by its series whenever these changed.
 */
class Outbox {
  readonly #deps: TelemetryDeps;
  readonly #write: (message: TelemetryRequest) => void;
  readonly #waiting: GpuSampleSet[] = [];
  #sent = 0;
  #acknowledged = 0;
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

  /** `received`: how many batches of this stream the coordinator has read. */
  acknowledge(received: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(received, this.#sent));
    this.#pump();
  }

  /** The stream is over: what waited on it is old. */
  close(): void {
    for (const _ of this.#waiting.splice(0)) this.#deps.onDropped();
  }

  #pump(): void {
    while (this.#sent - this.#acknowledged < underWayMax) {
      const sample = this.#waiting.shift();
      if (sample === undefined) return;
      this.#sent += 1;
      this.#write(this.#message(sample));
      this.#deps.onSent();
    }
  }

  #message({ atMs, cards }: GpuSampleSet): TelemetryRequest {
    const batch = { atMs, values: batchValues(cards) };
    const rows = cards.map((row) => row.uuid).join(',');
    if (rows === this.#rows) return { batch };
    this.#rows = rows;
    return { series: seriesTable(this.#deps.node, cards), batch };
  }
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
    stream.on('data', ({ batchesReceived }: TelemetryResponse__Output) => {
      deps.onHeard();
      outbox.acknowledge(Number(batchesReceived));
    });
    stream.on('error', (error: Error) =>
      finish('details' in error ? String(error.details) : error.message),
    );
    stream.on('end', () => finish('the coordinator ended it'));
    signal.addEventListener('abort', stop, { once: true });
  });
}
