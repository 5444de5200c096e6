import { expect, test } from 'vitest';
import { tableFormat } from '../../../../agent/formats/table/table.ts';
import type { TableReport } from '../../../../agent/formats/table/table-report.ts';

const heading = (
  title: string,
) => `+-----------------------------------------+------------------------+----------------------+
| NVIDIA-SMI ${title.padEnd(74)} |
|-----------------------------------------+------------------------+----------------------+
| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |
|                                         |                        |               MIG M. |
|=========================================+========================+======================|
`;
const rule =
  '+-----------------------------------------+------------------------+----------------------+\n';
const title550 = '550.163.01             Driver Version: 550.163.01     CUDA Version: 12.4    ';
/** One card, of which a cell may be said otherwise in the same width. */
const card = (...changes: readonly (readonly [string, string])[]) => {
  let text = `|   0  NVIDIA A100-SXM4-40GB          On  |   00000000:07:00.0 Off |                    0 |
| N/A   33C    P0             72W /  400W |       1MiB /  40960MiB |      5%      Default |
|                                         |                        |             Disabled |
`;
  for (const [from, to] of changes) {
    expect(to.length, to).toBe(from.length);
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  return text + rule;
};
const processes = (rows: string, columns = 'GPU   GI   CI              PID   Type ') => `
+-----------------------------------------------------------------------------------------+
| Processes:                                                                              |
|  ${columns}  Process name                        GPU Memory |
|        ID   ID                                                               Usage      |
|=========================================================================================|
${rows}+-----------------------------------------------------------------------------------------+
`;
const idle = processes(
  '|  No running processes found                                                             |\n',
);

function read(text: string): TableReport {
  expect(tableFormat.recognises(text)).toBe(true);
  const parsed = tableFormat.parse(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

const readCard = (...changes: readonly (readonly [string, string])[]) =>
  read(heading(title550) + card(...changes) + idle).gpus[0];

test('a table is read', () => {
  const text = `Sun Nov 22 08:27:36 2026       \n${heading(title550)}${card()}${idle}`;
  expect(read(text)).toEqual({
    timestamp: 'Sun Nov 22 08:27:36 2026',
    smiVersion: '550.163.01',
    driverVersion: '550.163.01',
    cudaVersion: '12.4',
    gpuCount: 1,
    gpus: [
      {
        index: 0,
        name: 'NVIDIA A100-SXM4-40GB',
        nameIsCut: false,
        persistenceMode: 'Enabled',
        driverModel: null,
        pciBusId: '00000000:07:00.0',
        displayActive: 'Off',
        fanSpeedPct: null,
        temperatureGpuC: 33,
        performanceState: 'P0',
        powerDrawW: 72,
        powerLimitW: 400,
        memoryUsedMib: 1,
        memoryTotalMib: 40960,
        utilizationGpuPct: 5,
        computeMode: 'Default',
        migModeCurrent: 'Disabled',
        migModePending: 'Disabled',
        eccModeCurrent: 'Enabled',
        eccUncorrectedVolatile: 0,
        errorBodies: [],
        lost: false,
      },
    ],
    migDevices: null,
    processes: [],
    samples: 1,
    notices: [],
  });
  expect(read(text.replaceAll('\n', '\r\n'))).toEqual(read(text));
});

const cells: readonly {
  readonly name: string;
  readonly changes: readonly (readonly [string, string])[];
  readonly want: object;
}[] = [
  {
    name: 'a star says that the other mode is still on',
    changes: [['            Disabled ', '            Enabled* ']],
    want: { migModeCurrent: 'Disabled', migModePending: 'Enabled' },
  },
  {
    name: 'with MIG the devices count errors and nobody tells the use',
    changes: [
      ['                   0 ', '                  On '],
      ['      5% ', '     N/A '],
      ['            Disabled ', '             Enabled '],
    ],
    want: {
      eccModeCurrent: 'Enabled',
      eccUncorrectedVolatile: null,
      utilizationGpuPct: null,
      migModeCurrent: 'Enabled',
    },
  },
  {
    name: 'a name is cut and may hold blanks',
    changes: [['NVIDIA A100-SXM4-40GB    ', 'NVIDIA GeForce RTX 408...']],
    want: { name: 'NVIDIA GeForce RTX 408...', nameIsCut: true, persistenceMode: 'Enabled' },
  },
  {
    name: 'Windows tells its driver model instead of persistence',
    changes: [['    On  |', '  WDDM  |']],
    want: { persistenceMode: null, driverModel: 'WDDM', name: 'NVIDIA A100-SXM4-40GB' },
  },
  {
    name: 'N/A holds a slash, and is no power',
    changes: [['72W /  400W', 'N/A /  N/A ']],
    want: { powerDrawW: null, powerLimitW: null, temperatureGpuC: 33 },
  },
  {
    name: 'a broken fan is an error of the card and nothing more',
    changes: [['| N/A   33C', '|ERR!   33C']],
    want: { fanSpeedPct: null, temperatureGpuC: 33, errorBodies: ['ERR!'], lost: false },
  },
  {
    name: 'a lost card says so in its memory',
    changes: [
      ['      1MiB /  40960MiB ', 'GPU is lost            '],
      ['  33C ', ' ERR! '],
    ],
    want: { memoryUsedMib: null, temperatureGpuC: null, lost: true, powerLimitW: 400 },
  },
  {
    name: 'a compute mode is shortened',
    changes: [['     Default ', '  E. Process ']],
    want: { computeMode: 'Exclusive_Process', utilizationGpuPct: 5 },
  },
];
test.for(cells)('$name', ({ changes, want }) => {
  expect(readCard(...changes)).toMatchObject(want);
});

test('610 calls the driver KMD', () => {
  const title = '610.57.04              KMD Version: 610.57.04     CUDA UMD Version: 13.3    ';
  expect(read(heading(title) + card() + idle)).toMatchObject({
    smiVersion: '610.57.04',
    driverVersion: '610.57.04',
    cudaVersion: '13.3',
  });
});

test('processes have instances since 450, names with blanks and types of MPS', () => {
  const rows = `|    0   N/A  N/A           10291      C   C:\\Program Files\\a b.exe                  N/A      |
|    0   11    0            3805    M+C   ./bin/BlackScholes                      326MiB |
`;
  expect(read(processes(rows))).toMatchObject({
    gpus: [],
    driverVersion: null,
    processes: [
      {
        gpuIndex: 0,
        gpuInstanceId: null,
        pid: 10291,
        type: 'C',
        name: 'C:\\Program Files\\a b.exe',
        usedMemoryMib: null,
      },
      { gpuInstanceId: 11, computeInstanceId: 0, pid: 3805, type: 'M+C', usedMemoryMib: 326 },
    ],
  });
  const old =
    '|    1     10291      C   /usr/bin/python                                   2566MiB  |\n';
  const columns = 'GPU       PID   Type                 ';
  expect(read(processes(old, columns)).processes).toEqual([
    {
      gpuIndex: 1,
      gpuInstanceId: null,
      computeInstanceId: null,
      pid: 10291,
      type: 'C',
      name: '/usr/bin/python',
      usedMemoryMib: 2566,
    },
  ]);
});

const migBox = `
+-----------------------------------------------------------------------------------------+
| MIG devices:                                                                            |
+------------------+----------------------------------+-----------+-----------------------+
| GPU  GI  CI  MIG |              Shared Memory-Usage |        Vol|        Shared         |
|      ID  ID  Dev |                Shared BAR1-Usage | SM     Unc| CE ENC  DEC  OFA  JPG |
|                  |                                  |        ECC|                       |
|==================+==================================+===========+=======================|
|  0    2   0   0  |              26MiB / 40448MiB    | 60      0 |  3   0    4    0    5 |
|                  |               1MiB / 24739MiB    |           |                       |
+------------------+----------------------------------+-----------+-----------------------+
|  0    2   1   1  |                                  | 30    N/A |  3   0    4    0    5 |
|                  |                                  |           |                       |
+------------------+----------------------------------+-----------+-----------------------+
`;

test('MIG devices are read, and a shared memory only once', () => {
  const report = read(heading(title550) + card() + migBox + idle);
  expect(report.migDevices).toEqual([
    {
      gpuIndex: 0,
      gpuInstanceId: 2,
      computeInstanceId: 0,
      index: 0,
      fbUsedMib: 26,
      fbTotalMib: 40448,
      bar1UsedMib: 1,
      bar1TotalMib: 24739,
      multiprocessorCount: 60,
      eccSramUncorrectableVolatile: 0,
      copyEngineCount: 3,
      encoderCount: 0,
      decoderCount: 4,
      ofaCount: 0,
      jpgCount: 5,
    },
    expect.objectContaining({
      computeInstanceId: 1,
      index: 1,
      fbUsedMib: null,
      fbTotalMib: null,
      multiprocessorCount: 30,
      eccSramUncorrectableVolatile: null,
    }),
  ]);
});

test('of a loop the last table is read, and complaints are kept', () => {
  const complaint = 'Unable to determine the device handle for GPU1: 0000:34:00.0: Unknown Error';
  const at = (second: number) => `Sun Nov 22 08:27:3${second} 2026       \n`;
  const table = heading(title550) + card();
  const text = `${complaint}\n${at(1)}${table}${idle}${at(2)}${table}${card(['|   0 ', '|   2 '])}${idle}`;
  const report = read(text);
  expect(report).toMatchObject({ samples: 2, timestamp: at(2).trim(), notices: [complaint] });
  expect(report.gpus.map((gpu) => gpu.index)).toEqual([0, 2]);
});

test('when the tool gives up, the cards that it told stay, and nothing is known of processes', () => {
  const open = idle.slice(0, idle.indexOf('|  No running'));
  const text = `${heading(title550)}${card()}${open}Failed to query device index\n`;
  expect(read(text)).toMatchObject({
    gpuCount: 1,
    processes: null,
    notices: ['Failed to query device index'],
  });
});

const whole = heading(title550) + card() + idle;
const ends = [
  {
    name: 'a card, its frame missing',
    text: (heading(title550) + card()).slice(0, -rule.length),
    ok: true,
  },
  { name: 'the box of cards', text: heading(title550) + card(), ok: true },
  { name: 'its last frame, without a line end', text: whole.slice(0, -1), ok: true },
  { name: 'its heading', text: heading(title550), ok: false },
  {
    name: 'the first line of a card',
    text: whole.slice(0, whole.indexOf('| N/A   33C')),
    ok: false,
  },
  { name: 'the middle of a line', text: whole.slice(0, whole.indexOf('Default') + 3), ok: false },
  { name: 'the middle of a frame', text: (heading(title550) + card()).slice(0, -20), ok: false },
  {
    name: 'a corner in the middle of a frame',
    text: (heading(title550) + card()).slice(0, -24),
    ok: false,
  },
  {
    name: 'the heading of its processes',
    text: whole.slice(0, whole.indexOf('|  No running')),
    ok: false,
  },
  { name: 'a process', text: whole.slice(0, whole.lastIndexOf('+---')), ok: false },
];
test.for(ends)('a table that ends after $name is whole: $ok', ({ text, ok }) => {
  const parsed = tableFormat.parse(text);
  expect(parsed.ok).toBe(ok);
  if (!parsed.ok) expect(parsed.problem.code).toBe('TRUNCATED');
});

test('another text with frames is none', () => {
  const listing = '+----+\n| GPU instances:      |\n|====|\n|   0  MIG 1g.5gb |\n+----+\n';
  expect(tableFormat.recognises(listing)).toBe(false);
  expect(tableFormat.parse(listing)).toMatchObject({ ok: false, problem: { code: 'UNREADABLE' } });
});
