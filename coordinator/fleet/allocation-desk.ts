import { assert } from '../../shared/domain/assert.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import { parseAllocationName, type AllocationName } from '../../shared/domain/ids.ts';
import type { OnceCall } from './answers.ts';
import { allocate, releaseAllocation, renewAllocation } from './allocate.ts';
import { explainAllocation, viewAllocation } from './allocation-views.ts';
import type { Allocations, AllocationView } from './allocations.ts';
import type { Planner } from './planner.ts';
import type { World } from './world.ts';

/** `write`: takes its turn among those who write, and wakes the planner afterwards. */
export function createAllocations(
  world: World,
  planner: Planner,
  write: <T>(task: () => Promise<T>, once?: OnceCall<T>) => Promise<T>,
): Omit<Allocations, 'watch'> {
  return {
    allocate: (spec, options) => write(() => allocate(world, planner, spec, options), options.once),
    renew: (name, options) =>
      write(() => renewAllocation(world, planner, { name, ...options }), options.once),
    release: (name, { once }) =>
      write(() => releaseAllocation(world, planner, { name, once }), once),
    list: (): readonly AllocationView[] =>
      world.ledger.allocations.values().map((record) => viewAllocation(world, planner, record)),
    get: (name) => {
      const record = world.ledger.allocation(name)?.value;
      return record && viewAllocation(world, planner, record);
    },
    explain: (name) => explainAllocation(world, planner, name),
    drawName: () => drawName(world),
  };
}

/** `a-<suffix>`: free among 30^8. */
function drawName(world: World): AllocationName {
  for (;;) {
    const name = parseAllocationName(`a-${freshSuffix(world.deps.random)}`);
    assert(name.ok, 'a fresh allocation name is valid');
    if (world.ledger.allocation(name.value) === undefined) return name.value;
  }
}
