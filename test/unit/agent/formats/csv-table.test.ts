import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCsvTable } from '../../../../agent/formats/csv/csv-table.ts';
import { parseCell } from '../../../../agent/formats/text/cell.ts';
import { parseComputeApps } from '../../../../agent/formats/csv/compute-apps.ts';
import { parseGpuQuery } from '../../../../agent/formats/csv/gpu-query.ts';

const cells = [
  { raw: ' 40960', want: { kind: 'text', text: '40960' } },
  { raw: ' -8', want: { kind: 'text', text: '-8' } },
  { raw: '[N/A]', want: { kind: 'nothing' } },
  { raw: ' N/A', want: { kind: 'nothing' } },
  { raw: '[Not Supported]', want: { kind: 'nothing' } },
  { raw: 'Not Supported', want: { kind: 'nothing' } },
  { raw: '[Not Found]', want: { kind: 'nothing' } },
  { raw: '[Insufficient Permissions]', want: { kind: 'nothing' } },
  { raw: '[Requested functionality has been deprecated]', want: { kind: 'nothing' } },
  { raw: 'Requested functionality has been deprecated', want: { kind: 'nothing' } },
  { raw: '[GPU is lost]', want: { kind: 'broken', words: 'GPU is lost' } },
  { raw: '[GPU requires reset]', want: { kind: 'broken', words: 'GPU requires reset' } },
  { raw: '[Unknown Error]', want: { kind: 'broken', words: 'Unknown Error' } },
  { raw: 'Unknown Error', want: { kind: 'broken', words: 'Unknown Error' } },
  // A value, not a way of saying nothing: the card recommends no action.
  { raw: 'None', want: { kind: 'text', text: 'None' } },
] as const;
test.for(cells)('the cell $raw is $want.kind', ({ raw, want }) => {
  expect(parseCell(raw)).toEqual(want);
});

const uuid = 'GPU-11111111-2222-3333-4444-555555555555';

test('a process name may hold commas, colons, backslashes and brackets, wherever its column stands', () => {
  const name = 'C:\\a, b [x]\\ray::Worker,2.exe';
  const last = parseComputeApps(`${uuid}, 42, 100 MiB, ${name}\r\n`, [
    'gpu_uuid',
    'pid',
    'used_memory',
    'process_name',
  ]);
  const middle = parseComputeApps(`${uuid}, 42, ${name}, 100\n`, [
    'gpu_uuid',
    'pid',
    'process_name',
    'used_memory',
  ]);
  const want = { ok: true, value: [{ gpu: uuid, pid: 42, name, memoryUsedMib: 100 }] };
  expect(last).toEqual(want);
  expect(middle).toEqual(want);
});

test('a row with too few columns is a problem that names its line', () => {
  expect(parseCsvTable('0, a\n0\n', ['index', 'name'], ['name'])).toEqual({
    ok: false,
    problem: { code: 'CSV_ROW', path: 'line 2', message: '"0" is no row of 2 columns' },
  });
});

test('a card that does not open is told beside those that do', () => {
  const stdout = [
    'Unable to determine the device handle for GPU1: 0000:34:00.0: Unknown Error',
    `0, ${uuid}, 81559`,
    '[Unknown Error], [Unknown Error], [Unknown Error]',
    '',
  ].join('\n');
  const query = parseGpuQuery(stdout, ['index', 'uuid', 'memory.total']);
  expect(query.ok && query.value.gpus.map((gpu) => [gpu.index, gpu.memoryTotalMib])).toEqual([
    [0, 81559],
  ]);
  expect(query.ok && query.value.unreadable).toEqual([
    'Unable to determine the device handle for GPU1: 0000:34:00.0: Unknown Error',
    'line 3: Unknown Error',
  ]);
});

test('one unreadable counter does not condemn a card, being lost does', () => {
  const columns = ['index', 'uuid', 'memory.total', 'ecc.errors.uncorrected.volatile.total'];
  const row = (rest: string) => parseGpuQuery(`0, ${uuid}, ${rest}`, columns);
  const odd = row('40960, [Unknown Error]');
  const lost = row('40960, [GPU is lost]');
  expect(odd.ok && odd.value.gpus[0]).toMatchObject({ error: null, eccUncorrectedVolatile: null });
  expect(lost.ok && lost.value.gpus[0]).toMatchObject({ error: 'GPU is lost' });
});

test('any text is read or refused, and never an exception', () => {
  const texts = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom('index, uuid', `0, ${uuid}, x`, '[N/A], [N/A], [N/A]', '|====|', '+---+'),
    ),
  );
  fc.assert(
    fc.property(texts, (lines) => {
      const parsed = parseGpuQuery(lines.join('\n'), ['index', 'uuid', 'name']);
      if (!parsed.ok) expect(parsed.problem.path).toMatch(/^line \d+$/);
    }),
  );
});

test('whatever a name holds, what is printed is what is read', () => {
  const name = fc
    .string({ unit: 'grapheme-ascii', minLength: 1 })
    .map((text) => `NVIDIA ${text.trim()}`.trim());
  fc.assert(
    fc.property(fc.nat({ max: 1_000_000 }), name, (memory, product) => {
      const columns = ['index', 'uuid', 'memory.total', 'name'];
      const parsed = parseGpuQuery(`7, ${uuid}, ${memory} MiB, ${product}\n`, columns);
      expect(parsed.ok && parsed.value.gpus[0]).toMatchObject({
        index: 7,
        memoryTotalMib: memory,
        productName: product,
      });
    }),
  );
});
