import { X509Certificate } from 'node:crypto';
import { keyDigestOf } from '../../shared/pki/certificates.ts';
import { crossSign, makeAuthority, type Signer } from '../../shared/pki/issue.ts';
import type { RootRecord } from './records.ts';
import type { Seal } from './seal.ts';

const dayMs = 86_400_000;
const rootLifeMs = 3_653 * dayMs;
const issuingLifeMs = 365 * dayMs;
/** Peers whose clocks are a little behind take a new certificate all the same. */
export const backdateMs = 5 * 60_000;

/**
 * Two levels: the root signs only what stands below it, once a year, so that what is used for each certificate can be
 * replaced without anybody's trust changing.
 */
export async function makeRoot(
  seal: Seal,
  options: {
    readonly clusterId: string;
    readonly nowMs: number;
    readonly issuesFromMs: number;
    /** Who trusts it trusts the new one, too. */
    readonly before: RootRecord | null;
  },
): Promise<RootRecord> {
  const { clusterId, nowMs, issuesFromMs, before } = options;
  const validity = { notBeforeMs: nowMs - backdateMs, notAfterMs: nowMs + rootLifeMs };
  const name = `CN=Tangram ${clusterId} root ${Math.floor(nowMs / 1_000).toString(36)}`;
  const root = await makeAuthority({ name, validity, pathLength: 2, issuer: null });
  const crossCertificate =
    before === null
      ? null
      : await crossSign(root, rootSigner(before, seal), { validity, pathLength: 1 });
  return {
    certificate: root.certificatePem,
    sealedKey: seal.close('the key of a root', root.keyPem),
    issuing: await makeIssuing(root, seal, { clusterId, nowMs }),
    crossCertificate,
    issuesFromMs,
  };
}

/** A new authority below the same root. */
export async function renewIssuing(
  root: RootRecord,
  seal: Seal,
  options: { readonly clusterId: string; readonly nowMs: number },
): Promise<RootRecord> {
  return { ...root, issuing: await makeIssuing(rootSigner(root, seal), seal, options) };
}

/** Half of its life is over. */
export function issuingIsDue({ issuing }: RootRecord, nowMs: number): boolean {
  const notAfterMs = Date.parse(new X509Certificate(issuing.certificate).validTo);
  return notAfterMs - nowMs < issuingLifeMs / 2;
}

export function issuingSigner(root: RootRecord, seal: Seal): Signer {
  const { certificate, sealedKey } = root.issuing;
  return { certificatePem: certificate, keyPem: seal.open('an issuing key', sealedKey) };
}

/** The root that issues now: the newest whose time has come. */
export function issuingRoot(roots: readonly RootRecord[], nowMs: number): RootRecord {
  const found = roots.findLast(({ issuesFromMs }) => issuesFromMs <= nowMs) ?? roots[0];
  if (found === undefined) throw new Error('an authority has no root');
  return found;
}

/** What peers need beside a certificate to reach a root that they trust, PEM. */
export function chainAbove(root: RootRecord): string {
  return root.issuing.certificate + (root.crossCertificate ?? '');
}

export function rootDigest(root: RootRecord): string {
  return keyDigestOf(root.certificate);
}

function rootSigner(root: RootRecord, seal: Seal): Signer {
  return {
    certificatePem: root.certificate,
    keyPem: seal.open('the key of a root', root.sealedKey),
  };
}

async function makeIssuing(
  root: Signer,
  seal: Seal,
  { clusterId, nowMs }: { readonly clusterId: string; readonly nowMs: number },
): Promise<RootRecord['issuing']> {
  const issuing = await makeAuthority({
    name: `CN=Tangram ${clusterId} issuing ${Math.floor(nowMs / 1_000).toString(36)}`,
    validity: { notBeforeMs: nowMs - backdateMs, notAfterMs: nowMs + issuingLifeMs },
    pathLength: 0,
    issuer: root,
  });
  return {
    certificate: issuing.certificatePem,
    sealedKey: seal.close('an issuing key', issuing.keyPem),
  };
}
