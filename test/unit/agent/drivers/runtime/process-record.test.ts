import { expect, test } from 'vitest';
import { parseRecord } from '../../../../../agent/drivers/runtime/process-record.ts';
import { lastLines } from '../../../../../agent/drivers/runtime/log-file.ts';

const record = {
  replica: 'sentiment-abcd1234',
  model: 'sentiment',
  modelVersion: 3,
  specHash: 'hash',
  bootId: 'boot',
  launchId: 'launch',
  port: 8000,
  deviceUuids: ['GPU-1'],
  startedAtMs: 1,
  process: { pid: 42, startTicks: 7 },
  exitCode: null,
};

test('a record is read as it was written', () => {
  expect(parseRecord(JSON.stringify(record))).toEqual(record);
});

const broken = [
  '',
  '{',
  'null',
  '[]',
  JSON.stringify({ ...record, replica: '../../etc' }),
  // A pid that would signal every process of the machine.
  JSON.stringify({ ...record, process: { pid: 1, startTicks: 7 } }),
  JSON.stringify({ ...record, process: { pid: -1, startTicks: 7 } }),
  JSON.stringify({ ...record, port: 0 }),
  JSON.stringify({ ...record, surprise: true }),
];
test.for(broken)('%s is no record', (text) => {
  expect(parseRecord(text)).toBeNull();
});

test('the last lines are counted without the newline at the end', () => {
  expect(lastLines('a\nb\nc\n', 2)).toBe('b\nc');
  expect(lastLines('', 2)).toBe('');
});
