import { createHash } from 'node:crypto';
import type { NodeName } from '../../shared/domain/ids.ts';
import { checkKeyRequest } from '../../shared/pki/key-proof.ts';
import { renderProblem } from '../../shared/domain/result.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { Compare, Store, StoreOp } from '../store/store.ts';
import { decodeValue, encodeValue } from '../store/values.ts';
import type { Authority, Issued } from './authority.ts';
import type { FoundToken, JoinTokens } from './join-tokens.ts';
import { joinedCodec, pkiKeys, tokenCodec, type JoinedRecord } from './records.ts';

export interface EnrolDeps {
  readonly store: Store;
  readonly authority: Authority;
  readonly tokens: JoinTokens;
  readonly clock: Clock;
  readonly nodeLifeMs: number;
}

/** A node's new public key, and the proof that it holds the private one. */
export interface NodeKey {
  readonly publicKey: Uint8Array;
  readonly proof: Uint8Array;
}

/** The longest that the configuration lets a node's certificate last. */
export const nodeLifeMsMax = 7 * 86_400_000;
const racesMax = 8;
const nodesMax = 10_000;

/**
 * Lets a host in as `node`, for one use of a token. The same key for the same node again costs none: an answer may be
 * lost. Throws TOKEN_*, NODE_DUPLICATE, REQUEST_INVALID.
 */
export async function joinNode(
  deps: EnrolDeps,
  wish: {
    readonly node: NodeName;
    readonly tokenId: string;
    readonly secret: Uint8Array;
    readonly key: NodeKey;
  },
): Promise<{ readonly issued: Issued; readonly labels: Readonly<Record<string, string>> }> {
  const { store, tokens } = deps;
  const { node, key } = wish;
  for (let race = 0; race < racesMax; race += 1) {
    const token = await tokens.check(wish.tokenId, wish.secret, node);
    mustHold(key, node);
    const before = await store.get(pkiKeys.joined(node));
    const joined = before && decodeValue(joinedCodec, before.key, before.value);
    const again = joined?.keyDigest === digestOf(key.publicKey) && joined.tokenId === wish.tokenId;
    if (!again) mustBeFree(deps, joined, token);
    const issued = await issueFor(deps, node, key);
    const { ok } = await store.txn({
      if: [
        unchanged(token.entry.key, token.entry.modRevision),
        unchanged(pkiKeys.joined(node), before?.modRevision ?? 0n),
      ],
      do: [
        putJoined(node, key, { issued, tokenId: wish.tokenId }),
        ...(again ? [] : [takeUse(token)]),
      ],
    });
    if (ok) return { issued, labels: token.record.labels };
  }
  throw new AppError('LIMIT_REACHED', 'too many hosts join with this token at once', {
    hint: 'try again in a moment',
  });
}

/** A certificate with a fresh key for a node that has one. */
export async function renewNode(deps: EnrolDeps, node: NodeName, key: NodeKey): Promise<Issued> {
  mustHold(key, node);
  const before = await deps.store.get(pkiKeys.joined(node));
  const tokenId = before === null ? '' : decodeValue(joinedCodec, before.key, before.value).tokenId;
  const issued = await issueFor(deps, node, key);
  // Unconditional: of two renewals at once either may be the one that is remembered, both count.
  await deps.store.txn({ if: [], do: [putJoined(node, key, { issued, tokenId })] });
  return issued;
}

/** Nodes whose newest certificate is still good, and rests on a root that does not issue any more; by name. */
export async function nodesBehind({
  store,
  authority,
  clock,
}: Pick<EnrolDeps, 'store' | 'authority' | 'clock'>): Promise<readonly NodeName[]> {
  const { issuing } = authority.trust();
  const { entries } = await store.list(pkiKeys.allJoined, { limit: nodesMax });
  return entries
    .map((entry) => decodeValue(joinedCodec, entry.key, entry.value))
    .filter((joined) => joined.issuedBy !== issuing && isGood(authority, joined, clock.wallMs()))
    .map(({ node }) => node);
}

function isGood(
  authority: Authority,
  { node, serial, issuedAtMs, notAfterMs }: JoinedRecord,
  nowMs: number,
): boolean {
  const identity = { cluster: authority.clusterId, kind: 'agent', name: node } as const;
  return notAfterMs > nowMs && !authority.isRevokedAt({ identity, serial, issuedAtMs });
}

function mustHold(key: NodeKey, node: NodeName): void {
  const checked = checkKeyRequest(key, node);
  if (!checked.ok) throw new AppError('REQUEST_INVALID', renderProblem(checked.problem));
}

function mustBeFree(deps: EnrolDeps, joined: JoinedRecord | null, { record }: FoundToken): void {
  if (record.usesLeft <= 0) {
    throw new AppError('TOKEN_USED_UP', `join token ${record.id} has no use left`, {
      hint: 'make another with tangram token create; --uses says for how many nodes',
    });
  }
  if (joined === null || !isGood(deps.authority, joined, deps.clock.wallMs())) return;
  const { node } = joined;
  throw new AppError('NODE_DUPLICATE', `another host holds a certificate as node ${node}`, {
    hint: `give this host another name; or, if the other is gone, run tangram cert revoke ${node} first`,
  });
}

async function issueFor(deps: EnrolDeps, node: NodeName, { publicKey }: NodeKey): Promise<Issued> {
  return deps.authority.issue(
    { kind: 'agent', name: node },
    { publicKey, lifeMs: deps.nodeLifeMs },
  );
}

function takeUse({ record, entry }: FoundToken): StoreOp {
  const value = encodeValue(tokenCodec, { ...record, usesLeft: record.usesLeft - 1 });
  return { op: 'put', key: entry.key, value };
}

function putJoined(
  node: NodeName,
  key: NodeKey,
  { issued, tokenId }: { readonly issued: Issued; readonly tokenId: string },
): StoreOp {
  const { serial, issuedAtMs, notAfterMs, issuedBy } = issued;
  const keyDigest = digestOf(key.publicKey);
  const dates = { issuedAtMs, notAfterMs };
  const record: JoinedRecord = { node, keyDigest, serial, ...dates, issuedBy, tokenId };
  return { op: 'put', key: pkiKeys.joined(node), value: encodeValue(joinedCodec, record) };
}

function unchanged(key: string, modRevision: bigint): Compare {
  return { key, target: 'mod', equals: modRevision };
}

function digestOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex');
}
