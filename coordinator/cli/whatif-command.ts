import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseMemoryMib } from '../../shared/domain/units.ts';
import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { encodeModelSpec } from '../../shared/wire/model-codec.ts';
import { durationMs, filename } from './declare-commands.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import { readModels } from './manifests.ts';
import { renderThought, renderTried } from './render-whatif.ts';
import { durationIn, policyIn, replayPolicy, seedIn } from './replay-commands.ts';
import { exitCodes } from './run.ts';

interface AddedNodes {
  readonly cards: string;
  readonly count: number;
}

interface WhatIfOptions extends Json {
  readonly addNode?: AddedNodes;
  readonly label: Readonly<Record<string, string>>;
  readonly cpu: number;
  readonly memory: number;
  readonly removeNode?: string;
  readonly filename?: readonly string[];
  readonly budget: number;
  readonly allowPreemption?: true;
  readonly policy?: PolicyName;
  readonly trace?: number;
  readonly seed: number;
}

/** `whatif`: questions to a copy of the live engine. */
export function addWhatIf(program: Command, deps: CliDeps, api: Api): void {
  const questions = ['addNode', 'removeNode', 'filename', 'policy'];
  const others = (own: string): string[] => questions.filter((each) => each !== own);
  program
    .command('whatif')
    .description('what would change, and nothing does; exits 0 no effect, 1 effects, 255 error')
    .addOption(
      new Option('--add-node <cards[*count]>', 'nodes came, such as 8xH100-80GB or 4xL40S*3')
        .argParser(addedNodes)
        .conflicts(others('addNode')),
    )
    .option('--label <name=value>', 'of the added nodes; repeatable', labels, {})
    .option('--cpu <cores>', 'of each added node (default: 16 for each card)', cores, 0)
    .option('--memory <size>', 'of each added node (default: 128GiB for each card)', sizeMib, 0)
    .addOption(
      new Option('--remove-node <node>', 'a node went at once').conflicts(others('removeNode')),
    )
    .addOption(
      new Option(filename[0], 'models were declared so; with the way back').conflicts(
        others('filename'),
      ),
    )
    .option('--budget <duration>', 'with -f: as of tangram plan', durationMs, 0)
    .option('--allow-preemption', 'with -f: as of tangram plan')
    .addOption(
      new Option('--policy <name>', 'another policy had decided, with --trace')
        .argParser(policyIn)
        .conflicts(others('policy')),
    )
    .option(
      '--trace <duration>',
      'with --policy: what was asked in the last 12h, 7d, …',
      durationIn,
    )
    .option('--seed <number>', 'with --policy: for policies that draw', seedIn, 1)
    .option('--json', 'machine-readable')
    .action(async (options: WhatIfOptions) => {
      const effects = await ask(deps, api, options);
      deps.setExitCode(effects ? exitCodes.planChanges : exitCodes.ok);
    });
}

/** Answers whether anything would be different. */
async function ask(deps: CliDeps, api: Api, options: WhatIfOptions): Promise<boolean> {
  if (options.addNode !== undefined) return askAdded(deps, api, { ...options.addNode, options });
  if (options.removeNode !== undefined) {
    const cluster = await api().tryRemoveNode(options.removeNode);
    const title = `without ${options.removeNode}`;
    deps.out(options.json ? toJson(cluster) : renderThought(title, cluster));
    return cluster.placed.length + cluster.waiting.length > 0;
  }
  if (options.filename !== undefined) return askModels(deps, api, options);
  if (options.policy !== undefined && options.trace !== undefined) {
    const { policy, trace: since, seed, json } = options;
    const asked = { policy, since, seed, ...(json === true ? { json } : {}) };
    return (await replayPolicy(deps, api, asked)) > 0;
  }
  throw new AppError(
    'REQUEST_INVALID',
    options.policy === undefined ? 'no question is asked' : 'for which time is not said',
    {
      hint: 'tangram whatif --add-node 8xH100-80GB, --remove-node NODE, -f model.yaml, or --policy bestfit --trace 7d',
    },
  );
}

async function askAdded(
  deps: CliDeps,
  api: Api,
  { cards, count, options }: AddedNodes & { readonly options: WhatIfOptions },
): Promise<boolean> {
  const cluster = await api().tryAddNodes({
    cards,
    count,
    labels: options.label,
    cpuMillis: options.cpu,
    memoryMib: options.memory,
  });
  const title = `with ${count === 1 ? 'one more node' : `${count} more nodes`} of ${cards}`;
  deps.out(options.json ? toJson(cluster) : renderThought(title, cluster));
  return cluster.placed.length > 0;
}

/** Each model for itself: what is asked of one is not taken from the next. */
async function askModels(deps: CliDeps, api: Api, options: WhatIfOptions): Promise<boolean> {
  const specs = await readModels(deps, options.filename ?? []);
  const { budget: interruptionMs, allowPreemption } = options;
  const budget = { interruptionMs, allowPreemption: allowPreemption === true, recutIdle: false };
  const models = [];
  for (const spec of specs) {
    const model = { name: spec.name, labels: { ...spec.labels }, spec: encodeModelSpec(spec) };
    models.push({ model: spec.name, ...(await api().tryModel({ model, budget })) });
  }
  deps.out(options.json ? toJson({ models }) : models.map(renderTried).join('\n'));
  return models.some(({ plan }) => (plan?.stages.length ?? 0) > 0 || plan?.unplaced !== '');
}

function addedNodes(text: string): AddedNodes {
  const match = /^([^*]+?)(?:\*(\d{1,4}))?$/.exec(text.trim());
  const count = Number(match?.[2] ?? 1);
  if (match?.[1] === undefined || count < 1 || count > 1_000) {
    throw new InvalidArgumentError('Give cards and at most 1000 nodes, such as 8xH100-80GB*2.');
  }
  return { cards: match[1], count };
}

function labels(
  text: string,
  known: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const match = /^([^=]+)=(.*)$/.exec(text);
  if (match?.[1] === undefined) throw new InvalidArgumentError('Write name=value.');
  return { ...known, [match[1]]: match[2] ?? '' };
}

/** → thousandths. */
function cores(text: string): number {
  const value = Number(text);
  if (/^\d{1,4}(\.\d{1,3})?$/.test(text) && value <= 1_024) return Math.round(value * 1_000);
  throw new InvalidArgumentError('Give a number of cores, at most 1024.');
}

function sizeMib(text: string): number {
  const parsed = parseMemoryMib(text);
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(`${parsed.problem.hint ?? ''}.`);
}
