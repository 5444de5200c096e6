import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Result } from '../../../../shared/domain/result.ts';
import { linkService } from '../../../../shared/wire/services.ts';
import {
  batchesMax,
  encodeTelemetryAck,
  frameLimits,
  TelemetryFrame,
} from '../../../../shared/wire/telemetry-frame.ts';

/** The decoder that everybody uses, as the measure. */
const usual = linkService.Telemetry;

interface Batch {
  atMs: number;
  values: number[];
}

interface Sent {
  readonly series: { node: string; metrics: string[]; rows: string[] } | null;
  readonly batch: Batch | null;
  readonly batches: Batch[];
}

const names = fc.array(fc.string({ maxLength: 20 }), { maxLength: 8 });
const batchSent = fc.record({
  atMs: fc.maxSafeNat(),
  values: fc.array(fc.float(), { maxLength: 200 }),
});
const sent = fc.record({
  series: fc.option(fc.record({ node: fc.string({ maxLength: 20 }), metrics: names, rows: names })),
  batch: fc.option(batchSent),
  batches: fc.array(batchSent, { maxLength: batchesMax - 1 }),
});

interface Seen {
  readonly series: Sent['series'];
  /** In order, however they were sent. */
  readonly batches: readonly Batch[];
}

function seen(frame: TelemetryFrame): Seen {
  const { series } = frame;
  const batches: Batch[] = [];
  for (let at = 0; at < frame.batches; at += 1) {
    expect(frame.open(at).ok).toBe(true);
    batches.push({ atMs: frame.atMs, values: [...frame.values.subarray(0, frame.count)] });
  }
  return {
    series: series && { ...series, metrics: [...series.metrics], rows: [...series.rows] },
    batches,
  };
}

/** The same of what was sent: the usual encoder writes fields by their numbers. */
function inOrder({ series, batch, batches }: Sent): Seen {
  return { series, batches: [...(batch === null ? [] : [batch]), ...batches] };
}

/** Everything, as its reader does. */
function readAll(frame: TelemetryFrame, bytes: Buffer): Result<void> {
  let read = frame.read(bytes);
  for (let at = 0; read.ok && at < frame.batches; at += 1) read = frame.open(at);
  return read;
}

/** What the usual decoder makes of the bytes; null: it throws. */
function usually(bytes: Buffer): Sent | null {
  try {
    const { series, batch, batches } = usual.requestDeserialize(bytes);
    return {
      series: series && { node: series.node, metrics: series.metrics, rows: series.rows },
      batch: batch && { atMs: Number(batch.atMs), values: batch.values },
      batches: batches.map(({ atMs, values }) => ({ atMs: Number(atMs), values })),
    };
  } catch {
    return null;
  }
}

test('reads what the usual decoder reads, in one frame again and again', () => {
  const frame = new TelemetryFrame();
  fc.assert(
    fc.property(sent, (message) => {
      const bytes = usual.requestSerialize(message);
      expect(readAll(frame, bytes)).toEqual({ ok: true, value: undefined });
      expect(seen(frame)).toEqual(inOrder(message));
      const expected = usually(bytes);
      expect(expected && inOrder(expected)).toEqual(inOrder(message));
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
        const read = readAll(frame, bytes);
        if (!read.ok) {
          expect(read.problem.message).toMatch(/^byte \d+ of \d+: /);
          expect(seen(frame)).toEqual({ series: null, batches: [] });
          return;
        }
        const expected = usually(bytes);
        // Bytes that the usual encoder would write again have one meaning.
        if (expected === null || !usual.requestSerialize(expected).equals(bytes)) return;
        const { batches } = inOrder(expected);
        if (!batches.every(({ atMs }) => Number.isSafeInteger(atMs))) return;
        compared += 1;
        expect(seen(frame)).toEqual(inOrder(expected));
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
      const read = readAll(frame, Buffer.from(bytes));
      if (!read.ok) expect(read.problem.code).toBe('REQUEST_INVALID');
    }),
    { numRuns: 2_000 },
  );
});

const float = (value: number): number[] => [...Buffer.from(new Float32Array([value]).buffer)];

const accepted: readonly { name: string; bytes: number[]; want: readonly Batch[] }[] = [
  { name: 'nothing', bytes: [], want: [] },
  {
    name: 'a field of a newer peer',
    bytes: [0x2a, 2, 9, 9, 0x30, 0x96, 1],
    want: [],
  },
  {
    name: 'a fixed field of a newer peer within a batch',
    bytes: [0x12, 11, 0x19, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 5],
    want: [{ atMs: 5, values: [] }],
  },
  {
    name: 'values that are not packed, beside packed ones',
    bytes: [0x12, 11, 0x15, ...float(1), 0x12, 4, ...float(2)],
    want: [{ atMs: 0, values: [1, 2] }],
  },
  {
    name: 'a time before the epoch, as no time',
    bytes: [0x12, 11, 0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
    want: [{ atMs: Number.NaN, values: [] }],
  },
  {
    name: 'the field of one batch, which came twice, as its last',
    bytes: [0x12, 2, 0x08, 5, 0x1a, 2, 0x08, 6, 0x12, 2, 0x08, 7],
    want: [
      { atMs: 7, values: [] },
      { atMs: 6, values: [] },
    ],
  },
];

test.for(accepted)('reads $name', ({ bytes, want }) => {
  const frame = new TelemetryFrame();
  expect(frame.read(Buffer.from(bytes)).ok).toBe(true);
  expect(seen(frame)).toEqual({ series: null, batches: want });
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
  {
    name: 'more batches than a request has',
    bytes: Array.from({ length: batchesMax + 1 }, () => [0x1a, 0]).flat(),
    says: `more than ${batchesMax} batches`,
  },
  { name: 'a value that is cut off', bytes: [0x12, 3, 0x15, 1, 2], says: 'a value is cut off' },
];

test.for(refused)('refuses $name', ({ bytes, says }) => {
  const read = readAll(new TelemetryFrame(), Buffer.from(bytes));
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
  expect(readAll(frame, usual.requestSerialize({ batch: { atMs: 1, values } })).ok).toBe(true);
  expect(frame.count).toBe(values.length);
  expect(frame.values.at(-1)).toBe(frame.values.length - 1);
});

test('acknowledgements are what the usual decoder reads', () => {
  const count = fc.maxSafeNat();
  fc.assert(
    fc.property(count, count, fc.nat({ max: 100 }), (accepted, received, together) => {
      const bytes = encodeTelemetryAck({ accepted, received, together });
      expect(usual.responseDeserialize(bytes)).toEqual({
        batchesAccepted: String(accepted),
        batchesReceived: String(received),
        batchesTogether: together,
      });
    }),
  );
});
