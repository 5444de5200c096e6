import type { Plan } from '../../shared/domain/change.ts';
import type { ModelName } from '../../shared/domain/ids.ts';
import { checkModel, type ModelSpec } from '../../shared/domain/model.ts';
import { renderProblem } from '../../shared/domain/result.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { storeKeys, type ModelRecord } from '../store/values.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { beginChange } from './changes.ts';
import type { ApplyResult, ModelView } from './core.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import type { Row } from './ledger.ts';
import { planIdOf } from './names.ts';
import { planApply } from './plan-apply.ts';
import { drawReplica, type Planner } from './planner.ts';
import { viewRecord } from './views.ts';
import type { World } from './world.ts';

interface ApplyOptions {
  readonly validateOnly: boolean;
  /** The revision that the caller has read; null: whatever is there. */
  readonly etag: string | null;
}

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
  if (row !== undefined && canonicalJson(row.value.spec) === canonicalJson(spec)) {
    const plan = planFor(world, row.value, row);
    return { outcome: 'unchanged', model: view(world, planner, row), plan };
  }
  if (row === undefined && world.ledger.models.size >= world.deps.limits.modelsMax) {
    throw new AppError('LIMIT_REACHED', `there are ${world.ledger.models.size} models already`);
  }
  const record = nextRecord(world, spec, row?.value);
  const plan = planFor(world, record, row);
  const outcome = row === undefined ? 'created' : 'updated';
  if (options.validateOnly) {
    const etag = row?.revision.toString() ?? '';
    return { outcome, model: viewRecord(world, planner, { record, etag }), plan };
  }
  const { writes } = beginChange(world, spec.name, plan);
  await world.ledger.commit([
    world.ledger.models.put(storeKeys.model(spec.name), record),
    ...writes,
  ]);
  world.event(
    outcome,
    `models/${spec.name}`,
    `version ${record.version}, ${spec.replicas} replicas`,
  );
  const stored = world.ledger.model(spec.name) ?? {
    value: record,
    revision: world.ledger.revision,
  };
  return { outcome, model: view(world, planner, stored), plan };
}

/** Ends a model. Throws MODEL_UNKNOWN. */
export async function deleteModel(
  world: World,
  name: ModelName,
  options: { readonly validateOnly: boolean },
): Promise<Plan> {
  const row = world.ledger.model(name);
  if (row === undefined) throw unknownModel(name);
  const record = { ...row.value, deleting: true, updatedAtMs: world.deps.clock.wallMs() };
  const plan = planFor(world, record, row);
  if (options.validateOnly || row.value.deleting) return plan;
  const { writes } = beginChange(world, name, plan);
  await world.ledger.commit([world.ledger.models.put(storeKeys.model(name), record), ...writes]);
  world.event('deleting', `models/${name}`, 'its replicas are stopped');
  return plan;
}

/** The error for a name that no model has. */
export function unknownModel(name: ModelName): AppError {
  return new AppError('MODEL_UNKNOWN', `there is no model ${name}`, {
    hint: 'tangram get models lists what there is',
  });
}

function checkSpec(world: World, spec: ModelSpec): void {
  const problems = checkModel(spec);
  if (problems.length > 0) {
    const text = problems.map((problem) => renderProblem(problem)).join('; ');
    throw new AppError('MODEL_INVALID', `the model ${spec.name} is not well formed: ${text}`);
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
  if (etag !== null && etag !== (row?.revision.toString() ?? '')) {
    throw new AppError('MODEL_CONFLICT', `the model ${name} has changed since it was read`, {
      hint: 'read it again, make the change on top of what is there, and apply that',
    });
  }
  if (row?.value.deleting === true) {
    throw new AppError('MODEL_CONFLICT', `the model ${name} is being deleted`, {
      hint: 'apply it again once it is gone',
    });
  }
}

function nextRecord(world: World, spec: ModelSpec, before: ModelRecord | undefined): ModelRecord {
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

function whatRuns(spec: ModelSpec): string {
  return canonicalJson([spec.workload, spec.gpu]);
}

function planFor(world: World, model: ModelRecord, row: Row<ModelRecord> | undefined): Plan {
  world.refreshNodes();
  const { name } = model.spec;
  const drawn = new Set<string>();
  return planApply({
    id: planIdOf(freshSuffix(world.deps.random)),
    model,
    copies: world.copiesOf(name),
    engine: world.desk.fork(),
    snapshot: world.snapshot(),
    basis: { [storeKeys.model(name)]: row?.revision.toString() ?? '0' },
    drawReplica: () => {
      const replica = drawReplica(world, model, drawn);
      drawn.add(replica);
      return replica;
    },
    nowMs: world.deps.clock.wallMs(),
  });
}

function view(world: World, planner: Planner, row: Row<ModelRecord>): ModelView {
  return viewRecord(world, planner, { record: row.value, etag: row.revision.toString() });
}
