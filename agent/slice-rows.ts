import type { GpuUuid, SliceId } from '../shared/domain/ids.ts';
import type { GpuInventory, Inventory, MigInstance } from '../shared/domain/inventory.ts';
import { isSamePlacement, type RecordedLayout } from '../shared/domain/mig-layout.ts';
import type {
  AllocationTarget,
  NodeStatus,
  NodeTarget,
  SliceStatus,
} from '../shared/domain/node-target.ts';
import type { SliceShape } from '../shared/domain/slice.ts';
import type { Holder } from './attribution/holder.ts';
import type { Attribution } from './reconcile/attribution.ts';
import type { AgentCore } from './reconcile/core.ts';

/** One slice of this node, wanted or found: what `agentctl ls` and the slice metrics tell of it. */
export interface SliceRow {
  /** null: it exists, and is not a slice. */
  readonly slice: SliceId | null;
  readonly gpu: GpuUuid;
  /** null: a replica holds the card, but nothing says how it is cut. */
  readonly shape: SliceShape | null;
  readonly deviceUuid: string | null;
  /** Who has it, or is to have it; null: nobody of ours. */
  readonly holder: Holder | null;
  readonly pids: readonly number[];
  /**
   * `free`: a layout that was asked of us has it, and nobody uses it. `foreign`: we did not make it, or a stranger may
   * be in it. `leaving`: it is ours, but the target names it no more.
   */
  readonly state: SliceStatus['phase'] | 'free' | 'foreign' | 'leaving' | 'unknown';
  readonly reason: string;
}

export interface NodeViews {
  readonly inventory: Inventory | null;
  readonly target: NodeTarget | null;
  readonly status: NodeStatus;
  readonly attribution: readonly Attribution[];
  /** What `agentctl mig apply` has made; absent: nothing. */
  readonly recorded?: readonly RecordedLayout[];
}

/** What rows are made from, of a core. */
export type RowSource = Pick<
  AgentCore,
  'attribution' | 'inventory' | 'recordedLayouts' | 'status' | 'target'
>;

export function viewsOf(core: RowSource): NodeViews {
  return {
    inventory: core.inventory(),
    target: core.target(),
    status: core.status(),
    attribution: core.attribution(),
    recorded: core.recordedLayouts(),
  };
}

/** Slices of the target first, then what is held besides, then MIG instances that nobody named. */
export function sliceRows(views: NodeViews): readonly SliceRow[] {
  const wanted = (views.target?.gpus ?? []).flatMap((gpu) => gpu.slices);
  const rows: SliceRow[] = wanted.map((slice) => {
    const status = views.status.slices.find(
      (each) => each.slice === slice.id && each.incarnation === slice.incarnation,
    );
    const held = holderOf(slice.id, views);
    return {
      slice: slice.id,
      gpu: slice.gpu,
      shape: slice.shape,
      deviceUuid: status?.deviceUuid ?? held.deviceUuid,
      holder: held.holder,
      pids: held.pids,
      state: status?.phase ?? 'unknown',
      reason: status?.reason ?? '',
    };
  });
  const known = new Set<string | null>(wanted.map((slice) => slice.id));
  for (const held of views.attribution) {
    for (const part of held.slices) {
      if (part.slice !== null && known.has(part.slice)) continue;
      const { pids } = held;
      rows.push({ ...part, holder: replicaHolder(held), pids, state: 'unknown', reason: '' });
    }
  }
  rows.push(...leftToAllocations(views, known));
  return [...rows, ...leftoverInstances(views, rows)];
}

function holderOf(
  slice: SliceId,
  { target, attribution }: NodeViews,
): Pick<SliceRow, 'holder' | 'pids' | 'deviceUuid'> {
  for (const held of attribution) {
    const part = held.slices.find((each) => each.slice === slice);
    if (part === undefined) continue;
    return { holder: replicaHolder(held), pids: held.pids, deviceUuid: part.deviceUuid };
  }
  const replica = target?.replicas.find(({ slices }) => slices.includes(slice));
  const client = target?.allocations?.find(({ slices }) => slices.includes(slice));
  const holder = replica === undefined ? null : replicaHolder(replica);
  return {
    holder: holder ?? (client === undefined ? null : allocationHolder(client)),
    pids: [],
    deviceUuid: null,
  };
}

function replicaHolder({ replica, model }: Pick<Attribution, 'replica' | 'model'>): Holder {
  return { kind: 'replica', replica, model };
}

function allocationHolder({ allocation }: Pick<AllocationTarget, 'allocation'>): Holder {
  return { kind: 'allocation', allocation };
}

/** Nothing of an allocation runs by us, so what the target has left out is known by its claim alone. */
function leftToAllocations(
  { status, inventory }: NodeViews,
  known: ReadonlySet<string | null>,
): readonly SliceRow[] {
  const instances = (inventory?.gpus ?? []).flatMap((gpu) => gpu.instances);
  return (status.left ?? []).flatMap(({ holder, slices }) => {
    if (holder.kind !== 'allocation') return [];
    return slices
      .filter(({ id }) => !known.has(id))
      .map(({ id, gpu, shape }): SliceRow => {
        const instance = instances.find(({ slice }) => slice === id);
        return {
          slice: id,
          gpu,
          shape,
          deviceUuid: shape.kind === 'mig' ? (instance?.uuid ?? null) : gpu,
          holder: allocationHolder(holder.target),
          pids: [],
          state: 'leaving',
          reason: '',
        };
      });
  });
}

function leftoverInstances(
  { inventory, recorded = [] }: NodeViews,
  rows: readonly SliceRow[],
): readonly SliceRow[] {
  const slices = new Set<string | null>(rows.map((row) => row.slice));
  const devices = new Set<string | null>(rows.map((row) => row.deviceUuid));
  const isNew = (instance: MigInstance): boolean =>
    !(instance.slice !== null && slices.has(instance.slice)) &&
    !(instance.uuid !== null && devices.has(instance.uuid));
  return (inventory?.gpus ?? []).flatMap((gpu) =>
    byStart(gpu.instances.filter(isNew)).map((instance): SliceRow => {
      const { giProfileId, start, size, profile, memoryMib } = instance;
      return {
        slice: instance.slice,
        gpu: gpu.uuid,
        shape: { kind: 'mig', giProfileId, start, size, profile, memoryMib },
        deviceUuid: instance.uuid,
        holder: null,
        pids: [],
        state: instance.slice === null ? unnamedState(gpu, instance, recorded) : 'leaving',
        reason: '',
      };
    }),
  );
}

function byStart(instances: readonly MigInstance[]): readonly MigInstance[] {
  return instances.toSorted((a, b) => a.start - b.start);
}

/** The cards do not tell which instance a stranger is in, so one on the card may be in any. */
function unnamedState(
  gpu: GpuInventory,
  instance: MigInstance,
  recorded: readonly RecordedLayout[],
): 'free' | 'foreign' {
  const layout = recorded.find((each) => each.gpu === gpu.uuid);
  const made = layout?.shape.instances.some((each) => isSamePlacement(each, instance)) === true;
  return made && gpu.memoryForeignMib === 0 ? 'free' : 'foreign';
}
