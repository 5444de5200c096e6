import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { CoordinatorClient } from '../../coordinator/cli/client.ts';
import {
  allServing,
  availability,
  expectNoDoublePlacement,
  lives,
  patientClient,
  processModel,
  serving,
  tell,
  type Serving,
} from '../faults/serving.ts';
import { eventually, programs, TestCluster } from './cluster-harness.ts';

// Row 27 of test/faults/README.md: cards that change, vanish or do not answer while an agent serves from them.

const cluster = new TestCluster();
const model = 'serves';
/** Both fit on one card, each on an instance of its own; `other` has the other node. */
const replicas = 2;
let client: CoordinatorClient;

beforeAll(async () => {
  await cluster.startCoordinator();
  client = patientClient(cluster);
  const extra = {
    docker: { enabled: false },
    nvidiaSmi: {
      command: [process.execPath, programs.smi, '--sim-state', join(cluster.folder, 'n1-sim')],
      timeout: '2s',
    },
    health: { kernelLog: join(cluster.folder, 'n1-sim', 'kmsg') },
  };
  await cluster.startAgent('n1', { cards: '2xA100-40GB', extra });
  expect(cluster.apply(processModel(model, replicas)).stderr).toBe('');
  await allServing(client, model, replicas);
});
afterEach(async () => {
  expect(cluster.agents.get('n1')?.running).toBe(true);
  await expectNoDoublePlacement(client);
});
afterAll(async () => {
  strike();
  client.close();
  await cluster.stop();
});

/** What the simulated driver does from its next call on. */
function strike(...faults: readonly string[]): void {
  writeFileSync(join(cluster.folder, 'n1-sim', 'faults'), `${faults.join('\n')}\n`);
}

function byHand(...args: readonly string[]): string {
  const { code, stdout, stderr } = cluster.smi('n1', ...args);
  expect({ args, code, said: code === 0 ? '' : stdout + stderr }).toEqual({
    args,
    code: 0,
    said: '',
  });
  return stdout;
}

interface Held {
  readonly replica: Serving;
  readonly gpuIndex: number;
  readonly start: number;
  readonly uuid: string;
}

/** Where the replicas are, as the node says. */
async function held(): Promise<readonly Held[]> {
  const running = await serving(client, model);
  const { gpus } = await client.getNode('n1');
  return gpus
    .flatMap((gpu) =>
      gpu.slices.flatMap((slice) => {
        const replica = running.find((each) => each.replica === slice.replica);
        if (replica === undefined) return [];
        return [
          {
            replica,
            gpuIndex: gpu.index,
            start: slice.shape?.mig?.start ?? -1,
            uuid: slice.deviceUuid,
          },
        ];
      }),
    )
    .sort((left, right) => (left.replica.replica < right.replica.replica ? -1 : 1));
}

const instances = (): string => byHand('mig', '-lgi');

/** The ids of the GPU instance at a start: `-lgi` tells index, profile's name and id, instance's id, start:size. */
function instanceAt(gpuIndex: number, start: number): string {
  const row = instances()
    .split('\n')
    .map((line) => /^\|\s+(\d+)\s+MIG \S+\s+\d+\s+(\d+)\s+(\d+):\d+/.exec(line))
    .find((each) => each?.[1] === String(gpuIndex) && each[3] === String(start));
  if (row?.[2] === undefined)
    throw new Error(`nothing at ${start} of card ${gpuIndex}:\n${instances()}`);
  return row[2];
}

test('row 27: instances that somebody else makes are seen, planned around and left alone', async () => {
  const before = await held();
  byHand('-i', '1', '-mig', '1');
  byHand('mig', '-i', '1', '-cgi', '9', '-C');
  const foreign = await eventually('the coordinator sees them', async () => {
    const { gpus } = await client.getNode('n1');
    const strangers = gpus.flatMap(({ slices }) =>
      slices.filter(({ shape, replica }) => shape?.mig?.profile === '3g.20gb' && replica === ''),
    );
    return strangers[0];
  });
  expect(cluster.apply(processModel('more', 3)).stderr).toBe('');
  await allServing(client, 'more', 3);
  expect(await held()).toEqual(before);
  expect(byHand('-L')).toContain(foreign.deviceUuid);
  await client.deleteModel('more', false);
  await eventually('it is gone', async () => (await client.listModels()).length === 1);
  const { gpus } = await client.getNode('n1');
  expect(gpus.flatMap(({ slices }) => slices.map(({ deviceUuid }) => deviceUuid))).toContain(
    foreign.deviceUuid,
  );
  const card = gpus.find(({ slices }) =>
    slices.some(({ deviceUuid }) => deviceUuid === foreign.deviceUuid),
  );
  const at = instanceAt(card?.index ?? -1, foreign.shape?.mig?.start ?? -1);
  byHand('mig', '-dci', '-i', String(card?.index), '-gi', at);
  byHand('mig', '-dgi', '-i', String(card?.index), '-gi', at);
});

test('row 27: an instance that is taken from under a replica is shown and made again on request, and the other one does not notice', async () => {
  const [taken, other] = await held();
  if (taken === undefined || other === undefined) throw new Error('two replicas serve');
  const agent = cluster.agents.get('n1')?.pid ?? -1;
  const at = instanceAt(taken.gpuIndex, taken.start);
  // The agent is stopped meanwhile, or it would be quicker than a hand.
  process.kill(agent, 'SIGSTOP');
  try {
    process.kill(Number(taken.replica.runtimeId), 'SIGKILL');
    await eventually('its process is gone', () => !lives(taken.replica.runtimeId));
    byHand('mig', '-dci', '-i', String(taken.gpuIndex), '-gi', at);
    byHand('mig', '-dgi', '-i', String(taken.gpuIndex), '-gi', at);
  } finally {
    process.kill(agent, 'SIGCONT');
  }
  await eventually('what happened is told', () =>
    cluster.agentctl('n1', 'events').stdout.includes('layout-drift'),
  );
  await eventually('the other one serves alone', async () => {
    expect(await held()).toEqual([other]);
    return true;
  });

  const layout = join(cluster.folder, 'layout.yaml');
  const instances = [taken, other].map(({ start }) => ({ profile: '1g.5gb', start }));
  const cardsAsked = [{ gpu: taken.gpuIndex, mig: true, instances }];
  writeFileSync(
    layout,
    stringify({ apiVersion: 'tangram/v1', kind: 'MigLayout', cards: cardsAsked }),
  );
  const fromMs = performance.now();
  await eventually('it is made again', () => {
    const applied = cluster.agentctl('n1', 'mig', 'apply', '-f', layout, '--yes');
    if (applied.code !== 0) throw new Error(applied.stderr);
    return true;
  });
  const after = await eventually('both serve again', async () => {
    const found = await held();
    if (found.length !== 2) throw new Error(cluster.agentctl('n1', 'ps').stdout);
    return found;
  });
  tell(27, `serves again ${(performance.now() - fromMs).toFixed(0)} ms after it was asked for`);
  expect(after).toContainEqual(other);
});

test('row 27: an nvidia-smi that hangs is ended after its time; the agent lives, and its models run on', async () => {
  const before = await held();
  strike('hang');
  const asked = await eventually('the agent says that it cannot read the cards', () => {
    const { stdout } = cluster.agentctl('n1', 'events');
    return /nvidia-smi|no answer|timed? ?out/i.test(stdout) && stdout;
  });
  expect(asked).not.toBe('');
  // Longer than heartbeats may stay away: the loop that beats does not wait for the driver.
  for (let at = 0; at < 8; at += 1) {
    expect(await availability(client, 'n1')).not.toBe('lost');
    for (const { replica } of before) expect(lives(replica.runtimeId)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const { connected } = await client.getNode('n1');
  expect(connected).toBe(true);
  strike();
  await eventually('everything is as it was', async () => {
    expect(await held()).toEqual(before);
    return true;
  });
});

test('row 27: a card that falls off the bus is drained, and what it served is served by the other one', async () => {
  const before = await held();
  const lost = before[0]?.gpuIndex ?? -1;
  strike(`lost=${lost}`, `xid=${lost}:79`);
  const fromMs = performance.now();
  const after = await eventually('all serve from the other card', async () => {
    const found = await held();
    if (found.length !== 2 || found.some(({ gpuIndex }) => gpuIndex === lost)) {
      throw new Error(JSON.stringify([found, (await client.getModel(model)).status?.replicas]));
    }
    return found;
  });
  tell(27, `served from the other card ${(performance.now() - fromMs).toFixed(0)} ms after Xid 79`);
  const unharmed = before.filter(({ gpuIndex }) => gpuIndex !== lost);
  for (const each of unharmed) expect(after).toContainEqual(each);
  const { gpus } = await client.getNode('n1');
  expect(gpus.find(({ index }) => index === lost)?.health).not.toMatch(/^ok|healthy$/i);
});
