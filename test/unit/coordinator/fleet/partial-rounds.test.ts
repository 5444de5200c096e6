import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { parseNodeName } from '../../../../shared/domain/ids.ts';
import { valueOf } from '../../../fakes/coordinator/fake-agent.ts';
import { modelSpec, nameOf, SimFleet, withImage } from '../../../fakes/coordinator/sim-fleet.ts';

const apply = { validateOnly: false, etag: null } as const;
const ages = 1e9;
/** After its first look at everything, a coordinator looks only at what has come up. */
const never = { tickMs: ages, suspectAfterMs: ages, lostAfterMs: ages };

const names = ['vad', 'asr', 'ocr'] as const;
const nodes = ['node-a', 'node-b', 'node-c'] as const;

const name = fc.constantFrom(...names);
const node = fc.constantFrom(...nodes);
const act = fc.oneof(
  fc.record({
    kind: fc.constant('apply' as const),
    name,
    replicas: fc.integer({ min: 0, max: 6 }),
    image: fc.constantFrom('one', 'two'),
    priority: fc.constantFrom(0, 50),
  }),
  fc.record({ kind: fc.constant('delete' as const), name }),
  fc.record({
    kind: fc.constant('wanted' as const),
    node,
    wanted: fc.constantFrom('ready' as const, 'cordoned' as const, 'draining' as const),
  }),
  fc.record({ kind: fc.constant('link' as const), node }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(500, 1_500, 5_000) }),
);

type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

test('what rounds make of what came up is what a look at everything would', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 14 }), async (acts) => {
      const store = new MemoryStore();
      const fleet = new SimFleet({ limits: never });
      await fleet.start(store);
      for (const each of nodes) fleet.join(each, 'A100-40GB');
      await fleet.run(1_000);
      for (const each of acts) await play(fleet, each);
      for (const agent of fleet.agents) if (!agent.connected) agent.connect();
      await fleet.run(20_000);
      const before = picture(fleet);
      await fleet.kill();
      // A new term reads everything, and looks at all of it.
      await fleet.start(store);
      for (const agent of fleet.agents) agent.connect();
      await fleet.run(10_000);
      expect(picture(fleet)).toEqual(before);
      expect(fleet.violations()).toEqual([]);
      await fleet.kill();
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('copies are in their places when the call that asks for them is answered, and commanded', async () => {
  const fleet = new SimFleet({ limits: never });
  await fleet.start(new MemoryStore());
  const { node: joined } = fleet.join('node-a', 'A100-40GB');
  await fleet.run(1_000);
  const before = fleet.core.node(joined)?.generation ?? 0;
  const { model, plan } = await fleet.core.applyModel(modelSpec('vad', { replicas: 2 }), apply);
  expect(model.replicas.map(({ claim }) => claim.id)).toEqual(
    plan.begins.map(({ id }) => id).sort(),
  );
  expect(model.pendingCount).toBe(0);
  expect(fleet.core.node(joined)?.generation).toBe(before + 1);
  await fleet.kill();
});

test('calls that come together are written together, and each sees what those before it have taken', async () => {
  const store = new MemoryStore();
  const fleet = new SimFleet({ limits: never });
  await fleet.start(store);
  fleet.join('node-a', 'A100-40GB');
  await fleet.run(1_000);
  const many = Array.from({ length: 12 }, (_, at) => modelSpec(`m${at}`));
  const answers = await Promise.all(many.map((spec) => fleet.core.applyModel(spec, apply)));
  const claims = answers.flatMap(({ model }) => model.replicas.map(({ claim }) => claim));
  const places = claims.flatMap(({ slices }) => slices.map(({ shape }) => JSON.stringify(shape)));
  expect(new Set(places).size).toBe(places.length);
  const placed = answers.filter(({ model }) => model.pendingCount === 0);
  const refused = answers.filter(({ model }) => model.pendingCount > 0);
  expect(placed.length).toBe(7);
  expect(refused.map(({ plan }) => plan.unplaced !== '')).toEqual(refused.map(() => true));
  const etags = answers.map(({ model }) => model.etag);
  expect(etags).toEqual(answers.map(({ model }) => fleet.core.model(model.spec.name)?.etag));
  await fleet.kill();
});

test('the second of two calls about one model sees what the first has done', async () => {
  const fleet = new SimFleet({ limits: never });
  await fleet.start(new MemoryStore());
  fleet.join('node-a', 'A100-40GB');
  await fleet.run(1_000);
  const first = fleet.core.applyModel(modelSpec('vad'), { validateOnly: false, etag: '' });
  const second = fleet.core.applyModel(modelSpec('vad', { replicas: 2 }), {
    validateOnly: false,
    etag: '',
  });
  await expect(first).resolves.toMatchObject({ outcome: 'created' });
  await expect(second).rejects.toMatchObject({ code: 'MODEL_CONFLICT' });
  await fleet.kill();
});

test('nobody is placed out of turn while one who waits is still to be asked', async () => {
  const fleet = new SimFleet({ limits: never });
  await fleet.start(new MemoryStore());
  fleet.join('node-a', 'A100-40GB');
  await fleet.run(1_000);
  const full = modelSpec('full', { replicas: 7 });
  await fleet.core.applyModel(full, apply);
  await fleet.core.applyModel(modelSpec('first', { priority: 50 }), apply);
  await fleet.run(2_000);
  // Room comes, and with it one of less priority, in the same moment.
  fleet.join('node-b', 'A100-40GB');
  const late = await fleet.core.applyModel(modelSpec('late', { priority: 0 }), apply);
  expect(late.model.replicas).toEqual([]);
  await fleet.run(5_000);
  expect(fleet.ready('first')).toBe(1);
  expect(fleet.ready('late')).toBe(1);
  await fleet.kill();
});

async function play(fleet: SimFleet, each: Act): Promise<void> {
  const { core } = fleet;
  switch (each.kind) {
    case 'apply': {
      const { replicas, priority, image } = each;
      const spec = modelSpec(each.name, { replicas, priority });
      // What is being deleted is refused.
      await core.applyModel(withImage(spec, `${each.name}:${image}`), apply).catch(() => undefined);
      return;
    }
    case 'delete':
      await core.deleteModel(nameOf(each.name), { validateOnly: false }).catch(() => undefined);
      return;
    case 'wanted':
      await core.setAvailability(valueOf(parseNodeName(each.node)), each.wanted);
      return;
    case 'link': {
      const agent = fleet.agents.find((one) => one.node === each.node);
      if (agent?.connected === true) agent.disconnect();
      else agent?.connect();
      return;
    }
    case 'wait':
      await fleet.run(each.ms);
  }
}

function picture(fleet: SimFleet) {
  return {
    models: fleet.core.models().map(({ spec, version, deleting, replicas, pendingCount }) => ({
      name: spec.name,
      version,
      deleting,
      pendingCount,
      replicas: replicas.map(({ claim, status, retiring }) => ({
        claim,
        phase: status?.phase,
        retiring,
      })),
    })),
    running: fleet.core.changes().filter(({ change }) => change.state === 'running').length,
  };
}
