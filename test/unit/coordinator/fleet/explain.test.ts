import { expect, test } from 'vitest';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { migNeed, modelSpec, nameOf, SimFleet } from '../../../fakes/coordinator/sim-fleet.ts';

const onA100 = { ...migNeed, models: ['A100-40GB'] };
const apply = { validateOnly: false, etag: null };

async function fleetOf(cards: Readonly<Record<string, string>>): Promise<SimFleet> {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  for (const [name, each] of Object.entries(cards)) fleet.join(name, each);
  return fleet;
}

test('a placed model says where, what the next best costs, which decision it was and how to move it', async () => {
  const fleet = await fleetOf({ 'node-a': 'A100-40GB', 'node-b': 'A100-40GB', 'node-c': 'L40S' });
  await fleet.core.applyModel(modelSpec('vad', { gpu: onA100 }), apply);
  await fleet.run(4_000);
  const why = fleet.core.explain(nameOf('vad'));
  expect(why?.refusal).toBeNull();
  expect(why?.places).toHaveLength(1);
  const [place] = why?.places ?? [];
  expect(place?.why).toMatch(/^node-a costs \d+ now, /);
  expect(place?.why).toContain('node-b');
  expect(place?.toMove).toContain('tangram drain node-a would take it to node-b');
  expect(place?.evidence).toMatchObject([{ reason: 'card-model', of: 'gpu', count: 1 }]);
  const logged = fleet.decisions?.get(place?.decision ?? 0);
  expect(logged).toMatchObject({ model: 'vad', claim: place?.replica });
  await fleet.kill();
});

test('a placed model that nothing else could take says so', async () => {
  const fleet = await fleetOf({ 'node-a': 'A100-40GB', 'node-c': 'L40S' });
  await fleet.core.applyModel(modelSpec('vad', { gpu: onA100 }), apply);
  await fleet.run(4_000);
  const [place] = fleet.core.explain(nameOf('vad'))?.places ?? [];
  expect(place?.why).toMatch(/^no other node has a place for it \(it costs \d+ now\)$/);
  expect(place?.toMove).toBe('no other node can take it: make room there first');
  await fleet.kill();
});

test('a pending model is told which move would make room, before what its owner could give up', async () => {
  const fleet = await fleetOf({ 'node-a': 'A100-40GB', 'node-b': 'A100-40GB' });
  const mig = (memoryMib: number) => ({ ...migNeed, memoryMib });
  const gentle = { kind: 'budget', seconds: 60 } as const;
  // A slice of each card is taken: the whole of neither is left for seven units.
  const spread = { spread: 'node', maxPerNode: 1, antiAffinity: [], constraints: {} } as const;
  const ocr = { replicas: 2, gpu: mig(4_000), disruption: gentle, placement: spread };
  await fleet.core.applyModel(modelSpec('ocr', ocr), apply);
  await fleet.run(4_000);
  await fleet.core.applyModel(
    modelSpec('ocr', { ...ocr, placement: { ...spread, spread: 'none', maxPerNode: 0 } }),
    apply,
  );
  await fleet.core.applyModel(modelSpec('big', { gpu: mig(39_000) }), apply);
  await fleet.run(4_000);
  const why = fleet.core.explain(nameOf('big'));
  expect(why?.refusal?.summary).toContain('needs 39000MiB as MIG');
  expect(why?.refusal?.nearest).toMatch(
    /^free start 0 on node-[ab]\/GPU0 by moving ocr-\w+ to node-[ab]; or lower gpu.memory by /,
  );
  await fleet.kill();
});
