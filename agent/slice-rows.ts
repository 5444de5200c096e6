import type { GpuUuid, ModelName, ReplicaId, SliceId } from '../shared/domain/ids.ts';
import type { GpuInventory, Inventory, MigInstance } from '../shared/domain/inventory.ts';
import { isSamePlacement, type RecordedLayout } from '../shared/domain/mig-layout.ts';
import type { NodeStatus, NodeTarget, SliceStatus } from '../shared/domain/node-target.ts';
import type { SliceShape } from '../shared/domain/slice.ts';
import type { Attribution } from './reconcile/attribution.ts';

/** One slice of this node, wanted or found: what `agentctl ls` and the slice metrics tell of it. */
export interface SliceRow {
  /** null: it exists, and is not a slice. */
  readonly slice: SliceId | null;
  readonly gpu: GpuUuid;
  /** null: a replica holds the card, but nothing says how it is cut. */
  readonly shape: SliceShape | null;
  readonly deviceUuid: string | null;
  readonly replica: ReplicaId | null;
  readonly model: ModelName | null;
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

/** Slices of the target first, then what replicas hold besides, then MIG instances that nobody named. */
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
      replica: held.replica,
      model: held.model,
      pids: held.pids,
      state: status?.phase ?? 'unknown',
      reason: status?.reason ?? '',
    };
  });
  const known = new Set<string | null>(wanted.map((slice) => slice.id));
  for (const held of views.attribution) {
    for (const part of held.slices) {
      if (part.slice !== null && known.has(part.slice)) continue;
      const { replica, model, pids } = held;
      rows.push({ ...part, replica, model, pids, state: 'unknown', reason: '' });
    }
  }
  return [...rows, ...leftoverInstances(views, rows)];
}

function holderOf(
  slice: SliceId,
  { target, attribution }: NodeViews,
): Pick<SliceRow, 'replica' | 'model' | 'pids' | 'deviceUuid'> {
  for (const held of attribution) {
    const part = held.slices.find((each) => each.slice === slice);
    if (part !== undefined) return { ...held, deviceUuid: part.deviceUuid };
  }
  const meant = target?.replicas.find((replica) => replica.slices.includes(slice));
  return {
    replica: meant?.replica ?? null,
    model: meant?.model ?? null,
    pids: [],
    deviceUuid: null,
  };
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
        replica: null,
        model: null,
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
