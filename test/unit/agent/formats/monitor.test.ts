import { expect, test } from 'vitest';
import { monitorFormat } from '../../../../agent/formats/listings/monitor.ts';

const parse = (...lines: string[]) => monitorFormat.parse(`${lines.join('\n')}\n`);

test('dmon repeats its heading, says - for nothing and lets wide values overflow', () => {
  const heading = [
    '# gpu    pwr  gtemp  mtemp     sm   mclk ',
    '# Idx      W      C      C      %    MHz ',
  ];
  const parsed = parse(
    ...heading,
    '    0     36     40      -      0    405 ',
    '    1     70     42     48      - 2016001 ',
    '',
    ...heading,
    '    0     37     40      -      5    405 ',
  );
  expect(parsed.ok && parsed.value.tool).toBe('dmon');
  expect(parsed.ok && parsed.value.rows).toEqual([
    {
      gpu: 0,
      powerDrawW: 36,
      temperatureGpuC: 40,
      temperatureMemoryC: null,
      smPct: 0,
      mclkMhz: 405,
    },
    {
      gpu: 1,
      powerDrawW: 70,
      temperatureGpuC: 42,
      temperatureMemoryC: 48,
      smPct: null,
      mclkMhz: 2016001,
    },
    {
      gpu: 0,
      powerDrawW: 37,
      temperatureGpuC: 40,
      temperatureMemoryC: null,
      smPct: 5,
      mclkMhz: 405,
    },
  ]);
});

test('dates and times stand before, and units that are none give no suffix', () => {
  const parsed = parse(
    '#Date       Time        gpu     fb   bar1  rxpci pviol sbecc gract',
    '#YYYYMMDD   HH:MM:SS    Idx     MB     MB   MB/s  bool  errs GPM:%',
    ' 20260104   13:54:35      0    239      3      5     0     0     -',
  );
  expect(parsed.ok && parsed.value.rows).toEqual([
    {
      date: '20260104',
      time: '13:54:35',
      gpu: 0,
      fbMb: 239,
      bar1Mb: 3,
      rxpciMbPerS: 5,
      pviol: 0,
      sbecc: 0,
      gractPct: null,
    },
  ]);
});

test('--format csv puts commas between the cells', () => {
  const parsed = parse('#gpu, pwr, gtemp', '#Idx, W, C', '0, 36, 40');
  expect(parsed.ok && parsed.value.rows).toEqual([{ gpu: 0, powerDrawW: 36, temperatureGpuC: 40 }]);
});

test('pmon: idle cards are rows of -, commands hold blanks', () => {
  const parsed = parse(
    '# gpu         pid   type     sm    mem     fb    command ',
    '# Idx           #    C/G      %      %     MB    name ',
    '    0          -     -      -      -      -    -              ',
    '    1       4680   C+G      -      -    370    NVIDIA Share.exe',
    '    2      11801   M+C     99      7   2016    python3        ',
  );
  expect(parsed.ok && parsed.value.tool).toBe('pmon');
  expect(parsed.ok && parsed.value.rows).toEqual([
    { gpu: 0, pid: null, type: null, smPct: null, memPct: null, fbMb: null, command: null },
    {
      gpu: 1,
      pid: 4680,
      type: 'C+G',
      smPct: null,
      memPct: null,
      fbMb: 370,
      command: 'NVIDIA Share.exe',
    },
    { gpu: 2, pid: 11801, type: 'M+C', smPct: 99, memPct: 7, fbMb: 2016, command: 'python3' },
  ]);
});

test('a heading alone is an empty list', () => {
  expect(parse('# gpu    pwr', '# Idx      W')).toMatchObject({ ok: true, value: { rows: [] } });
});

const head = '# gpu    pwr   pclk \n# Idx      W    MHz \n    0     36   2055 \n';
const pmonHead = '# gpu   pid  command\n# Idx     #  name\n    0    42  gnome-shell\n';
const wrong = [
  { text: '# gpu    pwr\n# Id', code: 'TRUNCATED' },
  { text: `${head}    0     3`, code: 'TRUNCATED' },
  { text: `${head}    0     36   20`, code: 'TRUNCATED' },
  { text: `${pmonHead}    0    42  gnome-s`, code: 'TRUNCATED' },
  { text: `${head}    0     36   2055   7 \n`, code: 'MONITOR_ROW' },
  { text: `${head}hello my friend\n`, code: 'MONITOR_ROW' },
  {
    text: 'Not supported on the device(s)\nFailed to process command line \n',
    code: 'NOT_SUPPORTED',
  },
];
test.for(wrong)('$text is $code', ({ text, code }) => {
  expect(monitorFormat.parse(text)).toMatchObject({ ok: false, problem: { code } });
});
