import { openFaultDesk, type FaultDesk } from '../faults/fault-desk.ts';
import { openFaults } from '../faults/fault-list.ts';
import type { CardFaultKind } from '../faults/fault.ts';
import { dialectOf } from '../nvidia-smi/dialect.ts';
import { openStateFolder } from '../nvidia-smi/state-folder.ts';
import { cardOf, type SimState } from '../nvidia-smi/state.ts';

/** What the daemon knows of the simulated cards; nothing at all where it was not told of their state directory. */
export interface SimulatedHost {
  /** 550 of 550.163.01. */
  readonly major: number;
  readonly card: { readonly name: string; readonly busId: string } | undefined;
  has(kind: CardFaultKind): boolean;
  /** Like `has`, and uses up what happens only once. */
  strikes(kind: CardFaultKind): boolean;
}

const majorDefault = 550;

/** `devices`: what `CUDA_VISIBLE_DEVICES` names, the UUID of a card or of a slice of it. */
export function openSimulatedHost(options: {
  readonly directory: string | undefined;
  readonly faults: string | undefined;
  readonly devices: string;
  readonly bootId: string;
  readonly pid: number;
  readonly wallMs: () => number;
}): SimulatedHost {
  const { directory, devices } = options;
  if (directory === undefined) {
    return { major: majorDefault, card: undefined, has: () => false, strikes: () => false };
  }
  const source = openFaults(directory, options.faults);
  const folder = openStateFolder({ ...options, directory });
  const deskOf = (state: SimState): FaultDesk => openFaultDesk(source.read(), state.spent);
  const first = folder.read();
  const index = first === undefined ? -1 : indexOf(first, devices);
  const gpu = first?.gpus[index];
  const has = (kind: CardFaultKind): boolean => {
    try {
      const state = folder.read();
      return state !== undefined && deskOf(state).onCard(kind, index);
    } catch {
      return false; // A daemon outlives a damaged control file; nvidia-smi says what is wrong with it.
    }
  };
  return {
    major: dialectOf(first?.driverVersion ?? '')?.major ?? majorDefault,
    card: gpu && { name: cardOf(gpu).productName, busId: gpu.busId },
    has,
    strikes: (kind) =>
      has(kind) &&
      folder.update<boolean>((state) => {
        if (state === undefined) return [state, false];
        const desk = deskOf(state);
        const struck = desk.strikesCard(kind, index);
        return [{ ...state, spent: desk.spent() }, struck];
      }),
  };
}

function indexOf(state: SimState, devices: string): number {
  const [wanted = ''] = devices.split(',');
  if (/^\d+$/.test(wanted)) return Number(wanted);
  return state.gpus.findIndex(
    (gpu) =>
      gpu.uuid === wanted ||
      gpu.instances.some((each) => each.computeInstances.some(({ uuid }) => uuid === wanted)),
  );
}
