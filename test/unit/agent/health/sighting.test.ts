import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createKernelReader,
  parseKernelLine,
} from '../../../../agent/formats/kernel/kernel-line.ts';
import { withSighting, type XidSighting } from '../../../../agent/health/incidents.ts';
import { judge } from '../../../../agent/health/judge.ts';
import {
  cardAt,
  cardEventOf,
  sightingOf,
  wholeCardInstance,
} from '../../../../agent/health/sighting.ts';
import type { XidIncident } from '../../../../agent/store/health-records.ts';
import type { World } from '../../../../agent/observe/world.ts';
import { describeWhere, realCaptures } from '../../../setup/needs.ts';
import { gpuA, gpuB } from '../../../fakes/agent/fake-core.ts';
import { evidence, nowMs, standardPolicy } from '../../../fakes/agent/health.ts';
import { card, inputOf, running } from '../../../fakes/agent/plan-world.ts';

const told = { line: 'raw', atMs: nowMs };

const eventOf = (line: string) => {
  const event = parseKernelLine(line);
  const found = event === null ? null : cardEventOf(event, told);
  if (found === null) throw new Error('the line names a card');
  return found;
};

test('a card is found by the address that the kernel writes', () => {
  const cards = [
    card(gpuA, { inventory: { pciBusId: '00000000:9B:00.0' } }),
    card(gpuB, { inventory: { pciBusId: '0000000D:01:00.0' } }),
  ];
  const seen = inputOf({ cards }).world;
  const { pciAddress } = eventOf('NVRM: Xid (PCI:000d:01:00): 79, GPU has fallen off the bus.');
  expect(cardAt(seen, pciAddress)?.uuid).toBe(gpuB);
  expect(cardAt(seen, eventOf('NVRM: Xid (PCI:0000:9b:00): 31, x').pciAddress)?.uuid).toBe(gpuA);
  expect(cardAt(seen, '0000:9c:00')).toBeUndefined();
});

test('a card that is lost without an Xid counts as off the bus', () => {
  const read = createKernelReader();
  read('NVRM: The NVIDIA GPU 0000:18:00.0');
  const lost = read('NVRM: fallen off the bus and is not responding to commands.');
  expect(lost === null ? null : cardEventOf(lost, told)).toMatchObject({
    pciAddress: '0000:18:00',
    event: { code: 79, pid: null },
  });
});

test('what switches say is no card’s', () => {
  const event = parseKernelLine(
    'nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 28006, Non-fatal, Link 46 MC TS crumbstore MCTO',
  );
  expect(event?.kind).toBe('sxid');
  expect(event === null ? null : cardEventOf(event, told)).toBeNull();
});

const mig = {
  giProfileId: 9,
  start: 0,
  size: 4,
  profile: '3g.20gb',
  memoryMib: 19_968,
  gpuInstanceId: 5,
  computeInstanceIds: [0],
  uuid: 'MIG-5',
  slice: null,
};

function seenWith(replicas: World['running']): World {
  const cards = [card(gpuA, { inventory: { instances: [mig] } })];
  return inputOf({ cards, running: replicas }).world;
}

function victim(node: World, line: string) {
  const [gpu] = node.gpus;
  if (gpu === undefined) throw new Error('there is a card');
  return sightingOf(node, gpu, eventOf(line).event).sighting.victim;
}

const xid = (rest: string, mig = '') => `NVRM: Xid (PCI:0000:01:00${mig}): 31, ${rest}`;

test('the process that the driver names is looked up among our replicas', () => {
  const node = seenWith([running('vad', { pids: [7, 8], deviceUuids: [gpuA] })]);
  expect(victim(node, xid('pid=8, name=python3, words'))).toEqual({
    job: 'models/vad',
    who: 'vad-00000001',
  });
  expect(victim(node, xid('pid=9, name=python3, words'))).toEqual({ job: 'python3', who: 'pid 9' });
  expect(victim(node, xid('pid=9, words'))).toEqual({ job: 'pid 9', who: 'pid 9' });
});

test('an instance names its holder, and a card only when it has one alone', () => {
  const holder = running('vad', { pids: [7], deviceUuids: ['MIG-5'] });
  const nobody = "pid='<unknown>', name=<unknown>, words";
  expect(victim(seenWith([holder]), xid(nobody, ' GPU-I:05'))?.who).toBe('vad-00000001');
  expect(victim(seenWith([holder]), xid(nobody, ' GPU-I:06'))).toBeNull();
  const shared = ['a', 'b'].map((name) => running(name, { pids: [], deviceUuids: [gpuA] }));
  expect(victim(seenWith(shared), xid(nobody))).toBeNull();
  expect(victim(seenWith(shared.slice(0, 1)), xid(nobody))?.who).toBe('a-00000001');
});

test('the id that stands for the whole card names no instance', () => {
  const node = seenWith([]);
  const [gpu] = node.gpus;
  if (gpu === undefined) throw new Error('there is a card');
  const { event } = eventOf(xid('words'));
  const whole = {
    ...event,
    gpuInstanceId: wholeCardInstance,
    computeInstanceId: wholeCardInstance,
  };
  expect(sightingOf(node, gpu, whole).sighting).toMatchObject({
    gpuInstanceId: null,
    computeInstanceId: null,
    deviceUuid: null,
  });
});

/** What each real log amounts to, card by card. */
const logs: Readonly<Record<string, readonly string[]>> = {
  'gpud-dmesg-iso-xid48-63-94.log': ['degraded reset-when-idle'],
  'gpud-dmesg-xid119.log': ['draining drain-reset'],
  'gpud-fallen-off-bus-init.log': ['failed drain-power-cycle'],
  'gpud-xid79-with-sxid.log': ['failed drain-power-cycle'],
  'mleng-xid63.txt': ['degraded reset-when-idle'],
};

describeWhere('captures', realCaptures, 'the kernel logs of real nodes', () => {
  const folder = join(process.env['TANGRAM_CAPTURES'] ?? '', 'kmsg');
  test.for(Object.entries(logs))('%s', ([name, verdicts]) => {
    expect(readdirSync(folder)).toContain(name);
    const read = createKernelReader();
    const byCard = new Map<string, readonly XidIncident[]>();
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      const event = read(line);
      const named = event === null ? null : cardEventOf(event, { line, atMs: nowMs });
      if (named === null) continue;
      const { pid: _pid, process: _process, ...rest } = named.event;
      const seen: XidSighting = { ...rest, deviceUuid: null, victim: null };
      byCard.set(named.pciAddress, withSighting(byCard.get(named.pciAddress) ?? [], seen));
    }
    const found = [...byCard.values()].map((incidents) => {
      const { state, action } = judge(evidence({ incidents }), standardPolicy);
      return `${state} ${action}`;
    });
    expect([...new Set(found)].sort()).toEqual([...verdicts].sort());
  });
});
