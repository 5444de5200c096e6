import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createDockerRuntime } from '../../agent/drivers/docker/docker-runtime.ts';
import type { DockerRuntime } from '../../agent/drivers/docker/docker-runtime.ts';
import type { RunningReplica } from '../../agent/drivers/runtime/runtime.ts';
import { parseNodeName } from '../../shared/domain/ids.ts';
import { errorChain, errorHint, isAppError } from '../../shared/platform/errors.ts';
import { eventually } from '../fakes/agent/drivers/eventually.ts';
import { must, startSpec } from '../fakes/agent/drivers/start-spec.ts';
import { ensureTestImage } from '../setup/docker-image.ts';
import { describeWhere } from '../setup/needs.ts';

const image = await ensureTestImage();
const never = new AbortController().signal;

/** Serves its environment until it is asked to end. */
const serve = `
const http = require('node:http');
const server = http.createServer((q, r) => r.end(JSON.stringify({ env: process.env, uid: process.getuid() })));
server.listen(Number(process.env.PORT), '0.0.0.0', () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));`;

describeWhere('docker', image, 'on a real engine', () => {
  // A node of its own: other tests share this engine.
  const node = must(parseNodeName(`t-${randomUUID().slice(0, 8)}`));
  const docker = new Docker();
  let runtime: DockerRuntime;
  let shared = '';

  beforeAll(() => {
    shared = mkdtempSync(join(tmpdir(), 'tangram-mps-'));
    runtime = createDockerRuntime({ node, handout: 'env' });
  });
  afterEach(async () => {
    for (const each of await runtime.list(never)) await runtime.stop(each.replica, 0, never);
  });
  afterAll(async () => {
    await runtime.close();
    rmSync(shared, { recursive: true, force: true });
  });

  const model = (name: string, script = serve) =>
    startSpec({
      replica: `${node}-${name}`,
      workload: {
        image: 'tangram-test-node:1',
        args: ['-e', script],
        env: { GREETING: 'hello' },
        cpuMillis: 500,
        memoryMib: 256,
        mounts: [{ source: shared, target: '/data/weights', readOnly: true }],
      },
      grant: {
        deviceUuids: ['MIG-11111111-2222-5333-8444-555555555555'],
        mps: { pipeDirectory: shared, smPercent: 25, memoryMib: 1044 },
      },
    });

  async function only(of = runtime): Promise<RunningReplica> {
    const [first, ...rest] = await of.list(never);
    if (first === undefined || rest.length > 0) throw new Error('expected exactly one replica');
    return first;
  }

  test('a replica runs with its limits, its grant and no privilege, and serves on loopback', async () => {
    expect(await runtime.start(model('a'), never)).toEqual({ kind: 'started' });
    const replica = await only();
    expect(replica).toMatchObject({
      replica: `${node}-a`,
      state: 'running',
      specHash: 'hash-1',
      modelVersion: 3,
      deviceUuids: ['MIG-11111111-2222-5333-8444-555555555555'],
    });
    expect(replica.address).toMatch(/^127\.0\.0\.1:\d+$/);
    const told = await eventually('an HTTP answer', async () => {
      try {
        const answer = await fetch(`http://${replica.address ?? ''}/`, {
          signal: AbortSignal.timeout(1_000),
        });
        return (await answer.json()) as { env: Record<string, string>; uid: number };
      } catch {
        return null;
      }
    });
    expect(told.uid).toBe(1000);
    expect(told.env).toMatchObject({
      GREETING: 'hello',
      PORT: '8000',
      NVIDIA_VISIBLE_DEVICES: 'MIG-11111111-2222-5333-8444-555555555555',
      CUDA_VISIBLE_DEVICES: 'MIG-11111111-2222-5333-8444-555555555555',
      CUDA_MPS_PIPE_DIRECTORY: shared,
      CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: '0=1044M',
    });

    const info = await docker.getContainer(replica.runtimeId).inspect();
    expect(info.HostConfig).toMatchObject({
      NanoCpus: 500_000_000,
      Memory: 256 * 1024 * 1024,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Privileged: false,
      ReadonlyRootfs: true,
      PidMode: '',
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      RestartPolicy: { Name: 'no' },
    });
    expect(info.HostConfig.PortBindings).toEqual({
      '8000/tcp': [{ HostIp: '127.0.0.1', HostPort: expect.any(String) as string }],
    });
    expect(info.Mounts.map((mount) => [mount.Source, mount.Destination, mount.RW])).toEqual(
      expect.arrayContaining([
        [shared, shared, true],
        ['/dev/shm', '/dev/shm', true],
        [shared, '/data/weights', false],
      ]),
    );
    expect(info.Image).toBe((await docker.getImage('tangram-test-node:1').inspect()).Id);
    expect(info.Config.Labels).toMatchObject({
      'io.tangram.managed': 'true',
      'io.tangram.node': node,
      'io.tangram.image': 'tangram-test-node:1',
    });
    expect(replica.pids).toContain(info.State.Pid);
  });

  test('a replica writes to /tmp, /run and writable mounts only, unless its model asks for more', async () => {
    const tries = ['/tmp/x', '/run/x', '/data/own/x', '/data/weights/x', '/usr/bin/x'];
    const script = `const fs = require('node:fs');
for (const path of ${JSON.stringify(tries)}) {
  try { fs.writeFileSync(path, ''); console.log('wrote', path); } catch (error) { console.log(error.code, path); }
}
setInterval(() => undefined, 1000);`;
    const own = mkdtempSync(join(shared, 'own-'));
    for (const path of [shared, own]) chmodSync(path, 0o777);
    const asked = model('r', script);
    const mounts = [
      ...asked.workload.mounts,
      { source: own, target: '/data/own', readOnly: false },
    ];
    await runtime.start({ ...asked, workload: { ...asked.workload, mounts } }, never);
    const told = await eventually('what it could write', async () => {
      const text = await runtime.logs((await only()).replica, { tailLines: 20 }, never);
      return text.includes('/usr/bin/x') ? text : null;
    });
    expect(told.trim().split('\n')).toEqual([
      'wrote /tmp/x',
      'wrote /run/x',
      'wrote /data/own/x',
      'EROFS /data/weights/x',
      'EROFS /usr/bin/x',
    ]);
    await runtime.stop((await only()).replica, 0, never);
    await runtime.start(
      { ...asked, specHash: 'hash-2', workload: { ...asked.workload, writableRoot: true } },
      never,
    );
    const free = await eventually('what it could write', async () => {
      const text = await runtime.logs((await only()).replica, { tailLines: 20 }, never);
      return text.includes('/usr/bin/x') ? text : null;
    });
    // Not ours to give: the image belongs to root, and the replica is somebody else.
    expect(free).toContain('EACCES /usr/bin/x');
  });

  test('a directory that the host does not have is an error that names it', async () => {
    const asked = model('n');
    const mounts = [{ source: '/nowhere/at-all', target: '/data', readOnly: true }];
    const failed: unknown = await runtime
      .start({ ...asked, workload: { ...asked.workload, mounts } }, never)
      .catch((error: unknown) => error);
    expect(isAppError(failed, 'DOCKER_REFUSED')).toBe(true);
    expect(errorChain(failed)).toContain('/nowhere/at-all');
  });

  test('a directory that is a link to elsewhere is not mounted', async () => {
    const link = join(shared, 'link');
    symlinkSync('/etc', link);
    const asked = model('l');
    const mounts = [{ source: link, target: '/data', readOnly: true }];
    const failed: unknown = await runtime
      .start({ ...asked, workload: { ...asked.workload, mounts } }, never)
      .catch((error: unknown) => error);
    expect(errorChain(failed)).toBe(`cannot mount ${link}: it leads to /etc`);
    expect(await runtime.list(never)).toEqual([]);
  });

  test('starting twice is one container; another agent process adopts and stops it', async () => {
    await runtime.start(model('b'), never);
    expect(await runtime.start(model('b'), never)).toEqual({ kind: 'already-there' });
    const before = await only();
    const next = createDockerRuntime({ node, handout: 'env' });
    expect(await only(next)).toEqual(before);
    expect(await next.stop(before.replica, 2_000, never)).toBe('stopped');
    expect(await next.list(never)).toEqual([]);
    expect(await next.stop(before.replica, 2_000, never)).toBe('already-gone');
    const gone: unknown = await next
      .logs(before.replica, { tailLines: 1 }, never)
      .catch((error: unknown) => error);
    expect(isAppError(gone, 'REPLICA_UNKNOWN')).toBe(true);
  });

  test('an exit is listed with its code and last lines, and a new start makes it anew', async () => {
    await runtime.start(model('c', "console.error('no such weights'); process.exit(7)"), never);
    const ended = await eventually('the exit', async () => {
      const replica = await only();
      return replica.state === 'exited' ? replica : null;
    });
    expect(ended).toMatchObject({ exitCode: 7, address: null, lastOutput: 'no such weights' });
    expect(await runtime.start(model('c'), never)).toEqual({ kind: 'started' });
    const again = await only();
    expect(again.state).toBe('running');
    expect(again.runtimeId).not.toBe(ended.runtimeId);
    await eventually('the log', async () => {
      const log = await runtime.logs(again.replica, { tailLines: 10 }, never);
      return log === 'listening' ? log : null;
    });
  });

  test('a container that was created and never started is started by the next try', async () => {
    await runtime.start(model('d'), never);
    const first = await only();
    const { Config, HostConfig, Name } = await docker.getContainer(first.runtimeId).inspect();
    await runtime.stop(first.replica, 0, never);
    const { Image, Env, Labels, Cmd, ExposedPorts } = Config;
    await docker.createContainer({ name: Name, Image, Env, Labels, Cmd, ExposedPorts, HostConfig });
    expect(await only()).toMatchObject({ state: 'exited', exitCode: null });
    expect(await runtime.start(model('d'), never)).toEqual({ kind: 'started' });
    expect(await only()).toMatchObject({ state: 'running' });
  });

  test('a stranger that has our name is left alone, and told', async () => {
    const spec = model('e');
    const name = `tangram-${spec.replica}`;
    const stranger = await docker.createContainer({ name, Image: 'tangram-test-node:1' });
    try {
      const failed: unknown = await runtime.start(spec, never).catch((error: unknown) => error);
      expect(isAppError(failed, 'DOCKER_REFUSED')).toBe(true);
      expect(errorChain(failed)).toContain('not ours');
      expect(await runtime.stop(spec.replica, 0, never)).toBe('already-gone');
      expect((await stranger.inspect()).Id).toBe(stranger.id);
    } finally {
      await stranger.remove({ force: true });
    }
  });

  test('devices on a host without the toolkit are refused with the way out, and leave nothing', async () => {
    const toolkit = createDockerRuntime({ node, handout: 'toolkit' });
    const failed: unknown = await toolkit.start(model('f'), never).catch((error: unknown) => error);
    expect(isAppError(failed, 'DOCKER_REFUSED')).toBe(true);
    expect(errorChain(failed)).toContain('could not select device driver');
    expect(errorHint(failed)).toContain('NVIDIA container toolkit');
    expect(await toolkit.list(never)).toEqual([]);
  });

  test('an image that does not exist is pulled in the background and then told as unknown', async () => {
    const registry = await emptyRegistry();
    const spec = startSpec({
      replica: `${node}-g`,
      workload: { image: `${registry.address}/no/such-model:1` },
    });
    expect(await runtime.start(spec, never)).toMatchObject({ kind: 'pulling' });
    const failed = await eventually('the refusal', async () => {
      try {
        await runtime.start(spec, never);
        return null;
      } catch (error) {
        return error;
      }
    });
    await registry.close();
    expect(isAppError(failed, 'IMAGE_UNKNOWN')).toBe(true);
    expect(errorChain(failed)).toContain('no/such-model:1');
    expect(await runtime.list(never)).toEqual([]);
  });

  test('an image that a registry has is pulled, run by its id and labelled with its digest', async () => {
    const registry = await registryWithOneImage();
    const spec = startSpec({
      replica: `${node}-h`,
      workload: { image: `${registry.address}/models/tiny:1`, memoryMib: 64 },
    });
    const reference = `${registry.address}/models/tiny:1`;
    try {
      expect(await runtime.start(spec, never)).toMatchObject({ kind: 'pulling' });
      // It holds no program, so the engine refuses to start it: only after the pull has ended.
      const failed = await eventually('the end of the pull', async () => {
        try {
          await runtime.start(spec, never);
          return null;
        } catch (error) {
          return error;
        }
      });
      expect(isAppError(failed, 'DOCKER_REFUSED')).toBe(true);
      expect((await docker.getImage(reference).inspect()).RepoDigests).toEqual([
        `${registry.address}/models/tiny@${registry.digest}`,
      ]);
      expect(await runtime.imageNames(never)).toEqual(
        expect.arrayContaining([
          reference,
          `${registry.address}/models/tiny@${registry.digest}`,
          'tangram-test-node:1',
        ]),
      );
    } finally {
      await registry.close();
      await docker.getImage(reference).remove({ force: true });
    }
  });
});

test('an engine that does not answer is away: nothing is concluded about what it runs', async () => {
  const away = createDockerRuntime({
    node: must(parseNodeName('nowhere')),
    handout: 'env',
    socketPath: '/nonexistent/docker.sock',
  });
  expect(await away.available(never)).toBe(false);
  const failed: unknown = await away.list(never).catch((error: unknown) => error);
  expect(isAppError(failed, 'DOCKER_AWAY')).toBe(true);
  expect(errorHint(failed)).toContain('start Docker');
  const unlisted: unknown = await away.imageNames(never).catch((error: unknown) => error);
  expect(isAppError(unlisted, 'DOCKER_AWAY')).toBe(true);
});

interface Registry {
  readonly address: string;
  readonly digest: string;
  close(): Promise<void>;
}

/** Speaks as much of the registry protocol as a pull needs. */
async function registryOf(
  files: ReadonlyMap<string, readonly [string, Buffer]>,
): Promise<Registry> {
  const server = createServer((request, response) => {
    const found =
      request.url === '/v2/'
        ? (['application/json', Buffer.from('{}')] as const)
        : files.get(request.url ?? '');
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    if (found === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
      return;
    }
    const [type, body] = found;
    response.writeHead(200, {
      'content-type': type,
      'content-length': body.length,
      'docker-content-digest': digestOf(body),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    address: `127.0.0.1:${address.port}`,
    digest: digestOf(files.get('/v2/models/tiny/manifests/1')?.[1] ?? Buffer.from('')),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

const emptyRegistry = (): Promise<Registry> => registryOf(new Map());

function registryWithOneImage(): Promise<Registry> {
  const layer = emptyTar();
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Entrypoint: ['/no/such/program'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
      history: [{ created_by: 'test' }],
    }),
  );
  const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
  const layerType = 'application/vnd.docker.image.rootfs.diff.tar';
  const configType = 'application/vnd.docker.container.image.v1+json';
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: configType, size: config.length, digest: digestOf(config) },
      layers: [{ mediaType: layerType, size: layer.length, digest: digestOf(layer) }],
    }),
  );
  const base = '/v2/models/tiny';
  return registryOf(
    new Map([
      [`${base}/manifests/1`, [manifestType, manifest]],
      [`${base}/manifests/${digestOf(manifest)}`, [manifestType, manifest]],
      [`${base}/blobs/${digestOf(config)}`, ['application/octet-stream', config]],
      [`${base}/blobs/${digestOf(layer)}`, ['application/octet-stream', layer]],
    ] as const),
  );
}

/** A tar archive without files: two blocks of zeros, and some more so that it differs from other empty layers. */
function emptyTar(): Buffer {
  return Buffer.alloc(10_240);
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
