import { describe, expect, test } from 'vitest';
import { readTrace } from '../../../../coordinator/simulate/trace.ts';
import { traceLimits } from '../../../../coordinator/simulate/trace-table.ts';
import { isAppError } from '../../../../shared/platform/errors.ts';
import { file, nodeHeader, requestHeader, trace } from './traces.ts';

const goodNode = 'n1,32000,65536,2,T4';
const goodRequest = 'p1,1000,512,1,500,';

interface Read {
  readonly nodes?: readonly string[];
  readonly requests?: readonly string[];
  readonly skipBad?: boolean;
}

/** Reads lines, header included. Answers what was refused, with its hint, and what was noted. */
function read({ nodes, requests, skipBad = false }: Read) {
  const notes: string[] = [];
  const files = {
    nodes: file('nodes.csv', (nodes ?? [nodeHeader, goodNode]).join('\n')),
    requests: file('requests.csv', (requests ?? [requestHeader, goodRequest]).join('\n')),
  };
  try {
    const read = readTrace(files, { skipBad, note: (text) => notes.push(text) });
    return { trace: read, refused: '', hint: '', notes };
  } catch (error) {
    if (!isAppError(error, 'REQUEST_INVALID')) throw error;
    return { trace: null, refused: error.message, hint: error.hint ?? '', notes };
  }
}

test('reads nodes and requests', () => {
  const found = trace(
    ['n1,32000,65536,2,T4', 'n2,96000,1024,0,'],
    ['p1,1000,512,1,460,', 'p2,8000,2048,8,1000,V100M32|V100M16|V100M32', 'p3,500,0,0,0,T4'],
  );
  expect(found).toEqual({
    nodes: [
      { name: 'n1', cpuMillis: 32_000, memoryMib: 65_536, gpus: 2, model: 'T4' },
      { name: 'n2', cpuMillis: 96_000, memoryMib: 1_024, gpus: 0, model: '' },
    ],
    requests: [
      { name: 'p1', cpuMillis: 1_000, memoryMib: 512, gpus: 1, gpuMilli: 460, models: [] },
      {
        name: 'p2',
        cpuMillis: 8_000,
        memoryMib: 2_048,
        gpus: 8,
        gpuMilli: 1_000,
        models: ['V100M16', 'V100M32'],
      },
      // A card model means nothing to a request for CPU.
      { name: 'p3', cpuMillis: 500, memoryMib: 0, gpus: 0, gpuMilli: 0, models: [] },
    ],
    capacityMilli: 2_000,
  });
});

test('columns come in any order, others are ignored, and gpu_spec may be missing', () => {
  const { trace: found } = read({
    nodes: ['model,extra,gpu,memory_mib,cpu_milli,sn', 'T4,x,2,65536,32000,n1'],
    requests: ['num_gpu,name,qos,gpu_milli,memory_mib,cpu_milli', '1,p1,LS,1000,16,8'],
  });
  expect(found?.nodes[0]).toEqual({
    name: 'n1',
    cpuMillis: 32_000,
    memoryMib: 65_536,
    gpus: 2,
    model: 'T4',
  });
  expect(found?.requests[0]).toEqual({
    name: 'p1',
    cpuMillis: 8,
    memoryMib: 16,
    gpus: 1,
    gpuMilli: 1_000,
    models: [],
  });
});

test('a byte-order mark, Windows line ends, blank lines, quotes and blanks around cells do no harm', () => {
  const { trace: found } = read({
    nodes: [`\uFEFF${nodeHeader}\r`, '\r', '"n1", 32000 ,65536,2,T4\r', ''],
  });
  expect(found?.nodes.map(({ name, cpuMillis }) => [name, cpuMillis])).toEqual([['n1', 32_000]]);
});

describe('a request that cannot be', () => {
  const cases: readonly (readonly [row: string, problem: string])[] = [
    ['p2,1000,512,1,1001,', 'gpu_milli is "1001", not a whole number from 0 to 1000'],
    ['p2,1000,512,1,-5,', 'gpu_milli is "-5", not a whole number from 0 to 1000'],
    ['p2,1000,512,1,NaN,', 'gpu_milli is "NaN", not a whole number from 0 to 1000'],
    ['p2,1000,512,1,1e2,', 'gpu_milli is "1e2", not a whole number from 0 to 1000'],
    ['p2,1000,512,1,,', 'gpu_milli is "", not a whole number from 0 to 1000'],
    ['p2,1000,512,1,0,', 'gpu_milli is 0 of 1 GPUs'],
    ['p2,1000,512,2,500,', 'gpu_milli is 500 of 2 GPUs; a share is of one'],
    ['p2,1000,512,0,500,', 'gpu_milli is 500 of no GPU'],
    ['p2,1000,512,17,1000,', 'num_gpu is "17", not a whole number from 0 to 16'],
    ['p2,1000,512,1.5,1000,', 'num_gpu is "1.5", not a whole number from 0 to 16'],
    ['p2,-1,512,1,1000,', 'cpu_milli is "-1", not a whole number from 0 to 1024000'],
    ['p2,Infinity,512,1,1000,', 'cpu_milli is "Infinity", not a whole number from 0 to 1024000'],
    ['p2,1000,-512,1,1000,', 'memory_mib is "-512", not a whole number from 0 to 16777216'],
    [
      `p2,${'9'.repeat(60)},0,1,1000,`,
      `cpu_milli is "${'9'.repeat(32)}…", not a whole number from 0 to 1024000`,
    ],
    [',1000,512,1,1000,', 'name is empty'],
    ['p2,1000,512,1,1000,T4||A10', 'gpu_spec has a model without a name'],
    ['p2,1000,512,1,1000,T4,LS', 'has 7 cells, the header 6'],
    ['p2,1000,512', 'has 3 cells, the header 6'],
    [
      `${'n'.repeat(traceLimits.cellLengthMax + 1)},1,1,1,1000,`,
      'has a cell of more than 4096 characters',
    ],
  ];
  test.for(cases)('%s', ([row, problem]) => {
    const requests = [requestHeader, goodRequest, '', row, goodRequest];
    expect(read({ requests })).toMatchObject({
      refused: `requests.csv: 1 of 3 rows are not usable: line 4: ${problem}`,
      hint: 'mend them, or leave them out with --skip-bad',
    });
    const skipped = read({ requests, skipBad: true });
    expect(skipped.trace?.requests.length).toBe(2);
    expect(skipped.notes).toEqual([`requests.csv: left out 1 of 3 rows: line 4: ${problem}\n`]);
  });
});

describe('a node that cannot be', () => {
  const cases: readonly (readonly [row: string, problem: string])[] = [
    ['n1,32000,65536,2,T4', 'sn "n1" was there before'],
    ['n2,32000,65536,-1,T4', 'gpu is "-1", not a whole number from 0 to 64'],
    ['n2,32000,65536,65,T4', 'gpu is "65", not a whole number from 0 to 64'],
    ['n2,0,65536,2,T4', 'cpu_milli is "0", not a whole number from 1 to 1024000'],
    ['n2,32000,,2,T4', 'memory_mib is "", not a whole number from 1 to 16777216'],
    ['n2,32000,65536,2,', 'model names no GPU'],
    [',32000,65536,2,T4', 'sn is empty'],
  ];
  test.for(cases)('%s', ([row, problem]) => {
    expect(read({ nodes: [nodeHeader, goodNode, row] }).refused).toBe(
      `nodes.csv: 1 of 2 rows are not usable: line 3: ${problem}`,
    );
  });
});

test('many bad rows are counted, and the first ten told', () => {
  const bad = Array.from({ length: 25 }, (_, at) => `p${at},x,0,0,0,`);
  const { refused } = read({ requests: [requestHeader, ...bad] });
  expect(refused).toMatch(/^requests\.csv: 25 of 25 rows are not usable: line 2: /);
  expect(refused.match(/line \d+/g)).toEqual(bad.slice(0, 10).map((_, at) => `line ${at + 2}`));
  expect(refused).toMatch(/; and 15 more$/);
});

test('a line break in quotes does not shift the lines of later rows', () => {
  const { refused } = read({ requests: [requestHeader, '"p\n1",1,1,0,0,', 'p2,x,1,0,0,'] });
  expect(refused).toContain('line 4: cpu_milli is "x"');
});

describe('a file that is no such list', () => {
  const cases: readonly (Read & { readonly name: string; readonly refused: string })[] = [
    { name: 'empty', nodes: [''], refused: 'nodes.csv is no list of nodes: it is empty' },
    {
      name: 'other columns',
      requests: ['name,cpu,num_gpu', 'p,1,1'],
      refused:
        'requests.csv is no list of requests: its header lacks cpu_milli, memory_mib, gpu_milli',
    },
    {
      name: 'a column twice',
      nodes: [`${nodeHeader},gpu`, `${goodNode},2`],
      refused: 'nodes.csv is no list of nodes: its header names gpu twice',
    },
    { name: 'only a header', nodes: [nodeHeader], refused: 'nodes.csv has no usable row' },
    {
      name: 'a quote that never ends',
      nodes: [nodeHeader, '"n1,1,1,1,T4'],
      refused: 'nodes.csv is not a CSV file',
    },
    {
      name: 'no row left once bad ones are skipped',
      requests: [requestHeader, 'p,x,0,0,0,'],
      skipBad: true,
      refused: 'requests.csv has no usable row',
    },
    {
      name: 'nodes without GPUs',
      nodes: [nodeHeader, 'n1,1000,1000,0,'],
      refused: 'no node of nodes.csv has a GPU',
    },
  ];
  test.for(cases)('$name', (each) => {
    expect(read(each).refused).toBe(each.refused);
  });
});

test('the hint of a wrong header is the right one', () => {
  expect(read({ requests: ['a,b', '1,2'] }).hint).toBe(
    'the first line names the columns: name,cpu_milli,memory_mib,num_gpu,gpu_milli,[gpu_spec]',
  );
});
