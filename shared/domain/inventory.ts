import type { Authority, GpuHealth, GpuMode } from './gpu.ts';
import type { BootId, GpuUuid, NodeName, SliceId } from './ids.ts';
import type { MigGeometry } from './mig-profile.ts';

/** One MIG GPU instance that exists on a card now. */
export interface MigInstance {
  readonly giProfileId: number;
  readonly start: number;
  readonly size: number;
  readonly profile: string;
  readonly memoryMib: number;
  /** The driver's id of the instance; reused after a destroy. */
  readonly gpuInstanceId: number;
  /** The compute instances in it; CUDA cannot run in an instance that has none. */
  readonly computeInstanceIds: readonly number[];
  /** `MIG-…`, what it is called today; null while it has no compute instance. */
  readonly uuid: string | null;
  /** null: we did not make it, so it is respected as foreign. */
  readonly slice: SliceId | null;
}

/** Another card of the same node that NVLink joins, directly or through a switch. */
export interface NvlinkPeer {
  readonly gpu: GpuUuid;
  /** How many links; `topo -m` prints 12 as `NV12`. */
  readonly links: number;
}

/** One card as its agent sees it. */
export interface GpuInventory {
  readonly uuid: GpuUuid;
  /** For people only: it may change at every boot. */
  readonly index: number;
  /** As `nvidia-smi` prints it. */
  readonly productName: string;
  readonly pciBusId: string;
  readonly memoryTotalMib: number;
  /** What processes that are not ours hold now. */
  readonly memoryForeignMib: number;
  /** 0: not known. */
  readonly smCount: number;
  readonly mode: GpuMode;
  readonly authority: Authority;
  readonly health: GpuHealth;
  /** null: this card has no MIG at all. */
  readonly migEnabled: boolean | null;
  /** Grows whenever the card's layout (MIG mode and instances) changes, whoever changed it. */
  readonly layoutRevision: number;
  /** null: the card has no MIG, or the node could not tell. */
  readonly geometry: MigGeometry | null;
  readonly instances: readonly MigInstance[];
  /** The MPS daemon of this card answers. */
  readonly mpsActive: boolean;
  /** Whether its node would share it through MPS at all: configuration may say no. */
  readonly mpsOffered: boolean;
  /** By UUID; empty: none, or the node could not tell. */
  readonly nvlinkPeers: readonly NvlinkPeer[];
  /** The NUMA node whose CPUs are nearest; null: not known. */
  readonly numaNode: number | null;
}

export type RuntimeKind = 'docker' | 'process';

/** How a slice is handed to a container; configuration of the node, never a silent fallback. */
export type GpuHandout = 'toolkit' | 'cdi' | 'env';

/** A node as its agent sees it: one snapshot, complete. */
export interface Inventory {
  readonly node: NodeName;
  readonly bootId: BootId;
  readonly agentVersion: string;
  readonly driverVersion: string | null;
  readonly cpuMillis: number;
  readonly memoryMib: number;
  readonly labels: Readonly<Record<string, string>>;
  /** The runtimes that answer now; empty: nothing can be started here. */
  readonly runtimes: readonly RuntimeKind[];
  readonly handout: GpuHandout;
  /** Where Prometheus scrapes the agent: `host:port`; null: nowhere. */
  readonly metricsAddress: string | null;
  /**
   * Image references that Docker here holds, as people write them (`name:tag`, `name@sha256:…`): the newest
   * `inventoryLimits.imagesMax`, sorted. A hint that saves a pull, and no promise: empty without Docker.
   */
  readonly images: readonly string[];
  readonly gpus: readonly GpuInventory[];
}

export const inventoryLimits = {
  /** How many cards one node may report: a host with more is a broken message. */
  gpusMax: 64,
  imagesMax: 256,
  /** An image reference that is longer is left out. */
  imageLengthMax: 512,
} as const;
