import type { NodeName } from '../../shared/domain/ids.ts';
import { findRoot, keyDigestOf, readCertificate } from '../../shared/pki/certificates.ts';
import { parseJoinToken, type JoinToken } from '../../shared/pki/join-token.ts';
import { keyRequestOf, makeKeyRequest, type KeyRequest } from '../../shared/pki/key-proof.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { ClusterTrust, Joined, JoinWish } from '../link/identity-calls.ts';
import type { IdentityFiles } from './identity-files.ts';

/** Certificates are backdated by this much: clocks further apart than that make every one look wrong. */
const skewMsMax = 5 * 60_000;

export interface JoinDeps {
  readonly files: IdentityFiles;
  readonly askTrust: (address: string) => Promise<ClusterTrust>;
  readonly askJoin: (
    address: string,
    trust: { readonly cluster: string; readonly root: string },
    wish: JoinWish,
  ) => Promise<Joined>;
  readonly clock: Clock;
}

export interface JoinOutcome {
  readonly clusterId: string;
  readonly notAfterMs: number;
  /** null: it had joined this cluster before, and nothing was done. */
  readonly joined: Joined | null;
}

/**
 * Makes this host the node `node` of the cluster that the token names. The same again does nothing. Throws TOKEN_*,
 * CLUSTER_MISMATCH, CLOCK_SKEWED, NODE_DUPLICATE, COORDINATOR_AWAY.
 */
export async function joinCluster(
  deps: JoinDeps,
  wish: { readonly address: string; readonly token: string; readonly node: NodeName },
): Promise<JoinOutcome> {
  const { files, clock } = deps;
  const token = parseJoinToken(wish.token);
  if (!token.ok) {
    const { message, hint } = token.problem;
    throw new AppError('TOKEN_INVALID', message, hint === undefined ? {} : { hint });
  }
  const before = alreadyJoined(deps, token.value, wish.node);
  if (before !== null) return before;
  const { clusterId, root } = await pinnedTrust(deps, wish.address, token.value);
  const key = nextKey(files, wish.node);
  const joined = await deps.askJoin(
    wish.address,
    { cluster: clusterId, root },
    {
      node: wish.node,
      tokenId: token.value.id,
      tokenSecret: token.value.secret,
      publicKey: key.publicKey,
      proof: key.proof,
    },
  );
  const facts = readCertificate(joined.chainPem);
  if (!facts.ok) throw new AppError('INTERNAL', `the answer: ${facts.problem.message}`);
  const { chainPem, roots } = joined;
  files.write({ keyPem: key.privateKeyPem, chainPem, roots });
  const { notAfterMs } = facts.value;
  if (notAfterMs <= clock.wallMs()) throw skewed('the certificate has expired already');
  return { clusterId, notAfterMs, joined };
}

function alreadyJoined(deps: JoinDeps, token: JoinToken, node: NodeName): JoinOutcome | null {
  const held = deps.files.read();
  if (held === null || held.facts.notAfterMs <= deps.clock.wallMs()) return null;
  const { identity, notAfterMs } = held.facts;
  const same = held.roots.some((root) => keyDigestOf(root) === token.rootDigest);
  if (same && identity.name === node) {
    return { clusterId: identity.cluster, notAfterMs, joined: null };
  }
  const there = `node ${identity.name} of ${identity.cluster}`;
  throw new AppError('CLUSTER_MISMATCH', `this host is ${there} already`, {
    hint: `to make it another, remove ${deps.files.directory} first`,
  });
}

/** The one root that the token names: whatever else was answered is not looked at. */
async function pinnedTrust(
  { askTrust, clock }: JoinDeps,
  address: string,
  token: JoinToken,
): Promise<{ readonly clusterId: string; readonly root: string }> {
  const { clusterId, roots, nowMs } = await askTrust(address);
  const root = findRoot(roots, token.rootDigest);
  if (root === undefined) {
    throw new AppError(
      'TOKEN_OF_OTHER_CLUSTER',
      `the token is not of the cluster that answers at ${address}; its secret was not sent`,
      { hint: 'check the address, or make a token there with tangram token create' },
    );
  }
  const behindMs = nowMs - clock.wallMs();
  if (Math.abs(behindMs) > skewMsMax) {
    const far = `${Math.round(Math.abs(behindMs) / 60_000)} min`;
    throw skewed(`the clock of this host is ${far} ${behindMs > 0 ? 'behind' : 'ahead of'} it`);
  }
  return { clusterId, root };
}

/** A lost answer is asked for again with the same key, which costs no second use of the token. */
function nextKey(files: IdentityFiles, node: NodeName): KeyRequest {
  const pending = files.readPendingKey();
  if (pending !== null) return keyRequestOf(pending, node);
  const made = makeKeyRequest(node);
  files.writePendingKey(made.privateKeyPem);
  return made;
}

function skewed(why: string): AppError {
  return new AppError(
    'CLOCK_SKEWED',
    `this host and the coordinator disagree about the time: ${why}`,
    {
      hint: 'set both clocks, for instance with chrony, and try again',
    },
  );
}
