import { holderWords } from '../attribution/holder.ts';
import type { Figure, HolderShare, UserShare } from '../attribution/shares.ts';
import type { GpuRecord } from '../formats/report/report.ts';
import type { CardUsage, SliceUsage } from '../telemetry/node-usage.ts';
import type { UsageMetric } from '../telemetry/usage-catalogue.ts';

const bytesPerMib = 1024 * 1024;

export type Labels = Readonly<Record<string, string>>;

/** Sets one sample; null: it is left out. */
export type SetUsage = (metric: UsageMetric, labels: Labels, value: number | null) => void;

/** One card's users and parts, its instances and what the minute's report tells of it. */
export function fillUsage(set: SetUsage, node: string, card: CardUsage): void {
  const labels = { node, gpu: card.row.uuid };
  fillParts(set, labels, card);
  for (const share of card.shares.holders) fillShare(set, labels, share);
  for (const slice of card.slices) fillInstance(set, labels, slice);
  if (card.details !== null) fillDetails(set, labels, card.details);
}

function fillParts(set: SetUsage, labels: Labels, { shares }: CardUsage): void {
  const { memory, sm, power, foreign } = shares;
  if (memory !== null) {
    set('memoryPart', { ...labels, part: 'overhead' }, bytes(memory.overheadMib));
    set('memoryPart', { ...labels, part: 'unattributed' }, bytes(memory.unattributedMib));
    set('memoryPart', { ...labels, part: 'stranded' }, bytes(memory.strandedMib));
    set('memoryPart', { ...labels, part: 'idle' }, bytes(memory.idleMib));
    set('memoryPart', { ...labels, part: 'foreign' }, bytes(foreignOf(foreign, 'memoryMib')));
  }
  if (sm !== null) {
    set('smPart', { ...labels, part: 'idle' }, sm.idleRatio);
    set('smPart', { ...labels, part: 'unattributed' }, sm.unattributedRatio);
    set('smPart', { ...labels, part: 'foreign' }, foreignOf(foreign, 'smRatio'));
  }
  if (power !== null) {
    set('powerPart', { ...labels, part: 'idle' }, power.idleWatts);
    set('powerPart', { ...labels, part: 'unattributed' }, power.unattributedWatts);
    set('powerPart', { ...labels, part: 'foreign' }, foreignOf(foreign, 'powerWatts'));
  }
}

/** Nobody foreign has nothing; somebody foreign may have nobody knows how much. */
function foreignOf(
  foreign: UserShare | null,
  key: 'memoryMib' | 'smRatio' | 'powerWatts',
): number | null {
  return foreign === null ? 0 : (foreign[key]?.value ?? null);
}

function fillShare(set: SetUsage, card: Labels, share: HolderShare): void {
  const { kind } = share.holder;
  const { model, replica, allocation } = holderWords(share.holder);
  const labels = { ...card, ...(kind === 'replica' ? { model, replica } : { allocation }) };
  const figure = (metric: UsageMetric, found: Figure | null, factor = 1): void => {
    if (found === null) return;
    set(metric, { ...labels, basis: found.basis }, found.value * factor);
  };
  figure(`${kind}Memory`, share.memoryMib, bytesPerMib);
  figure(`${kind}Server`, share.serverMib, bytesPerMib);
  set(`${kind}Reserved`, labels, bytes(share.reservedMib));
  figure(`${kind}Sm`, share.smRatio);
  figure(`${kind}Power`, share.powerWatts);
}

function fillInstance(set: SetUsage, labels: Labels, { row, dcgm, usedMib }: SliceUsage): void {
  if (row.shape?.kind !== 'mig') return;
  const instance = {
    ...labels,
    profile: row.shape.profile,
    start: String(row.shape.start),
    slice: row.slice ?? '',
    ...holderWords(row.holder),
  };
  set('migMemoryUsed', instance, bytes(usedMib));
  set('migEngine', instance, dcgm?.engineActiveRatio ?? null);
  set('migSm', instance, dcgm?.smActiveRatio ?? null);
  set('migTensor', instance, dcgm?.tensorActiveRatio ?? null);
  set('migMemoryActive', instance, dcgm?.memoryActiveRatio ?? null);
}

function fillDetails(set: SetUsage, labels: Labels, details: GpuRecord): void {
  for (const reason of details.clocksEventReasons ?? []) {
    set('throttle', { ...labels, reason }, 1);
  }
  for (const [window, counts] of [
    ['volatile', details.eccVolatile],
    ['aggregate', details.eccAggregate],
  ] as const) {
    for (const [error, count] of Object.entries(counts ?? {})) {
      set('eccErrors', { ...labels, window, error }, count);
    }
  }
  set('remappedRows', { ...labels, error: 'correctable' }, details.remappedRowsCorrectable);
  set('remappedRows', { ...labels, error: 'uncorrectable' }, details.remappedRowsUncorrectable);
  set('remapPending', labels, yesNo(details.remappedRowsPending));
  set('remapFailed', labels, yesNo(details.remappedRowsFailure));
  set('retiredPages', { ...labels, error: 'single-bit' }, details.retiredPagesSingleBit);
  set('retiredPages', { ...labels, error: 'double-bit' }, details.retiredPagesDoubleBit);
  set('pcieReplays', labels, details.pcieReplayCount);
  set('fan', labels, details.fanSpeedPct === null ? null : details.fanSpeedPct / 100);
  set('memoryTemperature', labels, details.temperatureMemoryC);
  set('slowdownMargin', labels, details.temperatureTlimitC);
}

function yesNo(word: string | null): number | null {
  if (word === 'Yes') return 1;
  return word === 'No' ? 0 : null;
}

function bytes(mib: number | null): number | null {
  return mib === null ? null : mib * bytesPerMib;
}
