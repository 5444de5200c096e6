import { parseArgv } from './argv.ts';
import type { CommandLine } from './command-line.ts';
import { changeMig } from './mig-change.ts';
import { changeModes } from './mode-change.ts';
import { dialectOf, type Dialect } from './dialect.ts';
import { misbehave, truncated } from './misbehave.ts';
import { initialise, noState, parseOwnFlags, reboot, setFaults, setStep } from './own-flags.ts';
import { read } from './reading.ts';
import { nothingFound, selectGpus, type Change, type Reply } from './reply.ts';
import { listMig } from './render-mig.ts';
import type { SimState } from './state.ts';
import { complain, rest, say, type Surroundings } from './surroundings.ts';
import { watch } from './watch.ts';
import { happen, holders, openWorld, type World } from './world.ts';

/** One invocation of the simulated `nvidia-smi`; answers its exit status. */
export async function runNvidiaSmi(around: Surroundings): Promise<number> {
  const flags = parseOwnFlags(around.argv, around.environment['TANGRAM_SIM_STATE']);
  if (typeof flags === 'string')
    return complain(around, { lines: [`nvidia-smi-sim: ${flags}`], exitCode: 2 });
  const { directory } = flags;
  if (directory === undefined) {
    const line =
      'nvidia-smi-sim: no state directory: set TANGRAM_SIM_STATE or begin with --sim-state DIR';
    return complain(around, { lines: [line], exitCode: 2 });
  }
  const parsed = parseArgv(flags.rest);
  const looping = parsed.ok && parsed.value.loop !== undefined;
  const world = openWorld(around, directory, looping);
  const { folder } = world;
  const own: Reply[] = [];
  if (flags.init !== undefined) {
    const given = { seed: around.randomHex(16), bootId: around.bootId, directory };
    own.push(initialise(folder, flags, given));
  }
  if (flags.stepMs !== undefined) own.push(setStep(folder, flags.stepMs));
  if (flags.fault !== undefined) own.push(setFaults(folder, flags.fault, { directory, around }));
  if (flags.reboot) own.push(reboot(folder));
  for (const each of own) {
    if (each.exitCode !== 0) return complain(around, each);
    say(around.out, each);
  }
  const found = folder.read();
  const state = found === undefined ? undefined : happen(world, found);
  if (own.length > 0 && flags.rest.length === 0) return 0;
  if (state === undefined) return complain(around, noState(directory));
  const desk = world.desk(state);
  const broken = await misbehave(around, state, desk);
  if (broken !== undefined) return say(around.out, broken);
  const dialect = dialectOf(state.driverVersion);
  if (dialect === undefined) {
    const line = `nvidia-smi-sim: the state names driver ${state.driverVersion}, which is not simulated`;
    return complain(around, { lines: [line], exitCode: 1 });
  }
  const bytes = desk.value('truncate');
  const out = bytes === undefined ? around.out : truncated(around.out, bytes);
  const exitCode = parsed.ok
    ? await answer({ world, dialect, out }, state, parsed.value)
    : say(out, parsed.reply);
  return desk.value('exit') ?? exitCode;
}

interface Answering {
  readonly world: World;
  readonly dialect: Dialect;
  readonly out: (text: string) => void;
}

async function answer(at: Answering, state: SimState, line: CommandLine): Promise<number> {
  const { world, dialect } = at;
  const out = line.file === undefined ? at.out : world.around.toFile(line.file);
  if (line.loop !== undefined) return watch({ world, dialect, out }, line, line.loop);
  const { request } = line;
  if (request.kind === 'modes' || request.kind === 'mig') {
    return say(out, await change(world, line, dialect));
  }
  const asking = { line, dialect, sample: 0, cpuCount: world.around.cpuCount };
  const nowMs = world.around.clock.wallMs();
  return say(
    out,
    read(asking, () => world.views(state, world.desk(state)), nowMs),
  );
}

/**
 * Requests that change something see the newest state, alone. Half of the step's time passes before the change
 * and half after it, so that whoever kills this program finds either state.
 */
async function change(world: World, line: CommandLine, dialect: Dialect): Promise<Reply> {
  const { around } = world;
  const halfMs = isListing(line) ? 0 : stepMs(world) / 2;
  if (!(await rest(around, halfMs))) return { lines: [], exitCode: 130 };
  const changed = world.folder.update<Reply>((state) => {
    if (state === undefined) return [state, noState(world.directory)];
    const gpus = selectGpus(state, line.selection);
    if (gpus === undefined) return [state, nothingFound];
    const desk = world.desk(state);
    const done = changeState(world, { state, gpus, desk }, line, dialect);
    return [{ ...done.state, spent: desk.spent() }, done];
  });
  if (!(await rest(around, halfMs))) return { lines: [], exitCode: 130 };
  return changed;
}

function changeState(
  world: World,
  at: {
    readonly state: SimState;
    readonly gpus: readonly number[];
    readonly desk: ReturnType<World['desk']>;
  },
  { request }: CommandLine,
  dialect: Dialect,
): Change {
  const { state, gpus, desk } = at;
  const trouble = { users: holders(world, state, desk), desk };
  if (request.kind === 'modes') return changeModes(state, gpus, request.command, trouble);
  if (request.kind !== 'mig') return { state, ...nothingFound };
  const { command } = request;
  const { action } = command;
  if (action.kind === 'list') {
    return { state, ...listMig(state, gpus, { listing: action.listing, command }, dialect) };
  }
  return changeMig(state, gpus, { change: action.change, command }, trouble);
}

function isListing({ request }: CommandLine): boolean {
  return request.kind === 'mig' && request.command.action.kind === 'list';
}

function stepMs(world: World): number {
  const told = Number(world.around.environment['TANGRAM_SIM_STEP_MS'] ?? NaN);
  return Number.isFinite(told) && told >= 0 ? told : (world.folder.read()?.stepMs ?? 0);
}
