import { createServer } from 'node:net';
import { z } from 'zod';
import { AppError } from '../../shared/platform/errors.ts';
import { readJson, writeJsonAtomically } from './json-file.ts';
import type { StartOptions } from './options.ts';

/** The four doors of a local cluster, all on 127.0.0.1. They stay the same while it runs, whichever part restarts. */
export interface Ports {
  readonly grpc: number;
  readonly join: number;
  readonly http: number;
  readonly metrics: number;
}

const portsSchema = z.strictObject({
  grpc: z.int(),
  join: z.int(),
  http: z.int(),
  metrics: z.int(),
});

/** Below the range from which the kernel takes ports for outgoing connections. */
const firstPort = 20_000;
const lastPort = 32_767;
const triesMax = 500;

/**
 * A port that was asked for must be free; otherwise the one of the last start is taken when it is free, else any free one.
 * Throws ADDRESS_TAKEN.
 */
export async function choosePorts(
  notes: string,
  asked: Pick<StartOptions, 'grpcPort' | 'joinPort' | 'httpPort' | 'metricsPort'>,
): Promise<Ports> {
  const last = readJson(notes, portsSchema);
  const taken = new Set<number>();
  const choose = async (
    flag: string,
    wanted: number | null,
    lastOne: number | undefined,
  ): Promise<number> => {
    const port = await choosePort(flag, wanted, { last: lastOne, taken });
    taken.add(port);
    return port;
  };
  const ports = {
    grpc: await choose('--grpc-port', asked.grpcPort, last?.grpc),
    join: await choose('--join-port', asked.joinPort, last?.join),
    http: await choose('--http-port', asked.httpPort, last?.http),
    metrics: await choose('--metrics-port', asked.metricsPort, last?.metrics),
  };
  writeJsonAtomically(notes, ports);
  return ports;
}

async function choosePort(
  flag: string,
  wanted: number | null,
  { last, taken }: { readonly last: number | undefined; readonly taken: ReadonlySet<number> },
): Promise<number> {
  if (wanted !== null) {
    if (!taken.has(wanted) && (await isFree(wanted))) return wanted;
    throw new AppError('ADDRESS_TAKEN', `port ${wanted} of 127.0.0.1 is taken`, {
      hint: `give another ${flag}, or leave it out and a free port is chosen`,
    });
  }
  if (last !== undefined && !taken.has(last) && (await isFree(last))) return last;
  const span = lastPort - firstPort + 1;
  for (let at = 0; at < triesMax; at += 1) {
    const port = firstPort + ((process.pid * 7 + at * 13) % span);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new AppError('ADDRESS_TAKEN', `no free port from ${firstPort} to ${lastPort}`, {
    hint: `give one with ${flag}`,
  });
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
