import type { GetTopResponse } from '../../shared/wire/generated/tangram/agent/v1/GetTopResponse.ts';
import type { GpuSample } from '../../shared/wire/generated/tangram/agent/v1/GpuSample.ts';
import type { ProcessSample } from '../../shared/wire/generated/tangram/agent/v1/ProcessSample.ts';
import type { SliceSample } from '../../shared/wire/generated/tangram/agent/v1/SliceSample.ts';
import type { UserShare } from '../../shared/wire/generated/tangram/agent/v1/UserShare.ts';
import { encodeShape } from '../../shared/wire/slice-codec.ts';
import { holderWords } from '../attribution/holder.ts';
import { holderOf } from '../attribution/readings.ts';
import type { HolderShare, UserShare as Share } from '../attribution/shares.ts';
import type { HostSample } from '../drivers/host/host.ts';
import type { OwnedProcess } from '../telemetry/card-reading.ts';
import type { CardUsage, NodeUsageView, SliceUsage } from '../telemetry/node-usage.ts';

export interface TopFacts {
  /** null: no card has been sampled yet, or there are none. */
  readonly usage: NodeUsageView | null;
  readonly host: { readonly sample: HostSample; readonly ageMs: number } | null;
  /** Of a card's utilisation in percent, oldest first; empty: none asked for. */
  readonly history: (gpu: string) => readonly number[];
  /** Why DCGM tells nothing; null: it does, or nobody asks it. */
  readonly dcgmReason: string | null;
}

/** Every card as of the newest sample, with who uses how much of it. An unknown value is left out. */
export function topView({ usage, host, history, dcgmReason }: TopFacts): GetTopResponse {
  return {
    ageMs: Math.round(usage?.ageMs ?? host?.ageMs ?? 0),
    stale: usage?.stale ?? false,
    dcgmReason: dcgmReason ?? '',
    gpus: (usage?.cards ?? []).map((card) => gpuSample(card, history(card.row.uuid))),
    ...told('cpuRatio', host?.sample.cpuRatio ?? null),
    ...told('memoryUsedMib', host?.sample.memoryUsedMib ?? null),
  };
}

function gpuSample(card: CardUsage, history: readonly number[]): GpuSample {
  const { row, inventory, shares, details } = card;
  const percent = row.utilizationPercent;
  const health = inventory?.health ?? { state: 'ok' };
  return {
    uuid: row.uuid,
    index: row.index,
    productName: row.productName,
    mode: inventory?.mode ?? '',
    health: row.error === null ? health.state : 'failed',
    healthReason: row.error ?? ('reason' in health ? health.reason : ''),
    ...told('utilizationRatio', percent === null ? null : percent / 100),
    ...told('memoryUsedMib', row.memoryUsedMib),
    ...told('memoryTotalMib', row.memoryTotalMib),
    ...told('temperatureCelsius', row.temperatureCelsius),
    ...told('powerWatts', row.powerDrawWatts),
    ...told('powerLimitWatts', row.powerLimitWatts),
    ...told('smClockMhz', row.smClockMhz),
    throttleReasons: [...(details?.clocksEventReasons ?? [])],
    slices: card.slices.map(sliceSample),
    users: [
      ...shares.holders.map(holderShare),
      ...(shares.foreign === null ? [] : [userShare(shares.foreign)]),
    ],
    memory: shares.memory,
    sm: shares.sm,
    power: shares.power,
    history: [...history],
    processes: (card.processes ?? []).map(processSample),
    processesRead: card.processes !== null,
  };
}

function sliceSample({ row, gpuInstanceId, usedMib, dcgm }: SliceUsage): SliceSample {
  return {
    slice: row.slice ?? '',
    shape: row.shape === null ? null : encodeShape(row.shape),
    ...holderWords(row.holder),
    state: row.reason === '' ? row.state : `${row.state}: ${row.reason}`,
    ...told('gpuInstanceId', gpuInstanceId),
    ...told('memoryUsedMib', usedMib),
    ...told('engineActiveRatio', dcgm?.engineActiveRatio ?? null),
    ...told('smActiveRatio', dcgm?.smActiveRatio ?? null),
    ...told('tensorActiveRatio', dcgm?.tensorActiveRatio ?? null),
    ...told('memoryActiveRatio', dcgm?.memoryActiveRatio ?? null),
  };
}

function holderShare(share: HolderShare): UserShare {
  const { holder, reservedMib } = share;
  return { ...userShare(share), ...holderWords(holder), ...told('reservedMib', reservedMib) };
}

function userShare({ memoryMib, serverMib, smRatio, powerWatts }: Share): UserShare {
  return { memoryMib, serverMib, smRatio, powerWatts };
}

function processSample(process: OwnedProcess): ProcessSample {
  const { pid, name, memoryMib, smRatio, owner, containerId, container } = process;
  return {
    pid,
    name,
    ...told('memoryUsedMib', memoryMib),
    ...told('smRatio', smRatio),
    owner: owner.kind,
    ...holderWords(holderOf(owner)),
    container: containerId ?? '',
    containerName: container?.name ?? '',
    containerImage: container?.image ?? '',
  };
}

/** proto3 `optional`: an absent field is not 0. */
function told<K extends string>(key: K, value: number | null): { [P in K]?: number } {
  // The computed key is K; TypeScript widens it to string.
  return value === null ? {} : ({ [key]: value } as { [P in K]: number });
}
