import { modelLimits } from '../../shared/domain/model.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { inverted } from '../../shared/wire/fields.ts';
import { decodeModel } from '../../shared/wire/model-codec.ts';
import { problemError, unary } from '../../shared/wire/unary.ts';
import type { SchedulerServiceHandlers } from '../../shared/wire/generated/tangram/v1/SchedulerService.ts';
import type { ApplyOutcome, ApplyResult, CoordinatorCore } from '../fleet/core.ts';
import { decodeBudget } from './budget-codec.ts';
import type { LogsDesk } from './logs-desk.ts';
import { encodeExplanation, encodeModelView } from './model-view-codec.ts';
import { modelNameIn, replicaIdIn } from './names.ts';
import { pageOf } from './page-token.ts';
import { encodePlan, gpuNames } from './plan-codec.ts';
import { watchModels } from './watch-models.ts';

export interface SchedulerDeps {
  readonly core: CoordinatorCore;
  readonly logs: LogsDesk;
  readonly onError: (error: unknown) => void;
}

const encodeOutcome = inverted({
  APPLY_OUTCOME_CREATED: 'created',
  APPLY_OUTCOME_UPDATED: 'updated',
  APPLY_OUTCOME_UNCHANGED: 'unchanged',
} as const satisfies Readonly<Record<string, ApplyOutcome>>);

const tailLines = { fallback: 100, max: 10_000 } as const;

/** The door for schedulers, pipelines and the `tangram` command. */
export function schedulerHandlers(deps: SchedulerDeps): SchedulerServiceHandlers {
  const { core, onError } = deps;
  return {
    ...modelReads(deps),
    ApplyModel: unary(async (request) => {
      if (request.model === null) {
        throw new AppError('REQUEST_INVALID', 'model: is missing', { hint: 'send a model' });
      }
      const spec = decodeModel(request.model);
      if (!spec.ok) throw problemError(spec.problem);
      const etag = request.etag === '' ? null : request.etag;
      const { validateOnly, keepPlan } = request;
      const budget = decodeBudget(request.budget);
      const options = { validateOnly, etag, keepPlan, budget };
      return encodeApplied(core, await core.applyModel(spec.value, options));
    }, onError),
    DeleteModel: unary(async (request) => {
      const { validateOnly } = request;
      const plan = await core.deleteModel(modelNameIn(request.name), { validateOnly });
      return { plan: encodePlan(plan, gpuNames(core)) };
    }, onError),
    ScaleModel: unary(async ({ name, replicas }) => {
      if (replicas < 0 || replicas > modelLimits.replicasMax) {
        throw new AppError('REQUEST_INVALID', `replicas: ${replicas} is out of range`, {
          hint: `give a whole number from 0 to ${modelLimits.replicasMax}`,
        });
      }
      return encodeApplied(core, await core.scaleModel(modelNameIn(name), replicas));
    }, onError),
    WatchModels: watchModels(core, onError),
    GetReplicaLogs: unary((request, signal) => readLogs(deps, request, signal), onError),
  };
}

function modelReads({
  core,
  onError,
}: SchedulerDeps): Pick<SchedulerServiceHandlers, 'GetModel' | 'ListModels' | 'Explain'> {
  return {
    GetModel: unary(({ name }) => {
      const view = core.model(modelNameIn(name));
      if (view === undefined) throw unknownModel(name);
      return { model: encodeModelView(view) };
    }, onError),
    ListModels: unary((request) => {
      const page = pageOf('models', core.models(), (view) => view.spec.name, request);
      return { models: page.items.map(encodeModelView), nextPageToken: page.nextPageToken };
    }, onError),
    Explain: unary(({ name }) => {
      const found = core.explain(modelNameIn(name));
      if (found === undefined) throw unknownModel(name);
      return encodeExplanation(found);
    }, onError),
  };
}

function encodeApplied(core: CoordinatorCore, applied: ApplyResult) {
  return {
    model: encodeModelView(applied.model),
    outcome: encodeOutcome(applied.outcome),
    plan: encodePlan(applied.plan, gpuNames(core), applied.notes),
  };
}

async function readLogs(
  { core, logs }: SchedulerDeps,
  request: { readonly replica: string; readonly tailLines: number },
  signal: AbortSignal,
) {
  const replica = replicaIdIn(request.replica);
  const lines = request.tailLines === 0 ? tailLines.fallback : request.tailLines;
  if (lines < 0 || lines > tailLines.max) {
    throw new AppError('REQUEST_INVALID', `tail_lines: ${request.tailLines} is out of range`, {
      hint: `give 1 to ${tailLines.max}, or 0 for ${tailLines.fallback}`,
    });
  }
  const found = core
    .models()
    .flatMap((model) => model.replicas)
    .find(({ claim }) => claim.holder.kind === 'replica' && claim.holder.replica === replica);
  if (found === undefined) {
    throw new AppError('REPLICA_UNKNOWN', `no replica ${JSON.stringify(replica)} has a place`, {
      hint: 'list replicas with: tangram ps',
    });
  }
  const text = await logs.ask(found.claim.node, { replica, tailLines: lines }, signal);
  return { text };
}

function unknownModel(name: string): AppError {
  return new AppError('MODEL_UNKNOWN', `no model ${JSON.stringify(name)}`, {
    hint: 'list models with: tangram get models',
  });
}
