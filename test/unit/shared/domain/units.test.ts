import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseDurationMs,
  parseMemoryMib,
  renderDuration,
  renderMib,
} from '../../../../shared/domain/units.ts';

describe('a memory quantity', () => {
  test.for([
    { text: '9GiB', mib: 9216 },
    { text: '512MiB', mib: 512 },
    { text: '1.5GiB', mib: 1536 },
    { text: '1025KiB', mib: 2 },
    { text: ' 1TiB ', mib: 1_048_576 },
  ])('$text is $mib MiB, rounded up once', ({ text, mib }) => {
    expect(parseMemoryMib(text)).toEqual({ ok: true, value: mib });
  });

  test.for(['9GB', '9', '-1GiB', '0MiB', 'GiB', '1e3GiB', '9 gib', '', '9999999999999999TiB'])(
    '%j is refused with the text in the message',
    (text) => {
      const parsed = parseMemoryMib(text);
      expect(parsed.ok ? 'accepted' : parsed.problem.code).toBe('QUANTITY_INVALID');
      expect(parsed.ok ? '' : parsed.problem.message).toContain(JSON.stringify(text));
    },
  );

  test('never loses memory: what is parsed covers what was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1 << 30 }), (kib) => {
        const parsed = parseMemoryMib(`${kib}KiB`);
        expect(parsed.ok && parsed.value * 1024 >= kib && (parsed.value - 1) * 1024 < kib).toBe(
          true,
        );
      }),
    );
  });
});

test.for([
  { text: '500ms', ms: 500, back: '500ms' },
  { text: '60s', ms: 60_000, back: '1m' },
  { text: '5m', ms: 300_000, back: '5m' },
  { text: '1.5h', ms: 5_400_000, back: '1.5h' },
  { text: '7d', ms: 604_800_000, back: '168h' },
])('the duration $text is $ms ms and reads $back', ({ text, ms, back }) => {
  expect(parseDurationMs(text)).toEqual({ ok: true, value: ms });
  expect(renderDuration(ms)).toBe(back);
});

test.for(['5', '5 minutes', '-1s', 'm', ''])('the duration %j is refused', (text) => {
  expect(parseDurationMs(text).ok).toBe(false);
});

test('sizes read in the unit that fits', () => {
  expect([renderMib(512), renderMib(4864), renderMib(40_960)]).toEqual([
    '512MiB',
    '4.8GiB',
    '40.0GiB',
  ]);
});
