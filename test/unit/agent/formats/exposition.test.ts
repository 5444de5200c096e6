import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExpositionLine } from '../../../../agent/formats/dcgm/exposition-line.ts';
import { expositionFormat } from '../../../../agent/formats/dcgm/exposition.ts';

const good = [
  ['up 1', { metric: 'up', labels: {}, value: 1, timestampMs: null }],
  ['a{} 1.5e3 1700000000000', { metric: 'a', labels: {}, value: 1_500, timestampMs: 1_700_000_000_000 }],
  ['a{b="c",} -Inf', { metric: 'a', labels: { b: 'c' }, value: -Infinity, timestampMs: null }],
  ['a{ b = "c" , d="" } NaN', { metric: 'a', labels: { b: 'c', d: '' }, value: NaN, timestampMs: null }],
  [String.raw`a{b="x\"y\\z\nw"} 0`, { metric: 'a', labels: { b: 'x"y\\z\nw' }, value: 0, timestampMs: null }],
  ['a{b="}"} 0', { metric: 'a', labels: { b: '}' }, value: 0, timestampMs: null }],
] as const; // prettier-ignore
test.for(good)('%s', ([line, want]) => {
  expect(parseExpositionLine(line)).toEqual(want);
});

test.for([
  '',
  'a',
  'a{',
  'a{b}',
  'a{b="c} 1',
  'a{b="c"} ',
  'a{b="c"} x',
  'a{b="c"} 1 2 3',
  '1a 1',
  'a{b="c"d="e"} 1',
])('%j is no sample', (line) => {
  expect(parseExpositionLine(line)).toBeNull();
});

test('samples are grouped by metric, and cards are read from the labels', () => {
  const text = [
    '# HELP DCGM_FI_DEV_FB_USED Framebuffer memory used (in MiB).',
    '# TYPE DCGM_FI_DEV_FB_USED gauge',
    'DCGM_FI_DEV_FB_USED{gpu="1",UUID="GPU-a",modelName="NVIDIA A100",GPU_I_PROFILE="1g.5gb",GPU_I_ID="8",Hostname="n",DCGM_FI_DRIVER_VERSION="560.1"} 6',
    'DCGM_FI_DEV_FB_USED{gpu="1",UUID="GPU-a",modelName="NVIDIA A100",GPU_I_PROFILE="3g.20gb",GPU_I_ID="2",Hostname="n",DCGM_FI_DRIVER_VERSION="560.1"} 9223372036854775794',
    '# TYPE t histogram',
    't_bucket{le="+Inf"} 3',
    't_sum NaN',
    '',
  ].join('\n');
  expect(expositionFormat.recognises(text)).toBe(true);
  expect(expositionFormat.parse(text)).toMatchObject({
    ok: true,
    value: {
      metrics: [
        {
          name: 'DCGM_FI_DEV_FB_USED',
          type: 'gauge',
          help: 'Framebuffer memory used (in MiB).',
          samples: [{ value: 6 }, { value: null }],
        },
        {
          name: 't',
          type: 'histogram',
          help: null,
          samples: [
            { labels: { __name__: 't_bucket', le: '+Inf' }, value: 3 },
            { labels: { __name__: 't_sum' }, value: null },
          ],
        },
      ],
      gpus: [
        {
          gpu: '1',
          uuid: 'GPU-a',
          name: 'NVIDIA A100',
          hostname: 'n',
          driverVersion: '560.1',
          instances: [
            { gpuInstanceId: 8, profile: '1g.5gb' },
            { gpuInstanceId: 2, profile: '3g.20gb' },
          ],
        },
      ],
    },
  });
});

test('a line that is none of it is a problem with its number; the last one was cut', () => {
  expect(expositionFormat.parse('a{b="c"} 1\nHTTP/1.1 200 OK\na 1\n')).toMatchObject({
    ok: false,
    problem: { code: 'EXPOSITION_LINE', path: 'line 2' },
  });
  expect(expositionFormat.parse('a{b="c"} 1\na{b="')).toMatchObject({
    ok: false,
    problem: { code: 'TRUNCATED' },
  });
});

test('whatever a label holds comes back', () => {
  const escaped = (text: string): string =>
    text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  fc.assert(
    fc.property(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (label, value) => {
        const line = `m{l="${escaped(label)}"} ${value}`;
        const sample = parseExpositionLine(line);
        expect(sample?.labels['l']).toBe(label);
        expect(sample?.value === value).toBe(true);
      },
    ),
  );
});

test('an exporter before version 2 writes in lower case', () => {
  const text = '# TYPE dcgm_gpu_temp gauge\ndcgm_gpu_temp{gpu="0",uuid="GPU-0"} 34\n';
  expect(expositionFormat.recognises(text)).toBe(true);
  expect(expositionFormat.parse(text)).toMatchObject({
    value: { gpus: [{ gpu: '0', uuid: 'GPU-0' }] },
  });
});
