import type { Authority } from '../../shared/domain/gpu.ts';
import { unreachable } from '../../shared/domain/assert.ts';
import type { AllocationName, GpuUuid, ReplicaId, SliceId } from '../../shared/domain/ids.ts';
import type { CardShape, LaidOutInstance } from '../../shared/domain/mig-layout.ts';
import type { MigGeometry } from '../../shared/domain/mig-profile.ts';
import type { MigFamily } from './mig-family.ts';

/** Who uses a card or a piece of it. */
export type Holder =
  | { readonly kind: 'replica'; readonly replica: ReplicaId }
  /** Its client may start on it at any time: it is never taken, whether or not anything runs. */
  | { readonly kind: 'allocation'; readonly allocation: AllocationName }
  /** Not ours: it is named, and never ended. */
  | { readonly kind: 'process'; readonly pid: number; readonly name: string };

/** An instance as it is now. */
export interface InstanceNow extends LaidOutInstance {
  readonly gpuInstanceId: number;
  readonly computeInstanceIds: readonly number[];
  readonly uuid: string | null;
  readonly memoryMib: number;
  readonly slice: SliceId | null;
  readonly holders: readonly Holder[];
}

/** Everything that a plan for one card depends on, read from the node. */
export interface CardNow {
  readonly gpu: GpuUuid;
  readonly index: number;
  readonly productName: string;
  /** `0x20B010DE`, as `device-filter` of mig-parted names products; null: not known. */
  readonly pciDeviceId: string | null;
  readonly family: MigFamily;
  /** The card is passed through to a virtual machine: only a reboot of that resets it. */
  readonly passedThrough: boolean;
  /** null: this card has no MIG at all. */
  readonly migEnabled: boolean | null;
  /** What the next reset or reboot makes of it. */
  readonly migPending: boolean | null;
  readonly geometry: MigGeometry | null;
  /** By start. */
  readonly instances: readonly InstanceNow[];
  /** Who uses the card as a whole, or a piece of it that nobody tells. */
  readonly holders: readonly Holder[];
  /** Our MPS daemon shares the card. */
  readonly mpsRunning: boolean;
  /** Cards that NVLink joins with this one, by index; null: not known. */
  readonly nvlinkPeers: readonly number[] | null;
  readonly authority: Authority;
  readonly layoutRevision: number;
  /** Why it cannot be read or used; null: it can. */
  readonly error: string | null;
}

export function shapeOf(now: CardNow): CardShape {
  return {
    migEnabled: now.migEnabled === true,
    instances: now.instances.map(({ giProfileId, start, profile, compute }) => ({
      giProfileId,
      start,
      profile,
      compute,
    })),
  };
}

/** Everybody who uses any part of the card. */
export function allHolders(now: CardNow): readonly Holder[] {
  return [...now.holders, ...now.instances.flatMap((each) => each.holders)];
}

export function renderHolder(holder: Holder): string {
  switch (holder.kind) {
    case 'replica':
      return `replica ${holder.replica}`;
    case 'allocation':
      return `allocation ${holder.allocation}`;
    case 'process':
      return `process ${holder.pid} (${holder.name})`;
    default:
      return unreachable(holder);
  }
}

/** `3g.20gb at 4`: an instance for people. */
export function renderInstance({
  profile,
  start,
}: Pick<LaidOutInstance, 'profile' | 'start'>): string {
  return `${profile} at ${start}`;
}
