import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CoordinatorClient } from '../../coordinator/cli/client.ts';
import { eventually, TestCluster, webServer } from '../integration/cluster-harness.ts';
import { ensureTestImage } from '../setup/docker-image.ts';
import { describeWhere } from '../setup/needs.ts';
import { EngineProxy } from './engine-proxy.ts';
import { allServing, patientClient, serving, tell, untilNodeIs } from './serving.ts';

// Rows 25 and 26: an engine that hangs, fails, is slow or away, and containers that cannot run. The real dockerd is only
// asked through a socket of this test's own, and is never stopped.

const image = await ensureTestImage();
const node = `flt-${process.pid}`;

describeWhere('docker', image, 'models in containers', () => {
  const cluster = new TestCluster();
  let client: CoordinatorClient;
  let engine: EngineProxy;

  beforeAll(async () => {
    await cluster.startCoordinator();
    client = patientClient(cluster);
    const socket = join(cluster.folder, 'engine.sock');
    engine = await EngineProxy.before('/var/run/docker.sock', socket);
    await cluster.startAgent(node, {
      cards: '2xA100-40GB',
      runtime: 'docker',
      extra: { docker: { socket } },
    });
    expect(cluster.apply(model('serves', {})).stderr).toBe('');
    await allServing(client, 'serves', 2);
  });
  afterEach(() => engine.becomes('works'));
  afterAll(async () => {
    const ids = docker('ps', '-aq', '--filter', `label=io.tangram.node=${node}`);
    client.close();
    await cluster.stop();
    await engine.close();
    for (const id of ids.split('\n').filter(Boolean)) docker('rm', '-f', id);
  });

  test.for([
    { mood: 'hangs', forMs: 12_000 },
    { mood: 'fails', forMs: 6_000 },
    { mood: { slowMs: 3_000 }, forMs: 9_000 },
  ] as const)('row 25: an engine that $mood makes no container dead', async ({ mood, forMs }) => {
    const before = await allServing(client, 'serves', 2);
    const containers = running();
    engine.becomes(mood);
    const until = performance.now() + forMs;
    while (performance.now() < until) {
      expect(cluster.agents.get(node)?.running).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    expect(running()).toEqual(containers);
    engine.becomes('works');
    const fromMs = performance.now();
    await untilNodeIs(client, node, 'ready');
    await eventually('every replica is as it was', async () => {
      expect(await serving(client, 'serves')).toEqual(before);
      return true;
    });
    // What was asked for meanwhile is done once.
    await client.scaleModel('serves', 3);
    await allServing(client, 'serves', 3);
    expect(running()).toHaveLength(3);
    await client.scaleModel('serves', 2);
    await eventually('one ends', () => running().length === 2);
    await allServing(client, 'serves', 2);
    tell(
      25,
      `${JSON.stringify(mood)}: as wanted ${(performance.now() - fromMs).toFixed(0)} ms after`,
    );
  });

  test('row 25: what is asked for while the engine hangs is done when it answers, and once', async () => {
    engine.becomes('hangs');
    await client.scaleModel('serves', 3);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect(engine.refused).toBeGreaterThan(0);
    engine.becomes('works');
    await allServing(client, 'serves', 3);
    expect(running()).toHaveLength(3);
    await client.scaleModel('serves', 2);
    await allServing(client, 'serves', 2);
  });

  test.for([
    {
      fault: 'an image that nobody has',
      spec: { image: '127.0.0.1:1/nobody/has:this' },
      says: /image|pull/i,
    },
    {
      fault: 'a crash loop',
      spec: { args: ['-e', 'process.exit(7)'] },
      says: /7|ended|exit/i,
    },
    {
      fault: 'too little memory',
      spec: {
        args: ['-e', 'const all = []; for (;;) all.push(Buffer.alloc(1 << 22, 1))'],
        memory: '64MiB',
      },
      says: /memory|killed|137|ended/i,
    },
  ])(
    'row 26: $fault is tried again ever more slowly, says why, and frees its slice',
    async ({ spec, says }) => {
      expect(cluster.apply(model('bad', { ...spec, replicas: 1 })).stderr).toBe('');
      const bad = await eventually('it says why', async () => {
        const [found] = (await client.getModel('bad')).status?.replicas ?? [];
        if (!says.test(found?.reason ?? '')) throw new Error(JSON.stringify(found));
        return found;
      });
      await new Promise((resolve) => setTimeout(resolve, 8_000));
      const [later] = (await client.getModel('bad')).status?.replicas ?? [];
      expect(later?.phase).not.toBe('REPLICA_PHASE_READY');
      // At a second the first time and twice as long each time, eight seconds hold few.
      expect((later?.restarts ?? 0) - (bad?.restarts ?? 0)).toBeLessThanOrEqual(5);
      tell(26, `${later?.phase}: ${later?.reason}; ${later?.restarts} restarts`);
      await client.deleteModel('bad', false);
      await eventually('its slice is free', async () => {
        const { gpus } = await client.getNode(node);
        return gpus.every(({ slices }) => slices.every(({ model: of }) => of !== 'bad'));
      });
      await allServing(client, 'serves', 2);
    },
  );
});

const docker = (...args: readonly string[]): string =>
  execFileSync('docker', args, { encoding: 'utf8', timeout: 180_000 });

/** Id and start of every container of this node that runs. */
function running(): readonly string[] {
  const ids = docker('ps', '-q', '--no-trunc', '--filter', `label=io.tangram.node=${node}`);
  return ids
    .split('\n')
    .filter(Boolean)
    .map((id) => `${id} ${docker('inspect', '-f', '{{.State.StartedAt}}', id).trim()}`)
    .sort();
}

function model(name: string, more: object): object {
  return {
    apiVersion: 'tangram/v1',
    kind: 'Model',
    metadata: { name },
    spec: {
      replicas: 2,
      image: 'tangram-test-node:1',
      args: ['--input-type=module', '-e', readFileSync(webServer, 'utf8')],
      env: { HOST: '0.0.0.0' },
      gpu: { memory: '4GiB', isolation: 'mig' },
      cpu: 0.25,
      memory: '256MiB',
      port: 8000,
      health: { path: '/healthz', startupDeadline: '30s' },
      ...more,
    },
  };
}
