import { readFileSync } from 'node:fs';
import { createClusterClient } from '../../../shared/wire/services.ts';
import type { ClusterServiceClient } from '../../../shared/wire/generated/tangram/v1/ClusterService.ts';
import { TestCluster } from '../../integration/cluster-harness.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';
import { assault } from './hostile-frames.ts';

const [framesQuick, framesAll] = [5_000, 100_000];
const baselineCalls = 100;
const pauseMs = 10;
const callMsMax = 10_000;
const rssGrowthMibMax = 256;
const latencyRatioMax = 10;
const seed = 20_261_123;
const lanes = 4;

/** What an attack did to a real coordinator and to somebody honest who called it meanwhile. */
export interface UnderAttack {
  readonly frames: number;
  readonly connections: number;
  readonly survived: boolean;
  readonly rssBeforeMib: number;
  readonly rssMostMib: number;
  readonly honestCalls: number;
  readonly honestFailures: number;
  /** 99th percentile of an honest call, ms. */
  readonly calmMs: number;
  readonly attackedMs: number;
}

/** Attacks a coordinator in plaintext, where whoever reaches the port reaches HTTP/2: with TLS only its peers do. */
export async function underAttack(frames: number): Promise<UnderAttack> {
  const cluster = new TestCluster();
  try {
    await cluster.startCoordinator({ tls: 'off' });
    const daemon = cluster.coordinator;
    if (daemon === undefined) throw new Error('the coordinator did not start');
    const client = createClusterClient(cluster.grpc);
    const calm = await callFor(client, (calls) => calls < baselineCalls);
    const rssBeforeMib = rssMib(daemon.pid);
    let over = false;
    let rssMostMib = rssBeforeMib;
    const honest = callFor(client, () => {
      if (daemon.running) rssMostMib = Math.max(rssMostMib, rssMib(daemon.pid));
      return !over;
    });
    const sent = await assault(cluster.grpc, { frames, seed, lanes });
    over = true;
    const attacked = await honest;
    client.close();
    return {
      ...sent,
      survived: daemon.running,
      rssBeforeMib,
      rssMostMib,
      honestCalls: attacked.tookMs.length,
      honestFailures: attacked.failures,
      calmMs: p99(calm.tookMs),
      attackedMs: p99(attacked.tookMs),
    };
  } finally {
    await cluster.stop();
  }
}

/** `quick`: a sample that shows that everything works. */
export async function hostileFrameRows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const seen = await underAttack(options.inputs ?? (options.quick ? framesQuick : framesAll));
  const ratio = seen.attackedMs / seen.calmMs;
  return [
    {
      metric: `crashes under ${seen.frames} hostile frames`,
      value: seen.survived ? 0 : 1,
      unit: 'crashes',
      yardstick: `${seen.connections} connections`,
      target: `0 in >= ${framesAll}`,
      ok: seen.survived && seen.frames >= framesAll,
    },
    {
      metric: 'memory that they made it take',
      value: seen.rssMostMib - seen.rssBeforeMib,
      unit: 'MiB',
      yardstick: `${Math.round(seen.rssBeforeMib)} before`,
      target: `<= ${rssGrowthMibMax}`,
      ok: seen.rssMostMib - seen.rssBeforeMib <= rssGrowthMibMax,
    },
    {
      metric: 'an honest call meanwhile, p99',
      value: seen.attackedMs,
      unit: 'ms',
      yardstick: `${seen.calmMs.toFixed(1)} calm; ${seen.honestFailures} of ${seen.honestCalls} failed`,
      target: `<= ${latencyRatioMax} x calm, none fails`,
      ok: ratio <= latencyRatioMax && seen.honestFailures === 0,
    },
  ];
}

async function callFor(
  client: ClusterServiceClient,
  goOn: (calls: number) => boolean,
): Promise<{ readonly tookMs: readonly number[]; readonly failures: number }> {
  const tookMs: number[] = [];
  let failures = 0;
  while (goOn(tookMs.length)) {
    const from = performance.now();
    const failed = await new Promise<boolean>((resolve) => {
      const deadline = new Date(Date.now() + callMsMax);
      client.getCluster({}, { deadline }, (error) => resolve(error !== null));
    });
    if (failed) failures += 1;
    tookMs.push(performance.now() - from);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return { tookMs, failures };
}

function p99(tookMs: readonly number[]): number {
  const sorted = tookMs.toSorted((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) * 0.99)] ?? 0;
}

function rssMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
}
