import type { TrustServiceClient } from '../../shared/wire/generated/tangram/v1/TrustService.ts';
import type { Authority__Output } from '../../shared/wire/generated/tangram/v1/Authority.ts';
import type { CreateJoinTokenRequest } from '../../shared/wire/generated/tangram/v1/CreateJoinTokenRequest.ts';
import type { CreateJoinTokenResponse__Output } from '../../shared/wire/generated/tangram/v1/CreateJoinTokenResponse.ts';
import type { IssueUserCertificateRequest } from '../../shared/wire/generated/tangram/v1/IssueUserCertificateRequest.ts';
import type { IssueUserCertificateResponse__Output } from '../../shared/wire/generated/tangram/v1/IssueUserCertificateResponse.ts';
import type { JoinToken__Output } from '../../shared/wire/generated/tangram/v1/JoinToken.ts';
import type { ListJoinTokensResponse__Output } from '../../shared/wire/generated/tangram/v1/ListJoinTokensResponse.ts';
import type { RevokeCertificatesRequest } from '../../shared/wire/generated/tangram/v1/RevokeCertificatesRequest.ts';
import type { Ask } from './ask.ts';

/** Who may join, and whose certificates count. */
export interface TrustCalls {
  createJoinToken(request: CreateJoinTokenRequest): Promise<CreateJoinTokenResponse__Output>;
  listJoinTokens(): Promise<readonly JoinToken__Output[]>;
  /** Throws TOKEN_UNKNOWN. */
  revokeJoinToken(id: string): Promise<void>;
  issueUserCertificate(
    request: IssueUserCertificateRequest,
  ): Promise<IssueUserCertificateResponse__Output>;
  revokeCertificates(request: RevokeCertificatesRequest): Promise<void>;
  getAuthority(): Promise<Authority__Output>;
  /** Throws ROTATION_REFUSED. */
  rotateAuthority(overlapSeconds: number): Promise<Authority__Output>;
  /** Throws ROTATION_REFUSED. */
  retireAuthority(force: boolean): Promise<Authority__Output>;
}

type AuthorityAnswer = { readonly authority: Authority__Output | null };

export function trustCalls(trust: TrustServiceClient, ask: Ask): TrustCalls {
  return {
    createJoinToken: async (request) =>
      ask<CreateJoinTokenRequest, CreateJoinTokenResponse__Output>(
        (sent, options, answer) => trust.createJoinToken(sent, options, answer),
        request,
      ),
    listJoinTokens: async () => {
      const { tokens } = await ask<object, ListJoinTokensResponse__Output>(
        (sent, options, answer) => trust.listJoinTokens(sent, options, answer),
        {},
      );
      return tokens;
    },
    revokeJoinToken: async (id) => {
      await ask<object, object>(
        (sent, options, answer) => trust.revokeJoinToken(sent, options, answer),
        { id },
      );
    },
    issueUserCertificate: async (request) =>
      ask<IssueUserCertificateRequest, IssueUserCertificateResponse__Output>(
        (sent, options, answer) => trust.issueUserCertificate(sent, options, answer),
        request,
      ),
    revokeCertificates: async (request) => {
      await ask<RevokeCertificatesRequest, object>(
        (sent, options, answer) => trust.revokeCertificates(sent, options, answer),
        request,
      );
    },
    getAuthority: async () =>
      authorityIn(
        await ask<object, AuthorityAnswer>(
          (sent, options, answer) => trust.getAuthority(sent, options, answer),
          {},
        ),
      ),
    rotateAuthority: async (overlapSeconds) =>
      authorityIn(
        await ask<object, AuthorityAnswer>(
          (sent, options, answer) => trust.rotateAuthority(sent, options, answer),
          { overlapSeconds },
        ),
      ),
    retireAuthority: async (force) =>
      authorityIn(
        await ask<object, AuthorityAnswer>(
          (sent, options, answer) => trust.retireAuthority(sent, options, answer),
          { force },
        ),
      ),
  };
}

function authorityIn({ authority }: AuthorityAnswer): Authority__Output {
  if (authority === null) throw new Error('the answer holds no authority');
  return authority;
}
