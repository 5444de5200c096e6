import { parseCards } from '../../../shared/domain/card.ts';
import { dialectOf, driverVersionFor } from './dialect.ts';
import type { Reply } from './reply.ts';
import { faultWords, parseFault, type Fault } from '../faults/fault.ts';
import { split, writeFaults } from '../faults/fault-list.ts';
import { afterReboot, describeCards, initialState } from './state.ts';
import type { StateFolder } from './state-folder.ts';

/** The simulator's own flags: they come first, before anything that `nvidia-smi` itself knows. */
export interface OwnFlags {
  readonly directory: string | undefined;
  readonly init: string | undefined;
  readonly driver: string | undefined;
  /** Words between commas, or `none`. */
  readonly fault: string | undefined;
  readonly stepMs: string | undefined;
  readonly reboot: boolean;
  readonly rest: readonly string[];
}

const withValue = [
  '--sim-state',
  '--sim-init',
  '--sim-driver',
  '--sim-fault',
  '--sim-step-ms',
] as const;

/** A string is what is wrong with them. */
export function parseOwnFlags(
  argv: readonly string[],
  environmentDirectory: string | undefined,
): OwnFlags | string {
  const given = new Map<string, string>();
  let at = 0;
  for (; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (name === '--sim-reboot') {
      given.set(name, '');
      continue;
    }
    if (!withValue.some((each) => each === name)) break;
    const value = equals < 0 ? argv[(at += 1)] : word.slice(equals + 1);
    if (value === undefined || value === '') return `${name} needs a value`;
    given.set(name, value);
  }
  const late = argv.slice(at).find((word) => word.startsWith('--sim-'));
  if (late !== undefined)
    return `${late} must come before the options of nvidia-smi, or is unknown`;
  return {
    directory:
      given.get('--sim-state') ?? (environmentDirectory === '' ? undefined : environmentDirectory),
    init: given.get('--sim-init'),
    driver: given.get('--sim-driver'),
    fault: given.get('--sim-fault'),
    stepMs: given.get('--sim-step-ms'),
    reboot: given.has('--sim-reboot'),
    rest: argv.slice(at),
  };
}

/** Creates the cards, or keeps those that are there: never replaces other ones. */
export function initialise(
  folder: StateFolder,
  flags: OwnFlags,
  given: { readonly seed: string; readonly bootId: string; readonly directory: string },
): Reply {
  const parsed = parseCards(flags.init ?? '');
  if (!parsed.ok) return complaint(`${parsed.problem.message}; ${parsed.problem.hint ?? ''}`);
  const driverVersion = flags.driver ?? driverVersionFor(parsed.value);
  if (dialectOf(driverVersion) === undefined) {
    return complaint(
      `${JSON.stringify(driverVersion)} is no driver version this simulator speaks as; ` +
        'write one from 470 to 599, such as 550.163.01',
    );
  }
  const wanted = describeCards(parsed.value.map((card) => card.name));
  return folder.update<Reply>((state) => {
    if (state === undefined) {
      const made = initialState(parsed.value, {
        seed: given.seed,
        driverVersion,
        bootId: given.bootId,
      });
      return [made, say(`simulating ${wanted} with driver ${driverVersion} in ${given.directory}`)];
    }
    const present = describeCards(state.gpus.map((gpu) => gpu.card));
    if (present !== wanted) {
      return [
        state,
        complaint(
          `${given.directory} already simulates ${present}, not ${wanted}, and keeps them; ` +
            'use another directory, or remove state.json there',
        ),
      ];
    }
    const kept =
      flags.driver === undefined || flags.driver === state.driverVersion
        ? state
        : { ...state, driverVersion };
    return [
      kept,
      say(`keeping ${present} with driver ${kept.driverVersion} in ${given.directory}`),
    ];
  });
}

/** Writes the control file: every later invocation misbehaves so, until `none`. */
export function setFaults(
  folder: StateFolder,
  text: string,
  at: { readonly directory: string; readonly around: { readonly pid: number } },
): Reply {
  const state = folder.read();
  if (state === undefined) return noState();
  const words = text === 'none' ? [] : split(text);
  const faults: Fault[] = [];
  for (const word of words) {
    const fault = parseFault(word);
    if (fault === undefined || ('gpuIndex' in fault && fault.gpuIndex >= state.gpus.length)) {
      return complaint(
        `${JSON.stringify(word)} is no fault; write none, ${faultWords}, with an index below ` +
          `${state.gpus.length}`,
      );
    }
    faults.push(fault);
  }
  writeFaults(at.directory, faults, at.around.pid);
  return say(`fault: ${text}`);
}

/** How long each change to a card takes from now on. */
export function setStep(folder: StateFolder, text: string): Reply {
  const stepMs = Number(text);
  if (!Number.isInteger(stepMs) || stepMs < 0 || stepMs > 600_000) {
    return complaint(
      `${JSON.stringify(text)} is no time of a step; write 0 to 600000 milliseconds`,
    );
  }
  return folder.update<Reply>((state) =>
    state === undefined
      ? [state, noState()]
      : [{ ...state, stepMs }, say(`each change takes ${stepMs} ms`)],
  );
}

/** Applies what a reboot of the host does, without one. */
export function reboot(folder: StateFolder): Reply {
  return folder.update<Reply>((state) =>
    state === undefined
      ? [state, noState()]
      : [afterReboot(state, state.bootId), say('rebooted: no instance is left')],
  );
}

export function noState(directory?: string): Reply {
  return complaint(
    `no simulated cards${directory === undefined ? '' : ` in ${directory}`}; create them with ` +
      'nvidia-smi-sim --sim-state DIR --sim-init 2xA100-40GB,L40S',
  );
}

function complaint(line: string): Reply {
  return { lines: [`nvidia-smi-sim: ${line}`], exitCode: 1 };
}

function say(line: string): Reply {
  return { lines: [line], exitCode: 0 };
}
