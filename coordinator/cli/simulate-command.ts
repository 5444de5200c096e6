import { InvalidArgumentError, Option, type Command } from 'commander';
import { renderProblem } from '../../shared/domain/result.ts';
import { describePolicies, parsePolicyName } from '../../shared/placement/policies/names.ts';
import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { Pace } from '../simulate/pace.ts';
import { renderPlot } from '../simulate/plot.ts';
import { simulate, type FinishedRun, type Workload } from '../simulate/simulation-run.ts';
import { traceLimits, type TraceFile } from '../simulate/trace-table.ts';
import { readTrace, type Trace } from '../simulate/trace.ts';
import { datasetOf, readYardsticks, type Yardsticks } from '../simulate/yardsticks.ts';
import { toJson, type CliDeps, type Json } from './deps.ts';
import { meanCurves, renderArrivals, renderChurn } from './render-simulation.ts';
import { runScenarios } from './scenario-command.ts';

interface SimulateOptions extends Json {
  readonly filename?: readonly string[];
  readonly nodes?: string;
  readonly requests?: string;
  readonly policy?: readonly PolicyName[];
  readonly seed?: readonly number[];
  readonly inflate: number;
  readonly churn?: number;
  readonly skipBad?: true;
  readonly plot?: string;
  readonly compare?: readonly string[];
  readonly dataset?: string;
}

const defaultSeed = 42;
const seedMax = 2 ** 31 - 1;
const runsMax = 1_000;
const factorMax = 10;

/** `simulate`: the engine of this program on a trace or a scenario, offline. */
export function addSimulate(program: Command, deps: CliDeps): void {
  program
    .command('simulate')
    .description(
      'try the engine of this program offline: on a recorded list of requests, or a scenario (-f)',
    )
    .addOption(
      new Option(
        '-f, --filename <file...>',
        'YAML: one document of kind Scenario, and its models of kind Model',
      ).conflicts(['nodes', 'requests', 'inflate', 'churn', 'skipBad', 'compare', 'dataset']),
    )
    .option('--nodes <file>', 'CSV: sn,cpu_milli,memory_mib,gpu,model')
    .option('--requests <file>', 'CSV: name,cpu_milli,memory_mib,num_gpu,gpu_milli[,gpu_spec]')
    .option('--policy <name>', 'a placement policy; repeatable (default: tangram)', policies)
    .option(
      '--seed <number>',
      `order of arrivals and nodes; repeatable (default: ${defaultSeed})`,
      seeds,
    )
    .addOption(
      new Option('--inflate <factor>', 'go on until that many times the capacity has arrived')
        .argParser(factor)
        .default(1.3)
        .conflicts('churn'),
    )
    .option('--churn <load>', 'requests leave again; offered load as a share of capacity', factor)
    .option('--skip-bad', 'leave out rows that cannot be used, instead of refusing the file')
    .addOption(
      new Option(
        '--plot <file.svg>',
        'draw allocated share against arrivals, or over time',
      ).conflicts('churn'),
    )
    .addOption(
      new Option('--compare <file>', 'CSV of published results or of bounds; repeatable')
        .argParser(collect)
        .conflicts('churn'),
    )
    .option('--dataset <name>', 'what --compare calls the list (default: from the file name)')
    .option('--json', 'machine-readable')
    .addHelpText('after', `\nPolicies:\n${describePolicies()}`)
    .action(async ({ filename, ...options }: SimulateOptions) => {
      if (filename === undefined) await runSimulation(deps, options);
      else await runScenarios(deps, { ...options, filename, runs: askedRuns(options) });
    });
}

async function runSimulation(deps: CliDeps, options: SimulateOptions): Promise<void> {
  const { nodes, requests } = traceFiles(deps, options);
  const yardsticks = readComparison(deps, options, requests.path);
  if (options.plot !== undefined) deps.host.checkWritable(options.plot);
  const trace = readTrace(
    { nodes, requests },
    { skipBad: options.skipBad === true, note: deps.note },
  );
  const finished = await runAll(deps, options, trace);
  const runs = finished.map(({ run }) => run);
  if (options.plot !== undefined) {
    const lines = meanCurves(finished);
    const title = `${datasetOf(requests.path)}: allocated share against arrivals`;
    deps.host.writeText(options.plot, renderPlot({ title, lines }));
  }
  if (options.json) deps.out(toJson({ runs }));
  else deps.out(options.churn === undefined ? renderArrivals(runs, yardsticks) : renderChurn(runs));
}

function traceFiles(
  deps: CliDeps,
  { nodes, requests }: SimulateOptions,
): { readonly nodes: TraceFile; readonly requests: TraceFile } {
  if (nodes === undefined || requests === undefined) {
    const missing = nodes === undefined ? '--nodes' : '--requests';
    throw new AppError('REQUEST_INVALID', `nothing to simulate: ${missing} is not given`, {
      hint: 'tangram simulate --nodes nodes.csv --requests requests.csv, or -f scenario.yaml',
    });
  }
  return { nodes: readFile(deps, nodes), requests: readFile(deps, requests) };
}

function readFile(deps: CliDeps, path: string): TraceFile {
  return { path, bytes: deps.host.readBytes(path, traceLimits.bytesMax) };
}

function readComparison(
  deps: CliDeps,
  { compare, dataset }: SimulateOptions,
  requestsPath: string,
): Yardsticks | null {
  if (compare === undefined) return null;
  const files = compare.map((path) => readFile(deps, path));
  return readYardsticks(files, dataset ?? datasetOf(requestsPath));
}

async function runAll(
  deps: CliDeps,
  options: SimulateOptions,
  trace: Trace,
): Promise<readonly FinishedRun[]> {
  const asked = askedRuns(options);
  const workload: Workload =
    options.churn === undefined
      ? { kind: 'arrivals', inflate: options.inflate }
      : { kind: 'churn', load: options.churn };
  const progress = deps.host.openProgress();
  const finished: FinishedRun[] = [];
  try {
    for (const [at, { policy, seed }] of asked.entries()) {
      const tell = (done: number): void =>
        progress.show((at + done) / asked.length, `${policy}, seed ${seed}`);
      const pace = new Pace(deps.clock, tell, deps.signal);
      const { residentMib: rssMib } = deps.host;
      finished.push(await simulate(trace, { policy, seed, pace, workload, rssMib }));
    }
  } finally {
    progress.end();
  }
  return finished;
}

/** Each policy with each seed. Throws REQUEST_INVALID for too many. */
function askedRuns(options: SimulateOptions) {
  const policyList = options.policy ?? ['tangram'];
  const seedList = options.seed ?? [defaultSeed];
  const asked = policyList.flatMap((policy) => seedList.map((seed) => ({ policy, seed })));
  if (asked.length > runsMax) {
    throw new AppError('REQUEST_INVALID', `${asked.length} runs are too many at once`, {
      hint: `at most ${runsMax}: fewer policies or seeds`,
    });
  }
  return asked;
}

function policies(text: string, known: readonly PolicyName[] = []): readonly PolicyName[] {
  const parsed = parsePolicyName(text);
  if (!parsed.ok) throw new InvalidArgumentError(renderProblem(parsed.problem));
  return known.includes(parsed.value) ? known : [...known, parsed.value];
}

function seeds(text: string, known: readonly number[] = []): readonly number[] {
  const seed = Number(text);
  if (!/^\d{1,10}$/.test(text) || seed > seedMax) {
    throw new InvalidArgumentError(`Give a whole number from 0 to ${seedMax}.`);
  }
  return known.includes(seed) ? known : [...known, seed];
}

function factor(text: string): number {
  const value = Number(text);
  if (/^\d{1,2}(\.\d{1,6})?$/.test(text) && value > 0 && value <= factorMax) return value;
  throw new InvalidArgumentError(`Give a number above 0, at most ${factorMax}, such as 0.95.`);
}

function collect(text: string, known: readonly string[] = []): readonly string[] {
  return [...known, text];
}
