import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changeConfigText } from '../../../../agent/identity/config-edit.ts';
import { IdentityFiles } from '../../../../agent/identity/identity-files.ts';
import { joinCluster, type JoinDeps } from '../../../../agent/identity/join.ts';
import { NodeIdentity } from '../../../../agent/identity/node-identity.ts';
import { openAuthority, type Authority } from '../../../../coordinator/ca/authority.ts';
import { joinNode, renewNode, type EnrolDeps } from '../../../../coordinator/ca/enrol.ts';
import { JoinTokens } from '../../../../coordinator/ca/join-tokens.ts';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import type { NodeName } from '../../../../shared/domain/ids.ts';
import { AppError, isAppError } from '../../../../shared/platform/errors.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const hourMs = 3_600_000;
const node = 'gpu-1' as NodeName;
let folder: string;
let files: IdentityFiles;
let clock: ManualClock;
let authority: Authority;
let tokens: JoinTokens;
let enrol: EnrolDeps;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tg-identity-'));
  files = new IdentityFiles(folder);
  clock = new ManualClock();
  const store = new MemoryStore();
  const passphrase = Buffer.from('correct horse battery staple');
  authority = await openAuthority({
    store,
    clusterId: 'cluster-ab12',
    passphrase,
    clock,
    log: silentLog,
  });
  tokens = new JoinTokens({ store, clock, random: Math.random });
  enrol = { store, authority, tokens, clock, nodeLifeMs: 24 * hourMs };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The coordinator's side, without the wire between. */
function joinDeps(change: Partial<JoinDeps> = {}): JoinDeps {
  return {
    files,
    clock,
    askTrust: async () => ({
      clusterId: authority.clusterId,
      roots: authority.trust().roots,
      nowMs: clock.wallMs(),
    }),
    askJoin: async (_address, _trust, wish) => {
      const key = { publicKey: wish.publicKey, proof: wish.proof };
      const secret = wish.tokenSecret;
      const { issued, labels } = await joinNode(enrol, {
        node,
        tokenId: wish.tokenId,
        secret,
        key,
      });
      const { roots } = authority.trust();
      return { chainPem: issued.chainPem, roots, coordinators: ['127.0.0.1:7443'], labels };
    },
    ...change,
  };
}

async function makeToken(): Promise<string> {
  const wish = { ttlMs: hourMs, uses: 1, nodePattern: '*', labels: {} };
  return (await tokens.create(wish, authority.trust().issuing)).text;
}

async function join1(change: Partial<JoinDeps> = {}): Promise<string> {
  const wish = { address: '127.0.0.1:7442', token: await makeToken(), node };
  return joinCluster(joinDeps(change), wish).then(
    ({ joined }) => (joined === null ? 'already' : 'joined'),
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );
}

describe('a host that joins', () => {
  test('keeps key, certificate and roots, and does nothing the second time', async () => {
    expect(await join1()).toBe('joined');
    const held = files.read();
    expect(held?.facts.identity).toEqual({ cluster: 'cluster-ab12', kind: 'agent', name: node });
    expect(held?.roots).toEqual(authority.trust().roots);
    expect(await join1()).toBe('already');
  });

  test('tells its secret to nobody whose key the token does not name', async () => {
    const store = new MemoryStore();
    const passphrase = Buffer.from('another site altogether');
    const stranger = await openAuthority({
      store,
      clusterId: 'cluster-ab12',
      passphrase,
      clock,
      log: silentLog,
    });
    let asked = 0;
    const code = await join1({
      askTrust: async () => ({
        clusterId: 'cluster-ab12',
        roots: stranger.trust().roots,
        nowMs: clock.wallMs(),
      }),
      askJoin: async () => {
        asked += 1;
        throw new Error('it was told');
      },
    });
    expect([code, asked, files.read()]).toEqual(['TOKEN_OF_OTHER_CLUSTER', 0, null]);
  });

  test.for([-2 * hourMs, 2 * hourMs])(
    'with a clock that is %i ms off is told so',
    async (offMs) => {
      const askTrust = async () => ({
        clusterId: authority.clusterId,
        roots: authority.trust().roots,
        nowMs: clock.wallMs() + offMs,
      });
      expect(await join1({ askTrust })).toBe('CLOCK_SKEWED');
    },
  );

  test('asks again with the same key when the answer was lost, and needs no second use', async () => {
    const wish = { address: '127.0.0.1:7442', token: await makeToken(), node };
    const lost = joinDeps({
      askJoin: async (...asked) => {
        await joinDeps().askJoin(...asked);
        throw new AppError('COORDINATOR_AWAY', 'the line broke');
      },
    });
    await expect(joinCluster(lost, wish)).rejects.toThrow('the line broke');
    expect((await joinCluster(joinDeps(), wish)).joined).not.toBeNull();
    expect(files.readPendingKey()).toBeNull();
  });

  test('of another cluster stays what it is', async () => {
    await join1();
    const store = new MemoryStore();
    const passphrase = Buffer.from('another site altogether');
    const other = await openAuthority({
      store,
      clusterId: 'cluster-cd34',
      passphrase,
      clock,
      log: silentLog,
    });
    const site = new JoinTokens({ store, clock, random: Math.random });
    const { text } = await site.create(
      { ttlMs: hourMs, uses: 1, nodePattern: '*', labels: {} },
      other.trust().issuing,
    );
    const before = readFileSync(join(files.directory, 'identity.pem'), 'utf8');
    await expect(
      joinCluster(joinDeps(), { address: 'x:1', token: text, node }),
    ).rejects.toMatchObject({
      code: 'CLUSTER_MISMATCH',
    });
    expect(readFileSync(join(files.directory, 'identity.pem'), 'utf8')).toBe(before);
  });
});

describe('the identity of a node', () => {
  let fails: boolean;
  let events: string[];

  function identityOf(name: NodeName = node): NodeIdentity {
    fails = false;
    events = [];
    return new NodeIdentity({
      files,
      node: name,
      renew: async (_channel, key) => {
        if (fails) throw new AppError('COORDINATOR_AWAY', 'nobody answers');
        const { chainPem } = await renewNode(enrol, node, key);
        return { chainPem, trust: authority.trust() };
      },
      clock,
      random: () => 0.5,
      log: silentLog,
      recordEvent: (_kind, _subject, message) => events.push(message),
    });
  }

  async function live(identity: NodeIdentity, task: () => Promise<void>): Promise<void> {
    const over = new AbortController();
    const running = identity.run(over.signal);
    await clock.advance(0);
    await task();
    over.abort();
    await running;
  }

  const serial = (): string | undefined => files.read()?.facts.serial;

  /** Real cryptography takes real time while the clock stands. */
  async function until(what: () => boolean): Promise<void> {
    for (let turn = 0; turn < 200 && !what(); turn += 1) {
      await clock.advance(2_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(what()).toBe(true);
  }

  test('is renewed at half of its life, with another key', async () => {
    await join1();
    const first = files.read();
    await live(identityOf(), async () => {
      await clock.advance(11.9 * hourMs);
      expect(serial()).toBe(first?.facts.serial);
      await clock.advance(0.1 * hourMs);
      await until(() => serial() !== first?.facts.serial);
    });
    expect(files.read()?.keyPem).not.toBe(first?.keyPem);
  });

  test('is tried again when nobody answers, and the one in use stays', async () => {
    await join1();
    const first = serial();
    const identity = identityOf();
    await live(identity, async () => {
      fails = true;
      await clock.advance(13 * hourMs);
      expect(serial()).toBe(first);
      fails = false;
      await until(() => serial() !== first);
    });
    expect(events).toEqual(['nobody answers']);
  });

  test('that expired while the node was away is told once, with what to do; a join helps at once', async () => {
    await join1();
    await clock.advance(25 * hourMs);
    await live(identityOf(), async () => {
      await clock.advance(60_000);
      expect(events).toHaveLength(1);
      expect(events[0]).toMatch(/expired at .*; make a token with `tangram token create`/);
      expect(await join1()).toBe('joined');
      await clock.advance(4_000);
      expect(events).toHaveLength(1);
    });
  });

  test('of another node is not used', async () => {
    await join1();
    const identity = identityOf('gpu-2' as NodeName);
    await live(identity, () => clock.advance(10_000));
    expect(events).toEqual([expect.stringContaining('is of agent/gpu-1, not of node gpu-2')]);
    expect(() => identity.channel()).toThrow('has not joined');
  });

  test('takes up new roots before they issue, and renews once they do', async () => {
    await join1();
    const identity = identityOf();
    await live(identity, async () => {
      const first = serial();
      await authority.rotate(hourMs);
      identity.trusts(authority.trust());
      expect(files.read()?.roots).toHaveLength(2);
      await clock.advance(hourMs);
      expect(serial()).toBe(first);
      identity.trusts(authority.trust());
      await until(() => serial() !== first);
      await authority.retire();
      identity.trusts(authority.trust());
      expect(files.read()?.roots).toEqual(authority.trust().roots);
    });
  });
});

test.for([
  { before: '', want: 'coordinator: c:7443\n' },
  {
    before: '# mine\nnode: n1 # a name\n',
    want: '# mine\nnode: n1 # a name\ncoordinator: c:7443\n',
  },
  { before: 'coordinator: c:7443\n', want: 'coordinator: c:7443\n' },
  {
    before: 'coordinator: old:1\nlabels: { zone: a }\n',
    want: 'coordinator: c:7443\nlabels: { zone: a }\n',
  },
])('the configuration $before becomes $want', ({ before, want }) => {
  const change = {
    node: null,
    coordinators: ['c:7443'],
    labels: before.includes('zone') ? { zone: 'b' } : {},
  };
  expect(changeConfigText(before, change)).toBe(want);
});
