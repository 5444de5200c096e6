import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { withDeadline } from '../../shared/platform/deadline.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { Caller, GivenRole, Namespaces } from './caller.ts';

export interface OidcSettings {
  /** As in the token's `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** Where the provider's keys are; undefined: its discovery document says where. */
  readonly jwks: string | undefined;
  /** The claim, a text or a list of texts, that `mapping` is about. */
  readonly roleClaim: string;
  /** What each value of the claim may do; the first row that a token has counts. */
  readonly mapping: readonly {
    readonly value: string;
    readonly role: GivenRole;
    readonly namespaces: Namespaces;
  }[];
}

/** Signatures with public keys only: a shared secret would let every reader of it sign. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'EdDSA',
];
const neverAborts = new AbortController().signal;
const limits = {
  tokenLengthMax: 8_192,
  answerBytesMax: 1024 * 1024,
  timeoutMs: 5_000,
  keysAgeMaxMs: 600_000,
  clockToleranceSeconds: 30,
} as const;

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Callers by the ID tokens of an identity provider (OpenID Connect Core §3.1.3.7).
 * Invariants: the provider is asked for its keys at most once in a while, with a limit on time and size; without them
 * nobody is let in.
 */
export class OidcVerifier {
  readonly #settings: OidcSettings;
  readonly #now: () => Date;
  #keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(settings: OidcSettings, now: () => Date) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Throws CALLER_UNKNOWN; COORDINATOR_AWAY never: a provider that is away lets nobody in, and says so. */
  async verify(token: string): Promise<Caller> {
    const { issuer, audience } = this.#settings;
    if (token.length > limits.tokenLengthMax) throw refused('it is too long');
    try {
      const { payload } = await jwtVerify(token, await this.#keysOf(), {
        issuer,
        audience,
        algorithms,
        clockTolerance: limits.clockToleranceSeconds,
        requiredClaims: ['sub', 'exp'],
        currentDate: this.#now(),
      });
      return this.#callerOf(payload);
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (error instanceof errors.JWTExpired) throw refused('it has expired');
      if (error instanceof errors.JOSEError) throw refused(error.message);
      throw refused('the identity provider could not be asked for its keys');
    }
  }

  #callerOf(payload: Readonly<Record<string, unknown>>): Caller {
    const { roleClaim, mapping } = this.#settings;
    const claim = payload[roleClaim];
    const values = Array.isArray(claim) ? claim : [claim];
    const row = mapping.find((each) => values.includes(each.value));
    const name = String(payload['sub']);
    if (row === undefined) {
      throw refused(`no value of its claim ${roleClaim} has a role here`);
    }
    const expiresAtMs = Number(payload['exp']) * 1_000;
    const { role, namespaces } = row;
    return { kind: 'oidc', name, role, namespaces, proof: { kind: 'oidc', expiresAtMs } };
  }

  #keysOf(): Promise<JWTVerifyGetKey> {
    this.#keys ??= this.#findKeys().catch((error: unknown) => {
      // Asked again at the next call; the limit on unproven calls bounds how often.
      this.#keys = undefined;
      throw error;
    });
    return this.#keys;
  }

  async #findKeys(): Promise<JWTVerifyGetKey> {
    const { issuer, jwks } = this.#settings;
    const url = jwks ?? (await discoverKeys(issuer));
    return createRemoteJWKSet(new URL(url), {
      timeoutDuration: limits.timeoutMs,
      cacheMaxAge: limits.keysAgeMaxMs,
      [customFetch]: async (from, options) =>
        new Response(await readBounded(from, options.signal), { status: 200 }),
    });
  }
}

async function discoverKeys(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { timeoutMs } = limits;
  const text = await withDeadline({ signal: neverAborts, timeoutMs }, async (signal) =>
    readBounded(url, signal),
  );
  const document = discovery.parse(JSON.parse(text));
  if (document.issuer !== issuer) throw new Error(`${url} is of the issuer ${document.issuer}`);
  return document.jwks_uri;
}

async function readBounded(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal, redirect: 'error' });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > limits.answerBytesMax) throw new Error(`${url} answered too much`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refused(why: string): AppError {
  return new AppError('CALLER_UNKNOWN', `the identity token is refused: ${why}`, {
    hint: 'get a new one from your identity provider, or ask an administrator which claims have a role here',
  });
}
