import type { CardReading } from './readings.ts';
import type { Figure, MemoryParts } from './shares.ts';
import { sumOf, type User, type UserKey } from './users.ts';

interface MemoryShares {
  readonly used: ReadonlyMap<UserKey, Figure>;
  readonly server: ReadonlyMap<UserKey, Figure>;
  readonly reserved: ReadonlyMap<UserKey, number>;
  readonly parts: MemoryParts | null;
}

/**
 * The card's own total is the truth. Processes that claim more than it has (their figures are of another moment) are scaled
 * down together and called shared out.
 */
export function shareMemory(card: CardReading, users: readonly User[]): MemoryShares {
  const told = users.map((user) => ({ user, ...memoryOf(user) }));
  const servers = (card.processes ?? []).filter((each) => each.owner.kind === 'mps-server');
  const server = sumOf(servers.map((process) => process.memoryMib));
  const claimed = told.reduce((sum, each) => sum + (each.mib ?? 0), 0) + server.sum;
  const scale = scaleTo(claimed, card.memoryTotalMib);
  const used = new Map<UserKey, Figure>();
  for (const { user, mib } of told) {
    if (mib === null) continue;
    used.set(user.key, { value: mib * scale, basis: scale < 1 ? 'shared' : 'measured' });
  }
  const ofServer = shareServer(users, server.sum * scale);
  const { memoryTotalMib: totalMib, memoryUsedMib } = card;
  if (totalMib === null || memoryUsedMib === null) {
    return { used, server: ofServer, reserved: new Map(), parts: null };
  }
  const claimedMib = claimed * scale;
  const usedMib = Math.min(totalMib, Math.max(memoryUsedMib, claimedMib));
  const driverMib = Math.min(Math.max(0, card.memoryReservedMib ?? 0), totalMib - usedMib);
  const unclaimedMib = usedMib - claimedMib;
  const allTold =
    card.processes !== null && server.whole && told.every((each) => each.mib !== null);
  const lonelyServerMib = ofServer.size === 0 ? server.sum * scale : 0;
  const freeMib = totalMib - usedMib - driverMib;
  const { reserved, reservedMib } = shareReserved(users, { used, server: ofServer, freeMib });
  const strandedMib = reservedMib + clamp(card.memoryUnusableMib, 0, freeMib - reservedMib);
  return {
    used,
    server: ofServer,
    reserved,
    parts: {
      totalMib,
      overheadMib: driverMib + lonelyServerMib + (allTold ? unclaimedMib : 0),
      unattributedMib: allTold ? 0 : unclaimedMib,
      strandedMib,
      idleMib: Math.max(0, freeMib - strandedMib),
    },
  };
}

/** Of its processes; where one does not tell, of its MIG instances. A holder without any process has nothing in use. */
function memoryOf(user: User): { readonly mib: number | null } {
  const processes = sumOf((user.processes ?? [null]).map((process) => process?.memoryMib ?? null));
  if (processes.whole) return { mib: processes.sum };
  if (user.slices.length === 0 || user.slices.some((slice) => slice.kind !== 'mig')) {
    return { mib: null };
  }
  const instances = sumOf(user.slices.map((slice) => slice.usedMib));
  return { mib: instances.whole ? instances.sum : null };
}

/** The server holds about as much for each of its clients. */
function shareServer(users: readonly User[], serverMib: number): ReadonlyMap<UserKey, Figure> {
  const clients = users.flatMap((user) => {
    const count = (user.processes ?? []).filter((process) => process.mpsClient).length;
    return count === 0 ? [] : [{ key: user.key, count }];
  });
  const total = clients.reduce((sum, each) => sum + each.count, 0);
  if (serverMib <= 0) return new Map();
  return new Map(
    clients.map(({ key, count }) => [
      key,
      { value: (serverMib * count) / total, basis: 'shared' } as const,
    ]),
  );
}

interface Usage {
  readonly used: ReadonlyMap<UserKey, Figure>;
  readonly server: ReadonlyMap<UserKey, Figure>;
  readonly freeMib: number;
}

/** What is promised and not used is out of everybody's reach; together it is at most what is free. */
function shareReserved(
  users: readonly User[],
  { used, server, freeMib }: Usage,
): { readonly reserved: ReadonlyMap<UserKey, number>; readonly reservedMib: number } {
  const wished = users.flatMap(({ key, slices }) => {
    if (slices.length === 0) return [];
    const promised = slices.reduce((sum, slice) => sum + Math.max(0, slice.promisedMib), 0);
    const had = (used.get(key)?.value ?? 0) + (server.get(key)?.value ?? 0);
    return [{ key, mib: Math.max(0, promised - had) }];
  });
  const total = wished.reduce((sum, each) => sum + each.mib, 0);
  const scale = scaleTo(total, freeMib);
  return {
    reserved: new Map(wished.map(({ key, mib }) => [key, mib * scale])),
    reservedMib: total * scale,
  };
}

/** 1, or what brings `sum` down to `most`. */
function scaleTo(sum: number, most: number | null): number {
  return most !== null && sum > most ? Math.max(0, most) / sum : 1;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
