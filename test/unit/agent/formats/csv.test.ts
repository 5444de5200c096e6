import { expect, test } from 'vitest';
import { parseCsvHeader } from '../../../../agent/formats/csv/csv-columns.ts';
import { csvFormat } from '../../../../agent/formats/csv/csv.ts';

const uuid = 'GPU-11111111-2222-3333-4444-555555555555';
const lines = (...all: string[]): string => `${all.join('\n')}\n`;

function rowsOf(text: string): unknown {
  const parsed = csvFormat.parse(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value.rows;
}

const healthy = { lost: false, errorBodies: [] };

const keys: readonly (readonly [string, string])[] = [
  ['memory.used [MiB]', 'memoryUsedMib'],
  ['memory.total [MiB]', 'memoryTotalMib'],
  ['power.draw [W]', 'powerDrawW'],
  ['utilization.gpu [%]', 'utilizationGpuPct'],
  ['fan.speed [%]', 'fanSpeedPct'],
  ['temperature.gpu', 'temperatureGpuC'],
  ['temperature.memory', 'temperatureMemoryC'],
  ['clocks.current.sm [MHz]', 'smClockMhz'],
  ['clocks.sm [MHz]', 'smClockMhz'],
  ['clocks.max.sm [MHz]', 'clocksMaxSmMhz'],
  ['pci.bus_id', 'pciBusId'],
  ['pstate', 'performanceState'],
  ['gpu_recovery_action', 'recoveryAction'],
  ['mig.mode.current', 'migModeCurrent'],
  ['retired_pages.pending', 'pendingRetirement'],
  ['used_gpu_memory [MiB]', 'usedMemoryMib'],
  ['clocks_event_reasons_counters.sw_power_cap [us]', 'clocksEventReasonsCountersSwPowerCapUs'],
  ['power_smoothing.curr_profile.ramp_up_rate [W/s]', 'powerSmoothingCurrProfileRampUpRateWPerS'],
  ['bbx.time_run [seconds]', 'bbxTimeRunS'],
  ['some.new_thing [furlongs]', 'someNewThingfurlongs'],
];
test.for(keys)('the column %s is called %s', ([header, key]) => {
  expect(parseCsvHeader(`index, ${header}`)?.[1]?.key).toBe(key);
});

test('a header tells what was queried, and a row without words for nothing has null', () => {
  const parsed = csvFormat.parse(
    lines(
      'index, name, memory.used [MiB], power.draw [W], compute_cap, serial, mig.mode.current',
      '0, NVIDIA A100, 19 MiB, 60.12 W, 8.0, 1320221012345, Enabled',
      '1, NVIDIA T4, [N/A], [Not Supported], 7.5, [N/A], [N/A]',
    ),
  );
  expect(parsed.ok && parsed.value.query).toBe('gpu');
  expect(parsed.ok && parsed.value.rows).toEqual([
    {
      index: 0,
      name: 'NVIDIA A100',
      memoryUsedMib: 19,
      powerDrawW: 60.12,
      // Versions and serials look like numbers and are none.
      computeCap: '8.0',
      serial: '1320221012345',
      migModeCurrent: 'Enabled',
      ...healthy,
    },
    {
      index: 1,
      name: 'NVIDIA T4',
      memoryUsedMib: null,
      powerDrawW: null,
      computeCap: '7.5',
      serial: null,
      migModeCurrent: null,
      ...healthy,
    },
  ]);
});

const queries: readonly (readonly [string, string])[] = [
  ['gpu_uuid, pid, process_name, used_gpu_memory [MiB]', 'compute-apps'],
  ['gpu_name, pid, gpu_utilization [%], max_memory_usage [MiB], time [ms]', 'accounted-apps'],
  ['gpu_uuid, retired_pages.address, retired_pages.cause', 'retired-pages'],
  ['gpu_bus_id, remapped_rows.correctable, remapped_rows.pending', 'remapped-rows'],
  ['memory [MHz], graphics [MHz]', 'supported-clocks'],
  ['uuid, retired_pages.pending, remapped_rows.pending', 'gpu'],
];
test.for(queries)('a header alone is an empty list: %s', ([header, query]) => {
  expect(csvFormat.recognises(`${header}\n`)).toBe(true);
  expect(csvFormat.parse(`${header}\n`)).toMatchObject({ ok: true, value: { query, rows: [] } });
});

test('nounits leaves the units to the header', () => {
  expect(rowsOf(lines('utilization.gpu [%], memory.used [MiB]', '7, 300'))).toEqual([
    { utilizationGpuPct: 7, memoryUsedMib: 300, ...healthy },
  ]);
});

test('a lost card keeps its row, with its words and no zeros', () => {
  const text = lines(
    'index, uuid, memory.used [MiB], mig.mode.current',
    `1, ${uuid}, [GPU is lost], Disabled`,
    `2, ${uuid}, [Unknown Error], Disabled`,
  );
  expect(rowsOf(text)).toMatchObject([
    { index: 1, memoryUsedMib: null, lost: true, errorBodies: ['GPU is lost'] },
    { index: 2, memoryUsedMib: null, lost: false, errorBodies: ['Unknown Error'] },
  ]);
});

test('names of processes hold commas, brackets, colons and backslashes', () => {
  const name = String.raw`C:\a, b [x]\ray::Worker,2.exe`;
  const text = `timestamp, gpu_uuid, pid, process_name, used_gpu_memory [MiB]\r\n2026/01/01 00:00:00.001, ${uuid}, 42, ${name}, [N/A]\r\n`;
  expect(rowsOf(text)).toMatchObject([{ pid: 42, processName: name, usedMemoryMib: null }]);
});

test('a loop prints its header once or again, complaints stand among the rows, and an excerpt says so', () => {
  const parsed = csvFormat.parse(
    lines(
      '$ nvidia-smi --query-gpu=timestamp,utilization.gpu --format=csv -l 1',
      'timestamp, utilization.gpu [%]',
      '2026/01/01 00:00:00.001, 3 %',
      'Unable to determine the device handle for GPU1: 0000:34:00.0: Unknown Error',
      'timestamp, utilization.gpu [%]',
      '2026/01/01 00:00:01.002, [Unknown Error]',
      '[...]',
      '2026/01/01 00:00:09.003, 4 %',
    ),
  );
  expect(parsed.ok && parsed.value.notices).toEqual([
    'Unable to determine the device handle for GPU1: 0000:34:00.0: Unknown Error',
  ]);
  expect(parsed.ok && parsed.value.rows).toMatchObject([
    { timestamp: '2026/01/01 00:00:00.001', utilizationGpuPct: 3 },
    { utilizationGpuPct: null, errorBodies: ['Unknown Error'] },
    { utilizationGpuPct: 4 },
  ]);
});

test('without a header the cells are given in their order', () => {
  const text = lines(
    `0, ${uuid}, NVIDIA H100, [N/A], 81559, 62.5, 12 %`,
    `1, ${uuid}, X, [GPU is lost], 1, 2, 3 %`,
  );
  expect(csvFormat.recognises(text)).toBe(true);
  expect(csvFormat.parse(text)).toEqual({
    ok: true,
    value: {
      query: null,
      columns: null,
      rows: [
        { cells: [0, uuid, 'NVIDIA H100', null, 81559, 62.5, '12 %'], ...healthy },
        { cells: [1, uuid, 'X', null, 1, 2, '3 %'], lost: true, errorBodies: ['GPU is lost'] },
      ],
      notices: [],
    },
  });
});

const ours = [
  `uuid\n${uuid}\n`,
  'name\nNVIDIA A100-SXM4-40GB\n',
  'NVIDIA A100-SXM4-40GB, 535.54.03\n',
  'Tesla T4\nNVIDIA GeForce RTX 4090\n',
  `${uuid}\n`,
  '[N/A], 12 MiB\n',
];
test.for(ours)('%j is', (text) => {
  expect(csvFormat.recognises(text)).toBe(true);
  expect(csvFormat.parse(text).ok).toBe(true);
});

const foreign = [
  'NVIDIA A100 cards are not here. Why, nobody knows\n',

  '',
  'hello, world\n',
  'name\n',
  'a, b, c\n1, 2, 3\n',
  '{"a": 1, "b": 2}\n',
  '0.5\n',
];
test.for(foreign)('%j is not taken for CSV of this tool', (text) => {
  expect(csvFormat.recognises(text)).toBe(false);
});

const cut: readonly string[] = [
  'timestamp, gpu_name, gpu_bu',
  'index, memory.used [MiB]\n0, 19 MiB\n1',
  'index, memory.used [MiB]\n0, 19 MiB\n1, 20 M',
  'index, memory.used [MiB]\n0, 19 MiB\n1, 20',
  'index, memory.used [MiB]\n0, [N/',
  'index, mig.mode.current\n0, Enab',
  'pci.bus_id, vbios_version\n00000000:04:00.0, 96.00.89\n00000000:05:00.0, 96.0',
  `0, ${uuid}, 3\n1, GPU-1111`,
  `0, ${uuid}, 3\n1`,
];
test.for(cut)('%j was cut', (text) => {
  expect(csvFormat.parse(text)).toMatchObject({ ok: false, problem: { code: 'TRUNCATED' } });
});

test('a copied text without a last line end is whole as long as its last row is', () => {
  expect(csvFormat.parse('index, memory.used [MiB]\n0, 19 MiB').ok).toBe(true);
});

test('a row of another width is a problem with its line', () => {
  expect(csvFormat.parse('index, uuid\n0, a, b\n1, c\n')).toEqual({
    ok: false,
    problem: { code: 'CSV_ROW', path: 'line 2', message: '"0, a, b" is no row of 2 columns' },
  });
});

test('a refusal in place of rows is that refusal', () => {
  const text = 'Field "bogus" is not a valid field to query.\n\n';
  expect(csvFormat.parse(text)).toMatchObject({ ok: false, problem: { code: 'BAD_FIELD' } });
});

test.for(['process.js', 'node_modules', 'name, memory', 'index'])(
  'the words %j are nobody’s header',
  (header) => {
    expect(csvFormat.recognises(lines(header, 'a, b'))).toBe(false);
  },
);
test.for(['driver_version', 'pstate', 'memory.used', 'graphics [MHz], memory [MHz]'])(
  '%j is a header',
  (header) => {
    expect(csvFormat.recognises(lines(header))).toBe(true);
  },
);
