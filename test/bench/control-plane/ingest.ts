import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Client, credentials, type ClientDuplexStream } from '@grpc/grpc-js';
import { systemClock } from '../../../shared/platform/clock.ts';
import { linkService } from '../../../shared/wire/services.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';
import { ended, pause } from '../measured-process.ts';
import { ingestPaths, type IngestPath, type IngestTally } from './ingest-wire.ts';
import { swarmMetrics } from './swarm.ts';

const connections = 16;
const cards = 8;
const warmMs = 1_000;
const [roundMsQuick, roundMsAll] = [1_000, 3_000];
const [roundsQuick, roundsAll] = [2, 5];
const targetShare = 0.6;

/**
 * Batches of 8 cards x 20 metrics at saturation, in turn in one run: read, kept and acknowledged as the coordinator does;
 * the bytes alone; and the usual decoder's objects. What counts is batches for each second of the server's CPU.
 */
export async function ingestRows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const child = fork(fileURLToPath(new URL('ingest-server.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  try {
    const { port } = await heard<{ port: number }>(child);
    const load = new Load(`127.0.0.1:${port}`);
    const rates: Record<IngestPath, number[]> = { kept: [], undecoded: [], usual: [] };
    const rounds = options.quick ? roundsQuick : roundsAll;
    for (let round = 0; round < rounds; round += 1) {
      for (const path of ['undecoded', 'kept', 'usual'] as const) {
        rates[path].push(
          await measure(child, load, { path, ms: options.quick ? roundMsQuick : roundMsAll }),
        );
      }
    }
    load.close();
    const [kept, undecoded, usual] = [rates.kept, rates.undecoded, rates.usual].map(median);
    return [row(kept ?? NaN, undecoded ?? NaN, usual ?? NaN)];
  } finally {
    child.kill('SIGKILL');
    await ended(child);
  }
}

function row(kept: number, undecoded: number, usual: number): BenchRow {
  const share = kept / undecoded;
  return {
    metric: 'ingest of telemetry: share of undecoded grpc-js bytes',
    value: share,
    unit: `of ${Math.round(undecoded)} batches per CPU-second`,
    yardstick: `usual decoder: ${(usual / undecoded).toFixed(2)}; kept and acknowledged: ${Math.round(kept)}`,
    target: `>= ${targetShare}`,
    ok: share >= targetShare,
  };
}

/** Batches for each second of CPU. */
async function measure(
  child: ChildProcess,
  load: Load,
  { path, ms }: { readonly path: IngestPath; readonly ms: number },
): Promise<number> {
  load.pour(path);
  await pause(warmMs);
  const before = await ask(child);
  await pause(ms);
  const after = await ask(child);
  load.stop();
  await pause(100);
  return (after[path] - before[path]) / (after.cpuSeconds - before.cpuSeconds);
}

async function ask(child: ChildProcess): Promise<IngestTally> {
  child.send('tell');
  return heard<IngestTally>(child);
}

async function heard<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null): void =>
      reject(new Error(`the server ended (${String(code)})`));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message as T);
    });
  });
}

/** Connections that send the same batch as fast as they may. */
class Load {
  readonly #clients: Client[] = [];
  #streams: ClientDuplexStream<Buffer, Buffer>[] = [];
  #path: IngestPath | null = null;

  constructor(address: string) {
    for (let at = 0; at < connections; at += 1) {
      const options = { 'grpc.use_local_subchannel_pool': 1 };
      this.#clients.push(new Client(address, credentials.createInsecure(), options));
    }
  }

  pour(path: IngestPath): void {
    this.#path = path;
    const batch = linkService.Telemetry.requestSerialize({ batch: batchNow() });
    this.#streams = this.#clients.map((client, at) => {
      const stream = client.makeBidiStreamRequest<Buffer, Buffer>(ingestPaths[path], asIs, asIs);
      stream.on('data', () => undefined);
      stream.on('error', () => undefined);
      stream.write(
        linkService.Telemetry.requestSerialize({
          series: { node: `node-${at}`, metrics: [...swarmMetrics], rows: rowNames },
        }),
      );
      const more = (): void => {
        while (this.#path === path && stream.write(batch));
      };
      stream.on('drain', more);
      more();
      return stream;
    });
  }

  stop(): void {
    this.#path = null;
    for (const stream of this.#streams) stream.cancel();
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}

const rowNames = Array.from(
  { length: cards },
  (_, at) => `GPU-0000000${at}-0000-0000-0000-000000000000`,
);

function batchNow(): { atMs: number; values: number[] } {
  const values = swarmMetrics.flatMap((_, metric) =>
    rowNames.map((_name, row) => (metric * 31 + row) % 97),
  );
  return { atMs: systemClock.wallMs(), values };
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}
