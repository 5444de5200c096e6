import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  findRoot,
  keyDigestOf,
  readCertificate,
  rootOfChain,
  splitPem,
} from '../../../../shared/pki/certificates.ts';
import { crossSign, issueLeaf, makeAuthority, type Signer } from '../../../../shared/pki/issue.ts';
import { checkKeyRequest, keyRequestOf, makeKeyRequest } from '../../../../shared/pki/key-proof.ts';

const nowMs = Date.UTC(2026, 10, 23);
const validity = { notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + 86_400_000 };
const identity = { cluster: 'cluster-ab12', kind: 'agent', name: 'gpu-1' } as const;
let root: Signer;
let issuing: Signer;

beforeAll(async () => {
  root = await makeAuthority({ name: 'CN=root a', validity, pathLength: 2, issuer: null });
  issuing = await makeAuthority({ name: 'CN=issuing a', validity, pathLength: 0, issuer: root });
});

async function leafOf(hosts: readonly string[] = []): Promise<string> {
  const { publicKey } = makeKeyRequest('gpu-1');
  return issueLeaf(issuing, { identity, publicKey, validity, hosts });
}

test('a certificate says whose it is, from when and until when', async () => {
  const leaf = await leafOf();
  const read = readCertificate(leaf);
  expect(read).toEqual({
    ok: true,
    value: { identity, serial: expect.stringMatching(/^[4-7][0-9A-F]{31}$/), ...validity },
  });
  const { ca, keyUsage } = new X509Certificate(leaf);
  expect({ ca, keyUsage }).toEqual({ ca: false, keyUsage: ['1.3.6.1.5.5.7.3.2'] });
});

test('a coordinator gets names for clients that look at names, and may serve', async () => {
  const { publicKey } = makeKeyRequest('c');
  const leaf = new X509Certificate(
    await issueLeaf(issuing, {
      identity: { ...identity, kind: 'coordinator' },
      publicKey,
      validity,
      hosts: ['tangram.example', '10.0.0.7', '::1'],
    }),
  );
  expect(leaf.checkHost('tangram.example')).toBe('tangram.example');
  expect(leaf.checkIP('10.0.0.7')).toBe('10.0.0.7');
  expect(leaf.checkIP('10.0.0.8')).toBeUndefined();
  expect(leaf.keyUsage).toContain('1.3.6.1.5.5.7.3.1');
});

test('a chain rests on its own root and on no other of the same name', async () => {
  const twin = await makeAuthority({ name: 'CN=root a', validity, pathLength: 2, issuer: null });
  const chain = [await leafOf(), issuing.certificatePem];
  expect(rootOfChain(chain, [twin.certificatePem, root.certificatePem])).toBe(root.certificatePem);
  expect(rootOfChain(chain, [twin.certificatePem])).toBeUndefined();
});

test('who trusts the older root reaches the newer one through its cross-signed certificate', async () => {
  const next = await makeAuthority({ name: 'CN=root b', validity, pathLength: 2, issuer: null });
  const cross = await crossSign(next, root, { validity, pathLength: 1 });
  expect(keyDigestOf(cross)).toBe(keyDigestOf(next.certificatePem));
  expect(
    new X509Certificate(cross).verify(new X509Certificate(root.certificatePem).publicKey),
  ).toBe(true);
  // It is no root: a token that pins the newer key must not take it for one.
  expect(findRoot([cross], keyDigestOf(cross))).toBeUndefined();
  expect(findRoot([cross, next.certificatePem], keyDigestOf(cross))).toBe(next.certificatePem);
});

test('certificates are found in a text that holds more', () => {
  const text = `junk\n${issuing.certificatePem}-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n${root.certificatePem}`;
  expect(splitPem(text)).toEqual([issuing.certificatePem, root.certificatePem]);
  expect(splitPem('')).toEqual([]);
});

describe('a request for a certificate', () => {
  const request = makeKeyRequest('gpu-1');

  test('is of whoever holds the key', () => {
    expect(checkKeyRequest(request, 'gpu-1').ok).toBe(true);
    const again = keyRequestOf(request.privateKeyPem, 'gpu-1');
    expect(again.publicKey).toEqual(request.publicKey);
    expect(checkKeyRequest(again, 'gpu-1').ok).toBe(true);
  });

  test.for([
    { name: 'another name', change: {}, as: 'gpu-2' },
    {
      name: 'the proof of another key',
      change: { proof: makeKeyRequest('gpu-1').proof },
      as: 'gpu-1',
    },
    { name: 'no key', change: { publicKey: new Uint8Array(10) }, as: 'gpu-1' },
    { name: 'a huge key', change: { publicKey: new Uint8Array(100_000) }, as: 'gpu-1' },
    {
      name: 'nothing',
      change: { publicKey: new Uint8Array(0), proof: new Uint8Array(0) },
      as: 'gpu-1',
    },
  ])('with $name is refused', ({ change, as }) => {
    expect(checkKeyRequest({ ...request, ...change }, as).ok).toBe(false);
  });
});
