import { z } from 'zod';
import { AppError } from '../../shared/platform/errors.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import { Mirror } from '../ca/mirror.ts';
import type { Store } from '../store/store.ts';
import { decodeValue, encodeValue, type ValueCodec } from '../store/values.ts';
import { givenRoles } from './caller.ts';
import type { AccessRecords, ApiTokenRecord, UserRecord } from './records.ts';

const recordsMax = 10_000;
const changesWaitingMax = 100;
/** There is one writer at a time; only a change of the lead can come between. */
const triesMax = 5;

const text = z.string().max(1_024);
const rights = {
  role: z.enum(givenRoles),
  namespaces: z.union([z.literal('all'), z.array(text)]),
};

const userCodec: ValueCodec<UserRecord> = {
  what: 'user',
  schemaVersion: 1,
  leastReader: 1,
  shape: z.object({ name: text, ...rights, createdAtMs: z.int() }),
};

const tokenCodec: ValueCodec<ApiTokenRecord> = {
  what: 'API token',
  schemaVersion: 1,
  leastReader: 1,
  shape: z.object({
    id: text,
    secretHash: text,
    description: text,
    ...rights,
    createdBy: text,
    createdAtMs: z.int(),
    expiresAtMs: z.int(),
  }),
};

/** Below it is everything that a door must know at once: it is watched. */
const prefix = 'access/';
const userPrefix = `${prefix}users/`;
const tokenPrefix = `${prefix}api-tokens/`;

/**
 * Users and API tokens in the coordinator's store, mirrored in memory so that a standby knows them too.
 * Invariants: one change at a time, each a compare-and-swap; what was changed here is known here at once.
 */
export class AccessStore implements AccessRecords {
  readonly #store: Store;
  readonly #mirror: Mirror;
  /** What was decoded from which bytes. */
  readonly #decoded = new Map<string, { readonly bytes: Uint8Array; readonly value: unknown }>();
  #changing: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(store: Store) {
    this.#store = store;
    this.#mirror = new Mirror(store, prefix);
  }

  /** Before anybody is let in. */
  async load(): Promise<void> {
    await this.#mirror.reload();
  }

  /** Follows what other coordinators change until `signal` aborts. */
  async run(clock: Clock, log: Log, signal: AbortSignal): Promise<void> {
    await this.#mirror.run(clock, log, signal);
  }

  user(name: string): UserRecord | undefined {
    return this.#read(userCodec, `${userPrefix}${name}`);
  }

  users(): readonly UserRecord[] {
    return this.#all(userCodec, userPrefix);
  }

  token(id: string): ApiTokenRecord | undefined {
    return this.#read(tokenCodec, `${tokenPrefix}${id}`);
  }

  tokens(): readonly ApiTokenRecord[] {
    return this.#all(tokenCodec, tokenPrefix);
  }

  changeUser: AccessRecords['changeUser'] = (name, change) =>
    this.#change(userCodec, userPrefix, name, change);

  changeToken: AccessRecords['changeToken'] = (id, change) =>
    this.#change(tokenCodec, tokenPrefix, id, change);

  #change<T>(
    kind: ValueCodec<T>,
    below: string,
    name: string,
    change: (present: T | undefined) => T | undefined,
  ): Promise<T | undefined> {
    if (this.#waiting >= changesWaitingMax) {
      throw new AppError('LIMIT_REACHED', `${this.#waiting} changes of users and tokens wait`);
    }
    this.#waiting += 1;
    const done = this.#changing.then(() =>
      this.#changeNow(kind, { key: `${below}${name}`, below, triesLeft: triesMax }, change),
    );
    this.#changing = done
      .catch(() => undefined)
      .finally(() => {
        this.#waiting -= 1;
      });
    return done;
  }

  async #changeNow<T>(
    kind: ValueCodec<T>,
    where: { readonly key: string; readonly below: string; readonly triesLeft: number },
    change: (present: T | undefined) => T | undefined,
  ): Promise<T | undefined> {
    const { key, below, triesLeft } = where;
    // Also what another coordinator wrote before it lost the lead.
    await this.#mirror.reload();
    const entry = await this.#store.get(key);
    const present = entry === null ? undefined : decodeValue(kind, key, entry.value);
    const next = change(present);
    if (next === undefined && present === undefined) return undefined;
    if (present === undefined && this.#all(kind, below).length >= recordsMax) {
      throw new AppError('LIMIT_REACHED', `there are ${recordsMax} of them already`, {
        hint: 'delete those that nobody uses',
      });
    }
    const { ok } = await this.#store.txn({
      if: [{ key, target: 'mod', equals: entry?.modRevision ?? 0n }],
      do: [
        next === undefined
          ? { op: 'delete', key }
          : { op: 'put', key, value: encodeValue(kind, next) },
      ],
    });
    if (!ok && triesLeft > 1) {
      return this.#changeNow(kind, { ...where, triesLeft: triesLeft - 1 }, change);
    }
    if (!ok) throw new AppError('INTERNAL', `another coordinator keeps changing ${key}`);
    await this.#mirror.reload();
    return next;
  }

  #read<T>(kind: ValueCodec<T>, key: string): T | undefined {
    const bytes = this.#mirror.get(key);
    if (bytes === undefined) {
      this.#decoded.delete(key);
      return undefined;
    }
    const known = this.#decoded.get(key);
    // The codec of a key follows from its prefix, so what was decoded is of that type.
    if (known?.bytes === bytes) return known.value as T;
    const value = decodeValue(kind, key, bytes);
    this.#decoded.set(key, { bytes, value });
    return value;
  }

  #all<T>(kind: ValueCodec<T>, below: string): readonly T[] {
    return this.#mirror
      .keys()
      .filter((key) => key.startsWith(below))
      .toSorted()
      .map((key) => this.#read(kind, key))
      .filter((record) => record !== undefined);
  }
}
