import { expect, test } from 'vitest';
import { defaultPolicy, type NodePolicy } from '../../agent/policy/policy.ts';
import type { Workload } from '../../shared/domain/model.ts';
import { linkService } from '../../shared/wire/services.ts';
import { decodeTarget, encodeTarget } from '../../shared/wire/target-codec.ts';
import type { NodeTarget__Output } from '../../shared/wire/generated/tangram/link/v1/NodeTarget.ts';
import { startHarness } from '../fakes/agent/core-harness.ts';
import { FakeNode } from '../fakes/agent/fake-node.ts';
import { replica, target, workload } from '../fakes/agent/targets.ts';

/** The node's owner: images of one registry by digest, one directory, nothing else. */
const policy: NodePolicy = {
  ...defaultPolicy,
  images: { allow: ['registry.example.com/*'], requireDigest: true },
  mounts: { readOnly: ['/data/models'], writable: [] },
  writableRoot: 'deny',
};

const pinned = `registry.example.com/ocr:1@sha256:${'a'.repeat(64)}`;
const image = { ...workload, image: pinned, command: null };

const hostile: readonly { readonly name: string; readonly workload: Partial<Workload> }[] = [
  { name: 'a plain process', workload: { image: null, command: ['sh', '-c', 'id'] } },
  { name: 'an image of another registry', workload: { image: pinned.replace('registry', 'evil') } },
  { name: 'an image that can be exchanged', workload: { image: 'registry.example.com/ocr:1' } },
  { name: 'an image by a bare id', workload: { image: `sha256:${'b'.repeat(64)}` } },
  { name: 'the root of the host', workload: mount('/') },
  { name: 'the socket of the engine', workload: mount('/var/run/docker.sock') },
  { name: 'a way around through ..', workload: mount('/data/models/../../etc') },
  { name: 'writing where only reading is allowed', workload: mount('/data/models', false) },
  { name: 'foreign code by the loader', workload: { env: { LD_PRELOAD: '/tmp/x.so' } } },
  { name: 'a container that writes to its image', workload: { writableRoot: true } },
];

function mount(source: string, readOnly = true): Partial<Workload> {
  return { mounts: [{ source, target: '/x', readOnly }] };
}

test.each(hostile)(
  '$name is not started, whoever orders it, and the reason is told',
  async (one) => {
    const fake = new FakeNode('L40S');
    fake.answers.docker = true;
    const harness = startHarness(fake, { policy });
    await harness.advance(1_000);
    const asked = { ...replica('evil', []), workload: { ...image, ...one.workload } };
    harness.core.acceptTarget(throughBytes(target(1, { replicas: [asked] })));
    await harness.advance(10_000);
    expect(fake.history).toEqual([]);
    const [told] = harness.core.replicas();
    expect(told?.phase).not.toBe('ready');
    expect(told?.reason).toMatch(
      /the policy of this node does not allow|which this node does not run/,
    );
    await harness.stop();
  },
);

test('what the owner allows is started', async () => {
  const fake = new FakeNode('L40S');
  fake.answers.docker = true;
  const harness = startHarness(fake, { policy });
  await harness.advance(1_000);
  const asked = { ...replica('good', []), workload: { ...image, ...mount('/data/models/ocr') } };
  harness.core.acceptTarget(throughBytes(target(1, { replicas: [asked] })));
  await harness.advance(10_000);
  expect(fake.history).toEqual(['start good-00000001']);
  await harness.stop();
});

/** As the wire carries it: what the contract has no words for does not arrive. */
function throughBytes(sent: ReturnType<typeof target>): ReturnType<typeof target> {
  const { responseSerialize, responseDeserialize } = linkService.Control;
  const read = responseDeserialize(responseSerialize({ target: encodeTarget(sent) }));
  const decoded = decodeTarget(read.target as NodeTarget__Output);
  if (!decoded.ok) throw new Error(decoded.problem.message);
  return decoded.value;
}
