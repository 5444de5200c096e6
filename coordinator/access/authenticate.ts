import { unreachable } from '../../shared/domain/assert.ts';
import {
  factsOfShown,
  type CertificateFacts,
  type ShownCertificate,
} from '../../shared/pki/certificates.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { hashSecret, parseApiToken, secretMatches, type ApiTokenParts } from './api-token.ts';
import type { Caller, Namespaces } from './caller.ts';
import type { OidcVerifier } from './oidc.ts';
import type { AccessRecords, ApiTokenRecord } from './records.ts';

/**
 * The listener that a call came through: with TLS, where a certificate or a token proves who calls, or in plaintext on
 * loopback, with `tls: off`.
 */
export type Door = 'tls' | 'plaintext';

/** What a call brings along to prove who makes it. */
export interface Presented {
  readonly door: Door;
  /** Verified by TLS against the cluster's authority; undefined: there is none. */
  readonly certificate: ShownCertificate | undefined;
  /** The `authorization` header; empty: none. */
  readonly authorization: string;
}

export interface AuthenticatorDeps {
  readonly clusterId: string;
  readonly records: AccessRecords;
  /** Whether a certificate does not count any more, although its signature and dates do. */
  readonly isRevoked: (certificate: CertificateFacts) => boolean;
  /** Wall clock until which who showed a certificate is believed: a node renews while its connections stay. */
  readonly goodUntilMs: (certificate: CertificateFacts) => number;
  /** undefined: no identity provider is configured. */
  readonly oidc: Pick<OidcVerifier, 'verify'> | undefined;
  readonly wallMs: () => number;
}

/** Compared with when there is no such token, so that the answer takes as long. */
const nobodysHash = hashSecret('nobody');

/** Finds out who calls, and whether a caller is still who it was. */
export class Authenticator {
  readonly #deps: AuthenticatorDeps;
  readonly #lastUsedMs = new Map<string, number>();

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
  }

  /** null: nothing is presented, which is enough for what anybody may call. Throws CALLER_UNKNOWN. */
  async authenticate(presented: Presented): Promise<Caller | null> {
    const { door, certificate, authorization } = presented;
    if (certificate !== undefined && authorization !== '') {
      throw unknown('a certificate and a token came together', 'send one of them');
    }
    if (certificate !== undefined) return this.#byCertificate(certificate);
    if (authorization !== '') return this.#byToken(authorization);
    return door === 'plaintext' ? localCaller : null;
  }

  /** Why a caller that was let in may not stay; null: it may. */
  whyNotAnyMore(caller: Caller): AppError | null {
    try {
      const now = this.#again(caller);
      if (now.role === caller.role && sameNamespaces(now.namespaces, caller.namespaces))
        return null;
      return new AppError('CALLER_DENIED', `the rights of ${caller.kind}/${caller.name} changed`, {
        hint: 'call again',
      });
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  /** Wall clock, since this process began; 0: not since then. */
  lastUsedMs(tokenId: string): number {
    return this.#lastUsedMs.get(tokenId) ?? 0;
  }

  #again(caller: Caller): Caller {
    const { proof } = caller;
    switch (proof.kind) {
      case 'local':
        return caller;
      case 'token':
        return this.#tokenCaller(this.#deps.records.token(proof.id));
      case 'oidc':
        if (proof.expiresAtMs > this.#deps.wallMs()) return caller;
        throw unknown('the identity token has expired', 'get a new one');
      case 'certificate':
        this.#checkCertificate(proof.certificate);
        return caller.kind === 'user' ? this.#user(caller.name, proof) : caller;
      default:
        return unreachable(proof);
    }
  }

  #byCertificate(shown: ShownCertificate): Caller {
    const facts = factsOfShown(shown);
    if (!facts.ok) {
      throw unknown(
        facts.problem.message,
        'connect with a certificate that joining, or an admin, gave',
      );
    }
    const certificate = facts.value;
    const { cluster, kind, name } = certificate.identity;
    if (cluster !== this.#deps.clusterId) {
      throw unknown(
        `the certificate of ${kind}/${name} is of the cluster ${cluster}, this is ${this.#deps.clusterId}`,
        'use the credentials of this cluster',
      );
    }
    this.#checkCertificate(certificate);
    const proof = { kind: 'certificate', certificate } as const;
    switch (kind) {
      case 'user':
        return this.#user(name, proof);
      case 'agent':
        return { kind: 'agent', name, role: 'agent', namespaces: [], proof };
      case 'coordinator':
        throw unknown("a coordinator's certificate proves a server", 'call with one of a user');
      default:
        return unreachable(kind);
    }
  }

  /** TLS has checked the chain, and the dates when the connection was made. */
  #checkCertificate(certificate: CertificateFacts): void {
    const { name } = certificate.identity;
    if (this.#deps.isRevoked(certificate)) {
      throw unknown(`the certificate of ${name} was revoked`, 'ask an administrator why');
    }
    if (this.#deps.goodUntilMs(certificate) <= this.#deps.wallMs()) {
      throw unknown(
        `the certificate of ${name} has expired`,
        'get a new one, or join the node anew',
      );
    }
  }

  #user(name: string, proof: Caller['proof']): Caller {
    const user = this.#deps.records.user(name);
    if (user === undefined) {
      throw unknown(
        `there is no user ${name} (any more)`,
        'an administrator makes one: tangram user create',
      );
    }
    return { kind: 'user', name, role: user.role, namespaces: user.namespaces, proof };
  }

  async #byToken(authorization: string): Promise<Caller> {
    const [, bearer] = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization) ?? [];
    if (bearer === undefined) {
      throw unknown('the authorization header is not understood', 'send: Bearer tga_…');
    }
    const parts = parseApiToken(bearer);
    if (parts !== null) return this.#byApiToken(parts);
    if (bearer.startsWith('tga_') || this.#deps.oidc === undefined) throw unknownToken();
    return this.#deps.oidc.verify(bearer);
  }

  #byApiToken({ id, secret }: ApiTokenParts): Caller {
    const record = this.#deps.records.token(id);
    const matches = secretMatches(secret, record?.secretHash ?? nobodysHash);
    // Which half is wrong is nobody's business.
    if (record === undefined || !matches) throw unknownToken();
    const caller = this.#tokenCaller(record);
    this.#lastUsedMs.set(id, this.#deps.wallMs());
    return caller;
  }

  #tokenCaller(record: ApiTokenRecord | undefined): Caller {
    if (record === undefined) throw unknownToken();
    const { id, role, namespaces, expiresAtMs } = record;
    if (expiresAtMs !== 0 && expiresAtMs <= this.#deps.wallMs()) {
      throw unknown(
        `the API token ${id} expired at ${new Date(expiresAtMs).toISOString()}`,
        'make a new one: tangram api-token create',
      );
    }
    return { kind: 'token', name: id, role, namespaces, proof: { kind: 'token', id } };
  }
}

const localCaller: Caller = {
  kind: 'local',
  name: 'plaintext',
  role: 'admin',
  namespaces: 'all',
  proof: { kind: 'local' },
};

function sameNamespaces(left: Namespaces, right: Namespaces): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function unknown(why: string, hint: string): AppError {
  return new AppError('CALLER_UNKNOWN', `nobody known calls: ${why}`, { hint });
}

function unknownToken(): AppError {
  return unknown(
    'the API token is not one of this cluster, or was revoked',
    'an administrator makes one: tangram api-token create',
  );
}
