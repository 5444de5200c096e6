import { openFaultDesk } from '../../../../agent/simulator/faults/fault-desk.ts';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { cards, geometryOf } from '../../../../shared/domain/card.ts';
import { placementRefusal } from '../../../../shared/domain/mig-profile.ts';
import { changeMig, type MigCommand } from '../../../../agent/simulator/nvidia-smi/mig-change.ts';
import { initialState, type SimState } from '../../../../agent/simulator/nvidia-smi/state.ts';
import { openSimHost, uuidsIn, type SimHost } from './harness.ts';

let open: SimHost | undefined;
afterEach(() => {
  open?.close();
  open = undefined;
});

async function cutHost(cardNames: string, driver?: string): Promise<SimHost> {
  open = await openSimHost(cardNames, driver);
  await open.smi('-mig', '1');
  return open;
}

test.for([
  {
    name: 'the first 1g on an empty board goes to slice 6 and gets id 13',
    card: 'GH200-96GB',
    tuples: '19,19,19,19,19,19,19',
    ids: [13, 11, 12, 7, 8, 9, 10],
  },
  {
    name: 'a 3g is put at 4 first',
    card: 'A100-40GB',
    tuples: '9,19,14,19',
    ids: [2, 7, 4, 8],
  },
  {
    name: 'two 3g take 4, then 0',
    card: 'A100-40GB',
    tuples: '9,3g.20gb',
    ids: [2, 1],
  },
  {
    name: 'instances of one slice with twice the memory',
    card: 'GH200-96GB',
    tuples: '15,15,15',
    ids: [5, 3, 4],
  },
  { name: 'an A30 starts at 0', card: 'A30', tuples: '14', ids: [3] },
  { name: 'an RTX PRO 6000 starts at 0', card: 'RTX-PRO-6000', tuples: '14', ids: [3] },
  {
    name: 'explicit starts are taken as they are',
    card: 'A100-40GB',
    tuples: '4g.20gb:0,MIG 2g.10gb:4,19:6',
    ids: [1, 5, 13],
  },
])('$name', async ({ card, tuples, ids }) => {
  const host = await cutHost(card);
  const made = await host.smi('mig', '-cgi', tuples);
  const seen = [...made.out.matchAll(/created GPU instance ID (..) on GPU {2}0 /g)];
  expect(seen.map((match) => Number(match[1]))).toEqual(ids);
  expect(made.exitCode).toBe(0);
});

test('places 2g and five 1g as the user guide shows it', async () => {
  const host = await cutHost('A100-40GB');
  await host.smi('mig', '-cgi', '14,19,19,19,19,19');
  const listed = (await host.smi('mig', '-lgi')).out;
  const rows = [...listed.matchAll(/MIG (\S+) +\d+ +\d+ +(\d):\d/g)].map(
    (match) => `${match[1] ?? ''}@${match[2] ?? ''}`,
  );
  expect(rows).toEqual(['1g.5gb@0', '1g.5gb@1', '1g.5gb@2', '1g.5gb@3', '1g.5gb@6', '2g.10gb@4']);
});

test.for(cards.filter((card) => geometryOf(card) !== null).map((card) => card.name))(
  'every row of the listings of %s is as wide as its frame, and no two cells touch',
  async (name) => {
    const host = await cutHost(name);
    const profiles = (await host.smi('mig', '-lgip')).out;
    for (const first of profiles.matchAll(/MIG (\S+) +(\d+) +\d+\/\d+ /g)) {
      await host.smi('mig', '-cgi', first[2] ?? '', '-C');
    }
    const known = cards
      .filter((card) => card.name === name)
      .flatMap((card) => geometryOf(card)?.profiles ?? []);
    expect([...profiles.matchAll(/MIG (\S+) +\d+ +\d+\/\d+ /g)].map((row) => row[1])).toEqual(
      known.map((profile) => profile.name),
    );
    for (const listing of [
      profiles,
      ...(
        await Promise.all([
          host.smi('mig', '-lgi'),
          host.smi('mig', '-lci'),
          host.smi('mig', '-lcip'),
          host.smi(),
        ])
      ).map((answer) => answer.out),
    ]) {
      const framed = listing.split('\n').filter((line) => /^[|+].*[|+]$/.test(line));
      expect(new Set(framed.map((line) => line.length)).size).toBe(1);
      expect(listing.split('\n').filter((line) => line.startsWith('|')).length).toBeGreaterThan(3);
    }
  },
);

test('a list stops at the first failure and keeps what it made', async () => {
  const host = await cutHost('A100-40GB');
  const made = await host.smi('mig', '-cgi', '19,19,14,9');
  expect(made).toEqual({
    out: [
      'Successfully created GPU instance ID 13 on GPU  0 using profile MIG 1g.5gb (ID 19)',
      'Successfully created GPU instance ID 11 on GPU  0 using profile MIG 1g.5gb (ID 19)',
      'Successfully created GPU instance ID  3 on GPU  0 using profile MIG 2g.10gb (ID 14)',
      'Unable to create a GPU instance on GPU  0 using profile 9: Insufficient Resources',
      'Failed to create GPU instances: Insufficient Resources',
      '',
    ].join('\n'),
    err: '',
    exitCode: 23,
  });
  expect((await host.smi('mig', '-lgi')).out.match(/MIG \dg/g)).toHaveLength(3);
});

test.for([
  { tuple: '99', error: 'Invalid Argument' },
  { tuple: '9:1', error: 'Invalid Argument' },
  { tuple: '9:x', error: 'Invalid Argument' },
  { tuple: '14:4', error: 'Insufficient Resources' },
  { tuple: '20', error: 'Insufficient Resources' },
])('refuses $tuple beside a 3g at 4 and a 1g+me at 0: $error', async ({ tuple, error }) => {
  const host = await cutHost('A100-40GB');
  await host.smi('mig', '-cgi', '9:4,20:0', '-C');
  const refused = await host.smi('mig', '-cgi', tuple);
  expect(refused.out).toBe(
    `Unable to create a GPU instance on GPU  0 using profile ${tuple}: ${error}\n` +
      `Failed to create GPU instances: ${error}\n`,
  );
  expect(refused.exitCode).toBeGreaterThan(0);
});

test('destroys compute instances before GPU instances, and nothing that is used', async () => {
  const host = await cutHost('A100-40GB');
  await host.smi('mig', '-cgi', '9:0,19:6', '-C');
  const [, , uuid = ''] = uuidsIn((await host.smi('-L')).out);
  expect((await host.smi('mig', '-dgi', '-i', '0', '-gi', '1')).out).toBe(
    'Unable to destroy GPU instance ID  1 from GPU  0: In use by another client\n' +
      'Failed to destroy GPU instances: In use by another client\n',
  );
  host.put({ pid: 41, command: ['python'], environment: { CUDA_VISIBLE_DEVICES: uuid } });
  expect((await host.smi('mig', '-dci', '-gi', '13', '-ci', '0')).out).toBe(
    'Unable to destroy compute instance ID  0 from GPU  0 GPU instance ID 13: In use by another client\n' +
      'Failed to destroy compute instances: In use by another client\n',
  );
  host.remove(41);
  expect((await host.smi('mig', '-dci')).out).toBe(
    'Successfully destroyed compute instance ID  0 from GPU  0 GPU instance ID  1\n' +
      'Successfully destroyed compute instance ID  0 from GPU  0 GPU instance ID 13\n',
  );
  expect((await host.smi('mig', '-dgi')).out).toBe(
    'Successfully destroyed GPU instance ID  1 from GPU  0\n' +
      'Successfully destroyed GPU instance ID 13 from GPU  0\n',
  );
  expect(await host.smi('mig', '-lgi')).toEqual({
    out: 'No GPU instances found: Not Found\n',
    err: '',
    exitCode: 6,
  });
});

test('an instance made again gets another UUID', async () => {
  const host = await cutHost('A100-40GB');
  await host.smi('mig', '-cgi', '9:0', '-C');
  const [, before] = uuidsIn((await host.smi('-L')).out);
  await host.smi('mig', '-dci');
  await host.smi('mig', '-dgi');
  await host.smi('mig', '-cgi', '9:0', '-C');
  const [, after] = uuidsIn((await host.smi('-L')).out);
  expect(after).toMatch(
    /^MIG-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(after).not.toBe(before);
});

test('device indices are ranks by GPU-instance id and move', async () => {
  const host = await cutHost('A30');
  await host.smi('mig', '-cgi', '14', '-C');
  const [, first] = uuidsIn((await host.smi('-L')).out);
  await host.smi('mig', '-cgi', '5', '-C');
  const [, , second] = uuidsIn((await host.smi('-L')).out);
  expect(second).toBe(first);
});

test('a GPU instance can be divided into compute instances', async () => {
  const host = await cutHost('H100-80GB');
  await host.smi('mig', '-cgi', '9:0');
  expect((await host.smi('-L')).out).not.toContain('MIG ');
  const made = await host.smi('mig', '-cci', '0,0', '-gi', '1');
  expect(made.out).toBe(
    'Successfully created compute instance ID  0 on GPU  0 GPU instance ID  1 using profile MIG 1c.3g.40gb (ID  0)\n' +
      'Successfully created compute instance ID  1 on GPU  0 GPU instance ID  1 using profile MIG 1c.3g.40gb (ID  0)\n',
  );
  expect((await host.smi('-L')).out).toContain('  MIG 1c.3g.40gb  Device  1: (UUID: MIG-');
});

test.for([
  { cards: 'T4', argv: ['mig', '-lgi'], out: 'No MIG-enabled devices found.\n', exitCode: 6 },
  {
    cards: 'A30',
    argv: ['mig', '-cgi', '14'],
    out: 'No MIG-enabled devices found.\n',
    exitCode: 6,
  },
  {
    cards: 'L40S',
    argv: ['-mig', '1'],
    out: 'Unable to enable MIG Mode for GPU 00000000:07:00.0: Not Supported\nTreating as warning and moving on.\nAll done.\n',
    exitCode: 0,
  },
  {
    cards: 'A30',
    argv: ['-i', '0', '-mig', '1'],
    out: 'Enabled MIG Mode for GPU 00000000:07:00.0\nAll done.\n',
    exitCode: 0,
  },
])('$cards: $argv', async ({ cards: names, argv, out, exitCode }) => {
  open = await openSimHost(names);
  expect(await open.smi(...argv)).toEqual({ out, err: '', exitCode });
});

test('a mode change under load stays pending, with exit 0, until a reset', async () => {
  open = await openSimHost('A100-40GB');
  const modes = ['--query-gpu=mig.mode.current,mig.mode.pending', '--format=csv,noheader'];
  const [uuid = ''] = uuidsIn((await open.smi('-L')).out);
  open.put({ pid: 41, command: ['python'], environment: { NVIDIA_VISIBLE_DEVICES: uuid } });
  const changed = await open.smi('-i', uuid, '-mig', '1');
  expect(changed.out).toMatch(
    /^Warning: MIG mode is in pending enable state for GPU 00000000:07:00.0:In use by another client\n/,
  );
  expect(changed.exitCode).toBe(0);
  expect((await open.smi(...modes)).out).toBe('Disabled, Enabled\n');
  expect((await open.smi('--gpu-reset')).exitCode).toBe(255);
  open.remove(41);
  expect((await open.smi('--gpu-reset')).out).toBe(
    'GPU 00000000:07:00.0 was successfully reset.\nAll done.\n',
  );
  expect((await open.smi(...modes)).out).toBe('Enabled, Enabled\n');
});

test('a reboot ends every instance; MIG mode survives on Ampere only', async () => {
  const host = await cutHost('A100-40GB,H100-80GB');
  await host.smi('mig', '-cgi', '9', '-C');
  expect(uuidsIn((await host.smi('-L')).out)).toHaveLength(4);
  host.bootId = 'boot-2';
  expect(uuidsIn((await host.smi('-L')).out)).toHaveLength(2);
  const modes = await host.smi('--query-gpu=mig.mode.current', '--format=csv,noheader');
  expect(modes.out).toBe('Enabled\nDisabled\n');
});

test('whatever is asked, the layout stays legal and ids stay unique', () => {
  const cuttable = cards.filter((card) => geometryOf(card) !== null);
  const asked = fc.array(fc.tuple(fc.nat(20), fc.option(fc.nat(12)), fc.boolean()), {
    maxLength: 25,
  });
  fc.assert(
    fc.property(fc.constantFrom(...cuttable), asked, (card, steps) => {
      const geometry = geometryOf(card);
      if (geometry === null) return;
      let state: SimState = enabled(card.name);
      for (const [pick, start, destroy] of steps) {
        const profile = geometry.profiles[pick % geometry.profiles.length];
        const tuple = `${profile?.giProfileId ?? 0}${start === null ? '' : `:${start}`}`;
        const present = state.gpus[0]?.instances ?? [];
        const victim = present[pick % Math.max(1, present.length)];
        const change = destroy && victim !== undefined ? 'dgi' : 'cgi';
        const command: MigCommand = {
          action: { kind: 'change', change },
          selection: undefined,
          gpuInstances: victim === undefined ? undefined : [victim.id],
          computeInstances: undefined,
          withDefault: false,
          tuples: [tuple],
        };
        state = changeMig(state, [0], { change, command }, untroubled).state;
        const instances = state.gpus[0]?.instances ?? [];
        for (const [at, instance] of instances.entries()) {
          const others = instances.filter((_each, index) => index !== at);
          expect(placementRefusal(geometry, others, instance)).toBeNull();
        }
        expect(new Set(instances.map((each) => each.id)).size).toBe(instances.length);
      }
    }),
  );
});

const untroubled = {
  users: { onGpu: () => false, onInstance: () => false },
  desk: openFaultDesk({ faults: [], revision: '' }, {}),
};

function enabled(name: string): SimState {
  const wanted = cards.filter((card) => card.name === name);
  const state = initialState(wanted, { seed: 's', driverVersion: '550.163.01', bootId: 'b' });
  return {
    ...state,
    gpus: state.gpus.map((gpu) => ({ ...gpu, migCurrent: true, migPending: true })),
  };
}
