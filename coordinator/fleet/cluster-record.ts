import { assert } from '../../shared/domain/assert.ts';
import { parseClusterId, type ClusterId } from '../../shared/domain/ids.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Store } from '../store/store.ts';
import { beginLineage, epochAfterLoss } from '../store/lineage.ts';
import { clusterCodec, decodeValue, encodeValue, storeKeys } from '../store/values.ts';

interface ClusterDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
  readonly eventLog: EventLog;
}

/**
 * The cluster's name: given once, to an empty store, by whichever coordinator comes first. `adopt` is the name that an
 * empty store is to take, because agents belong to it already; a store that has it already is an older copy; null: a fresh
 * one. Throws CONFIG_INVALID where the store has another name.
 */
export async function establishCluster(
  deps: ClusterDeps,
  adopt: ClusterId | null = null,
): Promise<ClusterId> {
  const before = await read(deps.store);
  if (before !== null) {
    const clusterId = agreed(before, adopt);
    if (adopt !== null) await followLost(deps, clusterId);
    return clusterId;
  }
  const clusterId = adopt ?? fresh(deps.random);
  const sinceMs = deps.clock.wallMs();
  const record = { clusterId, createdAtMs: sinceMs };
  const { ok } = await deps.store.txn({
    if: [{ key: storeKeys.cluster, target: 'mod', equals: 0n }],
    do: [
      { op: 'put', key: storeKeys.cluster, value: encodeValue(clusterCodec, record) },
      ...(adopt === null
        ? []
        : [beginLineage({ firstEpoch: epochAfterLoss(sinceMs, 1), sinceMs })]),
    ],
  });
  if (!ok) {
    const theirs = await read(deps.store);
    assert(theirs !== null, 'whoever was first has named the cluster');
    return agreed(theirs, adopt);
  }
  const message =
    adopt === null
      ? `the store was empty: this is ${clusterId}; what agents run is left alone`
      : `the store was empty and goes on as ${clusterId}, as an operator said; what its agents run is taken on as it is`;
  deps.eventLog.append({
    atMs: deps.clock.wallMs(),
    kind: adopt === null ? 'cluster-created' : 'cluster-adopted',
    subject: 'cluster',
    message,
  });
  return clusterId;
}

/** An operator says that another store has led this cluster since this one was copied from it. */
async function followLost(deps: ClusterDeps, clusterId: ClusterId): Promise<void> {
  const sinceMs = deps.clock.wallMs();
  const lineage = beginLineage({ firstEpoch: epochAfterLoss(sinceMs, 1), sinceMs });
  await deps.store.txn({ if: [], do: [lineage] });
  deps.eventLog.append({
    atMs: sinceMs,
    kind: 'cluster-adopted',
    subject: 'cluster',
    message: `an operator said that this store is an older copy of ${clusterId}; what its agents run is taken on as it is`,
  });
}

async function read(store: Store): Promise<ClusterId | null> {
  const entry = await store.get(storeKeys.cluster);
  if (entry === null) return null;
  return decodeValue(clusterCodec, storeKeys.cluster, entry.value).clusterId;
}

function agreed(found: ClusterId, adopt: ClusterId | null): ClusterId {
  if (adopt === null || adopt === found) return found;
  throw new AppError('CONFIG_INVALID', `this store is of cluster ${found}, not of ${adopt}`, {
    hint: 'a cluster is adopted by an empty store: move this one away, or start without --adopt-cluster',
  });
}

function fresh(random: () => number): ClusterId {
  const clusterId = parseClusterId(`cluster-${freshSuffix(random)}`);
  assert(clusterId.ok, 'a fresh cluster id is valid');
  return clusterId.value;
}
