import { modelOfAllocation } from '../../shared/domain/allocation.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ClaimId, ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type {
  AllocationTarget,
  LeftClaim,
  ReplicaTarget,
} from '../../shared/domain/node-target.ts';
import { storeKeys, type ClaimRecord, type ModelRecord } from '../store/values.ts';
import { whatRuns } from './apply.ts';
import { readAllocationDeclaration, readModelDeclaration } from './declaration.ts';
import type { LedgerWrite } from './ledger.ts';
import { claimIdOf } from './names.ts';
import type { World } from './world.ts';

/** A left claim as records of ours. */
export interface Wish {
  readonly record: ClaimRecord;
  /** Of what it is for. */
  readonly writes: readonly LedgerWrite[];
  /** null: an allocation. */
  readonly model: ModelRecord | null;
  readonly subject: string;
}

export function claimIdOfLeft({ holder }: LeftClaim): ClaimId {
  return holder.kind === 'replica' ? claimIdOf(holder.target.replica) : holder.target.claim;
}

/** `pending`: models as they will be after what is adopted already. A text: why it cannot be ours. */
export function readWish(
  world: World,
  node: NodeName,
  left: LeftClaim,
  pending: (name: ModelName) => ModelRecord | undefined,
): Wish | string {
  const { holder, slices } = left;
  if (slices.length < holder.target.slices.length) return 'not all of its slices were made';
  if (slices.some((slice) => slice.node !== node)) return 'its slices are of another node';
  return holder.kind === 'replica'
    ? readReplica(world, node, { left, target: holder.target }, pending)
    : readAllocation(world, node, { left, target: holder.target });
}

const noDeclaration = 'its agent does not tell how it was declared';

function readReplica(
  world: World,
  node: NodeName,
  { left, target }: { readonly left: LeftClaim; readonly target: ReplicaTarget },
  pending: (name: ModelName) => ModelRecord | undefined,
): Wish | string {
  const { replica, model: name, modelVersion, workload, processes } = target;
  const spec = readModelDeclaration(left.declaration, workload);
  if (spec === null || spec.name !== name) return noDeclaration;
  const holder = { kind: 'replica', replica, model: name, modelVersion } as const;
  const claim = claimOf(world, { node, left, holder, spec, state: 'held' });
  const before = pending(name) ?? world.ledger.model(name)?.value;
  const model = withCopy(world, { spec, modelVersion }, before);
  return {
    record: { claim, workload, processes, superseded: false },
    writes: [world.ledger.models.put(storeKeys.model(name), model)],
    model,
    subject: `replicas/${replica}`,
  };
}

/**
 * The model with one copy more. What is newer wins, and copies that run are never too many: how many were wanted is lost with
 * the store. A model that was being deleted and has copies that we do not know had been declared anew.
 */
function withCopy(
  world: World,
  told: { readonly spec: ModelSpec; readonly modelVersion: number },
  before: ModelRecord | undefined,
): ModelRecord {
  const nowMs = world.deps.clock.wallMs();
  const { spec, modelVersion: version } = told;
  if (before === undefined || before.deleting) {
    const createdAtMs = before?.createdAtMs ?? nowMs;
    const times = { createdAtMs, updatedAtMs: nowMs };
    return { spec, version, rolloutVersion: version, ...times, deleting: false };
  }
  const newer = version > before.version;
  const moved = newer && whatRuns(spec) !== whatRuns(before.spec);
  const replicas = Math.max(before.spec.replicas, copiesToKeep(world, spec.name) + 1);
  return {
    ...before,
    spec: { ...(newer ? spec : before.spec), replicas },
    version: Math.max(version, before.version),
    rolloutVersion: moved ? version : before.rolloutVersion,
    updatedAtMs: nowMs,
  };
}

/** Those that run, and those of which nobody can say that they do not. */
function copiesToKeep(world: World, name: ModelName): number {
  return world
    .copiesOf(name)
    .filter(({ record: { claim, superseded } }) => claim.state === 'held' && !superseded)
    .filter(
      ({ node, record }) => node === 'away' || (world.statusOf(record)?.runtimeId ?? null) !== null,
    ).length;
}

function readAllocation(
  world: World,
  node: NodeName,
  { left, target }: { readonly left: LeftClaim; readonly target: AllocationTarget },
): Wish | string {
  const { allocation: name, processes, reclaiming } = target;
  const spec = readAllocationDeclaration(left.declaration);
  if (spec === null || spec.name !== name) return noDeclaration;
  if (world.ledger.allocation(name) !== undefined)
    return `another allocation is called ${name} now`;
  const nowMs = world.deps.clock.wallMs();
  const model = modelOfAllocation(spec);
  const holder = { kind: 'allocation', allocation: name } as const;
  const state = reclaiming ? 'reclaiming' : 'held';
  const claim = claimOf(world, { node, left, holder, spec: model, state });
  const { ttlMs } = spec;
  const record = {
    spec,
    claim: claim.id,
    createdAtMs: nowMs,
    // Its client may not have been able to renew it.
    deadlineMs: nowMs + ttlMs,
    ttlMs,
    ended: reclaiming ? ({ why: 'expired', atMs: nowMs } as const) : null,
  };
  return {
    record: { claim, workload: model.workload, processes, superseded: false },
    writes: [world.ledger.allocations.put(storeKeys.allocation(name), record)],
    model: null,
    subject: `allocations/${name}`,
  };
}

function claimOf(
  world: World,
  from: Pick<Claim, 'node' | 'holder' | 'state'> & {
    readonly left: LeftClaim;
    readonly spec: ModelSpec;
  },
): Claim {
  const { node, holder, state, left, spec } = from;
  const { workload, placement } = spec;
  return {
    id: claimIdOfLeft(left),
    holder,
    node,
    slices: left.slices,
    cpuMillis: workload.cpuMillis,
    memoryMib: workload.memoryMib,
    state,
    ...(placement.antiAffinity.length > 0 ? { apartFrom: placement.antiAffinity } : {}),
    createdAtMs: world.deps.clock.wallMs(),
  };
}
