import { expect, test } from 'vitest';
import { topoFormat } from '../../../../agent/formats/listings/topo.ts';

const legend = [
  '',
  'Legend:',
  '',
  '  X    = Self',
  '  NV#  = Connection traversing a bonded set of # NVLinks',
];
const parse = (lines: readonly string[]) => topoFormat.parse(`${lines.join('\n')}\n`);

test('tabs, underlined heading, double tab before the NUMA id', () => {
  const escape = String.fromCodePoint(27);
  const text = [
    `\t${escape}[4mGPU0\tGPU1\tNIC0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID${escape}[0m`,
    'GPU0\t X \tNV12\tPIX\t0-55,112-167\t0\t\tN/A',
    'GPU1\tNV12\t X \tSYS\t56-111\t1\t\t3',
    'NIC0\tPIX\tSYS\t X ',
    ...legend,
    '',
    'NIC Legend:',
    '',
    '  NIC0: mlx5_bond_0',
  ];
  expect(topoFormat.recognises(text.join('\n'))).toBe(true);
  expect(parse(text)).toEqual({
    ok: true,
    value: {
      matrix: 'connection',
      gpus: [
        {
          name: 'GPU0',
          index: 0,
          links: { GPU1: 'NV12' },
          nics: { NIC0: 'PIX' },
          cpuAffinity: '0-55,112-167',
          numaAffinity: '0',
          gpuNumaId: null,
        },
        {
          name: 'GPU1',
          index: 1,
          links: { GPU0: 'NV12' },
          nics: { NIC0: 'SYS' },
          cpuAffinity: '56-111',
          numaAffinity: '1',
          gpuNumaId: 3,
        },
      ],
      nics: [
        { name: 'NIC0', device: 'mlx5_bond_0', links: { GPU0: 'PIX', GPU1: 'SYS' }, nics: {} },
      ],
      legend: { X: 'Self', 'NV#': 'Connection traversing a bonded set of # NVLinks' },
      notices: [],
    },
  });
});

test('an old driver names network cards by themselves and tells no NUMA node', () => {
  const parsed = parse(['\tGPU0\tmlx5_0\tCPU Affinity', 'GPU0\t X \tPHB\t0-11', 'mlx5_0\tPHB\t X']);
  expect(parsed).toMatchObject({
    ok: true,
    value: {
      gpus: [{ nics: { mlx5_0: 'PHB' }, cpuAffinity: '0-11', numaAffinity: null, gpuNumaId: null }],
      nics: [{ name: 'mlx5_0', device: 'mlx5_0', links: { GPU0: 'PHB' } }],
    },
  });
});

test('a terminal turns tabs into blanks and wraps long lists of CPUs', () => {
  const parsed = parse([
    '        GPU0    GPU1    CPU Affinity    NUMA Affinity',
    'GPU0     X      SYS     0-3,8-11,',
    '16-19   0-1',
    'GPU1    SYS      X      4-7             N/A',
    ...legend,
  ]);
  expect(parsed).toMatchObject({
    ok: true,
    value: {
      gpus: [
        { cpuAffinity: '0-3,8-11,16-19', numaAffinity: '0-1' },
        { cpuAffinity: '4-7', numaAffinity: null },
      ],
    },
  });
});

test('a copy may have lost the blanks before the heading', () => {
  const text = 'GPU0\tCPU Affinity\tNUMA Affinity\nGPU0\t X \t0-3\t0';
  expect(topoFormat.recognises(text)).toBe(true);
  expect(topoFormat.parse(text)).toMatchObject({ ok: true, value: { gpus: [{ name: 'GPU0' }] } });
});

test('a machine without affinities leaves their cells empty', () => {
  const parsed = parse([
    '\tGPU0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID',
    'GPU0\t X \t\t\t\tN/A',
  ]);
  expect(parsed).toMatchObject({
    ok: true,
    value: { gpus: [{ cpuAffinity: null, numaAffinity: null, gpuNumaId: null }] },
  });
});

test('a peer-to-peer matrix holds statuses', () => {
  const parsed = parse([
    ' \tGPU0\tGPU1\t',
    ' GPU0\tX\tCNS\t',
    ' GPU1\tCNS\tX\t',
    '',
    'Legend:',
    '',
    '  X    = Self',
    '  CNS  = Chipset not supported',
    '  U    = Unknown',
  ]);
  expect(parsed).toMatchObject({
    ok: true,
    value: {
      matrix: 'peer-to-peer',
      gpus: [{ links: { GPU1: 'CNS' } }, { links: { GPU0: 'CNS' } }],
    },
  });
});

const wrong = [
  {
    name: 'rows that are missing',
    text: '\tGPU0\tGPU1\tCPU Affinity\nGPU0\t X \tSYS\t0\n',
    code: 'TRUNCATED',
  },
  { name: 'half a row', text: '\tGPU0\tGPU1\tCPU Affinity\nGPU0\t X \tSY', code: 'TRUNCATED' },
  {
    name: 'half a legend',
    text: '\tGPU0\tCPU Affinity\nGPU0\t X \t0\n\nLegend:\n\n  X    = Se',
    code: 'TRUNCATED',
  },
  {
    name: 'a row of something else',
    text: '\tGPU0\tCPU Affinity\nGPU0\thello\t0\n',
    code: 'TOPO_ROW',
  },
  {
    name: 'an option refused',
    text: "ERROR: Option -m is missing its value. Please run 'nvidia-smi -h' for help.\n",
    code: 'BAD_OPTION',
  },
  { name: 'nothing', text: '', code: 'UNREADABLE' },
];
test.for(wrong)('$name is $code', ({ text, code }) => {
  expect(topoFormat.parse(text)).toMatchObject({ ok: false, problem: { code } });
});

test('cells that a terminal glued together are parted', () => {
  const parsed = parse([
    '        GPU0    NIC0    NIC1    NIC2    CPU Affinity    NUMA Affinity',
    'GPU0     X      NODENODE    SYS     0-3     0',
    'NIC0    NODE     X      PIXSYS',
    'NIC1    NODE    PIX      X      SYS',
    'NIC2    SYS     SYSSYS     X',
  ]);
  expect(parsed).toMatchObject({
    value: {
      gpus: [{ nics: { NIC0: 'NODE', NIC1: 'NODE', NIC2: 'SYS' }, cpuAffinity: '0-3' }],
      nics: [{ nics: { NIC1: 'PIX', NIC2: 'SYS' } }, {}, { links: { GPU0: 'SYS' } }],
    },
  });
});
