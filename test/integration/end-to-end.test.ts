import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, TestCluster, webServer } from './cluster-harness.ts';

interface ReplicaJson {
  readonly replica: string;
  readonly model: string;
  readonly node: string;
  readonly phase: string;
  readonly address: string;
  readonly runtimeId: string;
  readonly restarts: number;
  readonly slices: readonly {
    readonly shape: Readonly<Record<string, { readonly profile?: string }>>;
  }[];
}

const cluster = new TestCluster();

function model(name: string, gpu: object | 'none', more: object = {}): object {
  return {
    apiVersion: 'tangram/v1',
    kind: 'Model',
    metadata: { name },
    spec: {
      replicas: 1,
      process: { command: [process.execPath, webServer] },
      gpu,
      health: { path: '/healthz', startupDeadline: '30s' },
      ...more,
    },
  };
}

function replicas(name?: string): ReplicaJson[] {
  const listed = cluster.tangram('ps', '--json');
  if (listed.code !== 0) throw new Error(listed.stderr);
  // The CLI prints what the API answers; the fields are those of tangram.v1.Replica.
  const all = JSON.parse(listed.stdout) as { replicas: ReplicaJson[] };
  return all.replicas.filter((each) => name === undefined || each.model === name);
}

const isReady = (each: ReplicaJson): boolean =>
  /ready$/i.test(each.phase) && !/un/i.test(each.phase);

async function ready(name: string, count = 1): Promise<ReplicaJson[]> {
  return eventually(
    `${count} replica(s) of ${name} are ready: ${cluster.tangram('why', name).stdout}`,
    () => {
      const found = replicas(name).filter(isReady);
      return found.length === count && found;
    },
  );
}

async function ask(
  replica: ReplicaJson | undefined,
): Promise<{ pid: number; env: Record<string, string> }> {
  const response = await fetch(`http://${replica?.address}/`);
  // The fixture server answers this shape.
  return (await response.json()) as { pid: number; env: Record<string, string> };
}

beforeAll(async () => {
  await cluster.startCoordinator();
  await cluster.startAgent('node-a', { cards: '2xA100-40GB,L40S' });
});
afterAll(() => cluster.stop());

describe('a one-machine cluster with simulated cards', () => {
  test('two MIG models and one MPS model share the cards, each on the slice that everybody shows', async () => {
    expect(cluster.apply(model('alpha', { memory: '4GiB', isolation: 'mig' })).stderr).toBe('');
    expect(cluster.apply(model('beta', { memory: '9GiB', isolation: 'mig' })).stderr).toBe('');
    expect(
      cluster.apply(
        model('gamma', { memory: '6GiB', compute: 25, isolation: 'mps', models: ['L40S'] }),
      ).stderr,
    ).toBe('');
    const [alpha] = await ready('alpha');
    const [beta] = await ready('beta');
    const [gamma] = await ready('gamma');

    const listing = cluster.smi('node-a', '-L').stdout;
    for (const replica of [alpha, beta]) {
      const device = (await ask(replica)).env['CUDA_VISIBLE_DEVICES'] ?? 'none';
      expect(device).toMatch(/^MIG-/);
      expect(listing).toContain(device);
      const profile = replica?.slices[0]?.shape['mig']?.profile ?? 'none';
      expect(listing.split('\n').find((line) => line.includes(device))).toContain(profile);
      expect(cluster.tangram('ps').stdout).toContain(profile);
    }
    const shared = (await ask(gamma)).env;
    expect(shared['CUDA_MPS_ACTIVE_THREAD_PERCENTAGE']).toBe('25');
    expect(shared['CUDA_MPS_PINNED_DEVICE_MEM_LIMIT']).toBe('0=6144M');
    expect(shared['CUDA_VISIBLE_DEVICES']).toMatch(/^GPU-/);
    expect(cluster.agentctl('node-a', 'ls').stdout).toMatch(/mps/);
  });

  test('the simulator sees the processes that really run on its cards', async () => {
    const [alpha] = await ready('alpha');
    const { pid } = await ask(alpha);
    const apps = cluster.smi(
      'node-a',
      '--query-compute-apps=pid,used_memory',
      '--format=csv,noheader',
    ).stdout;
    expect(apps).toContain(String(pid));
  });

  test('what fits nowhere waits, and why says what would help', async () => {
    cluster.apply(model('huge', { memory: '70GiB', isolation: 'mps' }));
    const why = await eventually('why tells a refusal', () => {
      const asked = cluster.tangram('why', 'huge');
      return asked.stdout.includes('pending') && asked;
    });
    expect(why.code).toBe(3);
    // The biggest card there is, by name and size, and what to ask for instead.
    expect(why.stdout).toMatch(/71680MiB is asked of one card.*L40S, 46068MiB/);
    expect(why.stdout).toMatch(/would help: lower gpu\.memory/);
    expect(cluster.tangram('delete', 'huge', '--yes').code).toBe(0);
    await eventually('huge is gone', () => cluster.tangram('describe', 'model', 'huge').code === 3);
  });

  test('a crash is restarted with a reason, and the count is shown', async () => {
    const [before] = await ready('alpha');
    await fetch(`http://${before?.address}/crash`).catch(() => undefined);
    const after = await eventually('alpha is back with one restart', () =>
      replicas('alpha').find((each) => isReady(each) && each.restarts === 1),
    );
    expect(after.replica).toBe(before?.replica);
  });

  test('killing the agent leaves replicas running, and the next agent adopts them', async () => {
    const before = await Promise.all((await ready('beta')).map(ask));
    await cluster.agents.get('node-a')?.end('SIGKILL');
    expect(await Promise.all((await ready('beta')).map(ask))).toEqual(before);
    await cluster.startAgent('node-a', { cards: '2xA100-40GB,L40S' });
    await eventually('the node is connected again', () =>
      cluster.tangram('get', 'nodes').stdout.includes('ready'),
    );
    const [adopted] = await ready('beta');
    expect(await ask(adopted)).toEqual(before[0]);
    expect(adopted?.restarts).toBe(0);
  });

  test('killing the coordinator too stops nothing, and it remembers everything', async () => {
    const before = await Promise.all((await ready('gamma')).map(ask));
    await cluster.coordinator?.end('SIGKILL');
    const local = cluster.agentctl('node-a', 'ps');
    expect(local.stdout).toContain('gamma');
    await cluster.startCoordinator();
    const [after] = await ready('gamma');
    expect(await ask(after)).toEqual(before[0]);
    expect((await ready('alpha')).length + (await ready('beta')).length).toBe(2);
  });

  test('scaling up and down keeps the others as they are', async () => {
    const [first] = await ready('alpha');
    const { pid } = await ask(first);
    expect(cluster.tangram('scale', 'alpha', '2', '--yes').code).toBe(0);
    await ready('alpha', 2);
    expect(cluster.tangram('scale', 'alpha', '1', '--yes').code).toBe(0);
    const [left] = await ready('alpha', 1);
    await eventually('one replica is left', () => replicas('alpha').length === 1);
    expect((await ask(left)).pid).toBe(pid);
  });

  test('a new version replaces the old one only when it is ready', async () => {
    const [old] = await ready('beta');
    cluster.apply(model('beta', { memory: '9GiB', isolation: 'mig' }, { env: { VERSION: '2' } }));
    const fresh = await eventually('beta runs its second version alone', () => {
      const all = replicas('beta');
      const [only] = all;
      return all.length === 1 && only && isReady(only) && only.replica !== old?.replica && only;
    });
    const response = await fetch(`http://${fresh.address}/`);
    expect(await response.json()).toMatchObject({ version: '2' });
  });

  test('a model on CPU needs no card', async () => {
    cluster.apply(model('plain', 'none', { cpu: 0.5, memory: '256MiB' }));
    const [plain] = await ready('plain');
    // Empty and not absent: absent would show it every card of the host.
    expect((await ask(plain)).env['CUDA_VISIBLE_DEVICES']).toBe('');
  });

  test('deleting gives everything back: processes, instances and the slice', async () => {
    for (const name of ['alpha', 'beta', 'gamma', 'plain']) {
      expect(cluster.tangram('delete', name, '--yes').code).toBe(0);
    }
    await eventually('no model is left', () => replicas().length === 0);
    await eventually(
      'no MIG device is left',
      () => !cluster.smi('node-a', '-L').stdout.includes('MIG-'),
    );
  });
});
