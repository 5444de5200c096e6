import { expect, test } from 'vitest';
import { nvlinkFormat } from '../../../../agent/formats/listings/nvlink.ts';

const head = 'GPU 0: NVIDIA X (UUID: GPU-11111111-2222-3333-4444-555555555555)';
const parse = (...lines: string[]) => nvlinkFormat.parse(`${[head, ...lines].join('\n')}\n`);

const links: readonly { name: string; lines: string[]; want: readonly unknown[] }[] = [
  {
    name: '-s',
    lines: ['\t Link 0: 26.562 GB/s', '\t Link 1: <inactive>'],
    want: [
      { link: 0, active: true, readings: { speedGbPerS: 26.562 } },
      { link: 1, active: false, readings: {} },
    ],
  },
  {
    name: '-gt r',
    lines: ['         Link 0: Raw Tx: 25305739 KiB', '         Link 0: Raw Rx: 0 KiB'],
    want: [{ link: 0, active: null, readings: { rawTxKib: 25305739, rawRxKib: 0 } }],
  },
  {
    name: '-g 0 of old drivers',
    lines: ['\t Link 0: Rx0: 12 KBytes, Tx0: N/A'],
    want: [{ link: 0, active: null, readings: { rx0Kb: 12, tx0: null } }],
  },
  {
    name: '-e, in paragraphs and shortened',
    lines: [
      '\t Link 0: Replay Errors: 0',
      '\t Link 0: CRC Errors: 3',
      '',
      '\t [...]',
      '',
      '\t Link 17: Replay Errors: 1',
    ],
    want: [
      { link: 0, active: null, readings: { replayErrors: 0, crcErrors: 3 } },
      { link: 17, active: null, readings: { replayErrors: 1 } },
    ],
  },
  {
    name: '-c',
    lines: ['\t Link 0, P2P is supported: true', '\t Link 0, SLI is supported: false'],
    want: [{ link: 0, active: null, readings: { p2pIsSupported: true, sliIsSupported: false } }],
  },
  {
    name: '-p and -R',
    lines: ['\t Link 0: 00000000:0A:00.0', '\t Link 1: Remote Device 00000000:05:00.0: Link 3'],
    want: [
      { link: 0, active: null, readings: { remotePciBusId: '00000000:0A:00.0' } },
      { link: 1, active: null, readings: { remotePciBusId: '00000000:05:00.0', remoteLink: 3 } },
    ],
  },
];
test.for(links)('reads the links of $name', ({ lines, want }) => {
  expect(nvlinkFormat.recognises([head, ...lines].join('\n'))).toBe(true);
  expect(parse(...lines)).toMatchObject({
    ok: true,
    value: { gpus: [{ state: 'links', links: want }] },
  });
});

const without = [
  { sentence: 'Device does not have or support Nvlink', state: 'none' },
  { sentence: 'Nvlink queries are not supported for Devices in MIG mode', state: 'mig' },
  {
    sentence: 'NVML: Unable to retrieve Nvlink information as all links are inActive',
    state: 'inactive',
  },
  { sentence: 'NVML: Unable to retrieve NVLink something new', state: 'unknown' },
];
test.for(without)('a card without links says why: $state', ({ sentence, state }) => {
  expect(parse(sentence)).toMatchObject({
    ok: true,
    value: { gpus: [{ state, note: sentence, links: [] }] },
  });
});

test('the command that was typed before it is no part of it', () => {
  const parsed = nvlinkFormat.parse(`# nvidia-smi nvlink -s\n${head}\n\t Link 0: 25 GB/s\n`);
  expect(parsed).toMatchObject({ ok: true, value: { gpus: [{ index: 0, name: 'NVIDIA X' }] } });
});

const wrong = [
  { text: `${head}\n\t Link 0: 25 GB/s\n\t `, code: 'TRUNCATED' },
  { text: `${head}\n\t Link 0: 26.5`, code: 'TRUNCATED' },
  { text: `${head}\n\t Link 0: 25 GB/s\n\t Li`, code: 'TRUNCATED' },
  { text: `${head}\nNVML: Unable to ret`, code: 'TRUNCATED' },
  {
    text: `${head}\n\t Link 0: Raw Tx: 5 KiB\n\t Link 1: Raw Tx: 5 KiB\n\t Link 2: Raw Tx: 4`,
    code: 'TRUNCATED',
  },
  { text: `${head}\nhello\n`, code: 'NVLINK_LINE' },
  { text: '\t Link 0: 25 GB/s\n', code: 'NVLINK_LINE' },
  { text: '', code: 'UNREADABLE' },
];
test.for(wrong)('$text is $code', ({ text, code }) => {
  expect(nvlinkFormat.parse(text)).toMatchObject({ ok: false, problem: { code } });
});

test('a UUID that somebody masked is kept as it is', () => {
  const text = 'GPU 3: Card A (UUID: ...)\n\t Link 0: 25.781 GB/s\n\t Link 1: <inactive>\n';
  expect(nvlinkFormat.recognises(text)).toBe(true);
  expect(nvlinkFormat.parse(text)).toMatchObject({
    value: { gpus: [{ index: 3, uuid: '...', links: [{ active: true }, { active: false }] }] },
  });
});
