import type { Plan } from '../../shared/domain/change.ts';
import type { ModelName } from '../../shared/domain/ids.ts';
import { checkModel, type ModelSpec } from '../../shared/domain/model.ts';
import { renderProblem } from '../../shared/domain/result.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { storeLimits } from '../store/store.ts';
import { storeKeys, type ModelRecord, type PlanRecord } from '../store/values.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { turnCallsMax, type Decided } from './call-turns.ts';
import { changeIdOf, isInExactChange, newChange, supersede } from './changes.ts';
import type {
  ApplyOptions,
  ApplyOutcome,
  ApplyResult,
  ChangeOptions,
  DeleteResult,
  ModelView,
} from './core.ts';
import { keepPlan } from './kept-plans.ts';
import { brokenPlan, problemsOf } from './plan-check.ts';
import type { LedgerWrite, Row } from './ledger.ts';
import { placeAtOnce } from './place-at-once.ts';
import { noBudget, notedPlan, planFor, planWithin, predictedFor } from './plan-wish.ts';
import type { Wish } from './relayout-desk.ts';
import type { PlacedNow, Planner } from './planner.ts';
import { viewRecord } from './views.ts';
import type { World } from './world.ts';

/**
 * Decides what declaring a model does, and writes nothing of it. Its caller holds the right to write.
 * Throws MODEL_INVALID, MODEL_CONFLICT, LIMIT_REACHED.
 */
export async function decideApply(
  world: World,
  planner: Planner,
  spec: ModelSpec,
  options: Omit<ApplyOptions, 'validateOnly'>,
): Promise<Decided<ApplyResult>> {
  const { wish, outcome } = wishFor(world, spec, options.etag);
  const { record, row } = wish;
  const { name } = spec;
  if (row !== undefined && outcome === 'unchanged') {
    const noted = notedPlan(world, planFor(world, wish));
    const result = { outcome, model: view(world, planner, row), ...noted, change: null } as const;
    const writes = world.answers.record(options.once, result);
    return { writes, rest: [], answer: () => result };
  }
  const placed = placeAtOnce(world, planner, record);
  if (placed === null) planner.leaveToRound(name);
  const plan = placed?.plan ?? planFor(world, wish);
  const older = await supersede(world, [name], changeIdOf(plan.id));
  const change = newChange(world, plan, { exact: false, ...predictedFor(world, plan, name) });
  // Made before it is done, so that it can be written together with it; only the etag is not known yet.
  const result: ApplyResult = {
    outcome,
    model: viewRecord(world, planner, { record, etag: '' }),
    ...notedPlan(world, plan),
    change: change.id,
  };
  const writes = [
    world.ledger.models.put(storeKeys.model(name), record),
    world.ledger.changes.put(storeKeys.change(change.id), change),
    ...older,
    ...world.answers.record(options.once, result),
  ];
  const answer = (): ApplyResult => {
    world.event(outcome, `models/${name}`, `version ${record.version}, ${spec.replicas} replicas`);
    const etag = (world.ledger.model(name)?.revision ?? 0n).toString();
    return { ...result, model: { ...result.model, etag } };
  };
  return { ...inOneTransaction(writes, placed?.groups ?? []), answer };
}

/** What declaring a model would do. With `keepPlan` it may be carried out by its id. Throws as `decideApply`. */
export async function tryApply(
  world: World,
  planner: Planner,
  spec: ModelSpec,
  options: ApplyOptions,
): Promise<ApplyResult> {
  const { wish, outcome } = wishFor(world, spec, options.etag);
  const { record, row } = wish;
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

/** Throws MODEL_INVALID, MODEL_CONFLICT, LIMIT_REACHED. */
function wishFor(
  world: World,
  spec: ModelSpec,
  etag: string | null,
): { readonly wish: Wish; readonly outcome: ApplyOutcome } {
  checkSpec(world, spec);
  const row = world.ledger.model(spec.name);
  checkConflict(spec.name, row, etag);
  if (row !== undefined && canonicalJson(row.value.spec) === canonicalJson(spec)) {
    return { wish: { record: row.value, row }, outcome: 'unchanged' };
  }
  if (row === undefined && world.ledger.models.size >= world.deps.limits.modelsMax) {
    throw new AppError('LIMIT_REACHED', `there are ${world.ledger.models.size} models already`);
  }
  const record = nextRecord(world, spec, row?.value);
  return { wish: { record, row }, outcome: row === undefined ? 'created' : 'updated' };
}

/** As many of the copies' groups as fit are written together with the model itself. */
function inOneTransaction(
  writes: readonly LedgerWrite[],
  groups: PlacedNow['groups'],
): Pick<Decided<unknown>, 'writes' | 'rest'> {
  const room = storeLimits.txnOpsMax - writes.length;
  return { writes: [...writes, ...groups.slice(0, room).flat()], rest: groups.slice(room) };
}

/** Whether declaring this model ends an exact change, which writes by itself, or a turn of others may reach the limit. */
export function isApplyAlone(world: World, name: ModelName): boolean {
  const { models } = world.ledger;
  if (models.size + turnCallsMax >= world.deps.limits.modelsMax) return true;
  return isInExactChange(world, name);
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
