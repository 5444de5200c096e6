import { expect, test } from 'vitest';
import { accessRows } from '../../../../coordinator/http/access-rows.ts';

const head = { number: 12, hash: 'ab'.repeat(32) };

test('the head of the audit log is a number with its hash, before anybody came too', () => {
  expect(accessRows({ audit: { head }, calls: () => undefined })).toEqual([
    {
      name: 'tangram_audit_head',
      help: 'Number of the newest record of the audit log; the label is its hash.',
      type: 'gauge',
      label: 'hash',
      values: { [head.hash]: 12 },
    },
  ]);
});

test('calls are counted by what became of them', () => {
  const counts = { admitted: 5, denied: 1, unproven: 2, throttled: 3, live: 4 };
  const rows = accessRows({ audit: { head }, calls: () => counts });
  expect(rows.map(({ name, values }) => [name, values])).toEqual([
    ['tangram_audit_head', { [head.hash]: 12 }],
    ['tangram_calls_total', { admitted: 5, denied: 1, unproven: 2, throttled: 3 }],
    ['tangram_calls_live', { '': 4 }],
  ]);
});
