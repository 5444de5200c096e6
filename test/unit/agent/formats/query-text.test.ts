import { expect, test } from 'vitest';
import type { GpuReport } from '../../../../agent/formats/report/report.ts';
import { queryTextFormat } from '../../../../agent/formats/report/query-text.ts';

const uuid = 'GPU-11111111-2222-3333-4444-555555555555';
/** `label : value` with the colon where the driver puts it, or a heading. */
function lines(width: number, rows: readonly (readonly [number, string, string?])[]): string {
  return rows
    .map(([depth, label, value]) => {
      const indented = `${' '.repeat(4 * depth)}${label}`;
      return value === undefined ? indented : `${indented.padEnd(width)} : ${value}`;
    })
    .join('\n');
}

const banner = '\n==============NVSMI LOG==============\n\n';
const heading = (width: number) =>
  `${lines(width, [
    [0, 'Timestamp', 'Tue Jul 14 09:00:44 2026'],
    [0, 'Driver Version', '535.129.03'],
    [0, 'CUDA Version', '12.2'],
    [0, 'Attached GPUs', '2'],
  ])}\n`;
const card = (width: number, id = '00000000:4F:00.0') =>
  `GPU ${id}\n${lines(width, [
    [1, 'Product Name', 'NVIDIA A100'],
    [1, 'MIG Mode'],
    [2, 'Current', 'Enabled'],
    [2, 'Pending', 'Disabled'],
    [1, 'MIG Device'],
    [2, 'Index', '0'],
    [2, 'GPU Instance ID', '2'],
    [2, 'Device Attributes'],
    [3, 'Shared'],
    [4, 'Multiprocessor count', '42'],
    [2, 'ECC Errors'],
    [3, 'Volatile'],
    [4, 'SRAM Uncorrectable', '1'],
    [2, 'Shared FB Memory Usage'],
    [3, 'Total', '19968 MiB'],
    [1, 'MIG Device'],
    [2, 'Index', '1'],
    [2, 'GPU Instance ID', '3'],
    [1, 'GPU UUID', uuid],
    [1, 'Fan Speed', 'N/A'],
    [1, 'Clocks Event Reasons'],
    [2, 'Idle', 'Active'],
    [2, 'HW Slowdown', 'Active'],
    [3, 'HW Thermal Slowdown', 'Active'],
    [2, 'Display Clock Setting', 'Not Active'],
    [1, 'FB Memory Usage'],
    [2, 'Total', '40960 MiB'],
    [1, 'Temperature'],
    [2, 'GPU Current Temp', '38 C'],
    [2, 'GPU Slowdown T.Limit Temp', '-2 C'],
    [1, 'Clocks'],
    [2, 'SM', '1980 MHz'],
    [1, 'Supported Clocks'],
    [2, 'Memory', '1215 MHz'],
    [3, 'Graphics', '1410 MHz'],
    [3, 'Graphics', '1395 MHz'],
    [1, 'Processes'],
    [2, 'GPU instance ID', '2'],
    [2, 'Compute instance ID', '0'],
    [2, 'Process ID', '21180'],
    [3, 'Type', 'C'],
    [3, 'Name', 'ray::Worker : a, [b]'],
    [3, 'Used GPU Memory', '2296 MiB'],
    [2, 'GPU instance ID', 'N/A'],
    [2, 'Compute instance ID', 'N/A'],
    [2, 'Process ID', '21181'],
    [3, 'Type', 'C+G'],
    [3, 'Name', 'C:\\x y.exe'],
    [3, 'Used GPU Memory', 'Not available in WDDM driver model'],
  ])}\n\n`;

function read(text: string): GpuReport {
  expect(queryTextFormat.recognises(text)).toBe(true);
  const parsed = queryTextFormat.parse(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

test.for([41, 54])('a report with its colons in column %i is read by its headings', (width) => {
  const report = read(banner + heading(width) + card(width) + card(width, '00000008:01:00.0'));
  expect(report).toMatchObject({
    dtd: null,
    timestamp: 'Tue Jul 14 09:00:44 2026',
    driverVersion: '535.129.03',
    cudaVersion: '12.2',
    attachedGpus: 2,
    gpuCount: 2,
    samples: 1,
  });
  expect(report.gpus.map((gpu) => gpu.id)).toEqual(['00000000:4F:00.0', '00000008:01:00.0']);
  expect(report.gpus[0]).toMatchObject({
    uuid,
    name: 'NVIDIA A100',
    fanSpeedPct: null,
    memoryTotalMib: 40960,
    temperatureGpuC: 38,
    temperatureSlowdownTlimitC: -2,
    smClockMhz: 1980,
    migModeCurrent: 'Enabled',
    migModePending: 'Disabled',
    clocksEventReasons: ['gpu_idle', 'hw_slowdown', 'hw_thermal_slowdown'],
  });
});

test('devices and processes are told apart from the card and from each other', () => {
  const [gpu] = read(banner + heading(41) + card(41)).gpus;
  expect(gpu?.migDevices).toMatchObject([
    {
      index: 0,
      gpuInstanceId: 2,
      multiprocessorCount: 42,
      fbTotalMib: 19968,
      eccSramUncorrectableVolatile: 1,
    },
    { index: 1, gpuInstanceId: 3, multiprocessorCount: null, fbTotalMib: null },
  ]);
  expect(gpu?.processes).toEqual([
    { pid: 21180, type: 'C', gpuInstanceId: 2, computeInstanceId: 0, usedMemoryMib: 2296 },
    { pid: 21181, type: 'C+G', gpuInstanceId: null, computeInstanceId: null, usedMemoryMib: null },
  ]);
  expect(gpu?.processNames).toEqual({ '21180': 'ray::Worker : a, [b]', '21181': 'C:\\x y.exe' });
  expect(gpu?.eccVolatile).toBeNull();
});

test('Windows line ends and a byte order mark change nothing', () => {
  const text = banner + heading(41) + card(41);
  expect(read(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toEqual(read(text));
});

test('610 deprecates the words for its versions, and the versions stay', () => {
  const old = 'Driver Version : 610.57.04 [Deprecated; will be removed in CUDA 14.0]\n';
  const text = `${banner}${old}KMD Version : 610.57.04\nCUDA UMD Version : 13.3\n${card(54)}`;
  expect(read(text)).toMatchObject({ driverVersion: '610.57.04', cudaVersion: '13.3' });
});

test('some sections only (-d), and of an excerpt what is there', () => {
  const sections = `${banner}${heading(41)}GPU 00000000:4F:00.0\n${lines(41, [
    [1, 'Utilization'],
    [2, 'Gpu', '7 %'],
    [2, 'Memory', 'N/A'],
    [1, 'Remapped Rows'],
    [2, 'Pending', 'Yes'],
    [2, 'Bank Remap Availability Histogram'],
    [3, 'Max', '639 bank(s)'],
  ])}\n`;
  expect(read(sections).gpus[0]).toMatchObject({
    utilizationGpuPct: 7,
    utilizationMemoryPct: null,
    remappedRowsPending: 'Yes',
    rowRemapAvailability: { max: 639, low: null },
  });
  const excerpt = `GPU 00000000:4F:00.0\n    Product Name      : NVIDIA A100\n    [...]\n    Fan Speed      : 3 %\n[...]\n`;
  expect(read(excerpt)).toMatchObject({ driverVersion: null, gpus: [{ fanSpeedPct: 3 }] });
});

test('of a loop the last report is read, whether the banner repeats or not', () => {
  const first = heading(41) + card(41);
  const second = first.replaceAll('38 C', '39 C');
  for (const text of [banner + first + banner + second, banner + first + second]) {
    expect(read(text)).toMatchObject({ samples: 2, gpuCount: 1, gpus: [{ temperatureGpuC: 39 }] });
  }
});

test('a complaint among the cards is kept and hides nothing', () => {
  const complaint = 'Unable to determine the device handle for GPU0000:02:00.0: Unknown Error';
  const broken = card(41).replace('    Fan Speed', `${complaint}\n    Fan Speed`);
  const report = read(banner + heading(41) + broken);
  expect(report.notices).toEqual([complaint]);
  expect(report.gpus[0]).toMatchObject({ smClockMhz: 1980, memoryTotalMib: 40960, lost: false });
});

test('a lost card is a value that says so', () => {
  const lost = card(41).replace('40960 MiB', 'GPU is lost').replace('38 C', 'GPU is lost');
  expect(read(banner + heading(41) + lost).gpus[0]).toMatchObject({
    memoryTotalMib: null,
    temperatureGpuC: null,
    errorBodies: ['GPU is lost'],
    lost: true,
  });
});

const whole = banner + heading(41) + card(41);
const cuts = [
  { name: 'after its banner', text: banner },
  { name: 'after the heading of a card', text: `${banner}${heading(41)}GPU 00000000:4F:00.0\n` },
  { name: 'within the unit of a memory', text: whole.slice(0, whole.indexOf('2296') + 6) },
  {
    name: 'within the word None',
    text: `${whole.slice(0, whole.indexOf('    Processes'))}    Processes : No`,
  },
  { name: 'after its heading', text: banner + heading(41) },
  { name: 'before its processes', text: whole.slice(0, whole.indexOf('    Processes')) },
  {
    name: 'at the heading of its processes',
    text: whole.slice(0, whole.indexOf('Processes') + 10),
  },
  { name: 'within a process', text: whole.slice(0, whole.indexOf('Used GPU')) },
  { name: 'within the memory of a process', text: whole.slice(0, whole.indexOf('2296') + 2) },
];
test.for(cuts)('a report that breaks off $name is truncated', ({ text }) => {
  expect(queryTextFormat.parse(text)).toMatchObject({ ok: false, problem: { code: 'TRUNCATED' } });
});

test('another text is none', () => {
  expect(queryTextFormat.parse('hello\n').ok).toBe(false);
  expect(queryTextFormat.recognises('GPU 0: NVIDIA A100 (UUID: GPU-1)\n')).toBe(false);
});
