import { AppError } from '../../shared/platform/errors.ts';
import {
  type Compare,
  firstRevision,
  leadershipPrefix,
  storeLimits,
  type Leadership,
  type Revision,
  type Store,
  type StoreOp,
  type Txn,
} from './store.ts';

/** Printable ASCII, so that bytewise order is the same in JavaScript, SQLite and etcd. */
const keyPattern = /^[\x21-\x7e]+$/;

/** Throws before anything is sent: what one implementation would refuse, all refuse, in the same words. */
export function checkTxn(txn: Txn): void {
  for (const compare of txn.if) checkKey(compare.key);
  checkOps(txn.do);
  checkOps(txn.otherwise ?? []);
  if (txn.if.length > storeLimits.txnOpsMax) {
    throw new AppError('LIMIT_REACHED', `a transaction has ${txn.if.length} conditions`, {
      hint: `at most ${storeLimits.txnOpsMax}`,
    });
  }
}

function checkOps(ops: readonly StoreOp[]): void {
  if (ops.length > storeLimits.txnOpsMax) {
    throw new AppError('LIMIT_REACHED', `a transaction has ${ops.length} operations`, {
      hint: `at most ${storeLimits.txnOpsMax}`,
    });
  }
  const seen = new Set<string>();
  let bytes = 0;
  for (const op of ops) {
    checkKey(op.key);
    if (op.key.startsWith(leadershipPrefix)) {
      throw new AppError('REQUEST_INVALID', `the key ${op.key} belongs to leader election`);
    }
    if (seen.has(op.key)) {
      throw new AppError('REQUEST_INVALID', `a transaction writes the key ${op.key} twice`);
    }
    seen.add(op.key);
    bytes += op.key.length + (op.op === 'put' ? op.value.byteLength : 0);
  }
  if (bytes > storeLimits.txnBytesMax) {
    throw new AppError('LIMIT_REACHED', `a transaction has ${bytes} bytes`, {
      hint: `at most ${storeLimits.txnBytesMax}`,
    });
  }
}

export function checkKey(key: string): void {
  if (key.length <= storeLimits.keyLengthMax && keyPattern.test(key)) return;
  throw new AppError('REQUEST_INVALID', `${JSON.stringify(key.slice(0, 80))} is no store key`, {
    hint: `1 to ${storeLimits.keyLengthMax} printable ASCII characters`,
  });
}

/** Throws for a revision that is not kept (any more), or that has not been yet. */
export function checkReadable(
  wanted: Revision,
  kept: { readonly compacted: Revision; readonly head: Revision },
): void {
  const oldest = kept.compacted > firstRevision ? kept.compacted : firstRevision;
  if (wanted < oldest) throw compactedError(wanted, oldest);
  if (wanted > kept.head) throw futureError(wanted);
}

export function futureError(wanted: Revision): AppError {
  return new AppError('REQUEST_INVALID', `revision ${wanted} has not been yet`);
}

/**
 * Where a watch from `wanted` begins. Nothing ever happened at the first revision, so that a watch from there (or
 * from before) asks for everything. Throws STORE_COMPACTED.
 */
export function watchStart(wanted: Revision, compacted: Revision): Revision {
  const start = wanted > firstRevision ? wanted : firstRevision + 1n;
  if (start <= compacted) throw compactedError(wanted, compacted);
  return start;
}

export function compactedError(wanted: Revision, compacted: Revision): AppError {
  return new AppError('STORE_COMPACTED', `revision ${wanted} is older than ${compacted}`, {
    hint: 'list again and watch from the revision of that list',
  });
}

/** The epoch after the one in `record` (`EPOCH HOLDER`, absent: none yet), and above `above`. */
export function epochAfter(record: Uint8Array | undefined, above = 0n): bigint {
  const last = BigInt(new TextDecoder().decode(record).split(' ')[0] ?? '0');
  return (last > above ? last : above) + 1n;
}

/** `store` with the fence of `leadership` on every transaction. Reads are not fenced: they promise nothing. */
export function fencedStore(store: Store, leadership: Leadership): Store {
  return {
    get: (key, options) => store.get(key, options),
    list: (prefix, options) => store.list(prefix, options),
    watch: (prefix, from, signal) => store.watch(prefix, from, signal),
    compact: (revision) => store.compact(revision),
    lead: (name, options) => store.lead(name, options),
    fenced: (other) => fencedStore(store, other),
    close: () => store.close(),
    txn: async (txn) => {
      checkTxn(txn);
      if (leadership.lost.aborted) throw deposedError(leadership.fence);
      return store.txn({ ...txn, fence: leadership.fence });
    },
  };
}

/** The answer to a transaction whose fence does not hold. */
export function deposedError(fence: Compare): AppError {
  return new AppError('NOT_LEADER', `the term guarded by ${fence.key} is over`, {
    hint: 'another coordinator leads now; this one must stop writing',
  });
}
