import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { networkNamespaces, NetworkWorld } from '../fakes/network-world.ts';
import { describeWhere } from '../setup/needs.ts';
import { eventually } from '../integration/cluster-harness.ts';
import { NetworkedCluster, type ListedReplica } from './networked-cluster.ts';
import { lives, processModel, tell } from './serving.ts';

// Rows 3 and 9 to 13: hosts that lose power, and networks that lose, cut and flap. Five hosts, TLS, real joining.

const nodes = ['n1', 'n2', 'n3', 'n4'];
const cards = 'A100-40GB';
const replicas = 4;

describeWhere('netns', networkNamespaces(), 'hosts on a network of their own', () => {
  const world = new NetworkWorld();
  const fleet = new NetworkedCluster(world, { lostAfter: '8s' });

  beforeAll(async () => {
    await fleet.startCoordinator();
    for (const node of nodes) await fleet.addNode(node, cards);
    await fleet.apply(processModel('serves', replicas, { placement: { maxPerNode: 2 } }));
    await fleet.allServing(replicas);
  });
  afterEach(async () => {
    for (const host of ['control', ...nodes]) world.heal(host);
    for (const node of nodes) await fleet.untilNodeIs(node, 'ready');
    await fleet.allServing(replicas);
    expectNoSliceTwice(await fleet.serving());
  });
  afterAll(async () => fleet.stop());

  /** A node that serves something. */
  const someNode = async (): Promise<string> => (await fleet.serving())[0]?.node ?? '';

  test('row 13: with 5 % of all packets lost no node is given up, and commands still arrive', async () => {
    const before = await fleet.allServing(replicas);
    for (const node of nodes) world.lose(node, 'both', 5);
    const seen = new Set<string>();
    const until = performance.now() + 15_000;
    while (performance.now() < until) {
      for (const standing of Object.values(await fleet.standings())) seen.add(standing);
    }
    await fleet.tangram('scale', 'serves', String(replicas + 1), '--yes');
    await fleet.allServing(replicas + 1);
    await fleet.tangram('scale', 'serves', String(replicas), '--yes');
    await fleet.allServing(replicas);
    expect([...seen].filter((each) => each === 'lost')).toEqual([]);
    expect(before.filter(({ runtimeId }) => !lives(runtimeId)).length).toBeLessThanOrEqual(1);
    tell(13, `5 % loss for 15 s: nodes were ${[...seen].join(', ')}`);
  });

  test('row 12: a link that flaps moves no replica', async () => {
    const node = await someNode();
    const before = await fleet.allServing(replicas);
    for (let at = 0; at < 8; at += 1) {
      world.lose(node, 'both');
      await rest(1_000);
      world.heal(node);
      await rest(1_000);
    }
    const backMs = await fleet.untilNodeIs(node, 'ready');
    expect(await fleet.allServing(replicas)).toEqual(before);
    tell(12, `8 times 1 s down, 1 s up: no move; ready ${backMs.toFixed(0)} ms after the last`);
  });

  test('row 10: a node that is heard but hears nothing is treated as silent by both sides', async () => {
    const node = await someNode();
    const before = await fleet.allServing(replicas);
    world.lose(node, 'in');
    const noticedMs = await fleet.untilNodeIs(node, 'suspect');
    await eventually('the agent knows that it is not connected', () =>
      /not connected|said nothing|silent|no answer|unavailable/i.test(
        fleet.cluster.agentctl(node, 'describe', 'node').stdout,
      ),
    );
    const kept = before.filter((each) => each.node === node);
    for (const { runtimeId } of kept) expect(lives(runtimeId)).toBe(true);
    world.heal(node);
    const backMs = await fleet.untilNodeIs(node, 'ready');
    tell(
      10,
      `suspect after ${noticedMs.toFixed(0)} ms, ready ${backMs.toFixed(0)} ms after healing`,
    );
  });

  test('row 11: a node that is cut off serves on, is replaced, and what is too many ends when it is back', async () => {
    const node = await someNode();
    const cut = (await fleet.allServing(replicas)).filter((each) => each.node === node);
    world.lose(node, 'both');
    const suspectMs = await fleet.untilNodeIs(node, 'suspect');
    await fleet.untilNodeIs(node, 'lost');
    await eventually('its replicas are served elsewhere', async () => {
      const found = await fleet.serving();
      return found.filter((each) => each.node !== node).length === replicas;
    });
    for (const { runtimeId } of cut) expect(lives(runtimeId)).toBe(true);
    world.heal(node);
    const fromMs = performance.now();
    await fleet.untilNodeIs(node, 'ready');
    await fleet.allServing(replicas);
    const running = (): number => cut.filter(({ runtimeId }) => lives(runtimeId)).length;
    const convergedMs = performance.now() - fromMs;
    const listed = await fleet.serving();
    expect(listed.filter((each) => each.node === node).length).toBe(running());
    tell(
      11,
      `suspect after ${suspectMs.toFixed(0)} ms; as wanted ${convergedMs.toFixed(0)} ms after healing`,
    );
  });

  test('row 9: a coordinator that is cut off from all its nodes gives none of them up', async () => {
    const before = await fleet.allServing(replicas);
    world.lose('control', 'both');
    for (const node of nodes) await fleet.untilNodeIs(node, 'suspect');
    // Longer than a single node would be waited for.
    await rest(12_000);
    expect(Object.values(await fleet.standings())).toEqual(nodes.map(() => 'suspect'));
    expect(await fleet.tangram('events')).toMatch(/hold|held|mass/i);
    for (const { runtimeId } of before) expect(lives(runtimeId)).toBe(true);
    world.heal('control');
    const fromMs = performance.now();
    for (const node of nodes) await fleet.untilNodeIs(node, 'ready');
    tell(9, `all are back ${(performance.now() - fromMs).toFixed(0)} ms after healing`);
    await eventually('every replica is as it was', async () => {
      expect(await fleet.serving()).toEqual(before);
      return true;
    });
  });

  test('row 3: a host without power is noticed, replaced, and taken back', async () => {
    const node = await someNode();
    world.link(node, 'down');
    world.killAll(node);
    const suspectMs = await fleet.untilNodeIs(node, 'suspect');
    await fleet.untilNodeIs(node, 'lost');
    await eventually('its replicas are served elsewhere', async () => {
      const found = await fleet.serving();
      return found.filter((each) => each.node !== node).length === replicas;
    });
    world.link(node, 'up');
    await fleet.startAgent(node, cards);
    const backMs = await fleet.untilNodeIs(node, 'ready');
    await fleet.allServing(replicas);
    tell(3, `suspect after ${suspectMs.toFixed(0)} ms, taken back after ${backMs.toFixed(0)} ms`);
  });
});

function expectNoSliceTwice(found: readonly ListedReplica[]): void {
  const held = found.flatMap(({ slices }) =>
    slices.map(({ gpuUuid, shape }) => `${gpuUuid} ${shape.mig?.start ?? 0}`),
  );
  expect(held.filter((name, at) => held.indexOf(name) !== at)).toEqual([]);
}

const rest = async (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
