import { modelLimits } from '../../shared/domain/model.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { emptyAsNull, inverted } from '../../shared/wire/fields.ts';
import { decodeModel } from '../../shared/wire/model-codec.ts';
import { readMask } from '../../shared/wire/read-mask.ts';
import { schedulerService } from '../../shared/wire/services.ts';
import { fieldError, problemError, unary } from '../../shared/wire/unary.ts';
import type { ApplyModelRequest__Output } from '../../shared/wire/generated/tangram/v1/ApplyModelRequest.ts';
import type { DeleteModelRequest__Output } from '../../shared/wire/generated/tangram/v1/DeleteModelRequest.ts';
import type { Model } from '../../shared/wire/generated/tangram/v1/Model.ts';
import type { ScaleModelRequest__Output } from '../../shared/wire/generated/tangram/v1/ScaleModelRequest.ts';
import type { SchedulerServiceHandlers } from '../../shared/wire/generated/tangram/v1/SchedulerService.ts';
import type { ApplyOutcome, ApplyResult, CoordinatorCore, DeleteResult } from '../fleet/core.ts';
import { decodeBudget } from './budget-codec.ts';
import type { LogsDesk } from './logs-desk.ts';
import { encodeExplanation, encodeModelView } from './model-view-codec.ts';
import { mutation } from './mutation.ts';
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
    ApplyModel: applyMethod(deps),
    DeleteModel: deleteMethod(deps),
    ScaleModel: scaleMethod(deps),
    WatchModels: watchModels(core, onError),
    GetReplicaLogs: unary((request, signal) => readLogs(deps, request, signal), onError),
  };
}

function applyMethod(deps: SchedulerDeps): SchedulerServiceHandlers['ApplyModel'] {
  const { core } = deps;
  const encode = (applied: ApplyResult) => encodeApplied(core, applied);
  return mutation(
    schedulerService.ApplyModel,
    async (request: ApplyModelRequest__Output, once) => {
      if (request.model === null) throw fieldError('model', 'is missing', 'send a model');
      const spec = decodeModel(request.model);
      if (!spec.ok) throw problemError(spec.problem);
      const { validateOnly, keepPlan } = request;
      const budget = decodeBudget(request.budget);
      const etag = emptyAsNull(request.etag);
      const options = { validateOnly, etag, keepPlan, budget, once: once(encode) };
      return encode(await core.applyModel(spec.value, options));
    },
    deps,
  );
}

function deleteMethod(deps: SchedulerDeps): SchedulerServiceHandlers['DeleteModel'] {
  const { core } = deps;
  const encode = ({ plan, change }: DeleteResult) => ({
    plan: encodePlan(plan, gpuNames(core)),
    change: change ?? '',
  });
  return mutation(
    schedulerService.DeleteModel,
    async ({ name, validateOnly, etag }: DeleteModelRequest__Output, once) => {
      const options = { validateOnly, etag: emptyAsNull(etag), once: once(encode) };
      return encode(await core.deleteModel(modelNameIn(name), options));
    },
    deps,
  );
}

function scaleMethod(deps: SchedulerDeps): SchedulerServiceHandlers['ScaleModel'] {
  const { core } = deps;
  const encode = (applied: ApplyResult) => encodeApplied(core, applied);
  return mutation(
    schedulerService.ScaleModel,
    async ({ name, replicas, etag, validateOnly }: ScaleModelRequest__Output, once) => {
      if (replicas < 0 || replicas > modelLimits.replicasMax) {
        const hint = `give a whole number from 0 to ${modelLimits.replicasMax}`;
        throw fieldError('replicas', `${replicas} is out of range`, hint);
      }
      const options = { validateOnly, etag: emptyAsNull(etag), once: once(encode) };
      return encode(await core.scaleModel(modelNameIn(name), replicas, options));
    },
    deps,
  );
}

function modelReads({
  core,
  onError,
}: SchedulerDeps): Pick<SchedulerServiceHandlers, 'GetModel' | 'ListModels' | 'Explain'> {
  return {
    GetModel: unary(({ name, readMask: mask }) => {
      const masked = readMask<Model>('tangram.v1.Model', mask);
      const view = core.model(modelNameIn(name));
      if (view === undefined) throw unknownModel(name);
      return { model: masked(encodeModelView(view)) };
    }, onError),
    ListModels: unary((request) => {
      const masked = readMask<Model>('tangram.v1.Model', request.readMask);
      const page = pageOf('models', core.models(), (view) => view.spec.name, request);
      return {
        models: page.items.map((view) => masked(encodeModelView(view))),
        nextPageToken: page.nextPageToken,
      };
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
    change: applied.change ?? '',
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
    const hint = `give 1 to ${tailLines.max}, or 0 for ${tailLines.fallback}`;
    throw fieldError('tail_lines', `${request.tailLines} is out of range`, hint);
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
