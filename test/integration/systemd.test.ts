import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { describeWhere } from '../setup/needs.ts';
import { SystemdHosts } from '../setup/systemd-hosts.ts';
import { ensureSystemdImage } from '../setup/systemd-image.ts';
import { until } from './until.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const image = await ensureSystemdImage();

const vendoredNode = '/usr/lib/tangram/node/bin/node';
/** Three hosts on one small machine that has other work, too. */
const stepMsMax = 240_000;
const settleMsMax = 90_000;

const pollMs = 500;

/** Each look starts a program on a host: not too often. */
async function settles(check: () => Promise<unknown>): Promise<void> {
  await until(async () => {
    try {
      await check();
    } catch (error) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      throw error;
    }
  }, settleMsMax);
}

const nodes = ['node1', 'node2'] as const;
const hosts = ['head', ...nodes] as const;
type Host = (typeof hosts)[number];

const replicaSchema = z.object({
  replica: z.string(),
  node: z.string(),
  phase: z.string(),
  address: z.string(),
  runtimeId: z.string(),
  restarts: z.number(),
});
type Replica = z.infer<typeof replicaSchema>;
const psSchema = z.object({ replicas: z.array(replicaSchema) });
const nodesSchema = z.object({
  nodes: z.array(z.object({ name: z.string(), availability: z.string() })),
});
const loopSchema = z.object({
  answered: z.number(),
  failed: z.array(z.string()),
  slowestMs: z.number(),
});

const coordinatorConfig = `grpc: 0.0.0.0:7443
join: 0.0.0.0:7442
advertise: head:7443
`;

/** Simulated cards, and a watchdog whose patience a test has. */
const agentDropIn = `[Service]
ExecStart=
ExecStart=/usr/lib/tangram/bin/tangram-agent --config /etc/tangram/agent.yaml --simulate 2xA100-40GB
WatchdogSec=15
TimeoutAbortSec=1
`;
const coordinatorDropIn = `[Service]
WatchdogSec=15
TimeoutAbortSec=1
`;

const model = `apiVersion: tangram/v1
kind: Model
metadata: { name: echo }
spec:
  replicas: 2
  process: { command: [${vendoredNode}, /opt/http-model.mjs] }
  port: 8000
  health: { path: /, startupDeadline: 30s }
  gpu: { memory: 4GiB, isolation: mps }
  placement: { spread: node }
`;

/** What a machine writes of its own accord, whatever is installed. */
const ownWritings =
  '^/(proc|sys|dev|run|tmp)(/|$)|^/var/(log|cache|tmp)(/|$)|^/var/lib/(dpkg|systemd|apt)/|^/etc/(passwd|group|shadow|gshadow|subuid|subgid)-$|^/etc/\\.pwd\\.lock$|^/root/|^/etc/machine-id$';

describeWhere('systemd', image.found, 'three hosts with systemd', () => {
  const id = `systemd-${process.pid}`;
  const cluster = new SystemdHosts(image.tag, id);
  const packages = mkdtempSync(join(tmpdir(), 'tangram-debs-'));
  const before = new Map<Host, string>();

  const tangram = async (words: string): Promise<string> => cluster.sh('head', `tangram ${words}`);
  const replicas = async (): Promise<readonly Replica[]> =>
    psSchema.parse(JSON.parse(await tangram('ps --json'))).replicas;
  const readyReplicas = async (): Promise<readonly Replica[]> =>
    (await replicas()).filter(({ phase }) => phase === 'REPLICA_PHASE_READY');
  const pidOf = async (host: Host, unit: string): Promise<string> =>
    (await cluster.sh(host, `systemctl show -P MainPID ${unit}`)).trim();
  /** Start of a process in ticks since the boot: another process never has the same pid and the same start. */
  const startOf = async (host: Host, pid: string): Promise<string> =>
    (await cluster.sh(host, `cut -d' ' -f22 /proc/${pid}/stat`)).trim();
  const listFiles = async (host: Host): Promise<string> =>
    cluster.sh(host, `find / -xdev | grep -Ev '${ownWritings}' | sort`);
  const build = async (version: string): Promise<string> => {
    const script = join(root, 'packaging/deb/make-deb.mjs');
    const { stdout } = await run(
      process.execPath,
      [script, '--version', version, '--out', packages],
      { timeout: 300_000 },
    );
    return stdout.split(' ')[0] ?? '';
  };

  beforeAll(async () => {
    await cluster.open();
    const [, first, second] = await Promise.all([
      Promise.all(hosts.map(async (host) => cluster.start(host))),
      build('0.1.0'),
      build('0.1.1'),
    ]);
    for (const host of hosts) {
      await cluster.copy(join(root, 'test/fixtures/http-model.mjs'), host, '/opt/http-model.mjs');
      await cluster.copy(join(root, 'test/fixtures/http-loop.mjs'), host, '/opt/http-loop.mjs');
      await cluster.write(
        host,
        '/etc/systemd/system/tangram-agent.service.d/test.conf',
        agentDropIn,
      );
      await cluster.write(
        host,
        '/etc/systemd/system/tangram-coordinator.service.d/test.conf',
        coordinatorDropIn,
      );
      // Stands in for NVIDIA's program at the place where a host has it.
      await cluster.write(
        host,
        '/usr/local/bin/nvidia-cuda-mps-control',
        `#!/bin/sh\nexec ${vendoredNode} /usr/lib/tangram/dist/agent/simulator/mps-control/bin.js --sim-state /var/lib/tangram/agent/simulator "$@"\n`,
      );
      await cluster.sh(
        host,
        'chmod 755 /usr/local/bin/nvidia-cuda-mps-control; mkdir /home/models; ln -s /etc /home/models/link',
      );
      before.set(host, await listFiles(host));
      await cluster.copy(first, host, '/opt/tangram.deb');
      await cluster.copy(second, host, '/opt/tangram-next.deb');
    }
  }, 2 * stepMsMax);

  afterAll(async () => {
    await cluster.close();
    rmSync(packages, { recursive: true, force: true });
  }, stepMsMax);

  test(
    'what is installed starts nothing by itself',
    async () => {
      await Promise.all(
        hosts.map(async (host) => cluster.sh(host, 'dpkg --force-unsafe-io -i /opt/tangram.deb')),
      );
      for (const unit of ['tangram-agent', 'tangram-coordinator']) {
        expect((await cluster.try('head', `systemctl is-enabled ${unit}`)).stdout.trim()).toBe(
          'disabled',
        );
        expect((await cluster.try('head', `systemctl is-active ${unit}`)).stdout.trim()).toBe(
          'inactive',
        );
      }
      expect(await cluster.sh('head', 'dpkg --verify tangram')).toBe('');
    },
    stepMsMax,
  );

  test(
    'a coordinator serves, and the pasted line alone makes two hosts its nodes',
    async () => {
      await cluster.write('head', '/etc/tangram/coordinator.yaml', coordinatorConfig);
      await cluster.sh('head', 'systemctl enable --quiet --now tangram-coordinator');
      expect(await cluster.sh('head', 'systemctl show -P StatusText tangram-coordinator')).toMatch(
        /^cluster cluster-\w+; head:7443/,
      );
      const made = await cluster.try('head', 'tangram token create --uses 2');
      expect(made.stderr).not.toContain('warning');
      for (const node of nodes) {
        await cluster.write(node, '/etc/tangram/policy.yaml', 'processRuntime: allow\n');
        await cluster.sh(node, `sed -i 's/^authority: .*/authority: cut/' /etc/tangram/agent.yaml`);
      }
      const line = made.stdout.trim();
      const said = await Promise.all(nodes.map(async (node) => cluster.sh(node, line)));
      expect(said[0]).toMatch(
        /^node1 joined cluster-\w+; .*\nwrote \/etc\/tangram\/agent\.yaml\ntangram-agent runs, now and after each boot/,
      );
      for (const node of nodes) {
        expect(await cluster.sh(node, 'systemctl is-enabled tangram-agent')).toBe('enabled\n');
        expect(await cluster.sh(node, 'systemctl is-active tangram-agent')).toBe('active\n');
        expect(
          await cluster.sh(
            node,
            'stat -c "%a %U" /var/lib/tangram /var/lib/tangram/agent/identity',
          ),
        ).toBe('755 root\n700 root\n');
      }
      await settles(async () => {
        const found = nodesSchema.parse(JSON.parse(await tangram('get nodes --json'))).nodes;
        expect(found.map(({ name, availability }) => `${name} ${availability}`)).toEqual([
          'node1 NODE_AVAILABILITY_READY',
          'node2 NODE_AVAILABILITY_READY',
        ]);
      });
      // Where a link below an allowed mount leads to is looked at: a hidden home would look like one without links.
      const agent = await pidOf('node1', 'tangram-agent');
      expect(await cluster.sh('node1', `readlink /proc/${agent}/root/home/models/link`)).toBe(
        '/etc\n',
      );
      // The same line again, of a paste that was broken off, say.
      expect(await cluster.sh('node1', line)).toMatch(/^node1 is a node of cluster-\w+ already/);
    },
    stepMsMax,
  );

  test(
    'a model is served on both',
    async () => {
      await cluster.write('head', '/opt/model.yaml', model);
      await tangram('apply -f /opt/model.yaml');
      await settles(async () => {
        const ready = await readyReplicas();
        expect(ready.map(({ node }) => node).toSorted()).toEqual([...nodes]);
      });
      for (const { node, address } of await readyReplicas()) {
        const asked = `${vendoredNode} -e 'fetch("http://${address}/").then(async (answer) => console.log(answer.status, await answer.text()))'`;
        expect(await cluster.sh(node as Host, asked)).toBe('200 ok\n');
      }
    },
    stepMsMax,
  );

  test(
    'an upgrade of agent and coordinator interrupts no request, no model and no MPS daemon',
    async () => {
      const [one] = (await readyReplicas()).filter(({ node }) => node === 'node1');
      if (one === undefined) throw new Error('no replica is ready on node1');
      const started = await startOf('node1', one.runtimeId);
      const pidFile = 'cat /run/tangram/mps/*/pipe/nvidia-cuda-mps-control.pid';
      const daemon = (await cluster.sh('node1', pidFile)).trim();
      const daemonStarted = await startOf('node1', daemon);
      // Clients of other users must get there.
      expect(
        await cluster.sh(
          'node1',
          'stat -c %a /run/tangram /run/tangram/mps /run/tangram/mps/*/pipe',
        ),
      ).toBe('755\n755\n755\n');
      const agent = await pidOf('node1', 'tangram-agent');
      const loop = cluster.spawn('node1', [
        vendoredNode,
        '/opt/http-loop.mjs',
        `http://${one.address}/`,
      ]);
      let said = '';
      loop.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      const ended = new Promise((resolve) => loop.once('close', resolve));
      await Promise.all(
        (['head', 'node1'] as const).map(async (host) =>
          cluster.sh(host, 'dpkg --force-unsafe-io -i /opt/tangram-next.deb'),
        ),
      );
      expect(await cluster.sh('node1', 'agentctl --version')).toBe('0.1.1\n');
      expect(await pidOf('node1', 'tangram-agent')).not.toBe(agent);
      expect(await cluster.sh('node1', 'systemctl is-active tangram-agent')).toBe('active\n');
      await settles(async () => expect(await readyReplicas()).toContainEqual(one));
      // The new agent has taken over: it can be asked for the logs of what the old one started.
      expect(await tangram(`logs ${one.replica}`)).toContain('listening on');
      loop.stdin?.end();
      await ended;
      expect(await startOf('node1', one.runtimeId)).toBe(started);
      // Its temporary folder did not go with the agent that had started it.
      const mark = `/proc/${one.runtimeId}/root/tmp/mark`;
      expect(await cluster.sh('node1', `touch ${mark} && ls /tmp/mark`)).toBe('/tmp/mark\n');
      expect(await startOf('node1', daemon)).toBe(daemonStarted);
      const tally = loopSchema.parse(JSON.parse(said));
      expect(tally.failed).toEqual([]);
      expect(tally.answered).toBeGreaterThan(50);
    },
    stepMsMax,
  );

  test(
    'a service that hangs is started anew, and models run on',
    async () => {
      const [one] = (await readyReplicas()).filter(({ node }) => node === 'node1');
      const hung = [
        { host: 'head', unit: 'tangram-coordinator' },
        { host: 'node1', unit: 'tangram-agent' },
      ] as const;
      await Promise.all(
        hung.map(async ({ host, unit }) => {
          const before = await pidOf(host, unit);
          await cluster.sh(host, `kill -STOP ${before}`);
          await settles(async () => {
            expect([before, '0']).not.toContain(await pidOf(host, unit));
            expect(await cluster.sh(host, `systemctl is-active ${unit}`)).toBe('active\n');
          });
          expect(await cluster.sh(host, `journalctl -u ${unit} -o cat`)).toContain(
            'Watchdog timeout',
          );
        }),
      );
      await settles(async () => expect(await readyReplicas()).toContainEqual(one));
    },
    stepMsMax,
  );

  test(
    'replicas of a host that lost its power go to the other, and stay there when it comes back',
    async () => {
      await cluster.write(
        'head',
        '/etc/tangram/coordinator.yaml',
        `${coordinatorConfig}lostAfter: 5s\n`,
      );
      await cluster.sh('head', 'systemctl restart tangram-coordinator');
      await settles(async () => expect(await readyReplicas()).toHaveLength(2));
      await cluster.kill('node2');
      await settles(async () => {
        const ready = await readyReplicas();
        // Nobody can tell what became of the one on node2: it is listed until somebody says that it is gone.
        expect(ready.filter(({ node }) => node === 'node1')).toHaveLength(2);
      });
      await cluster.bootAgain('node2');
      await settles(async () => {
        const found = nodesSchema.parse(JSON.parse(await tangram('get nodes --json'))).nodes;
        expect(found.map(({ availability }) => availability)).toEqual([
          'NODE_AVAILABILITY_READY',
          'NODE_AVAILABILITY_READY',
        ]);
      });
      await settles(async () => {
        expect((await readyReplicas()).map(({ node }) => node)).toEqual(['node1', 'node1']);
        expect((await cluster.try('node2', 'pgrep -f [h]ttp-model')).stdout).toBe('');
      });
    },
    stepMsMax,
  );

  test(
    'what is purged leaves no file, process, user or unit',
    async () => {
      await Promise.all(hosts.map(async (host) => cluster.sh(host, 'dpkg --purge tangram')));
      for (const host of hosts) {
        await cluster.sh(host, 'rm -f /opt/tangram.deb /opt/tangram-next.deb /opt/model.yaml');
        expect(await listFiles(host)).toBe(before.get(host));
        expect(
          (await cluster.try(host, 'getent passwd tangram; getent group tangram')).stdout,
        ).toBe('');
        expect(await cluster.sh(host, 'ls /run | grep -i tangram || true')).toBe('');
        expect(
          await cluster.sh(host, "systemctl list-units --all --plain --no-legend 'tangram*'"),
        ).toBe('');
        expect((await cluster.try(host, "pgrep -af '[h]ttp-model|[u]sr/lib/tangram'")).stdout).toBe(
          '',
        );
      }
    },
    stepMsMax,
  );
});
