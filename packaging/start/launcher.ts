import { join } from 'node:path';
import { z } from 'zod';
import { contextChannel, readContext } from '../../coordinator/cli/context.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { AppError, errorChain, errorHint } from '../../shared/platform/errors.ts';
import { runTogether, shutdownSignal } from '../../shared/platform/lifecycle.ts';
import { agentNodeFlags } from './agent-flags.ts';
import { confirm, initSimulatedCards, readRealCards, renderRealPlan } from './cards.ts';
import type { Child } from './child.ts';
import { writeConfigs, type ConfigFiles } from './configs.ts';
import { findDocker } from './docker-engine.ts';
import { joinAgent } from './join.ts';
import { readJson, removeFile, writeJsonAtomically } from './json-file.ts';
import { makeLayout, planLayout, type Layout } from './layout.ts';
import { parseStartOptions, startHelp, type StartOptions } from './options.ts';
import { claimOwner, clearOwner, identify, isAlive, readOwner, writeOwner } from './owner.ts';
import { choosePorts, type Ports } from './ports.ts';
import { endpointsOf, renderReport } from './report.ts';
import {
  applySamples,
  awaitSamples,
  whereSamplesAre,
  writeSamples,
  type SampleRun,
  type ServedModel,
} from './sample-models.ts';
import { buildSampleImages, type SampleImages } from './samples/image.ts';
import { endCluster, endLeftovers } from './shutdown.ts';
import { keepRunning, startProgram, type Program } from './supervise.ts';
import { program, simulatedMpsArgv, writeWrappers } from './wrappers.ts';

type Say = (text: string) => void;

/** What this start decided before it started anything. */
interface Setting {
  readonly layout: Layout;
  readonly ports: Ports;
  readonly runtime: 'docker' | 'process';
  readonly images: SampleImages | null;
  readonly files: ConfigFiles;
  /** For people. */
  readonly cards: string;
  readonly withoutMig: boolean;
}

/** The two programs as they run now; a restart replaces them. */
interface Running {
  coordinator: Child | null;
  agent: Child | null;
  mpsControl: readonly string[] | null;
}

const parentPollMs = 300;
const movedPollMs = 2_000;

const agentReadySchema = z.object({ node: z.string(), metrics: z.string() });

/** `npm start`: brings a local cluster up, shows where it is, and ends it on Ctrl-C. Answers an exit status. */
export async function launch(projectDir: string, argv: readonly string[]): Promise<number> {
  const startedMs = systemClock.monotonicMs();
  const say: Say = (text) => {
    const seconds = ((systemClock.monotonicMs() - startedMs) / 1_000).toFixed(1).padStart(5);
    process.stdout.write(`[${seconds}s] ${text}\n`);
  };
  try {
    const options = parseStartOptions(argv);
    if (options === 'help') {
      process.stdout.write(startHelp);
      return 0;
    }
    return await runCluster(planLayout(projectDir), options, say);
  } catch (error) {
    const hint = errorHint(error);
    process.stderr.write(`\nerror: ${errorChain(error)}\n${hint === undefined ? '' : `${hint}\n`}`);
    return error instanceof AppError && error.code === 'REQUEST_INVALID' ? 2 : 1;
  }
}

async function runCluster(layout: Layout, options: StartOptions, say: Say): Promise<number> {
  const signal = shutdownSignal();
  // A closed terminal ends the cluster as Ctrl-C does, and writing to it must not end us before that is done.
  process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));
  process.stdout.on('error', () => undefined);
  endWithParent();
  makeLayout(layout);
  await takeOver(layout, say);
  const running: Running = { coordinator: null, agent: null, mpsControl: null };
  try {
    removeFile(layout.endpoints);
    const setting = await decide(layout, options, { say, signal });
    running.mpsControl =
      options.simulate === null ? ['nvidia-cuda-mps-control'] : simulatedMpsArgv(layout);
    await serve(setting, running, { say, signal });
    return 0;
  } catch (error) {
    // Ctrl-C while something was awaited: an ordinary end.
    if (signal.aborted) return 0;
    throw error;
  } finally {
    removeFile(layout.endpoints);
    await endCluster(layout, running, say);
    clearOwner(layout.owner);
    if (signal.aborted) say('ended; npm start resumes');
  }
}

/**
 * npm runs us through a shell, and passes SIGTERM to that shell, which dies of it and tells nobody. So we look whether
 * the one who started us is still there.
 */
function endWithParent(): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, parentPollMs);
  watch.unref();
}

/** Refuses while another start of this folder runs, and ends what a killed one left. Throws ADDRESS_TAKEN. */
async function takeOver(layout: Layout, say: Say): Promise<void> {
  const owner = readOwner(layout.owner);
  if (owner !== null && isAlive(owner.launcher)) throw alreadyRuns(layout, owner.launcher.pid);
  if (owner !== null) await endLeftovers(layout, owner, say);
  clearOwner(layout.owner);
  const launcher = identify(process.pid);
  if (launcher !== null && !claimOwner(layout.owner, { launcher, children: [] })) {
    throw alreadyRuns(layout, readOwner(layout.owner)?.launcher.pid);
  }
}

function alreadyRuns(layout: Layout, pid: number | undefined): AppError {
  const which = pid === undefined ? '' : ` (process ${pid})`;
  return new AppError('ADDRESS_TAKEN', `npm start already runs in ${layout.projectDir}${which}`, {
    hint: `end it with Ctrl-C${pid === undefined ? '' : ` or: kill ${pid}`}`,
  });
}

function noteOwner(layout: Layout, running: Running): void {
  const launcher = identify(process.pid);
  if (launcher === null) return;
  const children = [running.agent, running.coordinator].flatMap((child) =>
    child === null || child.identity === null ? [] : [{ ...child.identity, name: child.spec.name }],
  );
  writeOwner(layout.owner, { launcher, children });
}

interface Surroundings {
  readonly say: Say;
  readonly signal: AbortSignal;
}

async function decide(
  layout: Layout,
  options: StartOptions,
  { say, signal }: Surroundings,
): Promise<Setting> {
  const chosen = await chooseCards(layout, options, signal);
  const docker = await findDocker(options.runtime, say);
  const images = docker === null ? null : await imagesOrNull(layout, { docker, options, say });
  const runtime = images === null ? 'process' : 'docker';
  const ports = await choosePorts(layout.ports, options);
  const files = writeConfigs({ layout, ports, runtime, realCards: chosen.realCards });
  writeWrappers(layout, ports, chosen.realCards === null);
  const { cards, withoutMig } = chosen;
  return { layout, ports, runtime, images, files, cards, withoutMig };
}

async function chooseCards(
  layout: Layout,
  options: StartOptions,
  signal: AbortSignal,
): Promise<{
  readonly realCards: readonly string[] | null;
  readonly cards: string;
  readonly withoutMig: boolean;
}> {
  if (options.simulate !== null) {
    await initSimulatedCards(layout, options.simulate);
    return { realCards: null, cards: `simulated ${options.simulate}`, withoutMig: false };
  }
  const cards = await readRealCards();
  process.stdout.write(renderRealPlan(cards));
  const idle = cards.filter((card) => card.busy === null);
  if (idle.length === 0) {
    throw new AppError('GPU_BUSY', 'no card of this host is idle', {
      hint: 'free one, or leave --real out: simulated cards need none',
    });
  }
  if (!options.yes && !(await confirm(`Use the ${idle.length} idle cards?`, signal))) {
    throw new AppError('REQUEST_INVALID', 'nothing was done', {
      hint: 'answer y, or give --yes where nobody can be asked',
    });
  }
  return {
    realCards: idle.map((card) => card.uuid),
    cards: `${idle.length} of this host's cards`,
    withoutMig: idle.every((card) => card.mig === null),
  };
}

/** With `auto`, an engine that cannot build the samples is told of and not used. */
async function imagesOrNull(
  layout: Layout,
  {
    docker,
    options,
    say,
  }: {
    readonly docker: NonNullable<Awaited<ReturnType<typeof findDocker>>>;
    readonly options: StartOptions;
    readonly say: Say;
  },
): Promise<SampleImages | null> {
  const { projectDir, scratchDir } = layout;
  try {
    return await buildSampleImages({ docker, projectDir, scratchDir, say });
  } catch (cause) {
    if (options.runtime === 'docker') {
      throw new AppError('DOCKER_REFUSED', 'cannot build the sample images', { cause });
    }
    say(`cannot build the sample images (${errorChain(cause)}): models run as plain processes`);
    return null;
  }
}

async function serve(
  setting: Setting,
  running: Running,
  { say, signal }: Surroundings,
): Promise<void> {
  const { layout, ports, files } = setting;
  const address = `127.0.0.1:${ports.grpc}`;
  const started = (name: 'agent' | 'coordinator') => (child: Child) => {
    running[name] = child;
    noteOwner(layout, running);
  };
  const start = async (name: 'agent' | 'coordinator', each: Program): Promise<Child> => {
    say(`starting the ${name}`);
    return startProgram(each, { append: false, onStarted: started(name) }, signal);
  };
  const coordinator = coordinatorProgram(layout, files);
  const agent = agentProgram(layout, files);
  const firstCoordinator = await start('coordinator', coordinator);
  const channel = contextChannel(readContext(layout.adminContext));
  say('joining this machine as a node');
  await joinAgent({ layout, address, channel, agentConfig: files.agent });
  const first = { coordinator: firstCoordinator, agent: await start('agent', agent) };
  await runTogether(signal, [
    async (inner) => {
      const hooks = { say, onStarted: started('coordinator') };
      await keepRunning(coordinator, first.coordinator, hooks, inner);
    },
    async (inner) => {
      const hooks = { say, onStarted: started('agent') };
      await keepRunning(agent, first.agent, hooks, inner);
    },
    async (inner) => {
      say('applying the sample models');
      const run = { layout, address, channel, say, signal: inner };
      await applySamples(run, writeSamples(layout, setting));
      const announce = (models: readonly ServedModel[]): void => {
        const ready = readJson(layout.agentReady, agentReadySchema) ?? {
          node: 'local',
          metrics: `http://127.0.0.1:${ports.metrics}/metrics`,
        };
        writeJsonAtomically(layout.endpoints, endpointsOf({ layout, ports, models }, ready));
      };
      const models = await awaitSamples(run);
      announce(models);
      process.stdout.write(renderReport({ ...setting, models }));
      await followMoves(run, models, announce);
    },
  ]);
}

/** A replica that is started again may listen elsewhere: the file for programs follows. */
async function followMoves(
  run: SampleRun,
  first: readonly ServedModel[],
  announce: (models: readonly ServedModel[]) => void,
): Promise<void> {
  let known = first;
  while (!run.signal.aborted) {
    await systemClock.sleep(movedPollMs, run.signal).catch(() => undefined);
    // The coordinator may be starting again: then nothing is known to have moved.
    const now = await whereSamplesAre(run, known).catch(() => known);
    const before = new Set(known.map(({ url }) => url));
    const moved = now.filter(({ url }) => !before.has(url));
    if (moved.length === 0) continue;
    known = now;
    announce(known);
    for (const { name, url } of moved) run.say(`${name}: now at ${url}`);
  }
}

function coordinatorProgram(layout: Layout, files: ConfigFiles): Program {
  const argv = [...program(layout, 'coordinator/main.js'), '--config', files.coordinator];
  const logFile = join(layout.logDir, 'coordinator.log');
  return {
    spec: { name: 'coordinator', argv, logFile, env: {} },
    readyFile: layout.coordinatorReady,
  };
}

function agentProgram(layout: Layout, files: ConfigFiles): Program {
  const [node = process.execPath, ...file] = program(layout, 'agent/main.js');
  const argv = [node, ...agentNodeFlags, ...file, '--config', files.agent];
  const logFile = join(layout.logDir, 'agent.log');
  // The MPS stand-in is started by the agent and finds its cards by this.
  const env = { TANGRAM_SIM_STATE: layout.simState };
  return { spec: { name: 'agent', argv, logFile, env }, readyFile: layout.agentReady };
}
