import { expect, test } from 'vitest';
import { xmlFormat } from '../../../../agent/formats/report/xml.ts';
import type { GpuRecord, GpuReport } from '../../../../agent/formats/report/report.ts';

const uuid = 'GPU-11111111-2222-3333-4444-555555555555';
const card = (inner: string, id = '00000000:4F:00.0') =>
  `<gpu id="${id}"><product_name>NVIDIA A100</product_name><uuid>${uuid}</uuid>${inner}</gpu>`;
const log = (inner: string) => `<nvidia_smi_log>\n${inner}\n</nvidia_smi_log>\n`;
const head = '<?xml version="1.0" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">\n';

function read(text: string): GpuReport {
  expect(xmlFormat.recognises(text)).toBe(true);
  const parsed = xmlFormat.parse(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

function readCard(inner: string): GpuRecord {
  const [gpu] = read(head + log(card(inner))).gpus;
  if (gpu === undefined) throw new Error('no card');
  return gpu;
}

const doctypes = [
  { name: 'with a DOCTYPE', start: head, dtd: 'v12' },
  { name: 'without one', start: '<?xml version="1.0" ?>\n', dtd: null },
  { name: 'without even a declaration', start: '', dtd: null },
  { name: 'after a byte order mark', start: `\uFEFF${head}`, dtd: 'v12' },
  { name: 'after a command line', start: `$ nvidia-smi -q -x\n${head}`, dtd: 'v12' },
  {
    name: 'with the DTD inside',
    start:
      '<?xml version="1.0" ?>\n<!DOCTYPE nvidia_smi_log [\n<!-- nvsmi_device_v13.dtd -->\n' +
      '<!ELEMENT nvidia_smi_log (gpu*)>\n<!ENTITY x "GPU is lost">\n]>\n',
    dtd: 'v13',
  },
];
test.for(doctypes)('a document $name is read', ({ start, dtd }) => {
  const report = read(start + log(card('')));
  expect(report).toMatchObject({ dtd, gpuCount: 1, driverVersion: null, attachedGpus: null });
  expect(report.gpus[0]).toMatchObject({ id: '00000000:4F:00.0', uuid });
});

test('Windows line ends and blanks around values change nothing', () => {
  const text = head + log(card('<fan_speed>\r\n 40 % \r\n</fan_speed>')).replaceAll('\n', '\r\n');
  expect(read(text).gpus[0]).toMatchObject({ fanSpeedPct: 40 });
});

const power = [
  {
    of: 'the one reading',
    xml: '<power_readings><power_draw>60.5 W</power_draw></power_readings>',
    want: 60.5,
  },
  {
    of: 'the average, where there are two',
    xml: '<gpu_power_readings><average_power_draw>50 W</average_power_draw><instant_power_draw>70 W</instant_power_draw></gpu_power_readings>',
    want: 50,
  },
  {
    of: 'the instant, where there is no average',
    xml: '<gpu_power_readings><power_draw> N/A </power_draw><average_power_draw>N/A</average_power_draw><instant_power_draw>70 W</instant_power_draw></gpu_power_readings>',
    want: 70,
  },
  {
    of: 'the card, not the module',
    xml: '<module_power_readings><average_power_draw>900 W</average_power_draw></module_power_readings><gpu_power_readings><average_power_draw>N/A</average_power_draw></gpu_power_readings>',
    want: null,
  },
] as const;
test.for(power)('power is $of', ({ xml, want }) => {
  expect(readCard(xml).powerDrawW).toBe(want);
});

test('a clock and a limit are those of their own section', () => {
  const gpu = readCard(
    '<max_clocks><sm_clock>1980 MHz</sm_clock></max_clocks><clocks><sm_clock>210 MHz</sm_clock></clocks>' +
      '<gpu_power_readings><current_power_limit>N/A</current_power_limit></gpu_power_readings>' +
      '<module_power_readings><current_power_limit>2500 W</current_power_limit></module_power_readings>',
  );
  expect(gpu).toMatchObject({ smClockMhz: 210, powerLimitW: null });
});

test('nothing is null and never 0; "None" says that nothing is to be done', () => {
  const gpu = readCard(
    '<fan_speed>N/A</fan_speed><fb_memory_usage><total>0 MiB</total><used>N/A</used></fb_memory_usage>' +
      '<persistence_mode>Requested functionality has been deprecated</persistence_mode>' +
      '<gpu_recovery_action>None</gpu_recovery_action><mig_devices>\n None\n</mig_devices><remapped_rows>N/A</remapped_rows>',
  );
  expect(gpu).toMatchObject({
    fanSpeedPct: null,
    memoryTotalMib: 0,
    memoryUsedMib: null,
    memoryReservedMib: null,
    persistenceMode: null,
    recoveryAction: 'None',
    migDevices: [],
    remappedRowsPending: null,
    rowRemapAvailability: null,
    eccVolatile: null,
    clocksEventReasons: null,
    processes: [],
  });
});

test('a lost card is a value that says so', () => {
  const gpu = readCard(
    '<fan_speed>GPU is lost</fan_speed><performance_state>Unknown Error</performance_state>' +
      '<temperature><gpu_temp>GPU is lost</gpu_temp></temperature>',
  );
  expect(gpu.fanSpeedPct).toBeNull();
  expect(gpu.performanceState).toBeNull();
  expect([...gpu.errorBodies].sort()).toEqual(['GPU is lost', 'Unknown Error']);
  expect(gpu.lost).toBe(true);
});

test('reasons for low clocks have one name, before and after driver 535', () => {
  const old =
    '<clocks_throttle_reasons><clocks_throttle_reason_gpu_idle>Active</clocks_throttle_reason_gpu_idle>' +
    '<clocks_throttle_reason_hw_slowdown>Not Active\n</clocks_throttle_reason_hw_slowdown></clocks_throttle_reasons>';
  expect(readCard(old).clocksEventReasons).toEqual(['gpu_idle']);
  expect(readCard(old.replaceAll('throttle', 'event')).clocksEventReasons).toEqual(['gpu_idle']);
});

test('counters of errors keep the names of their generation', () => {
  const parts =
    '<ecc_errors><volatile><sram_uncorrectable_secded>2</sram_uncorrectable_secded><dram_correctable>N/A</dram_correctable></volatile>' +
    '<aggregate><sram_threshold_exceeded>Yes</sram_threshold_exceeded></aggregate></ecc_errors>';
  expect(readCard(parts)).toMatchObject({
    eccVolatile: { sramUncorrectableSecded: 2, dramCorrectable: null },
    // A counter it is not; the word itself stands beside the counters.
    eccAggregate: { sramThresholdExceeded: null },
    sramThresholdExceeded: 'Yes',
  });
  const old =
    '<ecc_errors><volatile><single_bit><l1_cache>3</l1_cache></single_bit><double_bit><texture_shm>N/A</texture_shm></double_bit></volatile></ecc_errors>';
  expect(readCard(old).eccVolatile).toEqual({
    'singleBit.l1Cache': 3,
    'doubleBit.textureShm': null,
  });
});

test('rows given up and pages retired are counted', () => {
  const gpu = readCard(
    '<remapped_rows><remapped_row_corr>1</remapped_row_corr><remapped_row_unc>4</remapped_row_unc><remapped_row_pending>Yes</remapped_row_pending>' +
      '<remapped_row_failure>No</remapped_row_failure><row_remapper_histogram><row_remapper_histogram_max>639 bank(s)</row_remapper_histogram_max></row_remapper_histogram></remapped_rows>' +
      '<retired_pages><double_bit_retirement><retired_count>2</retired_count></double_bit_retirement><pending_retirement>Yes</pending_retirement></retired_pages>',
  );
  expect(gpu).toMatchObject({
    remappedRowsCorrectable: 1,
    remappedRowsUncorrectable: 4,
    remappedRowsPending: 'Yes',
    remappedRowsFailure: 'No',
    rowRemapAvailability: { max: 639, high: null },
    retiredPagesDoubleBit: 2,
    pendingRetirement: 'Yes',
  });
});

test('a process may be named anything, escaped or not', () => {
  const process = (pid: number, name: string) =>
    `<process_info><gpu_instance_id>N/A</gpu_instance_id><compute_instance_id>3</compute_instance_id><pid>${pid}</pid><type>C</type><process_name>${name}</process_name><used_memory>22 MiB</used_memory></process_info>`;
  const gpu = readCard(
    `<processes>${process(7, 'a &amp; <b> & "c"')}${process(8, '')}${process(9, 'C:\\x [1], y')}</processes>`,
  );
  expect(gpu.processes).toHaveLength(3);
  expect(gpu.processes[0]).toEqual({
    pid: 7,
    type: 'C',
    gpuInstanceId: null,
    computeInstanceId: 3,
    usedMemoryMib: 22,
  });
  expect(gpu.processNames).toEqual({ '7': 'a & <b> & "c"', '9': 'C:\\x [1], y' });
});

test('of a loop the last document is read, and complaints between them are kept', () => {
  const sample = (temperature: number) =>
    head + log(card(`<temperature><gpu_temp>${temperature} C</gpu_temp></temperature>`));
  const complaint = 'Unable to determine the device handle for GPU1: 0000:34:00.0: Unknown Error\n';
  const report = read(sample(30) + complaint + sample(31) + sample(32));
  expect(report).toMatchObject({ samples: 3, gpuCount: 1, notices: [complaint.trim()] });
  expect(report.gpus[0]?.temperatureGpuC).toBe(32);
});

test('with -i there are fewer cards than the machine has', () => {
  const report = read(head + log(`<attached_gpus>4</attached_gpus>${card('')}`));
  expect(report).toMatchObject({ attachedGpus: 4, gpuCount: 1 });
});

test('elements of a newer driver are ignored, even with names that JavaScript knows', () => {
  expect(
    readCard('<flux_mode><level>9</level></flux_mode><fan_speed>1 %</fan_speed>'),
  ).toMatchObject({ fanSpeedPct: 1 });
  expect(xmlFormat.parse(head + log(card('<toString>1</toString>'))).ok).toBe(true);
});

const broken = [
  {
    name: 'a document without its end',
    text: head + log(card('')).slice(0, -4),
    code: 'TRUNCATED',
  },
  { name: 'a DOCTYPE alone', text: head, code: 'TRUNCATED' },
  {
    name: 'a loop cut in a document',
    text: head + log(card('')) + head + '<nvidia_smi_log><gpu',
    code: 'TRUNCATED',
  },
  {
    name: 'a document with its middle gone',
    text: head + log('<gpu id="1"><uuid>x</gpu>'),
    code: 'MALFORMED',
  },
  { name: 'another text', text: 'hello', code: 'UNREADABLE' },
  { name: 'nothing', text: '', code: 'UNREADABLE' },
];
test.for(broken)('$name is $code', ({ text, code }) => {
  expect(xmlFormat.parse(text)).toMatchObject({ ok: false, problem: { code } });
});

test('text that strayed between elements is no counter', () => {
  const gpu = readCard(
    '<ecc_errors><volatile>x<dram_correctable>1</dram_correctable>y</volatile></ecc_errors>',
  );
  expect(gpu.eccVolatile).toEqual({ dramCorrectable: 1 });
});
