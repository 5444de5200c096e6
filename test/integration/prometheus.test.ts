import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { needs } from '../setup/needs.ts';
import { TestCluster } from './cluster-harness.ts';
import { until } from './until.ts';

const run = promisify(execFile);
/** Programs of the distribution, not of npm. */
const binaries = { prometheus: 'prometheus', promtool: 'promtool' } as const;

interface TargetJson {
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
  readonly labels: Readonly<Record<string, string>>;
}

function findTools(): { available: boolean; reason: string } {
  try {
    execFileSync(binaries.prometheus, ['--version'], { stdio: 'ignore' });
    execFileSync(binaries.promtool, ['--version'], { stdio: 'ignore' });
    return { available: true, reason: '' };
  } catch {
    return { available: false, reason: 'install prometheus, which brings promtool' };
  }
}

const tools = findTools();
const cluster = new TestCluster();
const folder = mkdtempSync(join(tmpdir(), 'tangram-prometheus-'));
let prometheus: ChildProcess | undefined;
let address = '';

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : 0));
    });
  });
}

async function startPrometheus(): Promise<void> {
  address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'prometheus.yml');
  writeFileSync(
    config,
    stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: [
        { job_name: 'coordinator', static_configs: [{ targets: [cluster.http] }] },
        {
          job_name: 'agents',
          http_sd_configs: [
            { url: `http://${cluster.http}/sd/prometheus`, refresh_interval: '1s' },
          ],
        },
      ],
    }),
  );
  execFileSync(binaries.promtool, ['check', 'config', config], { stdio: 'ignore' });
  prometheus = spawn(
    binaries.prometheus,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  );
}

async function query(expression: string): Promise<readonly { metric: object; value: unknown }[]> {
  const response = await fetch(
    `http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`,
  );
  // Prometheus' HTTP API answers this shape.
  const body = (await response.json()) as {
    data: { result: { metric: object; value: [number, string] }[] };
  };
  return body.data.result.map(({ metric, value }) => ({ metric, value: value[1] }));
}

async function targets(): Promise<readonly TargetJson[]> {
  const response = await fetch(`http://${address}/api/v1/targets`);
  const body = (await response.json()) as { data: { activeTargets: TargetJson[] } };
  return body.data.activeTargets;
}

async function lint(url: string): Promise<string> {
  const page = await (await fetch(url)).text();
  expect(page).toContain('tangram_');
  const file = join(folder, 'page.txt');
  writeFileSync(file, page);
  const checked = await run('sh', [
    '-c',
    `${binaries.promtool} check metrics < ${file} 2>&1; echo "exit $?"`,
  ]);
  return checked.stdout.trim();
}

beforeAll(async () => {
  if (!tools.available) return;
  await cluster.startCoordinator();
  await cluster.startAgent('node-a', { cards: 'A100-40GB,L40S' });
  await startPrometheus();
});

afterAll(async () => {
  if (prometheus !== undefined) {
    const gone = new Promise((resolve) => prometheus?.once('exit', resolve));
    prometheus.kill('SIGKILL');
    await gone;
  }
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('Prometheus', () => {
  test('scrapes the coordinator, and the agent that service discovery names', async (context) => {
    needs(context, 'prometheus', tools);
    await until(async () => {
      const found = await targets();
      expect(found.map((target) => `${target.labels['job']} ${target.health}`).sort()).toEqual([
        'agents up',
        'coordinator up',
      ]);
      expect(found.find((target) => target.labels['job'] === 'agents')?.labels['node']).toBe(
        'node-a',
      );
    }, 45_000);
    await until(async () => {
      expect(await query('tangram_cluster_nodes{state="ready"}')).toMatchObject([{ value: '1' }]);
      expect(await query('sum(tangram_cluster_gpus)')).toMatchObject([{ value: '2' }]);
      expect(await query('count(tangram_gpu_info{job="agents"})')).toMatchObject([{ value: '2' }]);
      // The agent's packed samples reach the coordinator on a stream of their own, and all of them fit.
      expect(await query('tangram_telemetry_batches_total > 1')).toHaveLength(1);
      expect(await query('tangram_telemetry_batches_rejected_total')).toMatchObject([
        { value: '0' },
      ]);
      expect(await query('tangram_link_messages_rejected_total')).toMatchObject([{ value: '0' }]);
    }, 45_000);
  });

  test('finds nothing to say against either page', async (context) => {
    needs(context, 'prometheus', tools);
    const agent = (await targets()).find((target) => target.labels['job'] === 'agents');
    expect(await lint(`http://${cluster.http}/metrics`)).toBe('exit 0');
    expect(await lint(agent?.scrapeUrl ?? '')).toBe('exit 0');
  });

  test('still has a node that is away as a target, which is then down', async (context) => {
    needs(context, 'prometheus', tools);
    await cluster.agents.get('node-a')?.end('SIGKILL');
    await until(async () => {
      expect(await query('up{job="agents", node="node-a"}')).toMatchObject([{ value: '0' }]);
    }, 45_000);
    const groups: unknown = await (await fetch(`http://${cluster.http}/sd/prometheus`)).json();
    expect(groups).toMatchObject([{ labels: { node: 'node-a' } }]);
  });
});
