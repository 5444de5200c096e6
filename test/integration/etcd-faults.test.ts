import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openEtcdStore } from '../../coordinator/store/etcd/etcd-store.ts';
import type { Store, WatchBatch } from '../../coordinator/store/store.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { isAppError } from '../../shared/platform/errors.ts';
import { silentLog } from '../../shared/platform/log.ts';
import { issueLeaf, makeAuthority, type Signer } from '../../shared/pki/issue.ts';
import { CuttableRelay } from '../fakes/etcd/cuttable-relay.ts';
import { EtcdCluster, realEtcd } from '../fakes/etcd/etcd-cluster.ts';
import { describeWhere } from '../setup/needs.ts';
import { until } from './until.ts';

const leaseTtlMs = 2_000;
const put = (key: string, text = '') =>
  ({ op: 'put', key, value: new TextEncoder().encode(text) }) as const;
const open = async (endpoints: readonly string[], prefix: string): Promise<Store> =>
  openEtcdStore({ endpoints, prefix, tls: null, leaseTtlMs, clock: systemClock, log: silentLog });

describeWhere('etcd', realEtcd, 'a store in three members of real etcd', () => {
  let cluster: EtcdCluster;
  let spaces = 0;
  let prefix = '';
  const closers: (() => Promise<void> | void)[] = [];

  beforeAll(async () => {
    cluster = await EtcdCluster.start();
  });
  afterAll(async () => cluster.stop());
  beforeEach(() => {
    spaces += 1;
    prefix = `/faults-${spaces}`;
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
    for (const at of [0, 1, 2]) {
      cluster.resume(at);
      cluster.restart(at);
    }
    await cluster.ready();
  });

  const store = async (endpoints = cluster.endpoints): Promise<Store> => {
    const opened = await open(endpoints, prefix);
    closers.push(async () => opened.close());
    return opened;
  };

  /** Writes `w/N` one after another until `stop`; answers those that were acknowledged. */
  const writeUntil = (
    into: Store,
    stop: AbortSignal,
  ): { readonly acked: number[]; readonly done: Promise<void>; longestMs: () => number } => {
    const acked: number[] = [];
    let longest = 0;
    const done = (async () => {
      let lastMs = performance.now();
      for (let at = 0; !stop.aborted; at += 1) {
        try {
          await into.txn({ if: [], do: [put(`w/${String(at).padStart(6, '0')}`)] });
        } catch (error) {
          expect(['STORE_AWAY', 'STORE_OUTCOME_UNKNOWN']).toContain(
            isAppError(error) ? error.code : error,
          );
          continue;
        }
        acked.push(at);
        longest = Math.max(longest, performance.now() - lastMs);
        lastMs = performance.now();
      }
    })();
    return { acked, done, longestMs: () => longest };
  };

  test('loses no acknowledged write when the leader of etcd is killed', async () => {
    const writer = await store();
    const stop = new AbortController();
    const writes = writeUntil(writer, stop.signal);
    await until(() => expect(writes.acked.length).toBeGreaterThan(50));
    const before = writes.acked.length;
    await cluster.kill(await cluster.leader());
    await until(() => expect(writes.acked.length).toBeGreaterThan(before + 50));
    stop.abort();
    await writes.done;
    const kept = new Set((await writer.list('w/')).entries.map((entry) => entry.key));
    const lost = writes.acked.filter((at) => !kept.has(`w/${String(at).padStart(6, '0')}`));
    expect(lost).toEqual([]);
    expect(writes.longestMs()).toBeLessThan(8_000);
  });

  test('leaves a member that keeps its connection and says nothing; a watch misses and repeats nothing', async () => {
    const one = await store();
    const seen: WatchBatch[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const batch of one.watch('w/', 2n, stop.signal)) seen.push(batch);
    })();
    for (let at = 0; at < 5; at += 1) await one.txn({ if: [], do: [put(`w/${at}`)] });
    await until(() => expect(seen).toHaveLength(5));
    cluster.pause(0);
    const other = await store(cluster.endpoints.slice(1));
    for (let at = 5; at < 10; at += 1) await other.txn({ if: [], do: [put(`w/${at}`)] });
    expect((await one.list('w/')).entries).toHaveLength(10);
    await until(() => expect(seen).toHaveLength(10));
    const keys = seen.flatMap((batch) =>
      batch.events.map((event) => (event.kind === 'put' ? event.entry.key : '')),
    );
    expect(keys).toEqual(Array.from({ length: 10 }, (_, at) => `w/${at}`));
    stop.abort();
    await watching;
  });

  test('acknowledges nothing without a quorum, says so, and goes on when it is back', async () => {
    const one = await store();
    await one.txn({ if: [], do: [put('a', '1')] });
    await cluster.kill(1);
    await cluster.kill(2);
    const write = one.txn({ if: [], do: [put('a', '2')] });
    await expect(write).rejects.toMatchObject({
      code: expect.stringMatching(/^STORE_(AWAY|OUTCOME_UNKNOWN)$/),
    });
    // Once the member that is left knows that it is alone, nothing is tried at all.
    await until(async () =>
      expect(one.get('a')).rejects.toMatchObject({
        code: 'STORE_AWAY',
        message: expect.stringContaining(cluster.endpoints[0] ?? ''),
        hint: expect.stringContaining('store.endpoints'),
      }),
    );
    cluster.restart(1);
    await until(async () => one.txn({ if: [], do: [put('b', '1')] }));
    expect((await one.get('a'))?.version).toBe(1n);
  });

  test('never repeats a write whose answer was lost: it says that it does not know', async () => {
    const [near = '', far = ''] = cluster.endpoints;
    const relay = await CuttableRelay.before(near);
    closers.push(() => relay.close());
    const one = await store([relay.endpoint, far]);
    relay.cutAnswers();
    const absent = { key: 'a', target: 'mod', equals: 0n } as const;
    await expect(one.txn({ if: [absent], do: [put('a', '1')] })).rejects.toMatchObject({
      code: 'STORE_OUTCOME_UNKNOWN',
    });
    // What it says next comes from the other member: the write was done, and once.
    expect((await one.get('a'))?.version).toBe(1n);
  });

  test('hands the lead over at once when it is closed, and to one who waits', async () => {
    const first = await open(cluster.endpoints, prefix);
    const second = await store();
    const one = await first.lead('main', { holder: 'first' });
    let elected = false;
    const waiting = second.lead('main', { holder: 'second', above: 5n }).then((term) => {
      elected = true;
      return term;
    });
    // Longer than a lease that nobody renews.
    await systemClock.sleep(leaseTtlMs * 1.5, new AbortController().signal);
    expect([elected, one.lost.aborted]).toEqual([false, false]);
    const closedMs = performance.now();
    await first.close();
    const two = await waiting;
    expect(performance.now() - closedMs).toBeLessThan(1_000);
    expect([one.lost.aborted, two.epoch]).toEqual([true, 6n]);
  });

  test('waits for the lead while etcd itself is away', async () => {
    const first = await open(cluster.endpoints, prefix);
    const second = await store();
    await first.lead('main', { holder: 'first' });
    const waiting = second.lead('main', { holder: 'second' });
    for (const at of [0, 1, 2]) await cluster.kill(at);
    const closing = first.close();
    await systemClock.sleep(6_000, new AbortController().signal);
    for (const at of [0, 1, 2]) cluster.restart(at);
    expect((await waiting).epoch).toBe(2n);
    await closing;
  });

  test('stops waiting for the lead when it is told to', async () => {
    const first = await store();
    const second = await store();
    await first.lead('main', { holder: 'first' });
    const enough = new AbortController();
    const waiting = second.lead('main', { holder: 'second', signal: enough.signal });
    enough.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  test('who is cut off knows that its term is over before another is elected', async () => {
    const relays = await Promise.all(
      cluster.endpoints.map(async (each) => CuttableRelay.before(each)),
    );
    closers.push(() => relays.forEach((relay) => relay.close()));
    const cutOff = await store(relays.map((relay) => relay.endpoint));
    const other = await store();
    const term = await cutOff.lead('main', { holder: 'cut off' });
    let lostMs = 0;
    term.lost.addEventListener('abort', () => {
      lostMs = performance.now();
    });
    const waiting = other.lead('main', { holder: 'other' });
    await systemClock.sleep(700, new AbortController().signal);
    const cutMs = performance.now();
    for (const relay of relays) relay.cut();
    const next = await waiting;
    const electedMs = performance.now();
    expect(lostMs).toBeGreaterThan(0);
    expect(electedMs).toBeGreaterThan(lostMs);
    expect(electedMs - cutMs).toBeLessThan(4_500);
    expect(next.epoch).toBe(term.epoch + 1n);
    await expect(cutOff.fenced(term).txn({ if: [], do: [put('a')] })).rejects.toMatchObject({
      code: 'NOT_LEADER',
    });
  });

  test('a leader that was paused writes nothing when it goes on', async () => {
    const script = fileURLToPath(new URL('../fakes/etcd/leader-process.ts', import.meta.url));
    // Node itself and not its launcher: a signal must reach the process that leads.
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', script, prefix, ...cluster.endpoints],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
      },
    );
    closers.push(() => {
      child.kill('SIGKILL');
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const say = async (line: string): Promise<unknown> => {
      child.stdin.write(`${line}\n`);
      return (await lines.next()).value;
    };
    expect((await lines.next()).value).toBe('leads 1');
    expect(await say('one')).toBe('written lost=false');
    const other = await store();
    const waiting = other.lead('main', { holder: 'other' });
    child.kill('SIGSTOP');
    expect((await waiting).epoch).toBe(2n);
    child.stdin.write('two\n');
    child.kill('SIGCONT');
    expect((await lines.next()).value).toBe('NOT_LEADER lost=true');
    const kept = await other.get('by-child');
    expect(new TextDecoder().decode(kept?.value)).toBe('one');
  });

  test('a watch from a compacted revision says so', async () => {
    const one = await store();
    const { revision } = await one.txn({ if: [], do: [put('a', '1')] });
    for (const text of ['2', '3', '4']) await one.txn({ if: [], do: [put('a', text)] });
    await one.compact(revision + 2n);
    const watching = one.watch('', revision + 1n, AbortSignal.timeout(5_000));
    const first = watching[Symbol.asyncIterator]().next();
    await expect(first).rejects.toMatchObject({ code: 'STORE_COMPACTED' });
  });

  test('a history larger than one message comes whole, transaction by transaction', async () => {
    const one = await store();
    const value = new Uint8Array(30_000);
    const { revision } = await one.list('', { limit: 1 });
    for (let at = 0; at < 6; at += 1) {
      const ops = Array.from({ length: 30 }, (_, key) => ({ ...put(`big/${at}/${key}`), value }));
      await one.txn({ if: [], do: ops });
    }
    const sizes: number[] = [];
    for await (const batch of one.watch('big/', revision + 1n, AbortSignal.timeout(20_000))) {
      sizes.push(batch.events.length);
      if (sizes.length === 6) break;
    }
    expect(sizes).toEqual([30, 30, 30, 30, 30, 30]);
  });
});

describeWhere('etcd', realEtcd, 'an etcd that does not serve', () => {
  test('and is not there is told with its addresses, in a few seconds', async () => {
    const startedMs = performance.now();
    await expect(open(['127.0.0.1:9', '127.0.0.1:11'], '/t')).rejects.toMatchObject({
      code: 'STORE_AWAY',
      message: 'cannot reach etcd at 127.0.0.1:9, 127.0.0.1:11',
      hint: expect.stringContaining('see that its members run'),
    });
    expect(performance.now() - startedMs).toBeLessThan(8_000);
  });

  test('because its quota is used up says how to make room', async () => {
    const cluster = await EtcdCluster.start({
      members: 1,
      args: ['--quota-backend-bytes=4194304'],
    });
    const store = await open(cluster.endpoints, '/t');
    try {
      const value = new Uint8Array(500_000);
      const fill = async (): Promise<void> => {
        for (let at = 0; at < 40; at += 1) {
          await store.txn({ if: [], do: [{ op: 'put', key: `k${at}`, value }] });
        }
      };
      await expect(fill()).rejects.toMatchObject({
        code: 'STORE_UNREADABLE',
        hint: expect.stringContaining('etcdctl alarm disarm'),
      });
      expect((await store.get('k0'))?.version).toBe(1n);
    } finally {
      await store.close();
      await cluster.stop();
    }
  });
});

describeWhere('etcd', realEtcd, 'an etcd that asks for certificates', () => {
  test('lets in who shows one, and nobody is told a secret by an etcd of somebody else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tangram-etcd-tls-'));
    const [ours, theirs] = [await newAuthority('ours'), await newAuthority('theirs')];
    const [server, client] = [await newPair(ours), await newPair(ours)];
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const cluster = await EtcdCluster.start({
      members: 1,
      scheme: 'https',
      args: [
        `--cert-file=${file('server.pem', server.cert)}`,
        `--key-file=${file('server-key.pem', server.key)}`,
        `--trusted-ca-file=${file('ca.pem', ours.certificatePem)}`,
        '--client-cert-auth',
      ],
    });
    const opened = async (ca: string, pair: { cert: string; key: string } | null): Promise<Store> =>
      openEtcdStore({
        endpoints: cluster.endpoints,
        prefix: '/t',
        tls: {
          ca: Buffer.from(ca),
          cert: pair === null ? null : Buffer.from(pair.cert),
          key: pair === null ? null : Buffer.from(pair.key),
        },
        leaseTtlMs,
        clock: systemClock,
        log: silentLog,
      });
    try {
      let store: Store | undefined;
      await until(async () => {
        store = await opened(ours.certificatePem, client);
      });
      expect(await store?.txn({ if: [], do: [put('a')] })).toEqual({ ok: true, revision: 2n });
      await store?.close();
      const away = { code: 'STORE_AWAY', hint: expect.stringContaining('store.tls') };
      await expect(opened(ours.certificatePem, null)).rejects.toMatchObject(away);
      await expect(opened(theirs.certificatePem, client)).rejects.toMatchObject(away);
    } finally {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 3_600_000 };

async function newAuthority(name: string): Promise<Signer> {
  return makeAuthority({ name: `CN=${name}`, validity, pathLength: 0, issuer: null });
}

/** For either end of a connection on loopback. */
async function newPair(issuer: Signer): Promise<{ readonly cert: string; readonly key: string }> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = await issueLeaf(issuer, {
    identity: { kind: 'coordinator', cluster: 'test', name: 'etcd' },
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
    validity,
    hosts: ['127.0.0.1'],
  });
  return { cert, key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
}
