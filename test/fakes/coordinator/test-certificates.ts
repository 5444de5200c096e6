import { generateKeyPairSync } from 'node:crypto';
import { issueLeaf, makeAuthority, type Signer } from '../../../shared/pki/issue.ts';
import type { Identity } from '../../../shared/pki/spiffe-id.ts';

/** A certificate with its key, PEM. */
export interface Credential {
  readonly certificate: Buffer;
  readonly key: Buffer;
}

const dayMs = 86_400_000;

/** An authority of its own, for tests. */
export function testAuthority(name: string, nowMs: number): Promise<Signer> {
  const validity = { notBeforeMs: nowMs - dayMs, notAfterMs: nowMs + dayMs };
  return makeAuthority({ name: `CN=${name}`, validity, pathLength: 0, issuer: null });
}

/** `days`: from when until when it counts, from now. */
export async function testCredential(
  issuer: Signer,
  identity: Identity,
  nowMs: number,
  days: readonly [number, number] = [-0.5, 0.5],
): Promise<Credential> {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = await issueLeaf(issuer, {
    identity,
    publicKey: keys.publicKey.export({ format: 'der', type: 'spki' }),
    validity: { notBeforeMs: nowMs + days[0] * dayMs, notAfterMs: nowMs + days[1] * dayMs },
    hosts: identity.kind === 'coordinator' ? ['127.0.0.1', 'localhost'] : [],
  });
  return {
    certificate: Buffer.from(certificate),
    key: Buffer.from(keys.privateKey.export({ format: 'pem', type: 'pkcs8' })),
  };
}
