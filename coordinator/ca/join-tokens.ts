import { randomBytes } from 'node:crypto';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import type { NodeName } from '../../shared/domain/ids.ts';
import {
  hashTokenSecret,
  renderJoinToken,
  tokenSecretBytes,
  tokenSecretMatches,
} from '../../shared/pki/join-token.ts';
import { matchesNodePattern } from '../../shared/pki/node-pattern.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { Store, StoreEntry } from '../store/store.ts';
import { decodeValue, encodeValue } from '../store/values.ts';
import { pkiKeys, tokenCodec, type TokenRecord } from './records.ts';

const liveMax = 1_000;
/** One that is over stays a while, so that whoever tries it is told why. */
const keptAfterEndMs = 86_400_000;
const unknownHash = hashTokenSecret(new Uint8Array(tokenSecretBytes));

export interface TokenWish {
  readonly ttlMs: number;
  readonly uses: number;
  readonly nodePattern: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A token as it was read, with what a transaction on it must compare. */
export interface FoundToken {
  readonly record: TokenRecord;
  readonly entry: StoreEntry;
}

/** The tokens with which hosts join. Only hashes of their secrets are kept. */
export class JoinTokens {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(deps: {
    readonly store: Store;
    readonly clock: Clock;
    readonly random: () => number;
  }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#random = deps.random;
  }

  /** `rootDigest` pins the cluster. The text is not kept anywhere. Throws LIMIT_REACHED. */
  async create(
    wish: TokenWish,
    rootDigest: string,
  ): Promise<{ readonly record: TokenRecord; readonly text: string }> {
    const nowMs = this.#clock.wallMs();
    const all = await this.#all();
    const live = all.filter(({ record }) => isLive(record, nowMs));
    if (live.length >= liveMax) {
      throw new AppError('LIMIT_REACHED', `${live.length} join tokens are live already`, {
        hint: 'revoke some with tangram token revoke, or make one with more --uses',
      });
    }
    const secret = new Uint8Array(randomBytes(tokenSecretBytes));
    const id = freshSuffix(this.#random);
    const record: TokenRecord = {
      id,
      secretHash: hashTokenSecret(secret),
      createdAtMs: nowMs,
      expiresAtMs: nowMs + wish.ttlMs,
      usesLeft: wish.uses,
      nodePattern: wish.nodePattern,
      labels: wish.labels,
    };
    const forgotten = all.filter(
      (one) => !isLive(one.record, nowMs) && one.record.expiresAtMs + keptAfterEndMs < nowMs,
    );
    const written = await this.#store.txn({
      if: [{ key: pkiKeys.token(id), target: 'mod', equals: 0n }],
      do: [
        { op: 'put', key: pkiKeys.token(id), value: encodeValue(tokenCodec, record) },
        ...forgotten.slice(0, 100).map(({ entry }) => ({ op: 'delete', key: entry.key }) as const),
      ],
    });
    if (!written.ok) return this.create(wish, rootDigest);
    return { record, text: renderJoinToken({ rootDigest, id, secret }) };
  }

  /** The newest first. */
  async list(): Promise<readonly TokenRecord[]> {
    const nowMs = this.#clock.wallMs();
    return (await this.#all())
      .map(({ record }) => record)
      .filter((record) => isLive(record, nowMs))
      .toSorted((left, right) => right.createdAtMs - left.createdAtMs);
  }

  /** Throws TOKEN_UNKNOWN. */
  async revoke(id: string): Promise<void> {
    const found = await this.#store.get(pkiKeys.token(id));
    if (found === null) {
      throw new AppError('TOKEN_UNKNOWN', `there is no join token ${JSON.stringify(id)}`, {
        hint: 'tangram token list shows those that are live',
      });
    }
    await this.#store.txn({ if: [], do: [{ op: 'delete', key: found.key }] });
  }

  /**
   * The token that `secret` proves, if it lets `node` in now. Throws TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_OF_OTHER_NODES;
   * whether uses are left is asked where one is taken.
   */
  async check(id: string, secret: Uint8Array, node: NodeName): Promise<FoundToken> {
    const entry = await this.#store.get(pkiKeys.token(id));
    const record =
      entry === null ? undefined : decodeValue(tokenCodec, pkiKeys.token(id), entry.value);
    // A token that is not there takes as long as one whose secret is wrong, and is told alike.
    const proven = tokenSecretMatches(secret, record?.secretHash ?? unknownHash);
    if (entry === null || record === undefined || !proven) {
      throw new AppError('TOKEN_INVALID', 'this join token is not known to the cluster', {
        hint: 'it was revoked, is long over, or was not pasted whole: make another with tangram token create',
      });
    }
    const nowMs = this.#clock.wallMs();
    if (record.expiresAtMs <= nowMs) {
      const minutes = Math.ceil((nowMs - record.expiresAtMs) / 60_000);
      throw new AppError('TOKEN_EXPIRED', `join token ${id} expired ${minutes} min ago`, {
        hint: 'make another with tangram token create; --ttl says for how long',
      });
    }
    if (!matchesNodePattern(record.nodePattern, node)) {
      throw new AppError(
        'TOKEN_OF_OTHER_NODES',
        `join token ${id} is for nodes named ${record.nodePattern}, not for ${node}`,
        { hint: 'name the node otherwise in its configuration, or make a token for it' },
      );
    }
    return { record, entry };
  }

  async #all(): Promise<readonly FoundToken[]> {
    const { entries } = await this.#store.list(pkiKeys.tokens, { limit: 10_000 });
    return entries.map((entry) => ({
      entry,
      record: decodeValue(tokenCodec, entry.key, entry.value),
    }));
  }
}

function isLive({ expiresAtMs, usesLeft }: TokenRecord, nowMs: number): boolean {
  return expiresAtMs > nowMs && usesLeft > 0;
}
