import type { BootId, GpuUuid, ReplicaId } from '../../shared/domain/ids.ts';
import type { RuntimeKind } from '../../shared/domain/inventory.ts';
import type {
  GpuTarget,
  LeftClaim,
  NodeTarget,
  ReplicaTarget,
} from '../../shared/domain/node-target.ts';
import type { Slice } from '../../shared/domain/slice.ts';

/** The accepted target, and what each card made of its part. */
export interface AcceptedTarget {
  readonly target: NodeTarget;
  /** The part in force on each card: the target's own, or an earlier one where the card refused it. */
  readonly gpusInForce: readonly GpuTarget[];
  readonly refusals: readonly GpuRefusal[];
  /** What earlier targets gave and this one does not name. Absent: nothing. */
  readonly left?: readonly LeftClaim[];
}

/** One card that refused its part of the target, alone. */
export interface GpuRefusal {
  readonly gpu: GpuUuid;
  readonly detail: string;
}

/** What the agent remembers of one replica across its own restarts. */
export interface ReplicaRecord {
  readonly replica: ReplicaId;
  /** The last target that named it: how to probe it, and what it is a copy of. */
  readonly target: ReplicaTarget;
  /** Of the target's version that is, or was last, running. */
  readonly specHash: string;
  /** Chosen once: a replica never changes its runtime. */
  readonly runtime: RuntimeKind;
  /** The slices that it was started on. */
  readonly slices: readonly Slice[];
  /** Starts after the first. */
  readonly restarts: number;
  /** Failed starts and exits in a row; the exponent of the back-off. */
  readonly failures: number;
  /** Wall clock; null: never started. */
  readonly startedAtMs: number | null;
  /** The boot that it was started in; null: never started. */
  readonly startedInBoot: BootId | null;
  /** Not started before this wall-clock time. 0: at once. */
  readonly notBeforeMs: number;
  /** The run that has answered its probe; null: none has. */
  readonly readyRuntimeId: string | null;
  /** Wall clock: when the run of `startedAtMs` first answered; null: it has not, or nobody watched it do so. */
  readonly readyAtMs: number | null;
  /** The run whose end is already counted in `failures`. */
  readonly endedRuntimeId: string | null;
  /** Why it last failed; empty: it did not. */
  readonly lastReason: string;
  /** Retrying alone will not help: somebody must change something. */
  readonly needsSomebody: boolean;
}

/** A slice that exists here, and what it is made of. */
export interface SliceBinding {
  readonly slice: Slice;
  /** The boot in which it was last seen made: instances and daemons do not survive another. */
  readonly bootId: BootId;
  /** null: not a MIG slice. */
  readonly gpuInstanceId: number | null;
  /** What its holder sees: `MIG-…`, or the card's UUID. */
  readonly deviceUuid: string;
  /** It was there before us: it is used, and never destroyed. */
  readonly adopted: boolean;
}

/** What a card's layout was when it was last seen. */
export interface LayoutRecord {
  readonly gpu: GpuUuid;
  /** Grows with every change, whoever made it. */
  readonly revision: number;
  /** The last revision that was not of our own making. */
  readonly driftRevision: number;
  /** MIG mode, and each instance with its driver id. */
  readonly fingerprint: string;
  /** MIG mode and placements that our own steps lead to; compared with what is seen next. */
  readonly shapeExpected: string;
  /** The boot in which it was last seen; null: an agent that did not write it down has seen it. */
  readonly bootId: BootId | null;
}

/** A step that is about to touch the host, written before it does. */
export interface Intent {
  readonly id: number;
  readonly bootId: BootId;
  readonly atMs: number;
  readonly kind: string;
  /** The card that it changes; null: none. */
  readonly gpu: GpuUuid | null;
  /** The slice that it makes; null: none. */
  readonly slice: Slice | null;
  /** The whole step, as JSON: for people who ask what happened. */
  readonly step: string;
}

/** One line of the node's history. */
export interface EventRecord {
  readonly id: number;
  readonly atMs: number;
  readonly kind: string;
  readonly subject: string;
  readonly message: string;
}
