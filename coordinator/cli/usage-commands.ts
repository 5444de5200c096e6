import { Option, type Command } from 'commander';
import { isAppError } from '../../shared/platform/errors.ts';
import type { QuerySamplesResponse__Output } from '../../shared/wire/generated/tangram/v1/QuerySamplesResponse.ts';
import type { CoordinatorClient } from './client.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import { renderTop, renderUsage, usageMetrics, type UsageMetric } from './render-usage.ts';
import { durationIn } from './replay-commands.ts';

interface UsageOptions extends Json {
  readonly metric: UsageMetric;
  readonly since: number;
  readonly step?: number;
  readonly node?: true;
}

const hourMs = 3_600_000;

/** `top`, `usage`. */
export function addUsage(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('top')
    .description('what every card does now')
    .argument('[node]', 'only this one')
    .option('--json', 'machine-readable')
    .action(async (node: string | undefined, { json }: Json) => {
      const nodes = await api().listSamples(node ?? '');
      deps.out(json ? toJson({ nodes }) : renderTop(nodes, deps.clock.wallMs()));
    });
  program
    .command('usage')
    .description('one metric over time: of the cards that a model holds, or of those of a node')
    .argument('<model-or-node>')
    .addOption(
      new Option('--metric <metric>', 'what of the cards')
        .choices(Object.keys(usageMetrics))
        .default('utilization'),
    )
    .option('--since <duration>', 'how far back', durationIn, hourMs)
    .option('--step <duration>', 'what one point stands for', durationIn)
    .option('--node', 'the name is a node, although a model has it too')
    .option('--json', 'machine-readable')
    .action(async (name: string, options: UsageOptions) => {
      const answer = await query(api(), { name, options, nowMs: deps.clock.wallMs() });
      deps.out(options.json ? toJson(answer) : renderUsage(answer, options.metric));
    });
}

interface Question {
  readonly name: string;
  readonly options: UsageOptions;
  readonly nowMs: number;
}

async function query(
  client: CoordinatorClient,
  { name, options, nowMs }: Question,
): Promise<QuerySamplesResponse__Output> {
  const asked = {
    metric: usageMetrics[options.metric].name,
    sinceMs: Math.max(1, nowMs - options.since),
    untilMs: nowMs,
    stepMs: options.step ?? 0,
  };
  if (options.node) return client.querySamples({ ...asked, node: name });
  try {
    return await client.querySamples({ ...asked, model: name });
  } catch (error) {
    if (!isAppError(error, 'MODEL_UNKNOWN')) throw error;
    return client.querySamples({ ...asked, node: name });
  }
}
