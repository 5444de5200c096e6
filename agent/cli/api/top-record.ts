import type { SliceShape } from '../../../shared/domain/slice.ts';
import type { Figure__Output } from '../../../shared/wire/generated/tangram/agent/v1/Figure.ts';
import type { GetTopResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetTopResponse.ts';
import type { GpuSample__Output } from '../../../shared/wire/generated/tangram/agent/v1/GpuSample.ts';
import type { ProcessSample__Output } from '../../../shared/wire/generated/tangram/agent/v1/ProcessSample.ts';
import type { SliceSample__Output } from '../../../shared/wire/generated/tangram/agent/v1/SliceSample.ts';
import type { UserShare__Output } from '../../../shared/wire/generated/tangram/agent/v1/UserShare.ts';
import { decodeShape } from '../../../shared/wire/slice-codec.ts';
import { numberOrNull } from './calls.ts';

/** What `agentctl top --json` prints. null: not told, or not known, which is never 0. */
export interface TopRecord {
  readonly ageMs: number;
  readonly stale: boolean;
  readonly dcgmReason: string;
  readonly cpuRatio: number | null;
  readonly memoryUsedMib: number | null;
  readonly gpus: readonly CardSample[];
}

export interface CardSample {
  readonly uuid: string;
  readonly index: number;
  readonly productName: string;
  readonly mode: string;
  readonly health: string;
  readonly healthReason: string;
  readonly utilizationRatio: number | null;
  readonly memoryUsedMib: number | null;
  readonly memoryTotalMib: number | null;
  readonly temperatureCelsius: number | null;
  readonly powerWatts: number | null;
  readonly powerLimitWatts: number | null;
  readonly smClockMhz: number | null;
  readonly throttleReasons: readonly string[];
  readonly slices: readonly SliceSample[];
  readonly users: readonly UserSample[];
  readonly memory: {
    readonly totalMib: number;
    readonly overheadMib: number;
    readonly unattributedMib: number;
    readonly strandedMib: number;
    readonly idleMib: number;
  } | null;
  readonly sm: { readonly idleRatio: number; readonly unattributedRatio: number } | null;
  readonly power: {
    readonly totalWatts: number;
    readonly idleWatts: number;
    readonly unattributedWatts: number;
  } | null;
  /** Utilisation in percent, oldest first. */
  readonly history: readonly (number | null)[];
  /** null: they could not be read. */
  readonly processes: readonly ProcessSample[] | null;
}

export interface SliceSample {
  /** Empty: Tangram did not make it. */
  readonly slice: string;
  readonly shape: SliceShape | null;
  readonly replica: string;
  readonly model: string;
  /** With `replica` empty too: nobody's. */
  readonly allocation: string;
  readonly state: string;
  readonly gpuInstanceId: number | null;
  readonly memoryUsedMib: number | null;
  readonly engineActiveRatio: number | null;
  readonly smActiveRatio: number | null;
  readonly tensorActiveRatio: number | null;
  readonly memoryActiveRatio: number | null;
}

export interface Figure {
  readonly value: number;
  /** `measured` or `shared`. */
  readonly basis: string;
}

export interface UserSample {
  /** With `allocation` empty too: everything that is not Tangram's. */
  readonly replica: string;
  readonly model: string;
  readonly allocation: string;
  readonly memoryMib: Figure | null;
  readonly serverMib: Figure | null;
  readonly smRatio: Figure | null;
  readonly powerWatts: Figure | null;
  readonly reservedMib: number | null;
}

export interface ProcessSample {
  readonly pid: number;
  readonly name: string;
  readonly memoryUsedMib: number | null;
  readonly smRatio: number | null;
  readonly owner: string;
  readonly replica: string;
  readonly model: string;
  readonly allocation: string;
  /** Id of the container that it runs in, where the agent did not start that; empty: none. */
  readonly container: string;
  /** Empty: the engine does not know it, or is not asked. */
  readonly containerName: string;
  readonly containerImage: string;
}

export function topRecord(top: GetTopResponse__Output): TopRecord {
  return {
    ageMs: Number(top.ageMs),
    stale: top.stale,
    dcgmReason: top.dcgmReason,
    cpuRatio: top.cpuRatio ?? null,
    memoryUsedMib: numberOrNull(top.memoryUsedMib),
    gpus: top.gpus.map(cardSample),
  };
}

function cardSample(sample: GpuSample__Output): CardSample {
  const { uuid, index, productName, mode, health, healthReason, throttleReasons } = sample;
  return {
    uuid,
    index,
    productName,
    mode,
    health,
    healthReason,
    utilizationRatio: sample.utilizationRatio ?? null,
    memoryUsedMib: numberOrNull(sample.memoryUsedMib),
    memoryTotalMib: numberOrNull(sample.memoryTotalMib),
    temperatureCelsius: sample.temperatureCelsius ?? null,
    powerWatts: sample.powerWatts ?? null,
    powerLimitWatts: sample.powerLimitWatts ?? null,
    smClockMhz: sample.smClockMhz ?? null,
    throttleReasons,
    slices: sample.slices.map(sliceSample),
    users: sample.users.map(userSample),
    memory: sample.memory,
    sm: sample.sm,
    power: sample.power,
    history: sample.history.map((value) => (Number.isFinite(value) ? value : null)),
    processes: sample.processesRead ? sample.processes.map(processSample) : null,
  };
}

function sliceSample(sample: SliceSample__Output): SliceSample {
  const { slice, replica, model, allocation, state } = sample;
  const shape = sample.shape === null ? null : decodeShape(sample.shape);
  return {
    slice,
    // A newer agent may cut cards in ways that this program does not know; it is shown without a shape.
    shape: shape?.ok === true ? shape.value : null,
    replica,
    model,
    allocation,
    state,
    gpuInstanceId: sample.gpuInstanceId ?? null,
    memoryUsedMib: numberOrNull(sample.memoryUsedMib),
    engineActiveRatio: sample.engineActiveRatio ?? null,
    smActiveRatio: sample.smActiveRatio ?? null,
    tensorActiveRatio: sample.tensorActiveRatio ?? null,
    memoryActiveRatio: sample.memoryActiveRatio ?? null,
  };
}

function userSample(user: UserShare__Output): UserSample {
  const { replica, model, allocation, memoryMib, serverMib, smRatio, powerWatts } = user;
  return {
    replica,
    model,
    allocation,
    memoryMib: figure(memoryMib),
    serverMib: figure(serverMib),
    smRatio: figure(smRatio),
    powerWatts: figure(powerWatts),
    reservedMib: user.reservedMib ?? null,
  };
}

function figure(found: Figure__Output | null): Figure | null {
  return found === null ? null : { value: found.value, basis: found.basis };
}

function processSample(sample: ProcessSample__Output): ProcessSample {
  const { pid, name, owner, replica, model, allocation } = sample;
  const { container, containerName, containerImage } = sample;
  return {
    pid,
    name,
    memoryUsedMib: numberOrNull(sample.memoryUsedMib),
    smRatio: sample.smRatio ?? null,
    owner,
    replica,
    model,
    allocation,
    container,
    containerName,
    containerImage,
  };
}
