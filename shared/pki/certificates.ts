import { createHash, X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { err, ok, type Result } from '../domain/result.ts';
import { identityIn, type Identity } from './spiffe-id.ts';

/** What is read of one certificate. */
export interface CertificateFacts {
  readonly identity: Identity;
  /** Hexadecimal, upper case. */
  readonly serial: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const pemBlock = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, in order, each with a line's end. */
export function splitPem(text: string): readonly string[] {
  return (text.match(pemBlock) ?? []).map((block) => `${block}\n`);
}

/** SHA-256 of a certificate's public key (SubjectPublicKeyInfo, DER), lower-case hexadecimal. Throws for no certificate. */
export function keyDigestOf(certificatePem: string): string {
  const { publicKey } = new X509Certificate(certificatePem);
  return createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex');
}

/** The self-signed one of `roots` whose key has that digest. */
export function findRoot(roots: readonly string[], keyDigest: string): string | undefined {
  return roots.find((pem) => {
    try {
      const root = new X509Certificate(pem);
      return root.ca && keyDigestOf(pem) === keyDigest && root.verify(root.publicKey);
    } catch {
      return false;
    }
  });
}

/** The one of `roots` on which a chain (PEM or DER, the leaf first) rests, by signatures alone: dates are TLS's business. */
export function rootOfChain(
  chain: readonly (string | Uint8Array)[],
  roots: readonly string[],
): string | undefined {
  const links = chain.map((each) => new X509Certificate(each));
  return roots.find((pem) => {
    const root = new X509Certificate(pem);
    return links.some((link) => link.checkIssued(root) && link.verify(root.publicKey));
  });
}

/** What TLS tells of the certificate that a peer showed. */
export interface ShownCertificate extends Pick<
  PeerCertificate,
  'serialNumber' | 'valid_from' | 'valid_to'
> {
  readonly subjectaltname?: string | undefined;
}

/** `readCertificate` of one that TLS has read already. */
export function factsOfShown(shown: ShownCertificate): Result<CertificateFacts> {
  const identity = identityIn(shown.subjectaltname);
  if (!identity.ok) return identity;
  return ok({
    identity: identity.value,
    serial: shown.serialNumber.toUpperCase(),
    notBeforeMs: Date.parse(shown.valid_from),
    notAfterMs: Date.parse(shown.valid_to),
  });
}

/** Reads the first certificate of a PEM text. */
export function readCertificate(text: string): Result<CertificateFacts> {
  try {
    const read = new X509Certificate(text);
    return factsOfShown({
      subjectaltname: read.subjectAltName,
      serialNumber: read.serialNumber,
      valid_from: read.validFrom,
      valid_to: read.validTo,
    });
  } catch {
    return err({ code: 'CERTIFICATE_UNREADABLE', message: 'this is no certificate' });
  }
}
