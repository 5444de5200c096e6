import { statSync } from 'node:fs';
import { join } from 'node:path';
import { geometryOf, type Card } from '../../../shared/domain/card.ts';
import { profileById, type MigProfile } from '../../../shared/domain/mig-profile.ts';
import type { FaultDesk } from '../faults/fault-desk.ts';
import type { GpuUser } from '../processes/gpu-users.ts';
import { bareName, ciProfiles } from './driver-choice.ts';
import { healthOf, type GpuHealth } from './gpu-health.ts';
import { cardOf, type ComputeInstance, type SimGpu, type SimState } from './state.ts';

/** A CUDA context costs about this much card memory before the program allocates anything. */
const contextMib = 300;
/** Where the hardware begins to slow down, as `-q` tells it. */
export const slowdownCelsius = 89;
/** What an MPS server holds, as captured. */
const mpsServerMib = 60;

export interface ProcessView {
  readonly pid: number;
  readonly name: string;
  /** `M+C`: a client of an MPS server. */
  readonly type: 'C' | 'M+C';
  readonly usedMib: number;
  readonly busyPercent: number;
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
}

/** A MIG device: a compute instance in its GPU instance. Memory belongs to the GPU instance. */
export interface MigDeviceView {
  /** Rank by GPU-instance id: not stable, as in the real tool. */
  readonly index: number;
  readonly gpuInstanceId: number;
  readonly computeInstance: ComputeInstance;
  readonly profile: MigProfile;
  /** What `-L` calls it: `3g.20gb`, `1c.3g.20gb`. */
  readonly name: string;
  readonly smCount: number;
  readonly usedMib: number;
  readonly bar1Mib: number;
}

/** One card as the driver would see it now. */
export interface GpuView {
  readonly index: number;
  readonly gpu: SimGpu;
  readonly card: Card;
  readonly health: GpuHealth;
  readonly powerLimitWatts: number;
  /** The least that `-pl` takes. */
  readonly powerMinWatts: number;
  readonly reservedMib: number;
  readonly usedMib: number;
  readonly freeMib: number;
  readonly bar1Mib: number;
  /** null under MIG: the driver has none for the parent card. */
  readonly busyPercent: number | null;
  readonly memoryBusyPercent: number | null;
  /** 0 to 1, also under MIG: what DCGM can tell of the card. */
  readonly load: number;
  readonly temperatureCelsius: number;
  readonly powerWatts: number;
  readonly smClockMhz: number;
  readonly memoryClockMhz: number;
  readonly performanceState: string;
  readonly idle: boolean;
  readonly processes: readonly ProcessView[];
  readonly devices: readonly MigDeviceView[];
}

/** Where a user of a card runs: the whole card, or one of its MIG devices. */
export interface Seat {
  readonly user: GpuUser;
  readonly gpuIndex: number;
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
}

/**
 * Seats every user where CUDA would put it: a MIG UUID on its instance, a card's UUID on the card, or on the
 * card's first MIG device when MIG is on. A UUID that no longer exists seats nobody.
 */
export function seatUsers(state: SimState, users: readonly GpuUser[]): readonly Seat[] {
  return users.flatMap((user) => user.uuids.flatMap((uuid) => seatOf(state, user, uuid) ?? []));
}

function seatOf(state: SimState, user: GpuUser, uuid: string): Seat | undefined {
  for (const [gpuIndex, gpu] of state.gpus.entries()) {
    // CUDA takes any unambiguous beginning of a card's UUID.
    const parent = gpu.uuid.toLowerCase().startsWith(uuid.toLowerCase());
    if (parent && !gpu.migCurrent) {
      return { user, gpuIndex, gpuInstanceId: null, computeInstanceId: null };
    }
    const devices = sortedDevices(gpu);
    const device = parent ? devices[0] : devices.find((each) => each.ci.uuid === uuid);
    if (device !== undefined) {
      return { user, gpuIndex, gpuInstanceId: device.giId, computeInstanceId: device.ci.id };
    }
  }
  return undefined;
}

function sortedDevices(gpu: SimGpu) {
  return [...gpu.instances]
    .sort((a, b) => a.id - b.id)
    .flatMap((instance) =>
      [...instance.computeInstances]
        .sort((a, b) => a.id - b.id)
        .map((ci) => ({ giId: instance.id, giProfileId: instance.giProfileId, ci })),
    );
}

/** What is known of a host at one moment. `busy` is percent by pid. */
export interface Moment {
  readonly users: readonly GpuUser[];
  readonly busy: ReadonlyMap<number, number>;
  readonly desk: FaultDesk;
}

/** All cards, with load from the processes that run on them. */
export function viewGpus(state: SimState, moment: Moment): readonly GpuView[] {
  const { users, busy, desk } = moment;
  const seats = seatUsers(state, users);
  return state.gpus.map((gpu, index) =>
    viewGpu(
      { gpu, index, health: healthOf(index, desk) },
      seats.filter((seat) => seat.gpuIndex === index),
      busy,
    ),
  );
}

function viewGpu(
  at: { readonly gpu: SimGpu; readonly index: number; readonly health: GpuHealth },
  seats: readonly Seat[],
  busy: ReadonlyMap<number, number>,
): GpuView {
  const { gpu, index, health } = at;
  const card = cardOf(gpu);
  const powerLimitWatts = gpu.powerLimitWatts ?? card.powerLimitWatts;
  const reservedMib = Math.round(card.memoryMib * 0.0045) + 110;
  const { processes, usedByInstance } = placeMemory(gpu, card, seats, busy);
  const devices = viewDevices(gpu, card, usedByInstance);
  const overhead = gpu.instances.reduce(
    (sum, instance) => sum + instanceOverheadMib(profileOf(card, instance.giProfileId)),
    0,
  );
  const contexts = processes.reduce((sum, process) => sum + process.usedMib, 0);
  const usedMib = Math.min(card.memoryMib - reservedMib, contexts + overhead);
  const busyPercent = gpu.migCurrent
    ? weighedBusy(card, gpu, processes)
    : Math.min(100, sumBusy(processes));
  const idle = contexts === 0;
  return {
    index,
    gpu,
    card,
    health,
    powerLimitWatts,
    powerMinWatts: Math.round(card.powerLimitWatts / 4),
    reservedMib,
    usedMib,
    freeMib: card.memoryMib - reservedMib - usedMib,
    bar1Mib: bar1Of(card),
    busyPercent: gpu.migCurrent ? null : Math.round(busyPercent),
    memoryBusyPercent: gpu.migCurrent ? null : Math.round(busyPercent * 0.4),
    load: busyPercent / 100,
    ...physics(card, { index, busyPercent, idle, powerLimitWatts, health }),
    idle,
    processes,
    devices,
  };
}

/** Power, temperature and clocks as plain functions of load: no history, so the same load reads the same. */
function physics(
  card: Card,
  at: {
    readonly index: number;
    readonly busyPercent: number;
    readonly idle: boolean;
    readonly powerLimitWatts: number;
    readonly health: GpuHealth;
  },
) {
  const { index, idle, health } = at;
  const load = at.busyPercent / 100;
  const idleWatts = card.powerLimitWatts * 0.12 + (index % 4) * 0.37;
  const powerWatts =
    idleWatts + (idle ? 0 : card.powerLimitWatts * 0.06) + load * card.powerLimitWatts * 0.7;
  const idleClock = card.architecture === 'Hopper' || card.architecture === 'Blackwell' ? 345 : 210;
  const hasHbm = card.memoryClockMaxMhz < 4_000;
  const warm = Math.round(30 + (index % 4) + (idle ? 0 : 4) + load * 38);
  const slowed = health.thermalSlowdown || health.powerBrake;
  return {
    powerWatts: Math.min(at.powerLimitWatts, powerWatts),
    temperatureCelsius: health.thermalSlowdown ? Math.max(warm, slowdownCelsius + 1) : warm,
    smClockMhz: idle ? idleClock : slowed ? brakedClock(card) : card.smClockMaxMhz,
    memoryClockMhz: idle && !hasHbm ? 405 : card.memoryClockMaxMhz,
    performanceState: idle && !hasHbm ? 'P8' : 'P0',
  };
}

/** The hardware halves its clock when it must cool down or is braked. */
function brakedClock(card: Card): number {
  return Math.round(card.smClockMaxMhz / 2 / 15) * 15;
}

function placeMemory(
  gpu: SimGpu,
  card: Card,
  seats: readonly Seat[],
  busy: ReadonlyMap<number, number>,
) {
  const processes: ProcessView[] = [];
  const usedByInstance = new Map<number, number>();
  const room = new Map<number | null, number>();
  for (const seat of [...seats].sort((a, b) => a.user.pid - b.user.pid)) {
    const instance = gpu.instances.find((each) => each.id === seat.gpuInstanceId);
    const capacity =
      instance === undefined ? card.memoryMib : profileOf(card, instance.giProfileId).memoryMib;
    const left = room.get(seat.gpuInstanceId) ?? capacity;
    const wanted = seat.user.isMpsServer
      ? mpsServerMib
      : contextMib + Math.round(seat.user.rssMib / seat.user.uuids.length);
    // Nobody gets more than there is: a real allocation beyond it would have failed.
    const usedMib = Math.max(0, Math.min(wanted, left));
    room.set(seat.gpuInstanceId, left - usedMib);
    if (seat.gpuInstanceId !== null) {
      usedByInstance.set(
        seat.gpuInstanceId,
        (usedByInstance.get(seat.gpuInstanceId) ?? 0) + usedMib,
      );
    }
    processes.push({
      pid: seat.user.pid,
      name: seat.user.name,
      type: !seat.user.isMpsServer && hasMpsDaemon(seat.user) ? 'M+C' : 'C',
      usedMib,
      busyPercent: busy.get(seat.user.pid) ?? 0,
      gpuInstanceId: seat.gpuInstanceId,
      computeInstanceId: seat.computeInstanceId,
    });
  }
  return { processes, usedByInstance };
}

/** Without a daemon at its pipe directory CUDA runs without MPS, silently. */
function hasMpsDaemon(user: GpuUser): boolean {
  if (user.mpsPipeDirectory === undefined) return false;
  const inside = join('/proc', String(user.pid), 'root', user.mpsPipeDirectory, 'control');
  for (const path of [inside, join(user.mpsPipeDirectory, 'control')]) {
    try {
      if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) return true;
    } catch {
      // Another user's root may not be entered: the same path on the host is tried next.
    }
  }
  return false;
}

function viewDevices(
  gpu: SimGpu,
  card: Card,
  usedByInstance: ReadonlyMap<number, number>,
): readonly MigDeviceView[] {
  const geometry = geometryOf(card);
  if (geometry === null) return [];
  return sortedDevices(gpu).map(({ giId, giProfileId, ci }, index) => {
    const profile = profileOf(card, giProfileId);
    const offered = ciProfiles(geometry, profile);
    const inner = offered.find((each) => each.slices === ci.slices);
    return {
      index,
      gpuInstanceId: giId,
      computeInstance: ci,
      profile,
      name: inner?.name ?? bareName(profile.name),
      smCount: inner?.smCount ?? profile.smCount,
      usedMib: Math.min(
        profile.memoryMib,
        instanceOverheadMib(profile) + (usedByInstance.get(giId) ?? 0),
      ),
      bar1Mib: Math.floor((bar1Of(card) * profile.placementSize) / geometry.placementUnits) - 1,
    };
  });
}

function profileOf(card: Card, giProfileId: number): MigProfile {
  const geometry = geometryOf(card);
  const profile = geometry === null ? undefined : profileById(geometry, giProfileId);
  if (profile === undefined) throw new Error(`${card.name} has no profile ${giProfileId}`);
  return profile;
}

/** An empty instance already holds a little, growing with its size (captured: 9 MiB for 1g, 19 for 3g). */
function instanceOverheadMib(profile: MigProfile): number {
  return 4 + 5 * profile.computeSlices;
}

function sumBusy(processes: readonly ProcessView[]): number {
  return processes.reduce((sum, process) => sum + process.busyPercent, 0);
}

/** Load of a cut card, for power and heat: each instance counts by its share of the SMs. */
function weighedBusy(card: Card, gpu: SimGpu, processes: readonly ProcessView[]): number {
  return gpu.instances.reduce((sum, instance) => {
    const inside = processes.filter((process) => process.gpuInstanceId === instance.id);
    const share = profileOf(card, instance.giProfileId).smCount / card.smCount;
    return sum + Math.min(100, sumBusy(inside)) * share;
  }, 0);
}

/** The smallest power of two above the card's memory: what data-centre boards expose. */
function bar1Of(card: Card): number {
  if (card.name === 'T4') return 256;
  return 2 ** Math.ceil(Math.log2(card.memoryMib + 1));
}
