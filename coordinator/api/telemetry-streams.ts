import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { NodeName } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { TelemetryFrame, type TelemetryAck } from '../../shared/wire/telemetry-frame.ts';
import { problemError, toServiceError } from '../../shared/wire/unary.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import type { LoadGate } from '../telemetry/load-gate.ts';
import type { Samples } from '../telemetry/samples.ts';
import type { LinkCounters } from './link-counters.ts';
import { assertSpeaksFor } from '../access/caller-of.ts';
import { nodeNameIn } from './names.ts';

/** A stream of batches, each still in bytes. */
export type TelemetryCall = ServerDuplexStream<Buffer, TelemetryAck>;

export interface TelemetryDeps {
  readonly core: Pick<CoordinatorCore, 'knowsNode'>;
  readonly samples: Samples;
  readonly gate: Pick<LoadGate, 'shedding'>;
  readonly log: Log;
  readonly counters: LinkCounters;
}

/** An answer costs as much as a request, and an agent sends on without one while a few are under way. */
const requestsAnAck = 2;
/** With more agents than that, each sends several batches together: a request costs far more than what is in it. */
const requestsASecondMax = 1_000;
/** What is shown is not to be older than so many seconds. */
const togetherMax = 5;

interface Stream {
  readonly call: TelemetryCall;
  node: NodeName | undefined;
  accepted: number;
  received: number;
  acknowledged: number;
  blocked: boolean;
  over: boolean;
}

/**
 * All streams of telemetry.
 * Invariants: while the gate sheds nothing is decoded and nothing acknowledged, so agents stop sending once their few
 * are under way; what arrives in one turn of the event loop is acknowledged at once, cumulatively, and how many batches to send together is said with it; one bad stream is
 * ended and hurts no other.
 */
export class TelemetryStreams {
  readonly #deps: TelemetryDeps;
  /** One for all: a message is read and stored before the next is looked at. */
  readonly #frame = new TelemetryFrame();
  readonly #due = new Set<Stream>();
  #flushing = false;
  /** How many streams are. */
  #open = 0;

  constructor(deps: TelemetryDeps) {
    this.#deps = deps;
  }

  receive(call: TelemetryCall): void {
    const stream: Stream = {
      call,
      node: undefined,
      accepted: 0,
      received: 0,
      acknowledged: 0,
      blocked: false,
      over: false,
    };
    this.#open += 1;
    call.on('data', (bytes: Buffer) => this.#read(stream, bytes));
    call.on('drain', () => {
      stream.blocked = false;
      this.#acknowledge(stream);
    });
    call.on('end', () => this.#finish(stream, undefined));
    call.on('cancelled', () => this.#finish(stream, undefined));
  }

  /** To be called when the gate opens again: what was dropped meanwhile is acknowledged now. */
  resume(): void {
    this.#flushSoon();
  }

  #read(stream: Stream, bytes: Buffer): void {
    if (stream.over) return;
    stream.received += 1;
    if (stream.received - stream.acknowledged >= requestsAnAck) this.#due.add(stream);
    // The first message says whose samples follow: without it a stream could never be read again.
    if (this.#deps.gate.shedding && stream.node !== undefined) {
      this.#deps.counters.telemetryShedTotal += 1;
      return;
    }
    try {
      this.#take(stream, bytes);
    } catch (error) {
      this.#finish(stream, error);
    }
    this.#flushSoon();
  }

  #take(stream: Stream, bytes: Buffer): void {
    const frame = this.#frame;
    const read = frame.read(bytes);
    if (!read.ok) throw problemError(read.problem);
    if (frame.series !== null) stream.node = this.#describe(stream, frame.series);
    if (stream.node === undefined) return;
    for (let at = 0; at < frame.batches; at += 1) {
      const opened = frame.open(at);
      if (!opened.ok) throw problemError(opened.problem);
      if (this.#deps.samples.add(stream.node, frame)) stream.accepted += 1;
    }
  }

  #describe({ call }: Stream, series: NonNullable<TelemetryFrame['series']>): NodeName {
    const { core, samples } = this.#deps;
    const node = nodeNameIn(series.node);
    assertSpeaksFor(call.metadata, node);
    if (!core.knowsNode(node)) {
      throw new AppError('NODE_UNKNOWN', `telemetry of node ${node}, which never said hello`, {
        hint: 'open the control stream first',
      });
    }
    const described = samples.describe(node, series);
    if (!described.ok) throw problemError(described.problem);
    return node;
  }

  /** Once a turn of the event loop, for all streams. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      if (this.#deps.gate.shedding) return;
      for (const stream of this.#due) this.#acknowledge(stream);
      this.#due.clear();
    });
  }

  #acknowledge(stream: Stream): void {
    const { accepted, received } = stream;
    if (stream.over || stream.blocked || stream.acknowledged === received) return;
    stream.acknowledged = received;
    const together = Math.min(togetherMax, Math.ceil(this.#open / requestsASecondMax));
    stream.blocked = !stream.call.write({ accepted, received, together });
  }

  #finish(stream: Stream, error: unknown): void {
    if (stream.over) return;
    if (error === undefined) this.#acknowledge(stream);
    stream.over = true;
    this.#open -= 1;
    this.#due.delete(stream);
    if (error === undefined) {
      stream.call.end();
      return;
    }
    this.#deps.log.warn({ err: error, node: stream.node }, 'a telemetry stream was ended');
    stream.call.emit('error', toServiceError(error));
  }
}
