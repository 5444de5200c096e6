import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDockerRuntime } from '../../agent/drivers/docker/docker-runtime.ts';
import { parseNodeName } from '../../shared/domain/ids.ts';
import { eventually } from '../fakes/agent/drivers/eventually.ts';
import { must, startSpec } from '../fakes/agent/drivers/start-spec.ts';
import { ensureTestImage } from '../setup/docker-image.ts';
import { describeWhere } from '../setup/needs.ts';

const run = promisify(execFile);
const never = new AbortController().signal;
const migUuid = 'MIG-11111111-2222-5333-8444-555555555555';

const reason = await whyNot();
const ownEngine = { available: reason === null, reason: reason ?? '' };

/** What is missing here; null: the test can run. */
async function whyNot(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'not root';
  for (const program of ['dockerd', 'docker', 'nsenter', 'ip']) {
    try {
      await run('sh', ['-c', `command -v ${program}`]);
    } catch {
      return `${program} is not installed`;
    }
  }
  const name = `tangram-try-${process.pid}`;
  try {
    await run('ip', ['netns', 'add', name]);
    await run('ip', ['netns', 'delete', name]);
    return null;
  } catch (error) {
    return `network namespaces are not allowed: ${error instanceof Error ? error.message : ''}`;
  }
}

/**
 * A dockerd with an NVIDIA hook in a network namespace of its own, so that neither the machine's engine nor its
 * bridge is touched (`--bridge=none` would delete the other daemon's docker0; `ip netns exec` hides its cgroups).
 */
describeWhere('docker', ownEngine, 'device requests, on a dockerd with an NVIDIA hook', () => {
  const netns = `tangram-${randomBytes(3).toString('hex')}`;
  // Short: the exec root holds unix sockets, whose paths have 107 bytes.
  const directory = reason === null ? mkdtempSync('/tmp/tgd-') : '';
  const socket = join(directory, 'docker.sock');
  const calls = join(directory, 'hook-calls');
  let daemon: ChildProcess | undefined;

  beforeAll(async () => {
    const bin = join(directory, 'bin');
    mkdirSync(bin);
    mkdirSync(calls);
    const hook = join(bin, 'nvidia-container-runtime-hook');
    // Records how it was called and the container's state, which comes on standard input.
    writeFileSync(hook, `#!/bin/sh\ncat > "${calls}/$$.json"\necho "$@" > "${calls}/$$.args"\n`);
    chmodSync(hook, 0o755);
    await run('ip', ['netns', 'add', netns]);
    await run('nsenter', [`--net=/var/run/netns/${netns}`, 'ip', 'link', 'set', 'lo', 'up']);
    daemon = spawn(
      'nsenter',
      [
        `--net=/var/run/netns/${netns}`,
        'dockerd',
        '-H',
        `unix://${socket}`,
        '--data-root',
        join(directory, 'data'),
        '--exec-root',
        join(directory, 'exec'),
        '--pidfile',
        join(directory, 'pid'),
        '--bip',
        '172.31.0.1/24',
      ],
      { env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` }, stdio: 'ignore' },
    );
    await eventually(
      'dockerd answers',
      async () => {
        try {
          await run('docker', ['-H', `unix://${socket}`, 'version']);
          return true;
        } catch {
          return null;
        }
      },
      60_000,
    );
    const image = await ensureTestImage(`unix://${socket}`);
    if (!image.available) throw new Error(image.reason);
  }, 180_000);

  afterAll(async () => {
    if (daemon !== undefined) {
      const ended = new Promise<void>((resolve) => {
        daemon?.once('exit', () => resolve());
      });
      daemon.kill('SIGTERM');
      await ended;
    }
    await run('ip', ['netns', 'delete', netns]);
    await run('sh', [
      '-c',
      'grep -o "$1/[^ ]*" /proc/mounts | sort -r | xargs -r umount -l',
      '-',
      directory,
    ]);
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  test('the container is given its MIG instance, by the hook and by name', async () => {
    const runtime = createDockerRuntime({
      node: must(parseNodeName('device-requests')),
      handout: 'toolkit',
      socketPath: socket,
    });
    const spec = startSpec({
      replica: 'device-1',
      workload: {
        image: 'tangram-test-node:1',
        args: ['-e', 'console.log(JSON.stringify(process.env)); setInterval(() => {}, 1000)'],
      },
      grant: { deviceUuids: [migUuid], mps: null },
    });
    expect(await runtime.start(spec, never)).toEqual({ kind: 'started' });
    const env = await eventually('the environment it prints', async () => {
      const log = await runtime.logs(spec.replica, { tailLines: 1 }, never);
      return log === '' ? null : (JSON.parse(log) as Record<string, string>);
    });
    expect(env['NVIDIA_VISIBLE_DEVICES']).toBe(migUuid);
    // In this handout the toolkit keeps the process to its slice: CUDA needs no variable.
    expect(env['CUDA_VISIBLE_DEVICES']).toBeUndefined();

    const [running] = await runtime.list(never);
    const { stdout } = await run('ls', [calls]);
    const called = stdout.split('\n').filter((name) => name.endsWith('.json'));
    expect(called).toHaveLength(1);
    const pid = called[0]?.replace('.json', '') ?? '';
    expect(readFileSync(join(calls, `${pid}.args`), 'utf8').trim()).toBe('prestart');
    const state = JSON.parse(readFileSync(join(calls, `${pid}.json`), 'utf8')) as {
      readonly id: string;
      readonly bundle: string;
    };
    expect(state.id).toBe(running?.runtimeId);
    const bundle = JSON.parse(readFileSync(join(state.bundle, 'config.json'), 'utf8')) as {
      readonly process: { readonly env: readonly string[] };
    };
    // What the engine itself adds for the hook, beside ours: the same card, or nothing works.
    expect(bundle.process.env.filter((each) => each.startsWith('NVIDIA_VISIBLE_DEVICES='))).toEqual(
      expect.arrayContaining([`NVIDIA_VISIBLE_DEVICES=${migUuid}`]),
    );
    expect(await runtime.stop(spec.replica, 0, never)).toBe('stopped');
    expect(existsSync(state.bundle)).toBe(false);
    await runtime.close();
  });
});
