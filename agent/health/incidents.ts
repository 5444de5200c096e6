import type {
  CardHealthRecord,
  CardRecovery,
  RecoveryWish,
  Victim,
  XidIncident,
} from '../store/health-records.ts';
import { actionRank } from '../../shared/domain/card-health.ts';
import type { GpuUuid } from '../../shared/domain/ids.ts';
import { xidRow } from '../../shared/domain/xid-catalog.ts';

/** One Xid as it was seen, with whom it hit. */
export interface XidSighting {
  readonly code: number;
  readonly atMs: number;
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
  readonly deviceUuid: string | null;
  readonly line: string;
  readonly injected: boolean;
  readonly fatal: boolean | null;
  readonly wish: RecoveryWish | null;
  /** null: the driver named no process, and the slice has no holder. */
  readonly victim: Omit<Victim, 'atMs'> | null;
}

/** A sighting and the card that it is about. */
export interface CardSighting {
  readonly gpu: GpuUuid;
  readonly sighting: XidSighting;
}

/** Kinds of incidents that one card keeps; then the mildest and oldest go. */
export const incidentsMax = 64;
/** Victims that one incident names. */
export const victimsMax = 16;
const lineLengthMax = 512;

/** Pure: what a card's incidents become with one more Xid. A storm of one kind is one incident that counts. */
export function withSighting(
  incidents: readonly XidIncident[],
  seen: XidSighting,
): readonly XidIncident[] {
  const last = incidents.find((each) => sameKind(each, seen));
  const { victim, atMs, line, ...rest } = seen;
  const incident: XidIncident = {
    ...rest,
    firstMs: Math.min(last?.firstMs ?? atMs, atMs),
    lastMs: Math.max(last?.lastMs ?? atMs, atMs),
    count: (last?.count ?? 0) + 1,
    line: line.slice(0, lineLengthMax),
    victims: withVictim(last?.victims ?? [], victim === null ? null : { ...victim, atMs }),
  };
  const others = incidents.filter((each) => each !== last);
  return others.length < incidentsMax
    ? [...others, incident]
    : [...others.filter((each) => each !== leastTelling(others)), incident];
}

/** What of a card's record still holds in this boot. */
export function incidentsOf(
  record: CardHealthRecord | undefined,
  bootId: string,
): readonly XidIncident[] {
  return record === undefined || record.bootId !== bootId ? [] : record.incidents;
}

/** The recovery that still counts: one that failed in another boot is over with it, an open one goes on. */
export function recoveryOf(
  record: CardHealthRecord | undefined,
  bootId: string,
): CardRecovery | null {
  const recovery = record?.recovery ?? null;
  return recovery?.state === 'failed' && recovery.bootId !== bootId ? null : recovery;
}

/** A contained and an uncontained storm, or those of two instances, are two things; so are real and injected ones. */
function sameKind(incident: XidIncident, seen: XidSighting): boolean {
  return (
    incident.code === seen.code &&
    incident.gpuInstanceId === seen.gpuInstanceId &&
    incident.deviceUuid === seen.deviceUuid &&
    incident.fatal === seen.fatal &&
    incident.injected === seen.injected
  );
}

function withVictim(victims: readonly Victim[], victim: Victim | null): readonly Victim[] {
  if (victim === null) return victims;
  // The same one again moves to the end.
  const others = victims.filter((each) => each.who !== victim.who || each.job !== victim.job);
  return [...others, victim].slice(-victimsMax);
}

function leastTelling(incidents: readonly XidIncident[]): XidIncident | undefined {
  return [...incidents].sort(
    (a, b) =>
      actionRank(xidRow(a.code).action) - actionRank(xidRow(b.code).action) || a.lastMs - b.lastMs,
  )[0];
}
