import { expect, test } from 'vitest';
import { dcgmValue, withoutBlanks } from '../../../../agent/formats/dcgm/dcgm-blank.ts';
import { dcgmDiagFormat } from '../../../../agent/formats/dcgm/dcgm-diag.ts';
import { dcgmDmonFormat } from '../../../../agent/formats/dcgm/dcgm-dmon.ts';
import {
  dcgmDiscoveryFormat,
  dcgmFieldsFormat,
  dcgmLinkStatesFormat,
  dcgmReplyFormat,
} from '../../../../agent/formats/dcgm/dcgm-lists.ts';
import { dcgmTableFormat } from '../../../../agent/formats/dcgm/dcgm-tables.ts';
import { samples } from '../../../fuzz/samples.ts';

const sample = (file: string): string => samples.find((each) => each.file === file)?.text ?? '';

const values = [
  ['N/A', null],
  ['<<<NULL>>>', null],
  ['<<<NOT_SUPPORTED>>>', null],
  ['9223372036854775792', null],
  ['9223372036854775795', null],
  ['2147483634', null],
  ['140737488355330', null],
  ['0', 0],
  ['0.125', 0.125],
  ['2147483647', 2_147_483_647],
  ['NVIDIA H800', 'NVIDIA H800'],
] as const;
test.for(values)('%s is %s', ([raw, want]) => {
  expect(dcgmValue(raw)).toBe(want);
});

test('blanks in JSON are null, however deep', () => {
  expect(
    withoutBlanks({
      a: [Number('9223372036854775794'), { b: '<<<NOT_FOUND>>>', c: 2_147_483_632 }, 7],
    }),
  ).toEqual({ a: [null, { b: null, c: null }, 7] });
});

test('dmon: instances have rows of their own, and the first rows say nothing', () => {
  const text = sample('dcgmi-dmon.txt');
  expect(dcgmDmonFormat.recognises(text)).toBe(true);
  expect(dcgmDmonFormat.parse(text)).toEqual({
    ok: true,
    value: {
      report: 'dmon',
      columns: ['GRACT', 'SMACT', 'DRAMA'],
      samples: [
        { entity: 'GPU', entityId: 0, values: { GRACT: null, SMACT: null, DRAMA: null } },
        { entity: 'GPU-I', entityId: 3, values: { GRACT: 0.125, SMACT: 0.1, DRAMA: 0.05 } },
        { entity: 'GPU-CI', entityId: 2, values: { GRACT: 0.125, SMACT: 0.1, DRAMA: null } },
      ],
    },
  });
});

test('a diagnostic that ran may have failed; wrapped words are whole again', () => {
  const text = sample('dcgmi-diag.txt');
  expect(dcgmDiagFormat.recognises(text)).toBe(true);
  const pass = { status: 'pass', entityGroup: null, entityIds: null, messages: [] };
  expect(dcgmDiagFormat.parse(text)).toEqual({
    ok: true,
    value: {
      report: 'diag',
      dcgmVersion: null,
      driverVersion: null,
      verdict: 'fail',
      tests: [
        { category: 'Deployment', name: 'Denylist', results: [pass], messages: [] },
        {
          category: 'Deployment',
          name: 'Persistence Mode',
          results: [{ ...pass, status: 'fail' }],
          messages: [
            {
              level: 'error',
              text: 'Persistence mode for GPU 0 is currently disabled.',
              errorId: null,
              errorCategory: null,
              errorSeverity: null,
            },
          ],
        },
        {
          category: 'Hardware',
          name: 'GPU Memory',
          results: [{ ...pass, status: 'skip' }],
          messages: [],
        },
      ],
    },
  });
});

test('the JSON of DCGM 4 names the card and the error; a line of text may come before it', () => {
  const text = `Successfully ran diagnostic for group.\n${sample('dcgmi-diag.json')}`;
  expect(dcgmDiagFormat.parse(text)).toMatchObject({
    ok: true,
    value: {
      dcgmVersion: '4.2.3',
      driverVersion: '570.00.00',
      verdict: 'fail',
      tests: [
        {
          category: 'Hardware',
          name: 'memory',
          results: [
            {
              status: 'fail',
              entityGroup: 'GPU',
              entityIds: [1],
              messages: [
                {
                  level: 'warning',
                  text: 'bad row',
                  errorId: 22,
                  errorCategory: 5,
                  errorSeverity: 2,
                },
              ],
            },
          ],
        },
      ],
    },
  });
  expect(dcgmDiagFormat.parse(text.slice(0, -30))).toMatchObject({
    problem: { code: 'TRUNCATED' },
  });
});

test('the JSON of DCGM 3 names cards in a list', () => {
  const text = JSON.stringify({
    'DCGM GPU Diagnostic': {
      test_categories: [
        {
          category: 'Hardware',
          tests: [{ name: 'x', results: [{ gpu_ids: '0,2', status: 'Warn', warnings: 'slow' }] }],
        },
      ],
    },
  });
  expect(dcgmDiagFormat.parse(text)).toMatchObject({
    value: {
      verdict: 'warn',
      tests: [
        { results: [{ entityGroup: 'GPU', entityIds: [0, 2], messages: [{ text: 'slow' }] }] },
      ],
    },
  });
});

test('a diagnostic that could not run is a refusal', () => {
  expect(dcgmDiagFormat.parse('{"DCGM Diagnostic": {"runtime_error": "MIG is on"}}')).toMatchObject(
    { problem: { code: 'DCGM_REFUSED', message: 'MIG is on' } },
  );
});

test('discovery: names may be missing, and switches and CPUs follow', () => {
  const text = [
    '1 GPU found.',
    '+--------+----------------------------------------------------------------------+',
    '| GPU ID | Device Information                                                   |',
    '+--------+----------------------------------------------------------------------+',
    '| 0      | Name: <<<NULL>>>                                                     |',
    '|        | PCI Bus ID: 00000000:4C:00.0                                         |',
    '|        | Device UUID: GPU-d6a2c177                                            |',
    '+--------+----------------------------------------------------------------------+',
    '0 NvSwitches found.',
    '+-----------+',
    '| Switch ID |',
    '+-----------+',
    '+-----------+',
    '2 CPUs found.',
    '| 0      | Grace |',
    '',
  ].join('\n');
  expect(dcgmDiscoveryFormat.recognises(text)).toBe(true);
  expect(dcgmDiscoveryFormat.parse(text)).toEqual({
    ok: true,
    value: {
      report: 'discovery',
      gpuCount: 1,
      nvSwitchCount: 0,
      cpuCount: 2,
      gpus: [{ id: 0, name: null, pciBusId: '00000000:4C:00.0', uuid: 'GPU-d6a2c177' }],
    },
  });
  expect(dcgmDiscoveryFormat.parse(text.slice(0, 400))).toMatchObject({
    problem: { code: 'TRUNCATED' },
  });
});

const health = {
  header: ['Health Monitor Report'],
  body: {
    'Overall Health': { value: 'Warning' },
    GPU: { children: { '0': { value: 'Warning', children: { 'Inforom system': { value: 'Warning', overflow: ['A corrupt infoROM'] } } } } },
  },
}; // prettier-ignore
const healthText = [
  '+---------------------------+----------------------------------------------------------+',
  '| Health Monitor Report                                                                |',
  '+===========================+==========================================================+',
  '| Overall Health            | Warning                                                  |',
  '| GPU                       |                                                          |',
  '| -> 0                      | Warning                                                  |',
  '|    -> Inforom system      | Warning                                                  |',
  '|                           | A corrupt infoROM                                        |',
  '+---------------------------+----------------------------------------------------------+',
  '',
].join('\n');
test.for([
  ['text', healthText],
  ['JSON', `${JSON.stringify(health, null, 1)}\n`],
] as const)('health as %s: a warning is a value', ([, text]) => {
  expect(dcgmTableFormat.recognises(text)).toBe(true);
  expect(dcgmTableFormat.parse(text)).toEqual({
    ok: true,
    value: {
      report: 'health',
      overall: 'Warning',
      incidents: [
        {
          entity: 'GPU 0',
          system: 'Inforom system',
          health: 'Warning',
          message: 'A corrupt infoROM',
        },
      ],
    },
  });
});

test('health as the older user guide shows it', () => {
  const text = [
    ' Health Monitor Report',
    ' +------------------+---------------------------------------------------------+',
    ' | Group 1          | Overall Health: Warning                                 |',
    ' +==================+=========================================================+',
    ' | GPU ID: 0        | Warning                                                 |',
    ' |                  | PCIe system: Warning - Detected more than 8 PCIe        |',
    ' |                  | replays per minute                                      |',
    ' +------------------+---------------------------------------------------------+',
    '',
  ].join('\n');
  expect(dcgmTableFormat.recognises(text)).toBe(true);
  expect(dcgmTableFormat.parse(text)).toEqual({
    ok: true,
    value: {
      report: 'health',
      overall: 'Warning',
      incidents: [
        {
          entity: 'GPU 0',
          system: 'PCIe system',
          health: 'Warning',
          message: 'Detected more than 8 PCIe replays per minute',
        },
      ],
    },
  });
});

test('links, fields and one-line replies', () => {
  expect(
    dcgmLinkStatesFormat.parse(
      '+----------------------+\n|  NvLink Link Status  |\n+----------------------+\nGPUs:\n    gpuId 0:\n        U D X _\nNvSwitches:\n    No NvSwitches found.\n\nKey: Up=U\n',
    ),
  ).toEqual({
    ok: true,
    value: {
      report: 'nvlink-status',
      gpus: [{ gpuId: 0, links: ['up', 'down', 'disabled', 'not-supported'] }],
      nvSwitches: [],
    },
  });
  expect(
    dcgmFieldsFormat.parse('Long Name   Short Name   Field ID\ngr_engine_active   GRACT   1001\n'),
  ).toEqual({
    ok: true,
    value: {
      report: 'fields',
      fields: [{ name: 'gr_engine_active', shortName: 'GRACT', id: 1001 }],
    },
  });
  expect(dcgmReplyFormat.parse('dcgmi  version: 3.3.9\n')).toMatchObject({
    value: { version: '3.3.9' },
  });
  expect(dcgmReplyFormat.recognises('Successfully created GPU instance ID 13\n')).toBe(false);
});

const replies = [
  'Successfully created group "a" with a group ID of 2\n',
  'Successfully started process watches.\n',
  'Add to group operation successful.\n',
  'Policy successfully set.\n',
  '\ndcgmi  version: 3.3.5\n',
  'Version : 3.3.9\nBuild ID : 28\n',
];
test.for(replies)('%j is a reply', (text) => {
  expect(dcgmReplyFormat.recognises(text)).toBe(true);
  expect(dcgmReplyFormat.parse(text).ok).toBe(true);
});
test.for(['Successfully added 3 packages\n', 'version: 2\nupdates:\n'])(
  '%j is another program’s',
  (text) => {
    expect(dcgmReplyFormat.recognises(text)).toBe(false);
  },
);

test('the list of profiling groups has no rule below its head', () => {
  const text =
    '+---+---+---+\n| Group.Subgroup | Field ID | Field Tag |\n+---+---+---+\n| A.1 | 1002 | sm_active |\n+---+---+---+\n';
  expect(dcgmTableFormat.recognises(text)).toBe(true);
  expect(dcgmTableFormat.parse(text).ok).toBe(true);
});

test('a verdict in the title of the box is the health', () => {
  const text =
    'Health Monitor Report\n+---+---+\n| Overall Health: Warning |\n+===+===+\n| GPU ID: 0 | Warning |\n|  | PCIe system: Warning - Replays |\n+---+---+\n';
  expect(dcgmTableFormat.parse(text)).toMatchObject({
    value: { report: 'health', overall: 'Warning', incidents: [{ entity: 'GPU 0' }] },
  });
});
