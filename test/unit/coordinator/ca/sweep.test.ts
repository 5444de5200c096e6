import { expect, test } from 'vitest';
import { openAuthority } from '../../../../coordinator/ca/authority.ts';
import { joinNode, nodeLifeMsMax, renewNode } from '../../../../coordinator/ca/enrol.ts';
import { JoinTokens } from '../../../../coordinator/ca/join-tokens.ts';
import { keepSwept, sweepExpired } from '../../../../coordinator/ca/sweep.ts';
import { userLifeMs } from '../../../../coordinator/ca/user-certificate.ts';
import { coordinatorConfigSchema } from '../../../../coordinator/config.ts';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import type { NodeName } from '../../../../shared/domain/ids.ts';
import { parseJoinToken } from '../../../../shared/pki/join-token.ts';
import { makeKeyRequest } from '../../../../shared/pki/key-proof.ts';
import { parseConfig } from '../../../../shared/platform/config-file.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const dayMs = 86_400_000;

async function makeSite() {
  const clock = new ManualClock();
  const store = new MemoryStore();
  const passphrase = Buffer.from('correct horse battery staple');
  const deps = { store, clusterId: 'cluster-ab12', passphrase, clock, log: silentLog };
  const authority = await openAuthority(deps);
  const tokens = new JoinTokens({ store, clock, random: Math.random });
  const enrol = { store, authority, tokens, clock, nodeLifeMs: dayMs };
  const join = async (name: string): Promise<void> => {
    const node = name as NodeName;
    const wish = { ttlMs: dayMs, uses: 1, nodePattern: '*', labels: {} };
    const { record, text } = await tokens.create(wish, authority.trust().issuing);
    const parsed = parseJoinToken(text);
    if (!parsed.ok) throw new Error('a token that was just made is none');
    const { secret } = parsed.value;
    await joinNode(enrol, { node, tokenId: record.id, secret, key: makeKeyRequest(name) });
  };
  const renew = async (name: string): Promise<void> => {
    await renewNode(enrol, name as NodeName, makeKeyRequest(name));
  };
  const left = async (): Promise<readonly string[]> => {
    const all = [await store.list('pki/revoked/'), await store.list('joined/')];
    return all.flatMap(({ entries }) => entries.map(({ key }) => key));
  };
  return { clock, store, authority, join, renew, left };
}

test('a node is forgotten once its newest certificate is over, and not before', async () => {
  const { clock, store, join, renew, left } = await makeSite();
  await join('gone');
  await join('here');
  await clock.advance(dayMs / 2);
  await renew('here');
  await clock.advance(1.5 * dayMs);
  expect(await sweepExpired({ store, clock })).toBe(0);
  await clock.advance(1);
  expect(await sweepExpired({ store, clock })).toBe(1);
  expect(await left()).toEqual(['joined/here']);
});

test.for([
  { what: 'agent/gone', lifeMs: nodeLifeMsMax },
  { what: 'user/ada', lifeMs: userLifeMs },
  { what: 'serial/AB12', lifeMs: userLifeMs },
])(
  'that $what was revoked is known until everything it was issued is over',
  async ({ what, lifeMs }) => {
    const { clock, store, authority, left } = await makeSite();
    await authority.revoke(what);
    await clock.advance(lifeMs + dayMs);
    expect(await sweepExpired({ store, clock })).toBe(0);
    expect(await left()).toEqual([`pki/revoked/${what}`]);
    await clock.advance(1);
    expect(await sweepExpired({ store, clock })).toBe(1);
    expect(await left()).toEqual([]);
  },
);

test('one sweep is one transaction, and many records go in as many as it takes', async () => {
  const { clock, store, authority, left } = await makeSite();
  for (let at = 0; at < 130; at += 1) await authority.revoke(`agent/node-${at}`);
  await clock.advance(nodeLifeMsMax + 2 * dayMs);
  expect(await sweepExpired({ store, clock })).toBe(50);
  const over = new AbortController();
  const running = keepSwept({ store, clock, log: silentLog }, over.signal);
  await clock.advance(1_000);
  expect(await left()).toEqual([]);
  over.abort();
  await running;
});

test('what is written anew in that moment stays', async () => {
  const { clock, store, authority, left } = await makeSite();
  await authority.revoke('agent/gone');
  await clock.advance(nodeLifeMsMax + 2 * dayMs);
  const racing = {
    list: async (prefix: string) => {
      const found = await store.list(prefix);
      if (prefix === 'pki/revoked/') await authority.revoke('agent/gone');
      return found;
    },
    txn: store.txn.bind(store),
  };
  expect(await sweepExpired({ store: racing as unknown as MemoryStore, clock })).toBe(0);
  expect(await left()).toEqual(['pki/revoked/agent/gone']);
});

test('no configuration lets a node have a longer life than revocations are kept for', () => {
  const read = (life: string) =>
    parseConfig(
      `stateDir: /s\nca: { nodeCertificateLife: ${life} }\n`,
      'c',
      coordinatorConfigSchema,
    );
  expect(read('7d').ca.nodeCertificateLife).toBe(nodeLifeMsMax);
  expect(() => read('169h')).toThrow(/out of range/);
});
