import { err, ok, type Result } from '../domain/result.ts';
import { linkService } from './services.ts';

/** What each position of a batch's columns means: metric after metric, one value a row. */
export interface SeriesColumns {
  readonly node: string;
  readonly metrics: readonly string[];
  readonly rows: readonly string[];
}

export const frameLimits = {
  metricsMax: 64,
  rowsMax: 64,
  textBytesMax: 128,
} as const;

/** Batches in one request. */
export const batchesMax = 16;

const valuesMax = frameLimits.metricsMax * frameLimits.rowsMax;

/** Wire types of protobuf (https://protobuf.dev/programming-guides/encoding/). */
const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Thrown and caught within this file. */
class Malformed extends Error {}

/**
 * Reads `tangram.link.v1.TelemetryRequest` from its bytes into memory that is used again for the next message: a batch
 * makes no object. At 5,000 messages a second the objects of the usual decoder cost four times what their transport does.
 * Invariants: reads nothing outside the given bytes; fields that are not known are skipped, as of a newer peer; a
 * field that comes twice counts as its last; after a refusal the frame holds nothing.
 */
export class TelemetryFrame {
  /** Null: the message says nothing of series. */
  series: SeriesColumns | null = null;
  /** How many batches the message has; `open` reads them. */
  batches = 0;
  /** Of the batch that was opened. Milliseconds since the epoch by the agent's clock; NaN: no whole number >= 0 that is exact. */
  atMs = 0;
  /** How many values that batch has. More than `values` holds: the surplus is not read. */
  count = 0;
  readonly values = new Float32Array(valuesMax);
  // Same memory: a packed column is already what a little-endian host keeps, as all that run Node and drivers of GPUs are.
  readonly #valueBytes = new Uint8Array(this.values.buffer);
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Where each batch begins and ends, in pairs. */
  readonly #ranges = new Uint32Array(2 * batchesMax);
  /** Which of them is the field that holds one; -1: none. */
  #single = -1;
  #batchEnd = 0;

  /** Notes what the message has, which is to be read before the bytes change. The problem says what is wrong at which byte. */
  read(bytes: Buffer): Result<void> {
    this.#bytes = bytes;
    this.#at = 0;
    this.series = null;
    this.batches = 0;
    this.#single = -1;
    this.#clearBatch();
    return this.#attempt(bytes.length, this.#request);
  }

  /** Reads batch `index` of the message, from 0. */
  open(index: number): Result<void> {
    this.#clearBatch();
    this.#at = this.#ranges[2 * index] ?? 0;
    this.#batchEnd = this.#ranges[2 * index + 1] ?? 0;
    return this.#attempt(this.#batchEnd, this.#batch);
  }

  #attempt(end: number, field: (number: number, wireType: number) => boolean): Result<void> {
    try {
      this.#message(end, field);
      return ok(undefined);
    } catch (thrown) {
      if (!(thrown instanceof Malformed)) throw thrown;
      const message = `byte ${this.#at} of ${this.#bytes.length}: ${thrown.message}`;
      this.series = null;
      this.batches = 0;
      this.#clearBatch();
      return err({ code: 'REQUEST_INVALID', path: 'telemetry', message });
    }
  }

  #clearBatch(): void {
    this.atMs = 0;
    this.count = 0;
  }

  /** `field` answers false for what it does not know; that is skipped. */
  #message(end: number, field: (number: number, wireType: number) => boolean): void {
    while (this.#at < end) {
      const tag = this.#varint(end);
      const number = Math.floor(tag / 8);
      if (number < 1 || number > 0x1fff_ffff) throw new Malformed(`${number} is no field`);
      const wireType = tag % 8;
      if (!field(number, wireType)) this.#skip(wireType, end);
    }
  }

  readonly #request = (number: number, wireType: number): boolean => {
    if (wireType !== wireTypes.bytes || number > 3) return false;
    const end = this.#length(this.#bytes.length);
    if (number === 1) this.#readSeries(end);
    else this.#noteBatch(number, end);
    return true;
  };

  #noteBatch(number: number, end: number): void {
    const single = number === 2;
    const index = single && this.#single >= 0 ? this.#single : this.batches;
    if (index >= batchesMax) throw new Malformed(`more than ${batchesMax} batches`);
    if (single) this.#single = index;
    this.#ranges[2 * index] = this.#at;
    this.#ranges[2 * index + 1] = end;
    this.batches = Math.max(this.batches, index + 1);
    this.#at = end;
  }

  readonly #batch = (number: number, wireType: number): boolean => {
    const end = this.#batchEnd;
    if (number === 1 && wireType === wireTypes.varint) {
      const read = this.#varint(end);
      this.atMs = Number.isSafeInteger(read) ? read : Number.NaN;
      return true;
    }
    if (number === 2 && wireType === wireTypes.bytes) {
      this.#column(this.#length(end));
      return true;
    }
    if (number === 2 && wireType === wireTypes.fixed32) {
      if (end - this.#at < 4) throw new Malformed('a value is cut off');
      this.#column(this.#at + 4);
      return true;
    }
    return false;
  };

  /** Appends the packed values up to `end`. */
  #column(end: number): void {
    const size = end - this.#at;
    if (size % 4 !== 0) throw new Malformed(`${size} bytes are no column of 32-bit values`);
    const from = this.count * 4;
    // Copies no more than there is room for.
    if (from < this.#valueBytes.length) this.#bytes.copy(this.#valueBytes, from, this.#at, end);
    this.count += size / 4;
    this.#at = end;
  }

  /** Rare: once a stream, and when the cards change. */
  #readSeries(end: number): void {
    let node = '';
    const metrics: string[] = [];
    const rows: string[] = [];
    this.#message(end, (number, wireType) => {
      if (wireType !== wireTypes.bytes || number > 3) return false;
      const text = this.#text(this.#length(end));
      if (number === 1) node = text;
      else if (number === 2) metrics.push(text);
      else rows.push(text);
      const { metricsMax, rowsMax } = frameLimits;
      if (metrics.length > metricsMax) throw new Malformed(`more than ${metricsMax} metrics`);
      if (rows.length > rowsMax) throw new Malformed(`more than ${rowsMax} rows`);
      return true;
    });
    this.series = { node, metrics, rows };
  }

  #text(end: number): string {
    const size = end - this.#at;
    const { textBytesMax } = frameLimits;
    if (size > textBytesMax) throw new Malformed(`a name is longer than ${textBytesMax} bytes`);
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  /** Reads a length and answers where what it announces ends. */
  #length(end: number): number {
    const size = this.#varint(end);
    if (size > end - this.#at) throw new Malformed(`${size} bytes are announced, fewer are there`);
    return this.#at + size;
  }

  #skip(wireType: number, end: number): void {
    if (wireType === wireTypes.varint) this.#varint(end);
    else if (wireType === wireTypes.bytes) this.#at = this.#length(end);
    else {
      const size =
        wireType === wireTypes.fixed64 ? 8 : wireType === wireTypes.fixed32 ? 4 : Infinity;
      // Groups are of a protobuf older than this contract.
      if (size === Infinity) throw new Malformed(`${wireType} is no wire type of this contract`);
      if (size > end - this.#at) throw new Malformed('a field is cut off');
      this.#at += size;
    }
  }

  /** Of at most ten bytes. Beyond 2^53 it is not exact, and at least `2^53`. */
  #varint(end: number): number {
    let value = 0;
    let scale = 1;
    for (let length = 0; length < 10; length += 1) {
      if (this.#at >= end) throw new Malformed('a number is cut off');
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new Malformed('a number of more than ten bytes');
  }
}

/** What a stream of telemetry is told: batches that were kept and requests that were read since its beginning. */
export interface TelemetryAck {
  readonly accepted: number;
  readonly received: number;
  /** Batches that the agent is to send in one request. */
  readonly together: number;
}

/** `tangram.link.v1.TelemetryResponse` in bytes. */
export function encodeTelemetryAck({ accepted, received, together }: TelemetryAck): Buffer {
  const bytes: number[] = [];
  for (const [tag, count] of [
    [0x08, accepted],
    [0x10, received],
    [0x18, together],
  ] as const) {
    if (count === 0) continue;
    bytes.push(tag);
    let rest = count;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
    bytes.push(rest);
  }
  return Buffer.from(bytes);
}

/** The link's services as a coordinator offers them: telemetry arrives as bytes, for `TelemetryFrame`. */
export const rawLinkService: typeof linkService = {
  ...linkService,
  Telemetry: {
    ...linkService.Telemetry,
    // The handler reads the bytes at once, so nothing is copied here.
    requestDeserialize: ((bytes: Buffer) => bytes) as never,
    responseSerialize: encodeTelemetryAck as never,
  },
};
