import { backoffMs, jittered } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { LinkServiceClient } from '../../shared/wire/generated/tangram/link/v1/LinkService.ts';
import type { TelemetryRequest } from '../../shared/wire/generated/tangram/link/v1/TelemetryRequest.ts';
import { batchValues, seriesTable } from '../telemetry/columns.ts';
import type { GpuSampleSet } from '../telemetry/sampler.ts';

/** A stream that took so many batches was well: the back-off begins anew. */
const steadyBatches = 5;
const restartLimits = { firstMs: 1_000, maxMs: 60_000 };

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
}

/**
 * Streams samples until `signal` aborts, on streams of their own that are opened again when they end. A batch
 * that finds the stream full is dropped and counted: the next one is newer.
 */
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

async function runStream(
  deps: TelemetryDeps,
  client: Pick<LinkServiceClient, 'Telemetry'>,
  signal: AbortSignal,
): Promise<string> {
  return new Promise<string>((resolve) => {
    let full = false;
    let sentRows = '';
    const stream = client.Telemetry((error) =>
      finish(error?.details ?? 'the coordinator ended it'),
    );
    const stopListening = deps.samples.onSample((sample) => {
      if (full) {
        deps.onDropped();
        return;
      }
      const message: TelemetryRequest = {
        batch: { atMs: sample.atMs, values: batchValues(sample.cards) },
      };
      const rows = sample.cards.map((row) => row.uuid).join(',');
      if (rows !== sentRows) message.series = seriesTable(deps.node, sample.cards);
      sentRows = rows;
      full = !stream.write(message);
      deps.onSent();
    });
    const finish = (reason: string): void => {
      stopListening();
      signal.removeEventListener('abort', stop);
      resolve(reason);
    };
    const stop = (): void => {
      stream.end();
      stream.cancel();
      finish('this agent ends');
    };
    stream.on('drain', () => {
      full = false;
    });
    // The callback above tells of errors; without a listener the stream would throw them.
    stream.on('error', () => undefined);
    signal.addEventListener('abort', stop, { once: true });
  });
}
