import { expect, test } from 'vitest';
import { toolError } from '../../../../../agent/drivers/nvidia-smi/error-output.ts';
import { assembleGeometries } from '../../../../../agent/drivers/nvidia-smi/geometry.ts';
import { parseGpuList } from '../../../../../agent/formats/listings/gpu-list.ts';
import { joinMigInstances } from '../../../../../agent/drivers/nvidia-smi/mig-join.ts';
import { parseMigPlacements } from '../../../../../agent/formats/mig/mig-placements.ts';
import { parseMigProfiles } from '../../../../../agent/formats/mig/mig-profiles.ts';
import { migGeometries } from '../../../../../shared/domain/mig-geometry.ts';
import { errorHint } from '../../../../../shared/platform/errors.ts';

/** Printed as the tool does, from a table of ours: what is read must be that table. */
test('every geometry that we know is read back from its own listings', () => {
  for (const [key, geometry] of Object.entries(migGeometries)) {
    const profiles = geometry.profiles.flatMap((profile) => {
      const { nvdec, nvenc, jpeg, ofa } = profile.engines;
      const gib = (profile.memoryMib / 1024).toFixed(2);
      const max = profile.instancesMax;
      return [
        `|   3  MIG ${profile.name}   ${profile.giProfileId}  ${max}/${max}  ${gib}   No   ${profile.smCount}   ${nvdec}   ${nvenc}   |`,
        `|          ${profile.copyEngines}     ${jpeg}     ${ofa}   |`,
        '+------------------------------+',
      ];
    });
    const placements = geometry.profiles.map(({ giProfileId, placementStarts, placementSize }) => {
      const word = placementStarts.length === 1 ? 'Placement ' : 'Placements';
      return `GPU  3 Profile ID ${giProfileId} ${word}: {${placementStarts.join(',')}}:${placementSize}`;
    });
    const head = ['+----+', '| GPU instance profiles: |', '|=======|'];
    const listed = parseMigProfiles([...head, ...profiles].join('\n'));
    const placed = parseMigPlacements(placements.join('\n'));
    if (!listed.ok || !placed.ok) throw new Error(key);
    const read = assembleGeometries(listed.value, placed.value).get(3);
    expect(read?.profiles, key).toEqual(geometry.profiles);
    expect(read?.placementUnits, key).toBe(geometry.placementUnits);
    expect(read?.enginesTotal, key).toEqual(geometry.enginesTotal);
  }
});

const list = (devices: string): string =>
  `GPU 0: NVIDIA A30 (UUID: GPU-11111111-2222-3333-4444-555555555555)\n${devices}`;

test('the first three listings that disagree are told, not guessed at', () => {
  const gpus = parseGpuList(list('  MIG 2g.12gb     Device  0: (UUID: MIG-aa)\n'));
  if (!gpus.ok) throw new Error('unreadable');
  const instance = { gpuIndex: 0, profile: '1g.6gb', gpuInstanceId: 3 };
  const compute = { ...instance, ciProfileId: 0, computeInstanceId: 0, placement: null };
  const gi = { ...instance, giProfileId: 14, start: 0, size: 1 };
  for (const computeInstances of [[compute], [compute, { ...compute, computeInstanceId: 1 }]]) {
    expect(joinMigInstances([gi], computeInstances, gpus.value.gpus)).toMatchObject({
      ok: false,
      problem: { code: 'MIG_LISTINGS_DISAGREE' },
    });
  }
});

test('an instance without a compute instance has no UUID, and shifts nobody', () => {
  const gpus = parseGpuList(list('  MIG 2g.12gb     Device  0: (UUID: MIG-bb)\n'));
  if (!gpus.ok) throw new Error('unreadable');
  const bare = {
    gpuIndex: 0,
    profile: '1g.6gb',
    giProfileId: 14,
    gpuInstanceId: 1,
    start: 0,
    size: 1,
  };
  const used = {
    gpuIndex: 0,
    profile: '2g.12gb',
    giProfileId: 5,
    gpuInstanceId: 2,
    start: 2,
    size: 2,
  };
  const compute = {
    gpuIndex: 0,
    gpuInstanceId: 2,
    profile: '2g.12gb',
    ciProfileId: 0,
    computeInstanceId: 0,
    placement: null,
  };
  expect(joinMigInstances([bare, used], [compute], gpus.value.gpus)).toEqual({
    ok: true,
    value: [
      { ...bare, computeInstanceIds: [], computeProfiles: [], uuid: null },
      { ...used, computeInstanceIds: [0], computeProfiles: ['2g.12gb'], uuid: 'MIG-bb' },
    ],
  });
});

test('UUIDs of drivers before 470 hold the instance that they belong to', () => {
  const parent = '11111111-2222-3333-4444-555555555555';
  const gpus = parseGpuList(list(`  MIG 1g.6gb Device 0: (UUID: MIG-GPU-${parent}/5/0)\n`));
  if (!gpus.ok) throw new Error('unreadable');
  const instance = { gpuIndex: 0, profile: '1g.6gb', giProfileId: 14, start: 0, size: 1 };
  const compute = {
    gpuIndex: 0,
    profile: '1g.6gb',
    ciProfileId: 0,
    computeInstanceId: 0,
    placement: null,
  };
  const join = (gpuInstanceId: number) =>
    joinMigInstances(
      [{ ...instance, gpuInstanceId }],
      [{ ...compute, gpuInstanceId }],
      gpus.value.gpus,
    );
  expect(join(5).ok).toBe(true);
  expect(join(6).ok).toBe(false);
});

test('every refusal carries what to do', () => {
  for (const words of [
    'Unable to create a GPU instance on GPU  0 using profile 9: Insufficient Resources',
    'Unable to destroy GPU instance ID  1 from GPU  0: In use by another client',
    'Failed to initialize NVML: Insufficient Permissions',
    'No devices were found',
  ]) {
    expect(errorHint(toolError('cannot do it', words, 255)), words).toBeDefined();
  }
});
