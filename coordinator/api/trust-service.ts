import { checkKeyRequest } from '../../shared/pki/key-proof.ts';
import { parseNodePattern } from '../../shared/pki/node-pattern.ts';
import type { Result } from '../../shared/domain/result.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { fieldError, problemError, unary } from '../../shared/wire/unary.ts';
import type { Authority as AuthorityMessage } from '../../shared/wire/generated/tangram/v1/Authority.ts';
import type { JoinToken } from '../../shared/wire/generated/tangram/v1/JoinToken.ts';
import type { RevokeCertificatesRequest__Output } from '../../shared/wire/generated/tangram/v1/RevokeCertificatesRequest.ts';
import type { TrustServiceHandlers } from '../../shared/wire/generated/tangram/v1/TrustService.ts';
import { nodesBehind, type EnrolDeps } from '../ca/enrol.ts';
import type { TokenRecord } from '../ca/records.ts';
import { userLifeMs } from '../ca/user-certificate.ts';
import { checkedLabels } from './label-map.ts';

export interface TrustDeps {
  readonly enrol: EnrolDeps;
  /** `host:port` of the join listener, as nodes reach it. */
  readonly joinAddress: () => string;
  /** `host:port` of the listeners for certificates, of every coordinator. */
  readonly coordinators: () => readonly string[];
  readonly onError: (error: unknown) => void;
}

const hourSeconds = 3_600;
const secondsMax = 30 * 24 * hourSeconds;
const usesMax = 1_000;
const serialShape = /^[0-9a-fA-F]{2,64}$/;
const nameShape = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Who may join, and whose certificates count. */
export function trustHandlers(deps: TrustDeps): TrustServiceHandlers {
  const { enrol, onError } = deps;
  const { authority, tokens } = enrol;
  const view = async () => ({ authority: await viewAuthority(deps) });
  return {
    CreateJoinToken: unary(async ({ ttlSeconds, uses, nodePattern, labels }) => {
      const wish = {
        ttlMs: limited(ttlSeconds, 'ttl_seconds', hourSeconds, secondsMax) * 1_000,
        uses: limited(uses, 'uses', 1, usesMax),
        nodePattern: nodePattern === '' ? '*' : valid(parseNodePattern(nodePattern)),
        labels: checkedLabels(labels),
      };
      const { record, text } = await tokens.create(wish, authority.trust().issuing);
      return { token: viewToken(record), secretText: text, joinAddress: deps.joinAddress() };
    }, onError),
    ListJoinTokens: unary(
      async () => ({ tokens: (await tokens.list()).map((record) => viewToken(record)) }),
      onError,
    ),
    RevokeJoinToken: unary(async ({ id }) => {
      await tokens.revoke(id);
      return {};
    }, onError),
    IssueUserCertificate: unary(async ({ user, publicKey, proof }) => {
      if (!nameShape.test(user)) {
        throw fieldError('user', `${JSON.stringify(user)} is no name`, 'give the name of a user');
      }
      valid(checkKeyRequest({ publicKey, proof }, user));
      const issued = await authority.issue(
        { kind: 'user', name: user },
        { publicKey, lifeMs: userLifeMs },
      );
      return {
        certificateChain: issued.chainPem,
        roots: authority.trust().roots.join(''),
        coordinators: [...deps.coordinators()],
        clusterId: authority.clusterId,
        notAfterMs: issued.notAfterMs,
      };
    }, onError),
    RevokeCertificates: unary(async (request) => {
      await authority.revoke(whatToRevoke(request));
      return {};
    }, onError),
    GetAuthority: unary(view, onError),
    RotateAuthority: unary(async ({ overlapSeconds }) => {
      const seconds = limited(overlapSeconds, 'overlap_seconds', hourSeconds, secondsMax);
      await authority.rotate(seconds * 1_000);
      return await view();
    }, onError),
    RetireAuthority: unary(async ({ force }) => {
      const behind = await nodesBehind(enrol);
      if (behind.length > 0 && !force) {
        const some = `${behind.slice(0, 5).join(', ')}${behind.length > 5 ? ', …' : ''}`;
        throw new AppError(
          'ROTATION_REFUSED',
          `${behind.length} nodes still rest on an older root: ${some}`,
          { hint: 'wait until they have renewed, or --force: they must join again then' },
        );
      }
      await authority.retire();
      return await view();
    }, onError),
  };
}

async function viewAuthority({ enrol }: TrustDeps): Promise<AuthorityMessage> {
  const { authority } = enrol;
  const roots = authority.roots().map(({ keyDigest, notAfterMs, issuesFromMs, issuing }) => {
    return { keyDigest, notAfterMs, issuesFromMs, issuing };
  });
  return { clusterId: authority.clusterId, roots, nodesBehind: [...(await nodesBehind(enrol))] };
}

function viewToken({ id, createdAtMs, expiresAtMs, usesLeft, ...rest }: TokenRecord): JoinToken {
  const { nodePattern, labels } = rest;
  return { id, createdAtMs, expiresAtMs, usesLeft, nodePattern, labels: { ...labels } };
}

function whatToRevoke({ what, node, user, serial }: RevokeCertificatesRequest__Output): string {
  const name = what === 'node' ? node : user;
  if (what === 'serial' && serial !== undefined && serialShape.test(serial)) {
    return `serial/${serial.toUpperCase()}`;
  }
  if (what !== 'serial' && name !== undefined && nameShape.test(name)) {
    return `${what === 'node' ? 'agent' : 'user'}/${name}`;
  }
  throw new AppError('REQUEST_INVALID', `${what ?? 'what'}: is no name or serial number`, {
    hint: 'give the name of a node or of a user, or the serial number in hexadecimal digits',
  });
}

function limited(value: number, field: string, byDefault: number, most: number): number {
  if (value === 0) return byDefault;
  if (value > 0 && value <= most) return value;
  throw new AppError('REQUEST_INVALID', `${field}: ${value} is out of range`, {
    hint: `give 1 to ${most}`,
  });
}

function valid<T>(parsed: Result<T>): T {
  if (parsed.ok) return parsed.value;
  throw problemError(parsed.problem);
}
