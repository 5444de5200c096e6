import { expect, test } from 'vitest';
import { migChangesFormat, parseMigChanges } from '../../../../agent/formats/mig/mig-changes.ts';
import { migComputeProfilesFormat } from '../../../../agent/formats/mig/mig-compute-profiles.ts';
import {
  migComputeInstancesFormat,
  migGpuInstancesFormat,
  parseGpuInstances,
} from '../../../../agent/formats/mig/mig-instances.ts';
import { migPlacementsFormat } from '../../../../agent/formats/mig/mig-placements.ts';
import { mibOfRoundedGib, migProfilesFormat } from '../../../../agent/formats/mig/mig-profiles.ts';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';

const text = (...lines: string[]): string => `${lines.join('\n')}\n`;
const ruler = '+-----------------------------+';
const opener = '|=============================|';

test('the GiB that are printed give back the MiB of every profile that we know', () => {
  for (const geometry of Object.values(migGeometries)) {
    for (const profile of geometry.profiles) {
      // As the tool rounds: two decimals.
      const printed = Number((profile.memoryMib / 1024).toFixed(2));
      expect(mibOfRoundedGib(printed), profile.name).toBe(profile.memoryMib);
    }
  }
});

test('a size that is no step is taken at the low end of its rounding', () => {
  expect(mibOfRoundedGib(4.77)).toBe(4879);
  expect(mibOfRoundedGib(0)).toBe(0);
});

test('-lgip names profiles of every kind, two lines each', () => {
  const listing = text(
    ruler,
    '| GPU instance profiles:      |',
    opener,
    '|   0  MIG 1g.24gb+me.all  65     1/1        23.62      No     46     4     4   |',
    '|                                                               1     4     1   |',
    ruler,
    '|   0  MIG 1g.24gb-me      67     4/4        23.62      No     46     0     0   |  ',
    '|                                                               1     0     0   |',
    ruler,
  );
  expect(migProfilesFormat.recognises(listing)).toBe(true);
  expect(migProfilesFormat.parse(listing)).toMatchObject({
    ok: true,
    value: {
      listing: 'gpu-instance-profiles',
      rows: [
        {
          name: '1g.24gb+me.all',
          giProfileId: 65,
          instancesFree: 1,
          instancesMax: 1,
          smCount: 46,
          copyEngines: 1,
          engines: { nvdec: 4, nvenc: 4, jpeg: 4, ofa: 1 },
        },
        { name: '1g.24gb-me', giProfileId: 67, engines: { nvdec: 0, nvenc: 0, jpeg: 0, ofa: 0 } },
      ],
    },
  });
});

test('-lgip of a card that cannot have MIG is an empty table', () => {
  const listing = text(ruler, '| GPU instance profiles:      |', opener);
  expect(migProfilesFormat.parse(listing)).toMatchObject({ ok: true, value: { rows: [] } });
});

test('-lcip marks the default with a star', () => {
  const listing = text(
    ruler,
    '| Compute instance profiles:  |',
    opener,
    '|   0      2       MIG 1c.2g.12gb       0      0/2           14        2     0     0   |',
    '|                                                                      2     1         |',
    ruler,
    '|   0      2       MIG 2g.12gb          1*     0/1           28        2     0     0   |',
    '|                                                                      2     0         |',
    ruler,
  );
  expect(migComputeProfilesFormat.parse(listing)).toMatchObject({
    ok: true,
    value: {
      rows: [
        {
          profile: '1c.2g.12gb',
          isDefault: false,
          smCount: 14,
          copyEngines: 2,
          engines: { jpeg: 1 },
        },
        { profile: '2g.12gb', ciProfileId: 1, isDefault: true, instancesMax: 1 },
      ],
    },
  });
});

test('-lci of old drivers has no placement', () => {
  const rows = (row: string) =>
    migComputeInstancesFormat.parse(text('| Compute instances:          |', opener, row, ruler));
  expect(rows('|   0      1       MIG 1c.3g.20gb       0         2     |')).toMatchObject({
    value: { rows: [{ profile: '1c.3g.20gb', computeInstanceId: 2, placement: null }] },
  });
  expect(
    rows('|   0      1       MIG 1c.3g.40gb       0         2          2:1     |'),
  ).toMatchObject({
    value: { rows: [{ gpuInstanceId: 1, placement: { start: 2, size: 1 } }] },
  });
});

test('nothing there is an empty list, MIG off everywhere is a problem', () => {
  const none = 'No GPU instances found: Not Found\n';
  expect(migGpuInstancesFormat.recognises(none)).toBe(true);
  expect(migGpuInstancesFormat.parse(none)).toEqual({
    ok: true,
    value: { listing: 'gpu-instances', rows: [] },
  });
  for (const words of ['No MIG-enabled devices found.\n', 'No MIG-supported devices found.\n']) {
    expect(migChangesFormat.recognises(words)).toBe(true);
    expect(migChangesFormat.parse(words)).toMatchObject({ problem: { code: 'NO_MIG_DEVICES' } });
    // For the driver that lists, there is simply no instance.
    expect(parseGpuInstances(words)).toEqual({ ok: true, value: [] });
  }
});

test('-lgipp writes one placement in another way than several', () => {
  const listing = text(
    'GPU  0 Profile ID  9 Placements: {0,4}:4',
    'GPU  0 Profile ID  0 Placement : {0}:8',
  );
  expect(migPlacementsFormat.parse(listing)).toEqual({
    ok: true,
    value: {
      listing: 'gpu-instance-placements',
      rows: [
        { gpuIndex: 0, giProfileId: 9, starts: [0, 4], size: 4 },
        { gpuIndex: 0, giProfileId: 0, starts: [0], size: 8 },
      ],
    },
  });
});

const made = 'Successfully created GPU instance ID 13 on GPU  0 using profile MIG 1g.5gb (ID 19)';
const computed =
  'Successfully created compute instance ID  0 on GPU  0 GPU instance ID 13 using profile MIG 1g.5gb (ID  0)';

test('what a command made and destroyed is listed, with its ids', () => {
  expect(migChangesFormat.parse(text(made, computed))).toMatchObject({
    ok: true,
    value: {
      pending: false,
      gpuInstancesCreated: [
        { gpuIndex: 0, gpuInstanceId: 13, profileName: '1g.5gb', profileId: 19 },
      ],
      computeInstancesCreated: [
        { gpuIndex: 0, gpuInstanceId: 13, computeInstanceId: 0, profileId: 0 },
      ],
    },
  });
  const gone = text(
    'Successfully destroyed compute instance ID  1 from GPU  0 GPU instance ID  5',
    'Successfully destroyed GPU instance ID  5 from GPU  0',
  );
  expect(migChangesFormat.parse(gone)).toMatchObject({
    ok: true,
    value: {
      computeInstancesDestroyed: [{ gpuIndex: 0, gpuInstanceId: 5, computeInstanceId: 1 }],
      gpuInstancesDestroyed: [{ gpuIndex: 0, gpuInstanceId: 5 }],
    },
  });
});

test('a list that failed midway tells what was made and stays', () => {
  const parsed = migChangesFormat.parse(
    text(
      made,
      'Unable to create a GPU instance on GPU  0 using profile 9: Insufficient Resources',
      'Failed to create GPU instances: Insufficient Resources',
    ),
  );
  expect(parsed).toMatchObject({
    ok: false,
    problem: {
      code: 'INSUFFICIENT_RESOURCES',
      message:
        'Unable to create a GPU instance on GPU 0 using profile 9: Insufficient Resources. Done before that, and not undone: created 1g.5gb (GPU 0, instance 13)',
    },
  });
});

test('a mode that waits is a value: why, who holds the card, what to do', () => {
  const held = migChangesFormat.parse(
    text(
      'Warning: MIG mode is in pending enable state for GPU 00000000:0B:00.0:In use by another client',
      '00000000:0B:00.0 is currently being used by one or more other processes (e.g. CUDA application). Please first kill all processes.',
      'All done.',
    ),
  );
  expect(held).toMatchObject({
    ok: true,
    value: {
      pending: true,
      reason: 'In use by another client',
      blockedBy: 'one or more other processes',
      modesPending: [{ gpu: '00000000:0B:00.0', enabled: true }],
    },
  });
  const guest = migChangesFormat.parse(
    text(
      'Warning: MIG mode is in pending disable state for GPU 00000000:00:03.0:Not Supported',
      'Reboot the system or try nvidia-smi --gpu-reset to make MIG mode effective on GPU 00000000:00:03.0',
      'All done.',
    ),
  );
  expect(guest).toMatchObject({
    ok: true,
    value: {
      pending: true,
      reason: 'Not Supported',
      blockedBy: null,
      remedies: [
        'Reboot the system or try nvidia-smi --gpu-reset to make MIG mode effective on GPU 00000000:00:03.0',
      ],
    },
  });
});

test('"moving on" and "All done." do not make a refusal a success', () => {
  const refused = text(
    'Unable to enable MIG Mode for GPU 00000000:21:00.0: Not Supported',
    'Treating as warning and moving on.',
    'All done.',
  );
  expect(migChangesFormat.recognises(refused)).toBe(true);
  expect(migChangesFormat.parse(refused)).toMatchObject({ problem: { code: 'NOT_SUPPORTED' } });
});

test('the words of every failure are kept for the one who asked', () => {
  const reply = 'Unable to destroy GPU instance ID  1 from GPU  0: In use by another client\n';
  expect(parseMigChanges(reply).failures).toEqual([
    { words: reply.trim(), reason: 'In use by another client' },
  ]);
});

const row = '|   0  MIG 1g.5gb          19       13          6:1     |';
const wrong = [
  { format: migGpuInstancesFormat, text: `${ruler}\n| GPU instances:   |\n`, code: 'TRUNCATED' },
  {
    format: migGpuInstancesFormat,
    text: text('| GPU instances: |', opener, row),
    code: 'TRUNCATED',
  },
  {
    format: migGpuInstancesFormat,
    text: text('| GPU instances: |', opener, '| 0 x |', ruler),
    code: 'TABLE_LINE',
  },
  { format: migGpuInstancesFormat, text: 'Segmentation fault\n', code: 'TOOL_CRASHED' },
  { format: migPlacementsFormat, text: 'GPU  0 Profile ID 19 Placements: {0,1', code: 'TRUNCATED' },
  { format: migChangesFormat, text: `${made}\n${computed.slice(0, 40)}`, code: 'TRUNCATED' },
  { format: migChangesFormat, text: 'hello\n', code: 'UNREADABLE' },
];
test.for(wrong)('$text is $code', ({ format, text: given, code }) => {
  expect(format.parse(given)).toMatchObject({ ok: false, problem: { code } });
});

test('a line that is no row is a problem that names it', () => {
  expect(parseGpuInstances('|====|\n|   0  MIG 1g.5gb   x   13   6:1  |\n')).toEqual({
    ok: false,
    problem: {
      code: 'TABLE_LINE',
      path: 'line 2',
      message: '"0  MIG 1g.5gb   x   13   6:1" is no GPU instance',
    },
  });
});
