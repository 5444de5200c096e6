import type { Plan } from '../../shared/domain/change.ts';
import type { ModelName } from '../../shared/domain/ids.ts';
import { checkModel, type ModelSpec } from '../../shared/domain/model.ts';
import { renderProblem } from '../../shared/domain/result.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { storeKeys, type ModelRecord, type PlanRecord } from '../store/values.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { changeIdOf, newChange, supersede } from './changes.ts';
import type { ApplyOptions, ApplyResult, ChangeOptions, DeleteResult, ModelView } from './core.ts';
import { keepPlan } from './kept-plans.ts';
import { brokenPlan, problemsOf } from './plan-check.ts';
import type { Row } from './ledger.ts';
import { noBudget, notedPlan, planFor, planWithin, predictedFor } from './plan-wish.ts';
import type { Wish } from './relayout-desk.ts';
import type { Planner } from './planner.ts';
import { viewRecord } from './views.ts';
import type { World } from './world.ts';

/** Declares a model. Its caller holds the right to write. Throws MODEL_INVALID, MODEL_CONFLICT, LIMIT_REACHED. */
export async function applyModel(
  world: World,
  planner: Planner,
  spec: ModelSpec,
  options: ApplyOptions,
): Promise<ApplyResult> {
  checkSpec(world, spec);
  const row = world.ledger.model(spec.name);
  checkConflict(spec.name, row, options.etag);
  const same = row !== undefined && canonicalJson(row.value.spec) === canonicalJson(spec);
  if (row === undefined && world.ledger.models.size >= world.deps.limits.modelsMax) {
    throw new AppError('LIMIT_REACHED', `there are ${world.ledger.models.size} models already`);
  }
  const record = same ? row.value : nextRecord(world, spec, row?.value);
  const wish: Wish = { record, row };
  const outcome = same ? 'unchanged' : row === undefined ? 'created' : 'updated';
  if (same && !options.validateOnly) {
    const noted = notedPlan(world, planFor(world, wish));
    const result = { outcome, model: view(world, planner, row), ...noted, change: null } as const;
    await world.ledger.commit(world.answers.record(options.once, result));
    return result;
  }
  if (options.validateOnly) {
    const etag = row?.revision.toString() ?? '';
    const { plan, fitsIf } = planWithin(world, wish, options.budget ?? noBudget);
    const kept = options.keepPlan === true ? keptRecord(world, wish, plan) : null;
    const model = viewRecord(world, planner, { record, etag });
    const noted = notedPlan(world, plan, { fitsIf, kept });
    const result = { outcome, model, ...noted, change: null } as const;
    if (kept !== null) {
      const answer = world.answers.record(options.once, result);
      await world.ledger.commit([...keepPlan(world, kept), ...answer]);
    }
    return result;
  }
  const plan = planFor(world, wish);
  const older = await supersede(world, [spec.name], changeIdOf(plan.id));
  const change = newChange(world, plan, { exact: false, ...predictedFor(world, plan, spec.name) });
  world.refreshNodes();
  // Made before it is done, so that it can be written together with it; only the etag is not known yet.
  const result: ApplyResult = {
    outcome,
    model: viewRecord(world, planner, { record, etag: '' }),
    ...notedPlan(world, plan),
    change: change.id,
  };
  await world.ledger.commit([
    world.ledger.models.put(storeKeys.model(spec.name), record),
    world.ledger.changes.put(storeKeys.change(change.id), change),
    ...older,
    ...world.answers.record(options.once, result),
  ]);
  world.refreshNodes();
  world.event(
    outcome,
    `models/${spec.name}`,
    `version ${record.version}, ${spec.replicas} replicas`,
  );
  return { ...result, model: { ...result.model, etag: world.ledger.revision.toString() } };
}

function keptRecord(world: World, { record }: Wish, plan: Plan): PlanRecord {
  const { startSeconds } = predictedFor(world, plan, record.spec.name);
  const kept: PlanRecord = {
    plan,
    model: record,
    startSeconds,
    createdAtMs: world.deps.clock.wallMs(),
  };
  if (problemsOf(world, kept).length > 0) throw brokenPlan(world, kept);
  return kept;
}

/** Ends a model. Throws MODEL_UNKNOWN, MODEL_CONFLICT. */
export async function deleteModel(
  world: World,
  name: ModelName,
  options: { readonly validateOnly: boolean } & Partial<ChangeOptions<DeleteResult>>,
): Promise<DeleteResult> {
  const row = world.ledger.model(name);
  if (row === undefined) throw unknownModel(name);
  checkEtag(name, row, options.etag ?? null);
  const record = { ...row.value, deleting: true, updatedAtMs: world.deps.clock.wallMs() };
  const plan = planFor(world, { record, row });
  if (options.validateOnly) return { plan, change: null };
  if (row.value.deleting) {
    const result = { plan, change: null };
    await world.ledger.commit(world.answers.record(options.once, result));
    return result;
  }
  const older = await supersede(world, [name], changeIdOf(plan.id));
  const change = newChange(world, plan, { exact: false, ...predictedFor(world, plan, name) });
  const result = { plan, change: change.id };
  await world.ledger.commit([
    world.ledger.models.put(storeKeys.model(name), record),
    world.ledger.changes.put(storeKeys.change(change.id), change),
    ...older,
    ...world.answers.record(options.once, result),
  ]);
  world.refreshNodes();
  world.event('deleting', `models/${name}`, 'its replicas are stopped');
  return result;
}

/** The error for a name that no model has. */
export function unknownModel(name: ModelName): AppError {
  return new AppError('MODEL_UNKNOWN', `there is no model ${name}`, {
    hint: 'tangram get models lists what there is',
  });
}

/** Throws MODEL_INVALID. */
export function checkSpec(world: World, spec: ModelSpec): void {
  const problems = checkModel(spec);
  if (problems.length > 0) {
    const text = problems.map((problem) => renderProblem(problem)).join('; ');
    const violations = problems.map(({ path, message }) => ({ field: path ?? 'spec', message }));
    const told = `the model ${spec.name} is not well formed: ${text}`;
    throw new AppError('MODEL_INVALID', told, { violations });
  }
  const bytes = Buffer.byteLength(JSON.stringify(spec));
  const { modelBytesMax } = world.deps.limits;
  if (bytes > modelBytesMax) {
    throw new AppError('MODEL_INVALID', `the model ${spec.name} has ${bytes} bytes`, {
      hint: `at most ${modelBytesMax}: put large settings into the image or the artifact`,
    });
  }
}

function checkConflict(
  name: ModelName,
  row: Row<ModelRecord> | undefined,
  etag: string | null,
): void {
  checkEtag(name, row, etag);
  if (row?.value.deleting === true) {
    throw new AppError('MODEL_CONFLICT', `the model ${name} is being deleted`, {
      hint: 'apply it again once it is gone',
    });
  }
}

function checkEtag(name: ModelName, row: Row<ModelRecord> | undefined, etag: string | null): void {
  if (etag === null || etag === (row?.revision.toString() ?? '')) return;
  throw new AppError('MODEL_CONFLICT', `the model ${name} has changed since it was read`, {
    hint: 'read it again, make the change on top of what is there, and apply that',
    facts: { subject: `models/${name}` },
  });
}

/** The model as it will be once `spec` is declared. */
export function nextRecord(
  world: World,
  spec: ModelSpec,
  before: ModelRecord | undefined,
): ModelRecord {
  const nowMs = world.deps.clock.wallMs();
  if (before === undefined) {
    const times = { createdAtMs: nowMs, updatedAtMs: nowMs };
    return { spec, version: 1, rolloutVersion: 1, ...times, deleting: false };
  }
  const version = before.version + 1;
  // Replicas, priority, labels and rules of placement change what is wanted, not what runs.
  const rolloutVersion = whatRuns(spec) === whatRuns(before.spec) ? before.rolloutVersion : version;
  return { ...before, spec, version, rolloutVersion, updatedAtMs: nowMs };
}

/** Equal for specs whose replicas need not be replaced by each other's. */
export function whatRuns(spec: ModelSpec): string {
  return canonicalJson([spec.workload, spec.gpu]);
}

function view(world: World, planner: Planner, row: Row<ModelRecord>): ModelView {
  return viewRecord(world, planner, { record: row.value, etag: row.revision.toString() });
}
