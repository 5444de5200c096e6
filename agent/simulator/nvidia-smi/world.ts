import { appendXid } from '../faults/kernel-log.ts';
import { openFaultDesk, type FaultDesk } from '../faults/fault-desk.ts';
import { openFaults, type FaultSource } from '../faults/fault-list.ts';
import { gpuUsers, gpuVariables, type GpuUser } from '../processes/gpu-users.ts';
import { openProc, uptimeMs } from '../processes/proc.ts';
import { openLoadMeter } from './load-meter.ts';
import type { Users } from './mig-change.ts';
import { openStateFolder, type StateFolder } from './state-folder.ts';
import { withGpu, type SimState } from './state.ts';
import type { Surroundings } from './surroundings.ts';
import { seatUsers, viewGpus, type GpuView } from './view.ts';

/** A simulated host: its state directory and the real `/proc` around it. */
export interface World {
  readonly around: Surroundings;
  readonly directory: string;
  readonly folder: StateFolder;
  readonly faults: FaultSource;
  /** The faults that strike now. */
  desk(state: SimState): FaultDesk;
  users(): readonly GpuUser[];
  views(state: SimState, desk: FaultDesk): readonly GpuView[];
}

/** `looping`: keeps the last reading of each process in memory instead of the state directory. */
export function openWorld(around: Surroundings, directory: string, looping: boolean): World {
  const proc = openProc(around.procRoot, gpuVariables);
  const users = (): readonly GpuUser[] => gpuUsers(proc.scan(), around.pid);
  const wallMs = (): number => around.clock.wallMs();
  const faults = openFaults(directory, around.environment['TANGRAM_SIM_FAULTS']);
  const meter = openLoadMeter({
    directory,
    procRoot: around.procRoot,
    wallMs,
    pid: around.pid,
    keep: !looping,
  });
  return {
    around,
    directory,
    folder: openStateFolder({ directory, bootId: around.bootId, wallMs, pid: around.pid }),
    faults,
    desk: (state) => openFaultDesk(faults.read(), state.spent),
    users,
    views: (state, desk) => {
      const found = users();
      return viewGpus(state, { users: found, busy: meter.measure(found), desk });
    },
  };
}

/** Who holds what, DCGM and injected users included. */
export function holders(world: World, state: SimState, desk: FaultDesk): Users {
  const seats = seatUsers(state, world.users());
  const heldByDcgm = desk.has('dcgm-holds') && state.hostengine.running;
  const held = (gpuIndex: number): boolean => heldByDcgm || desk.strikesCard('in-use', gpuIndex);
  return {
    onGpu: (gpuIndex) => held(gpuIndex) || seats.some((seat) => seat.gpuIndex === gpuIndex),
    onInstance: (gpuIndex, giId, ciId) =>
      held(gpuIndex) ||
      seats.some(
        (seat) =>
          seat.gpuIndex === gpuIndex &&
          seat.gpuInstanceId === giId &&
          (ciId === undefined || seat.computeInstanceId === ciId),
      ),
  };
}

/** Lets happen what was injected to happen once: each Xid event is written into the kernel's log. */
export function happen(world: World, state: SimState): SimState {
  const { around, folder } = world;
  if (!world.desk(state).faults.some((fault) => fault.kind === 'xid')) return state;
  return folder.update((newest) => {
    if (newest === undefined) return [newest, state];
    const desk = world.desk(newest);
    let now = newest;
    for (const fault of desk.faults) {
      if (fault.kind !== 'xid') continue;
      desk.use(fault);
      const gpu = now.gpus[fault.gpuIndex];
      if (gpu === undefined) continue;
      const { code, gpuInstanceId } = fault;
      const event = { code, gpuInstanceId, busId: gpu.busId };
      appendXid(world.directory, event, uptimeMs(around.procRoot));
      now = withGpu(now, fault.gpuIndex, { ...gpu, lastXid: code });
    }
    now = { ...now, spent: desk.spent() };
    return [now, now];
  });
}
