import type { CardReading } from './readings.ts';
import type { Figure, SmParts } from './shares.ts';
import { isIdle, sumOf, type User, type UserKey } from './users.ts';

export interface SmShares {
  readonly used: ReadonlyMap<UserKey, Figure>;
  readonly parts: SmParts | null;
}

/**
 * Told by MIG instances or by processes. A card with one user is that user's, and a single user who does not tell has what
 * the others leave of the card's figure. Otherwise who does not tell is not known.
 */
export function shareSm(card: CardReading, users: readonly User[]): SmShares {
  const told = users.map((user) => ({ key: user.key, figure: toldBy(user) }));
  const known = told.flatMap(({ key, figure }) => (figure === null ? [] : [{ key, figure }]));
  const silent = told.filter((each) => each.figure === null);
  const sum = known.reduce((total, each) => total + each.figure.value, 0);
  const cardRatio = card.smRatio === null ? null : clampRatio(card.smRatio);
  const [only] = silent;
  if (only !== undefined && silent.length === 1 && cardRatio !== null) {
    // Nobody else runs: the card's counter is this user's.
    const alone = sum === 0;
    const value = Math.max(0, cardRatio - sum);
    known.push({ key: only.key, figure: { value, basis: alone ? 'measured' : 'shared' } });
    silent.pop();
  }
  return settled(known, { cardRatio, silent: silent.length });
}

function settled(
  known: readonly { readonly key: UserKey; readonly figure: Figure }[],
  rest: { readonly cardRatio: number | null; readonly silent: number },
): SmShares {
  const sum = known.reduce((total, each) => total + each.figure.value, 0);
  const scale = sum > 1 ? 1 / sum : 1;
  const used = new Map<UserKey, Figure>(
    known.map(({ key, figure }) => [
      key,
      scale < 1 ? { value: figure.value * scale, basis: 'shared' } : figure,
    ]),
  );
  if (rest.cardRatio === null && rest.silent > 0) return { used, parts: null };
  const usedRatio = sum * scale;
  const busyRatio = Math.max(rest.cardRatio ?? 0, usedRatio);
  // A card that does not tell, without anybody on it: nothing is known of it.
  if (rest.cardRatio === null && known.length === 0) return { used, parts: null };
  return {
    used,
    parts: { idleRatio: 1 - busyRatio, unattributedRatio: busyRatio - usedRatio },
  };
}

function toldBy(user: User): Figure | null {
  if (user.slices.length > 0 && user.slices.every((slice) => slice.kind === 'mig')) {
    const instances = sumOf(user.slices.map((slice) => slice.smRatio));
    if (instances.whole) return { value: instances.sum, basis: 'measured' };
    return null;
  }
  if (isIdle(user)) return { value: 0, basis: 'measured' };
  const processes = sumOf((user.processes ?? [null]).map((process) => process?.smRatio ?? null));
  return processes.whole ? { value: processes.sum, basis: 'measured' } : null;
}

function clampRatio(value: number): number {
  return Math.min(1, Math.max(0, value));
}
