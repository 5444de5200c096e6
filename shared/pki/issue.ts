import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type Extension,
  type JsonGeneralName,
} from '@peculiar/x509';
import { renderSpiffeId, type Identity } from './spiffe-id.ts';

/** ECDSA on P-256 with SHA-256: every TLS 1.3 peer must know it (RFC 8446 §9.1), and it costs a handshake least. */
const signing = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** When a certificate counts, ms since the epoch; whole seconds are kept of it. */
export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Somebody who signs, as PEM: the certificate, and the key as PKCS#8. */
export interface Signer {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface AuthorityOptions {
  /** The subject's common name. */
  readonly name: string;
  readonly validity: Validity;
  /** How many authorities may stand below it. */
  readonly pathLength: number;
  /** null: it signs itself, a root. */
  readonly issuer: Signer | null;
}

/** A new authority with a key of its own. */
export async function makeAuthority(options: AuthorityOptions): Promise<Signer> {
  const keys = await crypto.subtle.generateKey(signing, true, ['sign', 'verify']);
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  const keyPem = PemConverter.encode(pkcs8, 'PRIVATE KEY');
  return { certificatePem: await certifyAuthority(keys, options), keyPem: `${keyPem}\n` };
}

/** The same name and key as `root`, certified by `issuer`: who trusts the older root trusts the newer one through it. */
export async function crossSign(
  root: Signer,
  issuer: Signer,
  options: { readonly validity: Validity; readonly pathLength: number },
): Promise<string> {
  const certificate = new X509Certificate(root.certificatePem);
  const publicKey = await certificate.publicKey.export(signing, ['verify']);
  const keys = { publicKey, privateKey: await signingKey(root.keyPem) };
  return certifyAuthority(keys, { ...options, name: certificate.subject, issuer });
}

export interface LeafOptions {
  readonly identity: Identity;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly validity: Validity;
  /** Host names and addresses beside the identity, for servers. */
  readonly hosts: readonly string[];
}

/** A certificate for one identity, PEM. What it may be used for follows from the identity's kind. */
export async function issueLeaf(issuer: Signer, options: LeafOptions): Promise<string> {
  const { identity, validity, hosts } = options;
  const publicKey = await crypto.subtle.importKey(
    'spki',
    new Uint8Array(options.publicKey),
    signing,
    true,
    ['verify'],
  );
  const names: JsonGeneralName[] = [
    { type: 'url', value: renderSpiffeId(identity) },
    ...hosts.map((value): JsonGeneralName => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
  ];
  const usages =
    identity.kind === 'coordinator'
      ? [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]
      : [ExtendedKeyUsage.clientAuth];
  return certify(publicKey, {
    subject: `CN=${identity.name}, OU=${identity.kind}, O=${identity.cluster}`,
    validity,
    issuer: new X509Certificate(issuer.certificatePem),
    signingKey: await signingKey(issuer.keyPem),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(usages),
      new SubjectAlternativeNameExtension(names),
    ],
  });
}

async function certifyAuthority(
  keys: webcrypto.CryptoKeyPair,
  options: AuthorityOptions,
): Promise<string> {
  const { name, validity, pathLength, issuer } = options;
  return certify(keys.publicKey, {
    subject: name,
    validity,
    issuer: issuer === null ? null : new X509Certificate(issuer.certificatePem),
    signingKey: issuer === null ? keys.privateKey : await signingKey(issuer.keyPem),
    extensions: [
      new BasicConstraintsExtension(true, pathLength, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
}

async function certify(
  publicKey: webcrypto.CryptoKey,
  options: {
    readonly subject: string;
    readonly validity: Validity;
    readonly issuer: X509Certificate | null;
    readonly signingKey: webcrypto.CryptoKey;
    readonly extensions: readonly Extension[];
  },
): Promise<string> {
  const { subject, validity, issuer, extensions } = options;
  const made = await X509CertificateGenerator.create({
    serialNumber: freshSerial(),
    subject,
    issuer: issuer?.subject ?? subject,
    notBefore: new Date(validity.notBeforeMs),
    notAfter: new Date(validity.notAfterMs),
    signingAlgorithm: signing,
    publicKey,
    signingKey: options.signingKey,
    extensions: [
      ...extensions,
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer?.publicKey ?? publicKey),
    ],
  });
  return `${made.toString('pem')}\n`;
}

/** 16 random bytes, positive and without a leading zero byte, so that every reader prints the same digits (RFC 5280 §4.1.2.2). */
function freshSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

async function signingKey(keyPem: string): Promise<webcrypto.CryptoKey> {
  const [pkcs8] = PemConverter.decode(keyPem);
  if (pkcs8 === undefined) throw new Error('an authority has no private key');
  return crypto.subtle.importKey('pkcs8', pkcs8, signing, false, ['sign']);
}
