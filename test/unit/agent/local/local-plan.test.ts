import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  planLaunch,
  planRemoval,
  planSweep,
  type LocalNode,
  type LocalPlan,
} from '../../../../agent/local/local-plan.ts';
import { localClusterId } from '../../../../agent/local/local-cluster.ts';
import type { ModelSpec } from '../../../../shared/domain/model.ts';
import type { NodeTarget, Tombstone } from '../../../../shared/domain/node-target.ts';
import { FakeAgent } from '../../../fakes/coordinator/fake-agent.ts';
import { modelSpec, nameOf } from '../../../fakes/coordinator/sim-fleet.ts';

const inventory = new FakeAgent('node-a', 'L40S,A100-40GB', () => {
  throw new Error('nobody dials');
}).inventory();

function alone(target: NodeTarget | null, tombstonesDone: readonly Tombstone[] = []): LocalNode {
  return { inventory, target, tombstonesDone };
}

function counter(): () => string {
  let at = 0;
  return () => `r${(at += 1)}`;
}

function planned(result: ReturnType<typeof planLaunch>): LocalPlan {
  if (!result.ok) throw new Error(result.problem.summary);
  return result.value;
}

const about = () => ({ nowMs: 1_000, suffix: counter() });

function sized(name: string, memoryMib: number, replicas = 1): ModelSpec {
  const spec = modelSpec(name);
  const gpu = { isolation: 'mps', count: 1, processes: 1, models: [], computePercent: 0 } as const;
  return { ...spec, name: nameOf(name), replicas, gpu: { ...gpu, memoryMib } };
}

test('the first launch makes a target of the local cluster with its replica and its slice', () => {
  const { target, starts, stops } = planned(planLaunch(alone(null), sized('vad', 4_096), about()));
  expect(target).toMatchObject({ clusterId: localClusterId, epoch: 0, generation: 1 });
  expect(starts.map((each) => each.replica)).toEqual(['vad-r1']);
  expect(stops).toEqual([]);
  expect(target.replicas).toMatchObject([{ replica: 'vad-r1', modelVersion: 1 }]);
  expect(target.gpus.flatMap((part) => part.slices)).toEqual(starts[0]?.placement.slices);
});

test('asking for the same again changes nothing', () => {
  const first = planned(planLaunch(alone(null), sized('vad', 4_096), about()));
  const again = planned(planLaunch(alone(first.target), sized('vad', 4_096), about()));
  expect([again.starts, again.stops]).toEqual([[], []]);
});

test('a changed model is replaced: the old copy is tombstoned with its slice, the new one has the next version', () => {
  const first = planned(planLaunch(alone(null), sized('vad', 4_096), about()));
  const changed = {
    ...sized('vad', 4_096),
    workload: { ...modelSpec('vad').workload, port: 9_000 },
  };
  const next = planned(
    planLaunch(alone(first.target), changed, { nowMs: 2_000, suffix: () => 'r9' }),
  );
  expect(next.stops).toEqual(['vad-r1']);
  expect(next.target.replicas).toMatchObject([{ replica: 'vad-r9', modelVersion: 2 }]);
  expect(next.target.tombstones.map((each) => each.kind).sort()).toEqual(['replica', 'slice']);
  expect(next.target.generation).toBe(2);
});

test('a removal names what goes, and what is gone is not named again', () => {
  const first = planned(planLaunch(alone(null), sized('vad', 4_096), about()));
  const removal = planRemoval(alone(first.target), nameOf('vad'));
  expect(removal.stops).toEqual(['vad-r1']);
  expect(removal.target.replicas).toEqual([]);
  expect(planSweep(alone(removal.target))).toBeNull();
  expect(planSweep(alone(removal.target, removal.target.tombstones))).toMatchObject({
    generation: 3,
    replicas: [],
    tombstones: [],
  });
});

test('a model that fits nowhere is refused with the reason and the nearest thing that would help', () => {
  const refused = planLaunch(alone(null), sized('big', 500_000), about());
  expect(refused).toMatchObject({
    ok: false,
    problem: { summary: expect.stringMatching(/memory|MiB|GiB/) },
  });
});

test('whatever is launched and removed, no slice is promised twice and no memory more than once', () => {
  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    memoryMib: fc.integer({ min: 500, max: 30_000 }),
    replicas: fc.integer({ min: 1, max: 3 }),
    remove: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let target: NodeTarget | null = null;
      let made = 0;
      for (const { name, memoryMib, replicas, remove } of steps) {
        const node = alone(target, target?.tombstones ?? []);
        const suffix = (): string => `r${(made += 1)}`;
        const plan = remove
          ? planRemoval(node, nameOf(name))
          : planLaunch(node, sized(name, memoryMib, replicas), { nowMs: 1, suffix });
        if ('ok' in plan && !plan.ok) continue;
        target = 'ok' in plan ? plan.value.target : plan.target;
        const slices = target.gpus.flatMap((part) => part.slices);
        expect(new Set(slices.map((slice) => slice.id)).size).toBe(slices.length);
        const held = target.replicas.flatMap((each) => each.slices);
        expect(new Set(held).size).toBe(held.length);
        for (const gpu of inventory.gpus) {
          const used = slices
            .filter((slice) => slice.gpu === gpu.uuid)
            .reduce((sum, slice) => sum + slice.shape.memoryMib, 0);
          expect(used).toBeLessThanOrEqual(gpu.memoryTotalMib);
        }
      }
    }),
    { numRuns: 60 },
  );
});
