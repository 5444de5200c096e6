import { assert } from '../../shared/domain/assert.ts';
import { parseClusterId, type ClusterId } from '../../shared/domain/ids.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Store } from '../store/store.ts';
import { clusterCodec, decodeValue, encodeValue, storeKeys } from '../store/values.ts';

interface ClusterDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
  readonly eventLog: EventLog;
}

/**
 * The cluster's name: given once, to an empty store, by whichever coordinator comes first. `adopt` is the name that an
 * empty store is to take, because agents belong to it already; null: a fresh one. Throws CONFIG_INVALID where the store
 * has another name.
 */
export async function establishCluster(
  deps: ClusterDeps,
  adopt: ClusterId | null = null,
): Promise<ClusterId> {
  const before = await read(deps.store);
  if (before !== null) return agreed(before, adopt);
  const clusterId = adopt ?? fresh(deps.random);
  const record = { clusterId, createdAtMs: deps.clock.wallMs() };
  const { ok } = await deps.store.txn({
    if: [{ key: storeKeys.cluster, target: 'mod', equals: 0n }],
    do: [{ op: 'put', key: storeKeys.cluster, value: encodeValue(clusterCodec, record) }],
  });
  if (!ok) {
    const theirs = await read(deps.store);
    assert(theirs !== null, 'whoever was first has named the cluster');
    return agreed(theirs, adopt);
  }
  const message =
    adopt === null
      ? `the store was empty: this is ${clusterId}; what agents run is left alone`
      : `the store was empty and goes on as ${clusterId}, as an operator said; what its agents run is left alone`;
  deps.eventLog.append({
    atMs: deps.clock.wallMs(),
    kind: adopt === null ? 'cluster-created' : 'cluster-adopted',
    subject: 'cluster',
    message,
  });
  return clusterId;
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
