import type { Authority } from '../../shared/domain/gpu.ts';
import type { ClusterId, GpuUuid, ReplicaId, SliceId } from '../../shared/domain/ids.ts';
import type { Tombstone } from '../../shared/domain/node-target.ts';
import type { HealthStore } from './health-part.ts';
import type { LayoutStore } from './layout-part.ts';
import type { MpsStore } from './mps-part.ts';
import type {
  AcceptedTarget,
  EventRecord,
  Intent,
  LayoutRecord,
  ReplicaRecord,
  SliceBinding,
} from './records.ts';

/**
 * What the agent must remember across restarts and reboots. Every write is on disk when the call returns, or throws
 * STORE_FULL and has changed nothing; every value is checked when it is read, or the call throws STORE_UNREADABLE.
 */
export interface AgentStore extends HealthStore, LayoutStore, MpsStore {
  accepted(): AcceptedTarget | null;
  /** Also forgets the done tombstones that the new target does not name any more. */
  saveAccepted(accepted: AcceptedTarget): void;
  /** The cluster whose targets this node takes; null: it has taken none. */
  clusterId(): ClusterId | null;

  replicas(): readonly ReplicaRecord[];
  saveReplica(record: ReplicaRecord): void;
  removeReplica(replica: ReplicaId): void;

  bindings(): readonly SliceBinding[];
  saveBinding(binding: SliceBinding): void;
  removeBinding(slice: SliceId): void;

  layouts(): readonly LayoutRecord[];
  saveLayout(layout: LayoutRecord): void;

  /** What somebody at the node said of single cards; it goes before the configuration. */
  authorities(): Readonly<Record<GpuUuid, Authority>>;
  /** null: forgets it. */
  saveAuthority(gpu: GpuUuid, authority: Authority | null): void;

  tombstonesDone(): readonly Tombstone[];
  addTombstoneDone(tombstone: Tombstone): void;

  /** Durable before it answers with the intent's id. */
  beginIntent(intent: Omit<Intent, 'id'>): number;
  endIntent(id: number): void;
  openIntents(): readonly Intent[];

  /** The one write that a full disk does not refuse: what finds no room is told all the same, and written later. */
  appendEvent(event: Omit<EventRecord, 'id'>): void;
  /** Oldest first, the last `limit` of them. */
  events(options: {
    readonly limit: number;
    readonly subject: string | null;
  }): readonly EventRecord[];

  /** Why writes are refused since one was, until there is room again; null: they are taken. */
  refusal(): string | null;

  close(): void;
}
