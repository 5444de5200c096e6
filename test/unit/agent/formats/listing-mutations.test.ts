import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvFormat } from '../../../../agent/formats/csv/csv.ts';
import type { Format } from '../../../../agent/formats/format.ts';
import { gpuListFormat } from '../../../../agent/formats/listings/gpu-list.ts';
import { migChangesFormat } from '../../../../agent/formats/mig/mig-changes.ts';
import { migComputeProfilesFormat } from '../../../../agent/formats/mig/mig-compute-profiles.ts';
import {
  migComputeInstancesFormat,
  migGpuInstancesFormat,
} from '../../../../agent/formats/mig/mig-instances.ts';
import { migPlacementsFormat } from '../../../../agent/formats/mig/mig-placements.ts';
import { migProfilesFormat } from '../../../../agent/formats/mig/mig-profiles.ts';
import { monitorFormat } from '../../../../agent/formats/listings/monitor.ts';
import { nvlinkFormat } from '../../../../agent/formats/listings/nvlink.ts';
import { topoFormat } from '../../../../agent/formats/listings/topo.ts';

const uuid = 'GPU-11111111-2222-3333-4444-555555555555';
const bar = '|=============|';

interface Sample {
  readonly format: Format;
  readonly lines: readonly string[];
}

const samples: readonly Sample[] = [
  {
    format: csvFormat,
    lines: ['index, uuid, memory.used [MiB], power.draw [W]', `0, ${uuid}, 3 MiB, [N/A]`],
  },
  { format: csvFormat, lines: [`0, ${uuid}, /a, b, 3 MiB`, '[N/A], 2'] },
  {
    format: gpuListFormat,
    lines: [`GPU 0: X (UUID: ${uuid})`, '  MIG 1g.5gb Device 0: (UUID: MIG-a)'],
  },
  {
    format: migProfilesFormat,
    lines: [
      '| GPU instance profiles: |',
      bar,
      '|   0  MIG 1g.5gb  19  7/7  4.75  No  14  0  0 |',
      '| 1 0 0 |',
      '+--+',
    ],
  },
  {
    format: migComputeProfilesFormat,
    lines: [
      '| Compute instance profiles: |',
      bar,
      '| 0 2 MIG 2g.12gb 1* 0/1 28 2 0 0 |',
      '| 2 0 |',
      '+--+',
    ],
  },
  {
    format: migGpuInstancesFormat,
    lines: ['| GPU instances: |', bar, '|   0  MIG 1g.5gb  19  13  6:1  |', '+--+'],
  },
  {
    format: migComputeInstancesFormat,
    lines: ['| Compute instances: |', bar, '| 0 13 MIG 1g.5gb 0 0 0:1 |', '+--+'],
  },
  { format: migPlacementsFormat, lines: ['GPU  0 Profile ID 19 Placements: {0,1,2,3,4,5,6}:1'] },
  {
    format: migChangesFormat,
    lines: [
      'Successfully created GPU instance ID 13 on GPU  0 using profile MIG 1g.5gb (ID 19)',
      'Warning: MIG mode is in pending enable state for GPU 00000000:0B:00.0:In use by another client',
      'Unable to enable MIG Mode for GPU 00000000:21:00.0: Not Supported',
    ],
  },
  {
    format: monitorFormat,
    lines: [
      '# gpu   pid  type  sm  command',
      '# Idx     #   C/G   %  name',
      '    0    42     C   -  my name',
    ],
  },
  {
    format: nvlinkFormat,
    lines: [`GPU 0: X (UUID: ${uuid})`, '\t Link 0: 26.562 GB/s', '\t Link 1: Raw Tx: 5 KiB'],
  },
  {
    format: topoFormat,
    lines: [
      '\tGPU0\tNIC0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID',
      'GPU0\t X \tPIX\t0-5\t0\t\tN/A',
      'NIC0\tPIX\t X ',
      '',
      'Legend:',
      '',
      '  X    = Self',
    ],
  },
];

const everyFormat = [...new Set(samples.map((sample) => sample.format))];

function checkAll(text: string): void {
  for (const format of everyFormat) {
    expect(typeof format.recognises(text)).toBe('boolean');
    const parsed = format.parse(text);
    // Whatever it is, it can be written as JSON, and a problem says what and with which code.
    expect(JSON.parse(JSON.stringify(parsed))).toHaveProperty('ok', parsed.ok);
    if (!parsed.ok) expect(parsed.problem.code).toMatch(/^[A-Z_]+$/);
  }
}

test.for(samples.map((sample) => [sample.format.command, sample] as const))(
  '%s: the sample is read, and cut anywhere it is read or refused',
  ([, { format, lines }]) => {
    const text = `${lines.join('\n')}\n`;
    expect(format.recognises(text)).toBe(true);
    for (let length = 0; length <= text.length; length += 1) checkAll(text.slice(0, length));
  },
);

test('mangled samples are read or refused, never thrown at', () => {
  const line = fc.constantFrom(...samples.flatMap((sample) => sample.lines));
  const noise = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(',', '[', '\t', '\r', '#', '|'),
  );
  const piece = fc
    .tuple(line, fc.nat({ max: 80 }), noise)
    .map(([text, at, put]) => `${text.slice(0, at)}${put}${text.slice(at + (put.length % 3))}`);
  const text = fc.array(fc.oneof(line, piece), { maxLength: 8 }).map((lines) => lines.join('\n'));
  fc.assert(fc.property(text, checkAll), { numRuns: 500 });
});

test('time grows with the length, not with its square', () => {
  const long = 60_000;
  const floods = [
    ' ',
    '\t',
    ',',
    '0',
    'a',
    '[',
    ' 0',
    'A,',
    '0 ',
    '| ',
    'GPU',
    '(UUID: ',
    '-',
    '# gpu ',
    ': ',
  ];
  for (const flood of floods) {
    for (const { lines } of samples) {
      const text = `${lines[0]}\n${lines[1] ?? ''}${flood.repeat(long / flood.length)}\n${flood.repeat(2_000)}`;
      for (const format of everyFormat) {
        const startedAt = performance.now();
        format.recognises(text);
        format.parse(text);
        expect(performance.now() - startedAt, `${format.command} on ${flood}`).toBeLessThan(500);
      }
    }
  }
});

test('words that every object knows are names like any other', () => {
  const csv = csvFormat.parse('index, constructor.x [valueOf], pid\n0, 3 valueOf, 4\n');
  expect(csv).toMatchObject({ ok: true, value: { rows: [{ index: 0, pid: 4 }] } });
  const dmon = monitorFormat.parse('# gpu constructor\n# Idx valueOf\n 0 7\n');
  expect(dmon).toMatchObject({ ok: true, value: { rows: [{ gpu: 0, constructor: 7 }] } });
  const topo = topoFormat.parse(
    '\tGPU0\tvalueof\tconstructor\nGPU0\tX\tPIX\tSYS\nvalueof\tPIX\tX\tSYS\nconstructor\tSYS\tSYS\tX\n',
  );
  expect(topo).toMatchObject({ ok: true, value: { nics: [{}, { device: 'constructor' }] } });
});
