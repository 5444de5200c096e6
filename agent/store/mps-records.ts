import type { BootId, GpuUuid } from '../../shared/domain/ids.ts';

/** What the MPS daemon of a card was last told to allow one client. */
export interface MpsDefaultsRecord {
  readonly gpu: GpuUuid;
  /** The daemon that was told: another one knows nothing of it. */
  readonly incarnation: string;
  readonly smPercent: number;
  readonly memoryMib: number;
}

/** The compute mode that a card had before we made it exclusive for a daemon: it is given back. */
export interface ComputeModeRecord {
  readonly gpu: GpuUuid;
  /** As the tool says it, such as `Default`. */
  readonly modeBefore: string;
  /** The mode lasts only while the driver is loaded: in another boot there is nothing to give back. */
  readonly bootId: BootId;
}

/** The restart of all that share a card, after a fault that hit them all. */
export interface MpsRecovery {
  readonly gpu: GpuUuid;
  /** The fault that it answers: the same one is not answered again once this is over. */
  readonly faultId: string;
  /** For people: what has happened, and who was named. */
  readonly reason: string;
  /** Its tenants are being stopped; nothing starts on the card. */
  readonly open: boolean;
  /** Who shared the card: others are a new chance. */
  readonly tenants: string;
  /** When this and the ones before it began, wall clock, oldest first; older than an hour is forgotten. */
  readonly beganAtMs: readonly number[];
  /** Nothing starts before this wall-clock time. */
  readonly notBeforeMs: number;
}
