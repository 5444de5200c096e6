import { AppError } from '../../shared/platform/errors.ts';

/** How far a watcher has read. */
export interface WatchPosition {
  /** The term in which it read. */
  readonly epoch: number;
  /** How many events that term had told. */
  readonly at: number;
  /** A revision of the store; everything up to it was told. */
  readonly store: bigint;
}

const shape = /^(\d{1,15})-(\d{1,15})-(\d{1,19})$/;

export function renderPosition({ epoch, at, store }: WatchPosition): string {
  return `${epoch}-${at}-${store}`;
}

/** Throws REQUEST_INVALID. */
export function parsePosition(text: string): WatchPosition {
  const [, epoch, at, store] = shape.exec(text) ?? [];
  if (epoch !== undefined && at !== undefined && store !== undefined) {
    return { epoch: Number(epoch), at: Number(at), store: BigInt(store) };
  }
  const message = `${JSON.stringify(text.slice(0, 80))} is no revision of a watch`;
  throw new AppError('REQUEST_INVALID', `resume_revision: ${message}`, {
    hint: 'send back `revision` of the last event as it was, or nothing to begin anew',
    violations: [{ field: 'resume_revision', message }],
  });
}
