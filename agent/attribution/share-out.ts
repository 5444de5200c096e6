import type { CardReading } from './readings.ts';
import { shareMemory } from './share-memory.ts';
import { sharePower } from './share-power.ts';
import { shareSm } from './share-sm.ts';
import type { CardShares, HolderShare, UserShare } from './shares.ts';
import { foreignKey, usersOf, type UserKey } from './users.ts';

/**
 * Who has how much of one card. Memory is told by the processes (a MIG instance's own counter where they do not tell), SM
 * use by the processes, the instances or, with one user only, the card; power above idle follows the SM use.
 */
export function shareOut(card: CardReading): CardShares {
  const users = usersOf(card);
  const memory = shareMemory(card, users);
  const sm = shareSm(card, users);
  const power = sharePower(card, users, sm);
  const shareOf = (key: UserKey): UserShare => ({
    memoryMib: memory.used.get(key) ?? null,
    serverMib: memory.server.get(key) ?? null,
    smRatio: sm.used.get(key) ?? null,
    powerWatts: power.used.get(key) ?? null,
  });
  const holders: HolderShare[] = [];
  for (const { key, owner: holder } of users) {
    if (holder.kind === 'foreign') continue;
    const reservedMib = memory.reserved.get(key) ?? null;
    holders.push({ holder, ...shareOf(key), reservedMib });
  }
  return {
    holders,
    foreign: users.some(({ key }) => key === foreignKey) ? shareOf(foreignKey) : null,
    memory: memory.parts,
    sm: sm.parts,
    power: power.parts,
  };
}
