import type { Txn } from '../../coordinator/store/store.ts';
import { decodeValue, type ValueCodec } from '../../coordinator/store/values.ts';

/** What the store holds, read from its transactions alone: no cache of the product is asked. */
export class Records<T> {
  readonly prefix: string;
  readonly #codec: ValueCodec<T>;
  readonly rows = new Map<string, T>();

  constructor(prefix: string, codec: ValueCodec<T>) {
    this.prefix = prefix;
    this.#codec = codec;
  }

  read(key: string, bytes: Uint8Array): T {
    return decodeValue(this.#codec, key, bytes);
  }

  /** What a transaction does to them. */
  take(txn: Txn): readonly Written<T>[] {
    return txn.do.flatMap((op) => {
      if (!op.key.startsWith(this.prefix)) return [];
      const before = this.rows.get(op.key);
      const after = op.op === 'put' ? this.read(op.key, op.value) : undefined;
      if (after === undefined) this.rows.delete(op.key);
      else this.rows.set(op.key, after);
      return [{ key: op.key, before, after }];
    });
  }
}

export interface Written<T> {
  readonly key: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}
