import { InvalidArgumentError, type Command } from 'commander';
import type { ModelSpec } from '../../shared/domain/model.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { parseDurationMs } from '../../shared/domain/units.ts';
import { encodeModelSpec } from '../../shared/wire/model-codec.ts';
import type { ApplyModelRequest } from '../../shared/wire/generated/tangram/v1/ApplyModelRequest.ts';
import type { ApplyModelResponse__Output } from '../../shared/wire/generated/tangram/v1/ApplyModelResponse.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import { applyPlans } from './apply-plans.ts';
import { readModels } from './manifests.ts';
import { renderRefusal } from './render-models.ts';
import { renderPlan, type PlannedChange } from './render-plan.ts';
import { exitCodes } from './run.ts';
import { waitUntilReady } from './wait-ready.ts';
import { enumWord } from './words.ts';

interface ApplyOptions extends Json {
  readonly filename?: readonly string[];
  readonly plan?: readonly string[];
  readonly dryRun?: true;
  readonly yes?: true;
  readonly wait?: true;
  readonly timeout: number;
}

/** `-f`, the same for every command that reads manifests. */
export const filename = [
  '-f, --filename <file...>',
  'YAML manifests: files, folders, or - for standard input',
] as const;

/** `apply`. */
export function addDeclarations(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('apply')
    .description('declare models, or change them to what the files say')
    .option(...filename)
    .option('--plan <id...>', 'carry out exactly these plans, which tangram plan or defrag printed')
    .option('--dry-run', 'say what it would do, and do nothing')
    .option('-y, --yes', 'do not ask')
    .option('--wait', 'until every replica is ready')
    .option('--timeout <duration>', 'how long --wait waits, such as 90s or 5m', durationMs, 300_000)
    .option('--json', 'machine-readable: what the coordinator answered, model by model')
    .addHelpText(
      'after',
      '\nAsks only where a person can answer; in a pipeline it goes ahead.\n' +
        'Left out means: replicas 1, gpu.isolation mps, gpu.count 1, port 8000, health /healthz\n' +
        'within 5m, priority 100, placement.spread none, no limit of cpu and memory.',
    )
    .action(async (options: ApplyOptions) => {
      if ((options.filename === undefined) === (options.plan === undefined)) {
        throw new AppError('REQUEST_INVALID', 'apply needs either -f or --plan', {
          hint: 'tangram apply -f model.yaml, or tangram apply --plan plan-…',
        });
      }
      if (options.plan !== undefined)
        await applyPlans(deps, api, { ...options, ids: options.plan });
      else await apply(deps, api, { ...options, filename: options.filename ?? [] });
    });
}

async function apply(
  deps: CliDeps,
  api: Api,
  options: ApplyOptions & { readonly filename: readonly string[] },
): Promise<void> {
  const specs = await readModels(deps, options.filename);
  const previews = await preview(api, specs);
  const anything = previews.some(changes);
  if (!options.json) deps.out(renderPlan(previews.map(describe)));
  if (options.dryRun) {
    if (options.json) deps.out(toJson({ models: previews }));
    return;
  }
  if (anything && !options.yes && deps.interactive && !(await deps.confirm('Apply this?'))) {
    deps.note('nothing was changed\n');
    deps.setExitCode(exitCodes.failure);
    return;
  }
  const applied: ApplyModelResponse__Output[] = [];
  for (const [at, spec] of specs.entries()) {
    // What was shown is what is done: a model that somebody changed in between is a conflict.
    const etag = previews[at]?.model?.etag ?? '';
    const answer = await api().applyModel({ ...requestOf(spec, false), etag });
    applied.push(answer);
    if (!options.json) deps.out(`model ${spec.name} ${outcomeWord(answer)}\n`);
    if (!options.json && changes(answer)) deps.out(renderRefusal(await api().explain(spec.name)));
  }
  if (options.json) deps.out(toJson({ models: applied }));
  if (!options.wait) return;
  const ready = await waitUntilReady(deps, api(), {
    models: applied.flatMap(({ model }) => model ?? []),
    timeoutMs: options.timeout,
  });
  if (!ready) deps.setExitCode(exitCodes.failure);
}

/** Every model is looked at before the first is changed: a bad one stops all. */
export async function preview(
  api: Api,
  specs: readonly ModelSpec[],
  asked: Pick<ApplyModelRequest, 'keepPlan' | 'budget'> = {},
): Promise<readonly ApplyModelResponse__Output[]> {
  const previews: ApplyModelResponse__Output[] = [];
  for (const spec of specs)
    previews.push(await api().applyModel({ ...requestOf(spec, true), ...asked }));
  return previews;
}

function requestOf(spec: ModelSpec, validateOnly: boolean): ApplyModelRequest {
  return {
    model: { name: spec.name, labels: { ...spec.labels }, spec: encodeModelSpec(spec) },
    validateOnly,
  };
}

/** Whether something would be different: another declaration, or room made for one that waits. */
export function changes(answer: ApplyModelResponse__Output): boolean {
  if (outcomeWord(answer) !== 'unchanged') return true;
  return answer.plan?.kind === 'make-room' && answer.plan.stages.length > 0;
}

function outcomeWord(answer: ApplyModelResponse__Output): string {
  return enumWord('APPLY_OUTCOME_', answer.outcome);
}

const verbs: Readonly<Record<string, { mark: PlannedChange['mark']; verb: string }>> = {
  created: { mark: '+', verb: 'create' },
  updated: { mark: '~', verb: 'update' },
  unchanged: { mark: '=', verb: 'no change' },
};

/** How one model's answer to `validate_only` is shown. */
export function describe(answer: ApplyModelResponse__Output): PlannedChange {
  const word = outcomeWord(answer);
  const room = word === 'unchanged' && changes(answer);
  const known = room ? ({ mark: '~', verb: 'make room' } as const) : verbs[word];
  const { mark, verb } = known ?? { mark: '~', verb: word };
  return {
    mark,
    subject: `model ${answer.model?.name ?? ''}: ${verb}`,
    plan: answer.plan,
    remark: '',
  };
}

/** Throws InvalidArgumentError, which the command line shows. */
export function durationMs(text: string): number {
  const parsed = parseDurationMs(text);
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(`${parsed.problem.hint ?? ''}.`);
}
