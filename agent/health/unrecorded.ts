import type { GpuInventory, MigInstance } from '../../shared/domain/inventory.ts';
import { isSamePlacement } from '../../shared/domain/mig-layout.ts';
import type { AgentStore } from '../store/agent-store.ts';

type Memory = Pick<AgentStore, 'bindings' | 'recordedLayouts'>;

/** Instances that nothing brings back after a reset: no slice of ours, and in no layout that was asked for here. */
export function strangersOn(store: Memory, inventory: GpuInventory): readonly MigInstance[] {
  return unrecorded(store, inventory).filter((each) => each.slice === null);
}

/** Instances that were there before us and come back as slices of ours only: not once their replica is gone. */
export function lentOn(store: Memory, inventory: GpuInventory): readonly MigInstance[] {
  const adopted = store.bindings().filter((each) => each.adopted);
  return unrecorded(store, inventory).filter((each) =>
    adopted.some(({ slice }) => slice.id === each.slice),
  );
}

function unrecorded(store: Memory, { uuid, instances }: GpuInventory): readonly MigInstance[] {
  const recorded = store.recordedLayouts().find((each) => each.gpu === uuid);
  const known = recorded?.shape.instances ?? [];
  return instances.filter((each) => !known.some((wanted) => isSamePlacement(wanted, each)));
}
