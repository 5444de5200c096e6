import { z } from 'zod';
import type { NodeName } from '../../shared/domain/ids.ts';
import { idShapes } from '../store/value-shapes.ts';
import type { ValueCodec } from '../store/values.ts';

/** One root, and what issues in its name. Certificates are PEM; keys are sealed. */
export interface RootRecord {
  readonly certificate: string;
  readonly sealedKey: string;
  /** The authority below it that signs certificates: it is renewed without anybody's trust changing. */
  readonly issuing: { readonly certificate: string; readonly sealedKey: string };
  /** This root's key certified by the one before it; null for the first. */
  readonly crossCertificate: string | null;
  /** Wall clock. Trusted at once; it issues from then on. */
  readonly issuesFromMs: number;
}

/** `pki/authority`. */
export interface AuthorityRecord {
  /** Of the passphrase. */
  readonly salt: string;
  /** Every root that is trusted, the oldest first. */
  readonly roots: readonly RootRecord[];
}

/** `pki/revoked/<kind>/<name>`: nothing that was issued to it until then counts. `pki/revoked/serial/<serial>`: that one does not. */
export interface RevocationRecord {
  readonly atMs: number;
}

/** `join-tokens/<id>`. */
export interface TokenRecord {
  readonly id: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly secretHash: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly usesLeft: number;
  /** `*`: any node. */
  readonly nodePattern: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** `joined/<node>`: the newest certificate of a node. */
export interface JoinedRecord {
  readonly node: NodeName;
  /** SHA-256 of its public key, hexadecimal. */
  readonly keyDigest: string;
  readonly serial: string;
  readonly issuedAtMs: number;
  readonly notAfterMs: number;
  /** Digest of the key of the root that it rests on. */
  readonly issuedBy: string;
  readonly tokenId: string;
}

const text = z.string().max(16_384);
const whole = z.number().int();

function codec<T>(what: string, shape: z.ZodType<T>): ValueCodec<T> {
  return { what, schemaVersion: 1, leastReader: 1, shape };
}

export const authorityCodec = codec<AuthorityRecord>(
  'authority',
  z.object({
    salt: text,
    roots: z
      .array(
        z.object({
          certificate: text,
          sealedKey: text,
          issuing: z.object({ certificate: text, sealedKey: text }),
          crossCertificate: text.nullable(),
          issuesFromMs: whole,
        }),
      )
      .min(1),
  }),
);

export const revocationCodec = codec<RevocationRecord>('revocation', z.object({ atMs: whole }));

export const tokenCodec = codec<TokenRecord>(
  'join token',
  z.object({
    id: text,
    secretHash: text,
    createdAtMs: whole,
    expiresAtMs: whole,
    usesLeft: whole,
    nodePattern: text,
    labels: z.record(z.string(), text),
  }),
);

export const joinedCodec = codec<JoinedRecord>(
  'joined node',
  z.object({
    node: idShapes.nodeName,
    keyDigest: text,
    serial: text,
    issuedAtMs: whole,
    notAfterMs: whole,
    issuedBy: text,
    tokenId: text,
  }),
);

export const pkiKeys = {
  /** Everything that a door must know at once: it is watched. */
  prefix: 'pki/',
  authority: 'pki/authority',
  allRevoked: 'pki/revoked/',
  revoked: (what: string) => `pki/revoked/${what}`,
  tokens: 'join-tokens/',
  token: (id: string) => `join-tokens/${id}`,
  allJoined: 'joined/',
  joined: (node: string) => `joined/${node}`,
} as const;
