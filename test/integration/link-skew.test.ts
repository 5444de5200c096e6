import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLinkClient } from '../../shared/wire/services.ts';
import { FakeCoordinator } from '../fakes/agent/fake-coordinator.ts';
import { eventually, TestCluster } from './cluster-harness.ts';

// What processes of two versions say to each other, where they can speak and where they cannot.

const cluster = new TestCluster();
const newer = new FakeCoordinator({ protocolVersion: 2 });

beforeAll(async () => {
  await newer.open();
  await cluster.startCoordinator();
  const extra = { coordinator: [cluster.grpc, newer.address] };
  await cluster.startAgent('node-a', { cards: 'A100-40GB', extra });
}, 90_000);
afterAll(async () => {
  await cluster.stop();
  newer.close();
});

/** What the coordinator answers an agent of this version: its welcome, or its refusal. */
async function answerTo(protocolVersion: number): Promise<string> {
  const client = createLinkClient(cluster.grpc);
  const stream = client.control();
  try {
    return await new Promise((resolve) => {
      stream.on('error', (error) => resolve(error.message));
      stream.on('data', ({ welcome }) => {
        if (welcome) resolve(`welcome in ${welcome.protocolVersion}`);
      });
      const inventory = { node: `of-${protocolVersion}`, bootId: 'b', gpuHandout: 'env' };
      stream.write({ hello: { protocolVersion, inventory } });
    });
  } finally {
    stream.cancel();
    client.close();
  }
}

test.for([
  { version: 0, want: /speaks link protocol 0, this coordinator version 1/ },
  { version: 1, want: /^welcome in 1$/ },
  { version: 2, want: /speaks link protocol 2, this coordinator version 1/ },
])('a coordinator answers an agent of protocol $version in words', async ({ version, want }) => {
  expect(await answerTo(version)).toMatch(want);
});

test('an agent that a newer coordinator cannot speak to says so, and obeys the one that can', async () => {
  const shown = await eventually('both are told of', () => {
    const { stdout } = cluster.agentctl('node-a', 'describe', 'node');
    return stdout.includes('link protocol 2') && stdout.includes('leads in epoch') && stdout;
  });
  expect(shown).toContain(
    `${newer.address}: the coordinator speaks link protocol 2, this agent 1; install agents of the coordinator's version`,
  );
  expect(shown).toMatch(new RegExp(`${cluster.grpc}: leads in epoch \\d+`));
  expect(newer.heard.some(({ hello }) => hello !== null && hello !== undefined)).toBe(true);
  await eventually('its node is used', () =>
    /^node-a +ready/m.test(cluster.tangram('get', 'nodes').stdout),
  );
});
