import { unreachable } from '../../../shared/domain/assert.ts';
import type { Compare as WireCompare } from '../../../shared/wire/generated/etcdserverpb/Compare.ts';
import type { KeyValue__Output } from '../../../shared/wire/generated/etcdserverpb/KeyValue.ts';
import type { RequestOp } from '../../../shared/wire/generated/etcdserverpb/RequestOp.ts';
import type { TxnRequest } from '../../../shared/wire/generated/etcdserverpb/TxnRequest.ts';
import type { Compare, StoreEntry, StoreOp, Txn } from '../store.ts';

/** Half-open, as etcd has it. */
export interface KeyRange {
  readonly key: Buffer;
  readonly rangeEnd: Buffer;
}

/**
 * Where a store's keys lie in etcd: entries under `PREFIX/s/`, and under `PREFIX/lock/` the keys that hang on leases,
 * which are no part of the store and never seen in it.
 */
export class KeySpace {
  readonly #entries: string;
  readonly #locks: string;

  constructor(prefix: string) {
    this.#entries = `${prefix}/s/`;
    this.#locks = `${prefix}/lock/`;
  }

  /** What etcd calls a key of the store. */
  entry(key: string): Buffer {
    return Buffer.from(`${this.#entries}${key}`, 'latin1');
  }

  lock(name: string): Buffer {
    return Buffer.from(`${this.#locks}${name}`, 'latin1');
  }

  /** The keys under `prefix` that come after `after`, bytewise. */
  under(prefix: string, after = ''): KeyRange {
    const from = after >= prefix ? `${after}\u0000` : prefix;
    // Keys are printable ASCII, so that nothing under the prefix is above 0x7f.
    return { key: this.entry(from), rangeEnd: this.entry(`${prefix}\u007f`) };
  }

  /** The inverse of `entry`. */
  nameOf(key: Buffer): string {
    return key.toString('latin1').slice(this.#entries.length);
  }

  entryOf(found: KeyValue__Output): StoreEntry {
    return {
      key: this.nameOf(found.key),
      value: new Uint8Array(found.value),
      createRevision: BigInt(found.createRevision),
      modRevision: BigInt(found.modRevision),
      version: BigInt(found.version),
    };
  }

  /**
   * One request for a transaction. The fence stands among the conditions; when they do not hold, a transaction inside
   * asks for the fence alone, so that its answer tells a lost term from a condition that failed.
   */
  txn(txn: Txn): TxnRequest {
    const fence = txn.fence === undefined ? [] : [this.#compare(txn.fence)];
    const otherwise = (txn.otherwise ?? []).map((op) => this.#op(op));
    return {
      compare: [...fence, ...txn.if.map((compare) => this.#compare(compare))],
      success: txn.do.map((op) => this.#op(op)),
      failure:
        txn.fence === undefined
          ? otherwise
          : [{ requestTxn: { compare: fence, success: otherwise } }],
    };
  }

  #op(op: StoreOp): RequestOp {
    const key = this.entry(op.key);
    return op.op === 'put'
      ? { requestPut: { key, value: bufferOf(op.value) } }
      : { requestDeleteRange: { key } };
  }

  #compare(compare: Compare): WireCompare {
    return compareAt(this.entry(compare.key), compare.target, compare.equals);
  }
}

/** An equality for the raw key `key`. */
export function compareAt(key: Buffer, target: Compare['target'], equals: bigint): WireCompare {
  const value = equals.toString();
  switch (target) {
    case 'mod':
      return { result: 'EQUAL', target: 'MOD', key, modRevision: value };
    case 'create':
      return { result: 'EQUAL', target: 'CREATE', key, createRevision: value };
    case 'version':
      return { result: 'EQUAL', target: 'VERSION', key, version: value };
    default:
      return unreachable(target);
  }
}

/** Copied now: the caller may change its bytes before they are sent. */
function bufferOf(value: Uint8Array): Buffer {
  return Buffer.from(value);
}
