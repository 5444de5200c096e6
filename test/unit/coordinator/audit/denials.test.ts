import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AuditEntry } from '../../../../coordinator/audit/audit-record.ts';
import { Denials } from '../../../../coordinator/audit/denials.ts';

function denial(caller: string): AuditEntry {
  return {
    atMs: 0,
    caller,
    method: 'm',
    target: '',
    requestId: '',
    outcome: 'denied',
    detail: '',
    revisionBefore: '',
    revisionAfter: '',
    count: 1,
  };
}

test('the first of a kind is told at once, those alike are counted until the window ends', () => {
  const denials = new Denials({ windowMs: 1_000, kindsMax: 2 });
  expect(denials.add(denial('a'), 1_000)).toEqual([denial('a')]);
  expect(denials.add(denial('a'), 1_500)).toEqual([]);
  expect(denials.add(denial('a'), 1_900)).toEqual([]);
  expect(denials.add(denial('b'), 2_000)).toEqual([{ ...denial('a'), count: 2 }, denial('b')]);
});

test('a flood from everywhere is one record of others a window', () => {
  const denials = new Denials({ windowMs: 1_000, kindsMax: 2 });
  const told = Array.from({ length: 1_000 }, (_, at) => denials.add(denial(`c${at}`), 1_000));
  expect(told.flat()).toHaveLength(2);
  expect(denials.drain(2_000)).toEqual([{ ...denial('others'), count: 998 }]);
});

test('every denial is in exactly one record’s count', () => {
  const steps = fc.array(fc.tuple(fc.nat(9), fc.nat(400)), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (callers) => {
      const denials = new Denials({ windowMs: 1_000, kindsMax: 3 });
      let now = 0;
      const told = callers.flatMap(([caller, later]) => {
        now += later;
        return denials.add(denial(`c${caller}`), now);
      });
      const all = [...told, ...denials.drain(now)];
      expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(callers.length);
    }),
  );
});
