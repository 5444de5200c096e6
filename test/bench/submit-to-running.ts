import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { SchedulerServiceClient } from '../../shared/wire/generated/tangram/v1/SchedulerService.ts';
import { createSchedulerClient } from '../../shared/wire/services.ts';
import { TestCluster, webServer } from '../integration/cluster-harness.ts';
import { ensureTestImage } from '../setup/docker-image.ts';
import type { BenchRow } from './bench-row.ts';

const runs = 7;
const healthPollMs = 10;
const healthTimeoutMs = 250;
const limitMs = 60_000;

/**
 * From "apply" to the first healthy answer as the API tells it, against a bare `docker run` of the same image until the
 * same answer, in turn. Both start the same server in the same kind of container; the difference is what Tangram adds:
 * a durable decision, the way to the agent, cutting the slice, and noticing that it is ready.
 */
export async function submitToRunningRows(): Promise<readonly BenchRow[]> {
  const image = await ensureTestImage();
  if (!image.available) throw new Error(`submit-to-running needs Docker: ${image.reason}`);
  const cluster = new TestCluster();
  try {
    await cluster.startCoordinator();
    await cluster.startAgent('bench', { cards: '2xA100-40GB,L40S', runtime: 'docker' });
    const client = createSchedulerClient(cluster.grpc);
    const bare: number[] = [];
    const mig: number[] = [];
    const onCpu: number[] = [];
    for (let run = 0; run < runs + 1; run += 1) {
      bare.push(await timeBareRun(image.tag));
      onCpu.push(await timeSubmit(client, `cpu-${run}`, workload(image.tag, null)));
      mig.push(await timeSubmit(client, `mig-${run}`, workload(image.tag, 'ISOLATION_MIG')));
    }
    client.close();
    return [
      row('submit to running, model on CPU', onCpu, bare, 3),
      row('submit to running, MIG instance cut first', mig, bare, 6),
    ];
  } finally {
    const left = docker('ps', '-aq', '--filter', 'label=io.tangram.node=bench').split('\n');
    for (const id of left.filter(Boolean)) docker('rm', '-f', id);
    await cluster.stop();
  }
}

function row(
  metric: string,
  times: readonly number[],
  bare: readonly number[],
  target: number,
): BenchRow {
  const value = median(times);
  const yardstick = median(bare);
  const ratio = Math.round((value / yardstick) * 100) / 100;
  return {
    metric: `${metric}: ratio to a bare docker run`,
    value: ratio,
    unit: 'x',
    yardstick: `docker run: ${Math.round(yardstick)} ms (Tangram: ${Math.round(value)} ms; medians of ${runs})`,
    target: `<= ${target}`,
    ok: ratio <= target,
  };
}

/** The first run warms caches and is not counted. */
function median(times: readonly number[]): number {
  const sorted = times.slice(1).sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const serverText = readFileSync(webServer, 'utf8');

function workload(image: string, isolation: 'ISOLATION_MIG' | null): object {
  return {
    replicas: 1,
    priority: 100,
    workload: {
      image,
      args: ['--input-type=module', '-e', serverText],
      env: { HOST: '0.0.0.0' },
      port: 8000,
      health: { path: '/healthz', startupDeadlineMs: limitMs },
    },
    ...(isolation === null ? {} : { gpu: { memoryMib: 4_096, isolation } }),
  };
}

async function timeBareRun(image: string): Promise<number> {
  const began = performance.now();
  const flags = '-d -p 127.0.0.1:0:8000 -e HOST=0.0.0.0 -e PORT=8000'.split(' ');
  const id = docker('run', ...flags, image, '--input-type=module', '-e', serverText).trim();
  try {
    const address = docker('port', id, '8000/tcp').trim();
    for (;;) {
      const healthy = await fetch(`http://${address}/healthz`, {
        // Docker's proxy accepts before the server listens, and such a connection may never answer.
        signal: AbortSignal.timeout(healthTimeoutMs),
      }).then(
        (response) => response.ok,
        () => false,
      );
      if (healthy) return performance.now() - began;
      if (performance.now() - began > limitMs) throw new Error('the bare container never answered');
      await new Promise((resolve) => setTimeout(resolve, healthPollMs));
    }
  } finally {
    docker('rm', '-f', id);
  }
}

async function timeSubmit(
  client: SchedulerServiceClient,
  name: string,
  spec: object,
): Promise<number> {
  const watch = client.watchModels({ name });
  const ready = new Promise<number>((resolve, reject) => {
    watch.on('data', (event: { model?: { status?: { replicasReady: number } | null } | null }) => {
      if ((event.model?.status?.replicasReady ?? 0) > 0) resolve(performance.now());
    });
    watch.on('error', reject);
  });
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    client.applyModel({ model: { name, spec } }, (error) => (error ? reject(error) : resolve()));
  });
  const took = (await within(limitMs, ready, `${name} never became ready`)) - began;
  watch.on('error', () => undefined); // Cancelling ends the stream with an error that nobody waits for.
  watch.cancel();
  await new Promise<void>((resolve, reject) => {
    client.deleteModel({ name }, (error) => (error ? reject(error) : resolve()));
  });
  await gone(client, name);
  return took;
}

async function gone(client: SchedulerServiceClient, name: string): Promise<void> {
  const until = performance.now() + limitMs;
  while (performance.now() < until) {
    const found = await new Promise<boolean>((resolve) => {
      client.getModel({ name }, (error) => resolve(error === null));
    });
    if (!found) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} was never deleted`);
}

async function within<T>(ms: number, task: Promise<T>, sentence: string): Promise<T> {
  const controller = new AbortController();
  const timer = new Promise<never>((_, reject) => {
    const handle = setTimeout(() => reject(new Error(sentence)), ms);
    controller.signal.addEventListener('abort', () => clearTimeout(handle));
  });
  try {
    return await Promise.race([task, timer]);
  } finally {
    controller.abort();
  }
}

function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', timeout: limitMs });
}
