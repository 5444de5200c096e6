import type { BootId, GpuUuid } from '../../shared/domain/ids.ts';

/** What the driver asks for: Xid 154 and `gpu_recovery_action` use the same numbers (NVML, driver 570 and later). */
export const recoveryWishes = [
  'none',
  'reset',
  'reboot',
  'drain-p2p',
  'drain-reset',
  'recover-imex',
] as const;

export type RecoveryWish = (typeof recoveryWishes)[number];

/** Who was hit: a job is a model of ours, or the program of a process that is not. */
export interface Victim {
  readonly job: string;
  /** Its replica, or `pid 7`. */
  readonly who: string;
  readonly atMs: number;
}

/** Xids of one kind on one card, as many as came. Memory is bounded whatever the kernel log says. */
export interface XidIncident {
  readonly code: number;
  /** null: the event named none, or the whole card. */
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
  /** The MIG device that had this instance id then: ids are used again. null: not known. */
  readonly deviceUuid: string | null;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  /** The newest raw line, cut. */
  readonly line: string;
  readonly injected: boolean;
  /** Of Xids 144–150: whether NVLink 5 called it fatal; null: it did not say. */
  readonly fatal: boolean | null;
  /** Of Xid 154: what the driver asks for; null: another code, or words that we do not know. */
  readonly wish: RecoveryWish | null;
  /** The last ones, newest last. */
  readonly victims: readonly Victim[];
}

/**
 * `marked` → `draining` (waits until nothing runs on the card) → `resetting` → `verifying` → `readmitted` or `failed`.
 * Each state is on disk before anything of it is done.
 */
export const recoveryStates = [
  'marked',
  'draining',
  'resetting',
  'verifying',
  'readmitted',
  'failed',
] as const;

export type RecoveryState = (typeof recoveryStates)[number];

/** One recovery of one card: the whole of it is one journal entry. */
export interface CardRecovery {
  readonly state: RecoveryState;
  /** The boot that `state` was entered in: a reboot resets every card. */
  readonly bootId: BootId;
  readonly askedBy: 'operator' | 'policy';
  /** The verdict that it is about. */
  readonly cause: string;
  /** false: only injected evidence speaks against the card, and the hardware is left alone. */
  readonly resets: boolean;
  readonly startedAtMs: number;
  /** When `state` was entered. */
  readonly sinceMs: number;
  /** Resets begun so far. */
  readonly attempts: number;
  /** What it waits for, or why it failed. */
  readonly detail: string;
}

/** What the agent remembers of one card's health across its own restarts. */
export interface CardHealthRecord {
  readonly gpu: GpuUuid;
  /** Incidents of another boot are over: the card was reset since. */
  readonly bootId: BootId;
  readonly incidents: readonly XidIncident[];
  /** The last recovery; null: there was none. */
  readonly recovery: CardRecovery | null;
}

/** How far a kernel log was read. */
export interface KernelLogPosition {
  /** Which log: `/dev/kmsg`, `journal`, a file with its inode. */
  readonly log: string;
  readonly bootId: BootId;
  /** Everything up to and with this was acted on: a sequence number, microseconds or bytes. */
  readonly position: number;
}
