import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { CardHealthRecord, NodeHealthRecord } from '../../agent/cli/api/health-api.ts';
import { eventually, TestCluster } from './cluster-harness.ts';

// A real agent on simulated cards, whose kernel log the simulator writes; asked with agentctl as a person would.

const limits = { timeout: 480_000 };

let cluster: TestCluster;

beforeEach(() => {
  cluster = new TestCluster();
});
afterEach(async () => {
  await cluster.stop();
});

const simulator = (): string => join(cluster.folder, 'n1-sim');

const start = (health: object = {}): Promise<void> =>
  cluster.startAgent('n1', {
    cards: 'A100-40GB,L40S',
    extra: {
      docker: { enabled: false },
      health: { kernelLog: join(simulator(), 'kmsg'), ...health },
      telemetry: { details: '10s' },
    },
  });

/** The simulated driver does what is written here at its next call. */
function strike(...faults: readonly string[]): void {
  writeFileSync(join(simulator(), 'faults'), `${faults.join('\n')}\n`);
}

function ok(...args: readonly string[]): string {
  const { code, stdout, stderr } = cluster.agentctl('n1', ...args);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

function card(index: number): CardHealthRecord {
  const { cards, kernelLog } = JSON.parse(ok('health', '--json')) as NodeHealthRecord;
  expect(kernelLog).toBe(join(simulator(), 'kmsg'));
  const found = cards.find((each) => each.index === index);
  if (found === undefined) throw new Error(`no card ${index} yet`);
  return found;
}

/** A layout of the first card, which its reset takes and its recovery brings back. */
function layout(): string {
  const path = join(cluster.folder, 'layout.yaml');
  const instances = [
    { profile: '3g.20gb', start: 4 },
    { profile: '1g.5gb', start: 0 },
  ];
  const cards = [{ gpu: 0, mig: true, instances }];
  writeFileSync(path, stringify({ apiVersion: 'tangram/v1', kind: 'MigLayout', cards }));
  return path;
}

async function metricsPage(): Promise<string> {
  const ready: unknown = JSON.parse(readFileSync(join(cluster.folder, 'n1.ready.json'), 'utf8'));
  return (await fetch(Object(ready).metrics)).text();
}

const cardsRead = (): Promise<CardHealthRecord> => eventually('the cards are read', () => card(1));

test(
  'a contained error is the job’s; an uncontained one takes the card away until it is healed',
  limits,
  async () => {
    await start();
    await cardsRead();
    expect(card(0)).toMatchObject({ state: 'ok', reasons: [], recovery: null });

    strike('xid=0:94');
    const contained = await eventually('the Xid is seen', () => {
      const seen = card(0);
      return seen.reasons.length > 0 && seen;
    });
    expect(contained).toMatchObject({ state: 'ok', action: 'restart-app', xids: { 94: 1 } });
    expect(contained.reasons[0]?.line).toContain('Contained: SM (0x1)');
    expect(card(1)).toMatchObject({ state: 'ok', reasons: [] });
    const refused = cluster.agentctl('n1', 'heal', '0', '--dry-run');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('nothing is wrong with this card');

    ok('mig', 'apply', '-f', layout(), '--yes');
    strike('xid=0:95');
    await eventually('the card is to be emptied', () => card(0).state === 'draining');
    expect(ok('health', '0')).toMatch(/what to do: drain it and reset it: agentctl heal 0/);
    expect(ok('ls')).toContain('to be emptied: Xid 95');
    const plan = ok('heal', '0', '--dry-run');
    expect(plan).toMatch(/1\. wait until nothing runs on the card \(nothing runs on it now\)/);
    expect(plan).toContain('nvidia-smi -r -i');
    expect(card(0).recovery).toBeNull();

    const healed = ok('heal', '0', '--yes');
    expect(healed.trimEnd().split('\n').at(-1)).toBe('readmitted');
    ok('mig', 'assert', '-f', layout());
    expect(card(0)).toMatchObject({ state: 'ok', reasons: [], recovery: { state: 'readmitted' } });
    const told = ok('events');
    for (const kind of ['marked', 'draining', 'resetting', 'verifying', 'readmitted']) {
      expect(told).toContain(`recovery-${kind}`);
    }
  },
);

test(
  'a rehearsal changes nothing with --dry-run, and only our own mind without',
  limits,
  async () => {
    await start({ xid: { 119: 'ignore' } });
    await cardsRead();
    const dry = ok('inject', 'xid', '79', '--gpu', '1', '--dry-run');
    expect(dry).toContain('card: ok -> failed');
    expect(dry).toContain('nothing was changed');
    expect(ok('inject', 'xid', '119', '--gpu', '1', '--dry-run')).toContain(
      'the configuration says ignore',
    );
    expect(card(1)).toMatchObject({ state: 'ok', reasons: [] });

    const asked = cluster.agentctl('n1', 'inject', 'xid', '79', '--gpu', '1');
    expect(asked.code).not.toBe(0);
    expect(asked.stderr).toContain('nothing was done');
    ok('inject', 'xid', '79', '--gpu', '1', '--yes');
    await eventually('the card is taken away', () => card(1).state === 'failed');
    expect(card(1).reasons[0]).toMatchObject({ injected: true, key: 'xid 79' });
    expect(ok('heal', '1', '--dry-run')).toContain('the card itself is left alone');
    ok('heal', '1', '--yes');
    expect(card(1).state).toBe('ok');
    const wrong = cluster.agentctl('n1', 'inject', 'xid', '0', '--gpu', '1');
    expect(wrong.code).toBe(2);
    const nowhere = cluster.agentctl('n1', 'heal', '7', '--yes');
    expect(nowhere.code).toBe(3);
  },
);

test('a recovery outlives the agent that began it', limits, async () => {
  await start();
  await cardsRead();
  for (const ms of [0, 150, 400]) {
    strike('xid=0:95');
    await eventually('the card is to be emptied', () => card(0).state === 'draining');
    ok('heal', '0', '--yes', '--no-wait');
    await new Promise((resolve) => setTimeout(resolve, ms));
    await cluster.agents.get('n1')?.endGroup();
    await start();
    await eventually('the next agent ends it', () => card(0).recovery?.state === 'readmitted');
    await eventually('the card is well', () => card(0).state === 'ok');
  }
});

test('a row that waits for a reset is shown, and told to Prometheus', limits, async () => {
  await start();
  await cardsRead();
  strike('row-remap-pending=0', 'xid=0:63');
  await eventually('both are seen', () => {
    const keys = card(0).reasons.map((each) => each.key);
    return keys.includes('row-remap-pending') && keys.includes('xid 63');
  });
  expect(card(0)).toMatchObject({ state: 'degraded', action: 'reset-when-idle' });
  expect(ok('health', '0')).toContain('agentctl heal 0');
  const page = await metricsPage();
  expect(page).toMatch(/tangram_gpu_health\{[^}]*state="degraded"\} 1/);
  expect(page).toMatch(/tangram_gpu_xid_events_total\{[^}]*xid="63"\} 1/);
  ok('heal', '0', '--yes');
  expect(card(0).state).toBe('ok');
});
