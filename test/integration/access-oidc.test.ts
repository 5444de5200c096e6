import type { webcrypto } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OidcVerifier } from '../../coordinator/access/oidc.ts';

let provider: Server;
let issuer = '';
let asked = 0;
let ours: webcrypto.CryptoKey;
let others: webcrypto.CryptoKey;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  ours = pair.privateKey;
  others = (await generateKeyPair('ES256')).privateKey;
  const key = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' };
  provider = createServer((request, response) => {
    asked += 1;
    const document =
      request.url === '/keys' ? { keys: [key] } : { issuer, jwks_uri: `${issuer}/keys` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  // It listens on TCP, so it has such an address.
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
});

afterAll(() => void provider.close());

function verifier(): OidcVerifier {
  return new OidcVerifier(
    {
      issuer,
      audience: 'tangram',
      jwks: undefined,
      roleClaim: 'groups',
      mapping: [
        { value: 'admins', role: 'admin', namespaces: 'all' },
        { value: 'team-a', role: 'scheduler', namespaces: ['a'] },
      ],
    },
    () => new Date(),
  );
}

async function token(claims: JWTPayload, key: webcrypto.CryptoKey = ours): Promise<string> {
  return new SignJWT({ groups: ['team-a', 'x'], ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setSubject('ada@example.com')
    .setIssuer(claims.iss ?? issuer)
    .setAudience(claims.aud ?? 'tangram')
    .setExpirationTime(claims.exp ?? '1h')
    .sign(key);
}

test('a token of the provider has the role and namespaces of its first group', async () => {
  const checks = verifier();
  const before = asked;
  expect(await checks.verify(await token({}))).toMatchObject({
    kind: 'oidc',
    name: 'ada@example.com',
    role: 'scheduler',
    namespaces: ['a'],
  });
  expect(await checks.verify(await token({ groups: 'admins' }))).toMatchObject({ role: 'admin' });
  // The discovery document and the keys, once each.
  expect(asked - before).toBe(2);
});

const refusals: readonly (readonly [string, () => Promise<string>, string])[] = [
  ['an expired one', async () => token({ exp: 1_000 }), 'it has expired'],
  ['one for another audience', async () => token({ aud: 'other' }), 'aud'],
  ['one of another issuer', async () => token({ iss: 'https://elsewhere' }), 'iss'],
  ['one that another key signed', async () => token({}, others), 'signature'],
  ['one without a known group', async () => token({ groups: ['x'] }), 'no value of its claim'],
  ['one that is none', async () => 'a.b.c', 'refused'],
  ['one that nobody signed', async () => `${btoa('{"alg":"none"}')}.${btoa('{}')}.`, 'refused'],
  ['one that is far too long', async () => 'x'.repeat(10_000), 'too long'],
];

test.for(refusals)('refuses %s', async ([, make, why]) => {
  await expect(verifier().verify(await make())).rejects.toMatchObject({
    code: 'CALLER_UNKNOWN',
    message: expect.stringContaining(why) as string,
  });
});

test('lets nobody in while the provider is away', async () => {
  const away = new OidcVerifier(
    {
      issuer: 'http://127.0.0.1:1',
      audience: 'tangram',
      jwks: undefined,
      roleClaim: 'groups',
      mapping: [],
    },
    () => new Date(),
  );
  await expect(away.verify(await token({}))).rejects.toMatchObject({
    code: 'CALLER_UNKNOWN',
    message: expect.stringContaining('could not be asked') as string,
  });
});
