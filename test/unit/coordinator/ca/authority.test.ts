import { describe, expect, test, vi } from 'vitest';
import type { NodeName } from '../../../../shared/domain/ids.ts';
import { parseJoinToken } from '../../../../shared/pki/join-token.ts';
import { makeKeyRequest } from '../../../../shared/pki/key-proof.ts';
import { readCertificate, rootOfChain, splitPem } from '../../../../shared/pki/certificates.ts';
import { isAppError } from '../../../../shared/platform/errors.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { openAuthority, type Authority } from '../../../../coordinator/ca/authority.ts';
import { joinNode, renewNode, type EnrolDeps } from '../../../../coordinator/ca/enrol.ts';
import { NewestCertificates } from '../../../../coordinator/ca/newest-certificates.ts';
import { JoinTokens, type TokenWish } from '../../../../coordinator/ca/join-tokens.ts';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import type { Store } from '../../../../coordinator/store/store.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const passphrase = Buffer.from('correct horse battery staple');
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const wish: TokenWish = { ttlMs: hourMs, uses: 1, nodePattern: '*', labels: {} };
const gpu1 = 'gpu-1' as NodeName;

interface Site {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly authority: Authority;
  readonly tokens: JoinTokens;
  readonly enrol: EnrolDeps;
}

async function makeSite(): Promise<Site> {
  const clock = new ManualClock();
  const store = new MemoryStore();
  const authority = await open(store, clock);
  const tokens = new JoinTokens({ store, clock, random: Math.random });
  return {
    store,
    clock,
    authority,
    tokens,
    enrol: { store, authority, tokens, clock, nodeLifeMs: dayMs },
  };
}

async function open(store: Store, clock: ManualClock, secret = passphrase): Promise<Authority> {
  return openAuthority({
    store,
    clusterId: 'cluster-ab12',
    passphrase: secret,
    clock,
    log: silentLog,
  });
}

async function tokenFor(site: Site, change: Partial<TokenWish> = {}) {
  const { text, record } = await site.tokens.create(
    { ...wish, ...change },
    site.authority.trust().issuing,
  );
  const parsed = parseJoinToken(text);
  if (!parsed.ok) throw new Error('a token that was just made is none');
  return { id: record.id, secret: parsed.value.secret, text, rootDigest: parsed.value.rootDigest };
}

async function join(site: Site, token: { id: string; secret: Uint8Array }, node: NodeName = gpu1) {
  const key = makeKeyRequest(node);
  return joinNode(site.enrol, { node, tokenId: token.id, secret: token.secret, key });
}

async function codeOf(task: Promise<unknown>): Promise<string> {
  return task.then(
    () => 'done',
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );
}

describe('a host joins', () => {
  const cases: readonly {
    readonly name: string;
    readonly wish?: Partial<TokenWish>;
    readonly before?: (site: Site, token: Awaited<ReturnType<typeof tokenFor>>) => Promise<unknown>;
    readonly change?: (token: { id: string; secret: Uint8Array }) => {
      id: string;
      secret: Uint8Array;
    };
    readonly want: string;
  }[] = [
    { name: 'with a good token', want: 'done' },
    {
      name: 'a moment before the token expires',
      before: (site) => site.clock.advance(hourMs - 1),
      want: 'done',
    },
    {
      name: 'when the token has expired',
      before: (site) => site.clock.advance(hourMs),
      want: 'TOKEN_EXPIRED',
    },
    {
      name: 'when it is used up',
      before: (site, token) => join(site, token, 'gpu-9' as NodeName),
      want: 'TOKEN_USED_UP',
    },
    {
      name: 'when it was revoked',
      before: (site, token) => site.tokens.revoke(token.id),
      want: 'TOKEN_INVALID',
    },
    {
      name: 'with a token for others',
      wish: { nodePattern: 'cpu-*' },
      want: 'TOKEN_OF_OTHER_NODES',
    },
    { name: 'with a token for its kind', wish: { nodePattern: 'gpu-*' }, want: 'done' },
    {
      name: 'with an id that nobody made',
      change: (token) => ({ ...token, id: 'aaaaaaaa' }),
      want: 'TOKEN_INVALID',
    },
    {
      name: 'with one bit of the secret flipped',
      change: ({ id, secret }) => ({
        id,
        secret: secret.map((byte, at) => (at === 31 ? byte ^ 1 : byte)),
      }),
      want: 'TOKEN_INVALID',
    },
    {
      name: 'under a name that is taken',
      wish: { uses: 2 },
      before: (site, token) => join(site, token),
      want: 'NODE_DUPLICATE',
    },
    {
      name: 'under a name whose certificate has expired',
      wish: { uses: 2, ttlMs: 3 * dayMs },
      before: async (site, token) => {
        await join(site, token);
        await site.clock.advance(dayMs + 1);
      },
      want: 'done',
    },
    {
      name: 'under a name whose certificates were revoked',
      wish: { uses: 2 },
      before: async (site, token) => {
        await join(site, token);
        await site.authority.revoke('agent/gpu-1');
      },
      want: 'done',
    },
  ];
  test.for(cases)('$name: $want', async ({ wish: change, before, change: tamper, want }) => {
    const site = await makeSite();
    const token = await tokenFor(site, change);
    await before?.(site, token);
    expect(await codeOf(join(site, tamper === undefined ? token : tamper(token)))).toBe(want);
  });

  test('with a key that somebody else holds: REQUEST_INVALID, and the token keeps its use', async () => {
    const site = await makeSite();
    const token = await tokenFor(site);
    const key = { ...makeKeyRequest(gpu1), proof: makeKeyRequest(gpu1).proof };
    const wanted = { node: gpu1, tokenId: token.id, secret: token.secret, key };
    expect(await codeOf(joinNode(site.enrol, wanted))).toBe('REQUEST_INVALID');
    expect((await site.tokens.list())[0]?.usesLeft).toBe(1);
  });

  test('again with the same key, because the answer was lost: a second certificate and no second use', async () => {
    const site = await makeSite();
    const token = await tokenFor(site);
    const wanted = {
      node: gpu1,
      tokenId: token.id,
      secret: token.secret,
      key: makeKeyRequest(gpu1),
    };
    const first = await joinNode(site.enrol, wanted);
    const second = await joinNode(site.enrol, wanted);
    expect(second.issued.serial).not.toBe(first.issued.serial);
  });

  test('ten at once with a token for three: three get in', async () => {
    const site = await makeSite();
    const token = await tokenFor(site, { uses: 3 });
    const hosts = Array.from({ length: 10 }, (_, at) => `gpu-${at}` as NodeName);
    const ends = await Promise.all(hosts.map(async (node) => codeOf(join(site, token, node))));
    expect(ends.filter((end) => end === 'done')).toHaveLength(3);
    expect(new Set(ends)).toEqual(new Set(['done', 'TOKEN_USED_UP']));
  });
});

test('neither a secret nor a private key is in the store', async () => {
  const site = await makeSite();
  const token = await tokenFor(site);
  await join(site, token);
  const { entries } = await site.store.list('');
  const all = entries.map(({ value }) => Buffer.from(value).toString('latin1')).join('\n');
  expect(all).toContain(token.id);
  for (const secret of [
    Buffer.from(token.secret).toString('base64url'),
    Buffer.from(token.secret).toString('hex'),
  ]) {
    expect(all).not.toContain(secret);
  }
  expect(all).not.toContain('PRIVATE KEY');
  expect(JSON.stringify(await site.tokens.list())).not.toContain(token.text.split('.')[3]);
});

describe('the authority', () => {
  test('is the same after a restart, and for another coordinator with the same key file', async () => {
    const { store, clock, authority } = await makeSite();
    const other = await open(store, clock);
    expect(other.trust()).toEqual(authority.trust());
    const { publicKey } = makeKeyRequest('ada');
    const issued = await other.issue({ kind: 'user', name: 'ada' }, { publicKey, lifeMs: dayMs });
    expect(rootOfChain(splitPem(issued.chainPem), authority.trust().roots)).toBe(
      authority.trust().roots[0],
    );
  });

  test('does not issue with another key file', async () => {
    const { store, clock } = await makeSite();
    const other = await open(store, clock, Buffer.from('another passphrase'));
    const { publicKey } = makeKeyRequest('ada');
    const issuing = other.issue({ kind: 'user', name: 'ada' }, { publicKey, lifeMs: dayMs });
    expect(await codeOf(issuing)).toBe('CONFIG_INVALID');
  });

  test('renews what issues at half of its year, and what was issued before counts on', async () => {
    const { clock, authority } = await makeSite();
    const { publicKey } = makeKeyRequest('ada');
    const issue = async () =>
      authority.issue({ kind: 'user', name: 'ada' }, { publicKey, lifeMs: dayMs });
    const before = splitPem((await issue()).chainPem)[1];
    await clock.advance(183 * dayMs);
    await authority.maintain();
    const after = splitPem((await issue()).chainPem)[1];
    expect(after).not.toBe(before);
    expect(rootOfChain([after ?? ''], authority.trust().roots)).toBe(authority.trust().roots[0]);
  });

  test('revokes what was issued until now, and not what comes after', async () => {
    const site = await makeSite();
    const { authority, clock } = site;
    const { publicKey } = makeKeyRequest('ada');
    const issue = async () => {
      const { chainPem } = await authority.issue(
        { kind: 'user', name: 'ada' },
        { publicKey, lifeMs: dayMs },
      );
      const read = readCertificate(chainPem);
      if (!read.ok) throw new Error('unreadable');
      return read.value;
    };
    const old = await issue();
    let told = 0;
    authority.onChange(() => (told += 1));
    await clock.advance(1);
    await authority.revoke('user/ada');
    const fresh = await issue();
    expect(told).toBe(1);
    expect([authority.isRevoked(old), authority.isRevoked(fresh)]).toEqual([true, false]);
    await authority.revoke(`serial/${fresh.serial}`);
    expect(authority.isRevoked(fresh)).toBe(true);
    const bob = { ...fresh, serial: '01', identity: { ...fresh.identity, name: 'bob' } };
    expect(authority.isRevoked(bob)).toBe(false);
  });

  test('believes who began with a certificate as long as the newest one of its node counts', async () => {
    const site = await makeSite();
    const { store, authority, clock, enrol } = site;
    const factsOf = ({ chainPem }: { readonly chainPem: string }) => {
      const read = readCertificate(chainPem);
      if (!read.ok) throw new Error('unreadable');
      return read.value;
    };
    const first = factsOf((await join(site, await tokenFor(site))).issued);
    const newest = await NewestCertificates.open(store, authority);
    const over = new AbortController();
    const running = newest.run(clock, silentLog, over.signal);
    expect(newest.goodUntilMs(first)).toBe(first.notAfterMs);
    await clock.advance(dayMs / 2);
    const second = factsOf(await renewNode(enrol, gpu1, makeKeyRequest(gpu1)));
    await vi.waitFor(() =>
      expect(newest.goodUntilMs(first)).toBeGreaterThanOrEqual(second.notAfterMs),
    );
    expect(newest.goodUntilMs(first) - first.notAfterMs).toBe(dayMs / 2);
    // A namesake among users, and a node that nobody joined, have what they show.
    const ada = { ...first, identity: { ...first.identity, kind: 'user' as const } };
    expect(newest.goodUntilMs(ada)).toBe(first.notAfterMs);
    const other = { ...first, identity: { ...first.identity, name: 'gpu-2' } };
    expect(newest.goodUntilMs(other)).toBe(first.notAfterMs);
    await authority.revoke(`serial/${second.serial}`);
    expect(newest.goodUntilMs(first)).toBe(first.notAfterMs);
    over.abort();
    await running;
  });

  test('hears within moments what another coordinator revokes', async () => {
    const { store, clock, authority } = await makeSite();
    const other = await open(store, clock);
    const over = new AbortController();
    const running = authority.run(over.signal);
    const { publicKey } = makeKeyRequest('gpu-1');
    const issued = await other.issue(
      { kind: 'agent', name: 'gpu-1' },
      { publicKey, lifeMs: dayMs },
    );
    const told = new Promise<void>((resolve) => void authority.onChange(resolve));
    await other.revoke(`serial/${issued.serial}`);
    await told;
    const facts = readCertificate(issued.chainPem);
    expect(facts.ok && authority.isRevoked(facts.value)).toBe(true);
    over.abort();
    await running;
  });

  test('rotates: trusted at once, issuing after the overlap, the old one retired at last', async () => {
    const site = await makeSite();
    const { authority, clock, enrol } = site;
    const before = authority.trust();
    const token = await tokenFor(site, { ttlMs: dayMs });
    await authority.rotate(hourMs);
    const staged = authority.trust();
    expect(staged.roots).toHaveLength(2);
    expect(staged.issuing).toBe(before.issuing);
    expect(await codeOf(authority.rotate(hourMs))).toBe('ROTATION_REFUSED');
    expect(await codeOf(authority.retire())).toBe('ROTATION_REFUSED');
    await clock.advance(hourMs);
    const switched = authority.trust();
    expect(switched.issuing).not.toBe(before.issuing);
    // A token of before pins the older root: the chain of the newer one reaches it.
    const { issued } = await join(site, token);
    expect(rootOfChain(splitPem(issued.chainPem), before.roots)).toBe(before.roots[0]);
    expect(rootOfChain(splitPem(issued.chainPem), [switched.roots[1] ?? ''])).toBe(
      switched.roots[1],
    );
    await authority.retire();
    expect(authority.trust().roots).toEqual([switched.roots[1]]);
    const renewed = await renewNode(enrol, gpu1, makeKeyRequest(gpu1));
    expect(rootOfChain(splitPem(renewed.chainPem), before.roots)).toBeUndefined();
  });
});
