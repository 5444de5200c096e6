import { InvalidArgumentError, Option, type Command } from 'commander';
import { modelDefaults } from '../../shared/domain/model.ts';
import { parseDurationMs, parseMemoryMib } from '../../shared/domain/units.ts';
import type { Result } from '../../shared/domain/result.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { AllocateRequest } from '../../shared/wire/generated/tangram/v1/AllocateRequest.ts';
import type { Allocation__Output } from '../../shared/wire/generated/tangram/v1/Allocation.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import {
  allocationWord,
  headText,
  renderAllocation,
  renderAllocations,
  renderAllocationWhy,
  renderDockerRun,
  renderExports,
} from './render-allocations.ts';
import { exitCodes } from './run.ts';
import { waitUntilUsable } from './wait-allocation.ts';

interface AccessOptions extends Json {
  readonly docker?: true;
  readonly env?: true;
}

interface AllocateOptions extends AccessOptions {
  readonly memory: number;
  readonly compute: number;
  readonly isolation: string;
  readonly count: number;
  readonly processes: number;
  readonly gpuModel?: readonly string[];
  readonly cpu: number;
  readonly hostMemory: number;
  readonly constraint: Readonly<Record<string, string>>;
  readonly label: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly ttl: number;
  readonly wait?: true;
  readonly timeout: number;
  readonly dryRun?: true;
}

/** `allocate`, `allocations`, `allocation get|renew|release|why`. */
export function addAllocations(program: Command, deps: CliDeps, api: Api): void {
  withNeeds(program.command('allocate'))
    .description('reserve a slice for a workload that you start yourself')
    .argument('[name]', 'a name of your own; the same request again is the same allocation', '')
    .option('--ttl <duration>', 'how long it is held unless renewed, 10s to 24h', duration, 600_000)
    .option('--wait', 'for room, and until it can be used')
    .option('--timeout <duration>', 'how long --wait waits', duration, 300_000)
    .option('--dry-run', 'say where it would go, and reserve nothing')
    .option('--docker', 'print the docker run line for its node')
    .option('--env', 'print export lines: eval "$(tangram allocate … --wait --env)"')
    .option('--json', 'machine-readable')
    .action(async (name: string, options: AllocateOptions) =>
      allocate(deps, api, { name, options }),
    );
  program
    .command('allocations')
    .description('what is reserved, for whom, and for how long')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const allocations = await api().listAllocations();
      const nowMs = deps.clock.wallMs();
      deps.out(json ? toJson({ allocations }) : renderAllocations(allocations, nowMs));
    });
  addOne(program.command('allocation').description('one allocation'), deps, api);
}

function withNeeds(command: Command): Command {
  return command
    .requiredOption('--memory <quantity>', 'of the card, such as 9GiB', memory)
    .option('--compute <percent>', 'the least share of the card’s SMs', number, 0)
    .addOption(
      new Option('--isolation <kind>', 'the weakest separation that will do')
        .choices(['any', 'mps', 'mig', 'whole'])
        .default(modelDefaults.isolation),
    )
    .option('--count <cards>', 'whole cards of one node', number, modelDefaults.gpuCount)
    .option('--processes <n>', 'that share the slice', number, modelDefaults.gpuProcesses)
    .option('--gpu-model <name...>', 'cards, any of which will do')
    .option('--cpu <cpus>', 'host CPUs to set aside, such as 2 or 0.5', cpus, 0)
    .option('--host-memory <quantity>', 'host memory to set aside', memory, 0)
    .option('--constraint <label=value>', 'a node label; may be repeated', pair, {})
    .option('--label <name=value>', 'of the allocation; may be repeated', pair, {})
    .option('--priority <n>', 'higher is placed first', number, modelDefaults.priority);
}

async function allocate(
  deps: CliDeps,
  api: Api,
  { name, options }: { readonly name: string; readonly options: AllocateOptions },
): Promise<void> {
  const asked = await api().allocate(requestOf(name, options));
  if (options.dryRun) {
    deps.out(options.json ? toJson(asked) : `it would go to ${asked.node}\n`);
    return;
  }
  const { timeout: timeoutMs } = options;
  const usable = options.wait
    ? await waitUntilUsable(deps, api(), { allocation: asked, timeoutMs })
    : asked;
  if (usable === null) {
    deps.setExitCode(exitCodes.failure);
    return;
  }
  show(deps, usable, options);
}

function requestOf(name: string, options: AllocateOptions): AllocateRequest {
  return {
    name,
    labels: options.label,
    spec: {
      gpu: {
        memoryMib: options.memory,
        computePercent: options.compute,
        isolation: `ISOLATION_${options.isolation.toUpperCase()}` as 'ISOLATION_ANY', // one of the choices
        count: options.count,
        processes: options.processes,
        models: [...(options.gpuModel ?? [])],
      },
      cpuMillis: options.cpu,
      memoryMib: options.hostMemory,
      constraints: options.constraint,
      priority: options.priority,
      ttlSeconds: Math.ceil(options.ttl / 1_000),
    },
    waitSeconds: options.wait ? Math.ceil(options.timeout / 1_000) : 0,
    validateOnly: options.dryRun === true,
  };
}

function addOne(command: Command, deps: CliDeps, api: Api): void {
  command
    .command('get')
    .description('all that is known of it, or the means to use it')
    .argument('<name>')
    .option('--docker', 'the docker run line for its node')
    .option('--env', 'export lines for eval')
    .option('--json', 'machine-readable')
    .action(async (name: string, options: AccessOptions) =>
      show(deps, await api().getAllocation(name), options),
    );
  command
    .command('renew')
    .description('hold it from now on for as long as before, or for --ttl')
    .argument('<name>')
    .option('--ttl <duration>', '10s to 24h', duration)
    .option('--json', 'machine-readable')
    .action(async (name: string, { ttl, json }: Json & { readonly ttl?: number }) => {
      const renewed = await api().renewAllocation(name, Math.ceil((ttl ?? 0) / 1_000));
      const nowMs = deps.clock.wallMs();
      deps.out(json ? toJson(renewed) : renderAllocations([renewed], nowMs));
    });
  command
    .command('release')
    .description('give it back; its processes are yours to end')
    .argument('<name>')
    .option('--json', 'machine-readable')
    .action(async (name: string, { json }: Json) => {
      const left = await api().releaseAllocation(name);
      const said = left === null ? `${name}: gone\n` : headText(left);
      deps.out(json ? toJson({ allocation: left }) : said);
    });
  command
    .command('why')
    .description('why it is where it is, or waits for room (then exits 3), or is not free yet')
    .argument('<name>')
    .option('--json', 'machine-readable')
    .action(async (name: string, { json }: Json) => {
      const why = await api().explainAllocation(name);
      deps.out(json ? toJson(why) : renderAllocationWhy(why));
      deps.setExitCode(why.refusal === '' ? exitCodes.ok : exitCodes.notFound);
    });
}

/** Throws ALLOCATION_OVER for access to what cannot be used now. */
function show(deps: CliDeps, allocation: Allocation__Output, options: AccessOptions): void {
  if (options.json) {
    deps.out(toJson(allocation));
    return;
  }
  if (!options.docker && !options.env) {
    deps.out(renderAllocation(allocation, deps.clock.wallMs()));
    return;
  }
  const { access, name } = allocation;
  if (access === null) {
    throw new AppError('ALLOCATION_OVER', `${name} is ${allocationWord(allocation)}, not ready`, {
      hint: `wait for it with --wait, or ask: tangram allocation why ${name}`,
    });
  }
  deps.out(options.docker ? renderDockerRun(access) : renderExports(access));
}

const duration = (text: string): number => valid(parseDurationMs(text));
const memory = (text: string): number => valid(parseMemoryMib(text));

function cpus(text: string): number {
  const millis = Math.round(Number(text) * 1_000);
  if (text !== '' && Number.isSafeInteger(millis) && millis >= 0) return millis;
  throw new InvalidArgumentError('Give a number of CPUs, such as 2 or 0.5.');
}

function number(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number.');
}

function pair(
  text: string,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Give name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function valid<T>(parsed: Result<T>): T {
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(`${parsed.problem.hint ?? parsed.problem.message}.`);
}
