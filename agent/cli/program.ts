import { Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from '../../shared/platform/errors.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { diagnose, renderDiagnosis } from './doctor.ts';
import {
  renderEvents,
  renderGpu,
  renderGpus,
  renderNode,
  renderReplica,
  renderReplicas,
  renderTop,
} from './render.ts';
import type { AgentApi, GpuRecord } from './transport.ts';

const defaultSocket = '/run/tangram/agent.sock';
const clearScreen = '\u001b[2J\u001b[H';
const topPeriodMs = 1_000;

export interface CliDeps {
  readonly version: string;
  /** From TANGRAM_SOCKET; undefined: not set. */
  readonly socket: string | undefined;
  readonly connect: (socket: string) => AgentApi;
  readonly out: (text: string) => void;
  readonly isTerminal: boolean;
  /** Asks a person; false where nobody can answer. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly setExitCode: (code: number) => void;
}

interface Json {
  readonly json?: true;
}

/** The whole of `agentctl`. Rendering is pure; what a command prints is its answer, nothing else. */
export function createProgram(deps: CliDeps): Command {
  const program = new Command('agentctl')
    .description('Look at and look after this node’s GPU agent. Works without a coordinator.')
    .version(deps.version)
    .addOption(
      new Option('--socket <path>', 'unix socket of the agent')
        .env('TANGRAM_SOCKET')
        .default(deps.socket ?? defaultSocket),
    )
    .showHelpAfterError('(agentctl --help lists the commands)')
    .configureOutput({ writeOut: deps.out })
    .addHelpText(
      'after',
      `
Exit codes: 0 ok, 1 failure, 2 wrong usage, 3 not found, 5 the agent does not answer.

Examples:
  agentctl ls                      cards and their slices
  agentctl ps --json               replicas, for a machine
  agentctl describe gpu 0          one card, by index or UUID
  agentctl top --once              the newest sample of every card`,
    );
  const api = (): AgentApi => deps.connect(program.opts<{ socket: string }>().socket);
  addLists(program, deps, api);
  addTop(program, deps, api);
  addDescribe(program, deps, api);
  addRecords(program, deps, api);
  addShutdown(program, deps, api);
  return program;
}

function addLists(program: Command, deps: CliDeps, api: () => AgentApi): void {
  program
    .command('ls')
    .description('cards and their slices')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const gpus = await api().gpus();
      deps.out(json ? toJson(gpus) : renderGpus(gpus));
    });
  program
    .command('ps')
    .description('replicas on this node')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const replicas = await api().replicas();
      deps.out(json ? toJson(replicas) : renderReplicas(replicas, deps.clock.wallMs()));
    });
}

function addTop(program: Command, deps: CliDeps, api: () => AgentApi): void {
  program
    .command('top')
    .description('utilisation, memory, power and who uses it')
    .option('--once', 'print one sample and end')
    .option('--json', 'machine-readable; one line a sample')
    .action(async ({ once, json }: Json & { readonly once?: true }) => {
      const agent = api();
      for (;;) {
        const top = await agent.top();
        const clear = deps.isTerminal && once !== true && json !== true ? clearScreen : '';
        deps.out(json ? toJson(top) : `${clear}${renderTop(top)}`);
        if (once === true) return;
        await deps.clock.sleep(topPeriodMs, deps.signal).catch(() => undefined);
        if (deps.signal.aborted) return;
      }
    });
}

function addDescribe(program: Command, deps: CliDeps, api: () => AgentApi): void {
  const describe = program.command('describe').description('everything about one thing');
  describe
    .command('gpu')
    .description('one card')
    .argument('<gpu>', 'index, UUID, or the beginning of one')
    .option('--json', 'machine-readable')
    .action(async (wanted: string, { json }: Json) => {
      const gpu = findGpu(await api().gpus(), wanted);
      deps.out(json ? toJson(gpu) : renderGpu(gpu));
    });
  describe
    .command('replica')
    .description('one replica')
    .argument('<replica>', 'as `agentctl ps` names it')
    .option('--json', 'machine-readable')
    .action(async (wanted: string, { json }: Json) => {
      const replicas = await api().replicas();
      const replica = replicas.find((each) => each.replica === wanted);
      if (replica === undefined) {
        throw new AppError('REPLICA_UNKNOWN', `no replica ${JSON.stringify(wanted)} on this node`, {
          hint: known(replicas.map((each) => each.replica)),
        });
      }
      deps.out(json ? toJson(replica) : renderReplica(replica));
    });
  describe
    .command('node')
    .description('the agent, its coordinator and the last round')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const node = await api().node();
      deps.out(json ? toJson(node) : renderNode(node));
    });
}

function addRecords(program: Command, deps: CliDeps, api: () => AgentApi): void {
  program
    .command('events')
    .description('what happened on this node, newest last')
    .option('--limit <n>', 'at most so many', count(1_000), 100)
    .option('--json', 'machine-readable')
    .action(async ({ json, limit }: Json & { readonly limit: number }) => {
      const events = await api().events(limit);
      deps.out(json ? toJson(events) : renderEvents(events));
    });
  program
    .command('logs')
    .description('the last lines that a replica wrote')
    .argument('<replica>', 'as `agentctl ps` names it')
    .option('--tail <lines>', 'at most so many lines', count(10_000), 100)
    .option('--json', 'machine-readable')
    .action(async (replica: string, { json, tail }: Json & { readonly tail: number }) => {
      const text = await api().logs(replica, tail);
      if (json) deps.out(toJson({ replica, text }));
      else deps.out(text === '' || text.endsWith('\n') ? text : `${text}\n`);
    });
  program
    .command('doctor')
    .description('what keeps this node from its work; exits 1 when something does')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const agent = api();
      const [node, gpus, top] = await Promise.all([agent.node(), agent.gpus(), agent.top()]);
      const found = diagnose(node, gpus, top);
      deps.out(json ? toJson(found) : renderDiagnosis(found));
      deps.setExitCode(found.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0);
    });
}

function addShutdown(program: Command, deps: CliDeps, api: () => AgentApi): void {
  program
    .command('shutdown')
    .description('end the agent; its replicas run on, unless told otherwise')
    .option('--stop-replicas', 'stop its replicas first; a new start of the agent resumes them')
    .option('--yes', 'do not ask')
    .action(async (options: { readonly stopReplicas?: true; readonly yes?: true }) => {
      const agent = api();
      const stop = options.stopReplicas === true;
      const running = await agent.replicas();
      const plan = stop
        ? `end the agent and stop its ${running.length} replicas`
        : `end the agent; its ${running.length} replicas run on`;
      if (options.yes !== true && !(await deps.confirm(`This will ${plan}. Go on?`))) {
        throw new AppError('REQUEST_INVALID', 'nothing was done', {
          hint: 'say --yes to do it without being asked',
        });
      }
      const stopped = await agent.shutdown(stop);
      deps.out(`the agent ends; ${stopped} replicas stopped\n`);
    });
}

function findGpu(gpus: readonly GpuRecord[], wanted: string): GpuRecord {
  const found = gpus.filter(
    (gpu) => String(gpu.index) === wanted || (wanted.length > 4 && gpu.uuid.startsWith(wanted)),
  );
  const [only, other] = found;
  if (only !== undefined && other === undefined) return only;
  const what = only === undefined ? 'no card' : 'more than one card';
  throw new AppError('GPU_UNKNOWN', `${what} ${JSON.stringify(wanted)} on this node`, {
    hint: known(gpus.map((gpu) => `${gpu.index} (${gpu.uuid})`)),
  });
}

function known(names: readonly string[]): string {
  return names.length === 0 ? 'there is none' : `there is ${names.slice(0, 20).join(', ')}`;
}

function count(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1 && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from 1 to ${max}.`);
  };
}

function toJson(view: unknown): string {
  return `${JSON.stringify(view)}\n`;
}
