import { holderKey } from './holder.ts';
import type { CardReading, Owner, ProcessReading, SliceReading } from './readings.ts';

/** A holder's key; one word for everything that is not ours. */
export type UserKey = string;

/** No holder's key: those have a slash. */
export const foreignKey: UserKey = 'not ours';

/** Somebody who uses a card or holds a slice of it, with everything that is told of them. */
export interface User {
  readonly key: UserKey;
  readonly owner: Exclude<Owner, { kind: 'mps-server' }>;
  /** null: they could not be read. */
  readonly processes: readonly ProcessReading[] | null;
  readonly slices: readonly SliceReading[];
}

/** Every user once, in the order of first mention. */
export function usersOf(card: CardReading): readonly User[] {
  const found = new Map<
    UserKey,
    {
      key: UserKey;
      owner: User['owner'];
      processes: ProcessReading[] | null;
      slices: SliceReading[];
    }
  >();
  const entry = (owner: User['owner']) => {
    const key = owner.kind === 'foreign' ? foreignKey : holderKey(owner);
    const known = found.get(key) ?? {
      key,
      owner,
      processes: card.processes === null ? null : [],
      slices: [],
    };
    found.set(key, known);
    return known;
  };
  for (const process of card.processes ?? []) {
    if (process.owner.kind !== 'mps-server') entry(process.owner).processes?.push(process);
  }
  for (const slice of card.slices) {
    if (slice.holder.kind !== 'nobody') entry(slice.holder).slices.push(slice);
  }
  return [...found.values()];
}

/** The sum of what is known, and whether all of it is. */
export function sumOf(values: readonly (number | null)[]): {
  readonly sum: number;
  readonly whole: boolean;
} {
  let sum = 0;
  let whole = true;
  for (const value of values) {
    if (value === null) whole = false;
    else sum += Math.max(0, value);
  }
  return { sum, whole };
}

/** Whether the user is known to have nothing running on the card. */
export function isIdle(user: User): boolean {
  return user.processes?.length === 0 && user.slices.every((slice) => (slice.smRatio ?? 0) === 0);
}
