import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dcgmHierarchyFormat } from '../../../../agent/formats/dcgm/dcgm-hierarchy.ts';

// After NVIDIA's user guide and the sources of dcgmi; the ids are invented.
const sample = `+-------------------+--------------------------------------------------------------------+
| Instance Hierarchy                                                                     |
+===================+====================================================================+
| GPU 0             | GPU GPU-aaaa (EntityID: 0)                                         |
| -> I 0/1          | GPU Instance (EntityID: 3)                                         |
|    -> CI 0/1/0    | Compute Instance (EntityID: 3)                                     |
|    -> CI 0/1/1    | Compute Instance (EntityID: 1000)                                  |
+-------------------+--------------------------------------------------------------------+
| GPU 1             | GPU GPU-bbbb (EntityID: 1)                                         |
| -> I 1/13         | GPU Instance (EntityID: 100)                                       |
+-------------------+--------------------------------------------------------------------+
`;

test('cards, instances and compute instances, each with its place', () => {
  expect(dcgmHierarchyFormat.recognises(sample)).toBe(true);
  expect(dcgmHierarchyFormat.parse(sample)).toEqual({
    ok: true,
    value: {
      report: 'hierarchy',
      entities: [
        { kind: 'gpu', entityId: 0, gpuUuid: 'GPU-aaaa' },
        { kind: 'gpu-instance', entityId: 3, gpuUuid: 'GPU-aaaa', gpuInstanceId: 1 },
        {
          kind: 'compute-instance',
          entityId: 3,
          gpuUuid: 'GPU-aaaa',
          gpuInstanceId: 1,
          computeInstanceId: 0,
        },
        {
          kind: 'compute-instance',
          entityId: 1000,
          gpuUuid: 'GPU-aaaa',
          gpuInstanceId: 1,
          computeInstanceId: 1,
        },
        { kind: 'gpu', entityId: 1, gpuUuid: 'GPU-bbbb' },
        { kind: 'gpu-instance', entityId: 100, gpuUuid: 'GPU-bbbb', gpuInstanceId: 13 },
      ],
    },
  });
});

test('CRLF changes nothing', () => {
  expect(dcgmHierarchyFormat.parse(sample.replaceAll('\n', '\r\n'))).toEqual(
    dcgmHierarchyFormat.parse(sample),
  );
});

test.for([
  ['cut in a row', sample.slice(0, 300), 'TRUNCATED'],
  ['something else', 'hello\n', 'UNREADABLE'],
  ['a refusal', 'Error: unable to connect to host engine\n', 'HOST_ENGINE_AWAY'],
])('%s is a problem', ([, text = '', code = '']) => {
  const parsed = dcgmHierarchyFormat.parse(text);
  expect(parsed.ok ? null : parsed.problem.code).toBe(code);
});

test('no text throws', () => {
  fc.assert(
    fc.property(fc.nat(sample.length), fc.nat(sample.length), fc.string(), (from, to, rubbish) => {
      const text = sample.slice(0, from) + rubbish + sample.slice(to);
      expect(typeof dcgmHierarchyFormat.parse(text).ok).toBe('boolean');
    }),
  );
});
