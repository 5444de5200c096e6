import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkService } from '../../../../shared/wire/services.ts';
import {
  encodeTelemetryAck,
  frameLimits,
  TelemetryFrame,
} from '../../../../shared/wire/telemetry-frame.ts';

/** The decoder that everybody uses, as the measure. */
const usual = linkService.Telemetry;

interface Sent {
  readonly series: { node: string; metrics: string[]; rows: string[] } | null;
  readonly batch: { atMs: number; values: number[] } | null;
}

const names = fc.array(fc.string({ maxLength: 20 }), { maxLength: 8 });
const sent: fc.Arbitrary<Sent> = fc.record({
  series: fc.option(fc.record({ node: fc.string({ maxLength: 20 }), metrics: names, rows: names })),
  batch: fc.option(
    fc.record({
      atMs: fc.maxSafeNat(),
      values: fc.array(fc.float(), { maxLength: 200 }),
    }),
  ),
});

function seen(frame: TelemetryFrame): Sent {
  const { series, hasBatch, atMs, count, values } = frame;
  return {
    series: series && { ...series, metrics: [...series.metrics], rows: [...series.rows] },
    batch: hasBatch ? { atMs, values: [...values.subarray(0, count)] } : null,
  };
}

/** What the usual decoder makes of the bytes; null: it throws. */
function usually(bytes: Buffer): Sent | null {
  try {
    const { series, batch } = usual.requestDeserialize(bytes);
    return {
      series: series && { node: series.node, metrics: series.metrics, rows: series.rows },
      batch: batch && { atMs: Number(batch.atMs), values: batch.values },
    };
  } catch {
    return null;
  }
}

test('reads what the usual decoder reads, in one frame again and again', () => {
  const frame = new TelemetryFrame();
  fc.assert(
    fc.property(sent, (message) => {
      expect(frame.read(usual.requestSerialize(message))).toEqual({ ok: true, value: undefined });
      expect(seen(frame)).toEqual(message);
      expect(seen(frame)).toEqual(usually(usual.requestSerialize(message)));
    }),
  );
});

test('mutated bytes are read as the usual decoder reads them, or refused, and never crash', () => {
  const frame = new TelemetryFrame();
  const edit = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
  let compared = 0;
  fc.assert(
    fc.property(
      sent,
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      fc.nat(),
      (message, edits, cut) => {
        const whole = usual.requestSerialize(message);
        for (const [at, byte] of edits) if (whole.length > 0) whole[at % whole.length] = byte;
        const bytes = cut % 4 === 0 ? whole.subarray(0, cut % (whole.length + 1)) : whole;
        const read = frame.read(bytes);
        if (!read.ok) {
          expect(read.problem.message).toMatch(/^byte \d+ of \d+: /);
          expect(seen(frame)).toEqual({ series: null, batch: null });
          return;
        }
        const expected = usually(bytes);
        // Bytes that the usual encoder would write again have one meaning.
        if (expected === null || !usual.requestSerialize(expected).equals(bytes)) return;
        if (expected.batch !== null && !Number.isSafeInteger(expected.batch.atMs)) return;
        compared += 1;
        expect(seen(frame)).toEqual(expected);
      },
    ),
    { numRuns: 2_000 },
  );
  expect(compared).toBeGreaterThan(50);
});

test('any bytes are read or refused', () => {
  const frame = new TelemetryFrame();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const read = frame.read(Buffer.from(bytes));
      if (!read.ok) expect(read.problem.code).toBe('REQUEST_INVALID');
    }),
    { numRuns: 2_000 },
  );
});

const float = (value: number): number[] => [...Buffer.from(new Float32Array([value]).buffer)];

const accepted: readonly { name: string; bytes: number[]; want: Sent }[] = [
  { name: 'nothing', bytes: [], want: { series: null, batch: null } },
  {
    name: 'a field of a newer peer',
    bytes: [0x1a, 2, 9, 9, 0x20, 0x96, 1],
    want: { series: null, batch: null },
  },
  {
    name: 'a fixed field of a newer peer within a batch',
    bytes: [0x12, 11, 0x19, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 5],
    want: { series: null, batch: { atMs: 5, values: [] } },
  },
  {
    name: 'values that are not packed, beside packed ones',
    bytes: [0x12, 11, 0x15, ...float(1), 0x12, 4, ...float(2)],
    want: { series: null, batch: { atMs: 0, values: [1, 2] } },
  },
  {
    name: 'a time before the epoch, as no time',
    bytes: [0x12, 11, 0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
    want: { series: null, batch: { atMs: Number.NaN, values: [] } },
  },
];

test.for(accepted)('reads $name', ({ bytes, want }) => {
  const frame = new TelemetryFrame();
  expect(frame.read(Buffer.from(bytes)).ok).toBe(true);
  expect(seen(frame)).toEqual(want);
});

const refused: readonly { name: string; bytes: number[]; says: string }[] = [
  {
    name: 'a batch that ends too soon',
    bytes: [0x12, 9, 8],
    says: 'byte 2 of 3: 9 bytes are announced, fewer are there',
  },
  {
    name: 'a column of broken values',
    bytes: [0x12, 5, 0x12, 3, 1, 2, 3],
    says: '3 bytes are no column of 32-bit values',
  },
  {
    name: 'a number without end',
    bytes: Array.from({ length: 11 }, () => 0xff),
    says: 'a number of more than ten bytes',
  },
  { name: 'a tag that is cut off', bytes: [0x80], says: 'a number is cut off' },
  { name: 'field 0', bytes: [0x02, 0], says: '0 is no field' },
  { name: 'a group', bytes: [0x1b, 0x1c], says: '3 is no wire type of this contract' },
  { name: 'a value that is cut off', bytes: [0x12, 3, 0x15, 1, 2], says: 'a value is cut off' },
];

test.for(refused)('refuses $name', ({ bytes, says }) => {
  const read = new TelemetryFrame().read(Buffer.from(bytes));
  expect(read.ok ? '' : read.problem.message).toContain(says);
});

test('series of more or longer names than a node has are refused', () => {
  const frame = new TelemetryFrame();
  const many = Array.from({ length: frameLimits.metricsMax + 1 }, (_, at) => `m${at}`);
  const series = { node: 'a', metrics: many, rows: [] };
  expect(frame.read(usual.requestSerialize({ series })).ok).toBe(false);
  const long = { node: 'a', metrics: ['m'.repeat(frameLimits.textBytesMax + 1)], rows: [] };
  expect(frame.read(usual.requestSerialize({ series: long })).ok).toBe(false);
});

test('values beyond what a node can have are counted, not kept', () => {
  const frame = new TelemetryFrame();
  const values = Array.from({ length: frame.values.length + 3 }, (_, at) => at);
  expect(frame.read(usual.requestSerialize({ batch: { atMs: 1, values } })).ok).toBe(true);
  expect(frame.count).toBe(values.length);
  expect(frame.values.at(-1)).toBe(frame.values.length - 1);
});

test('acknowledgements are what the usual decoder reads', () => {
  const count = fc.maxSafeNat();
  fc.assert(
    fc.property(count, count, (batchesAccepted, batchesReceived) => {
      const bytes = encodeTelemetryAck({ accepted: batchesAccepted, received: batchesReceived });
      expect(usual.responseDeserialize(bytes)).toEqual({
        batchesAccepted: String(batchesAccepted),
        batchesReceived: String(batchesReceived),
      });
    }),
  );
});
