import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { readMask } from '../../shared/wire/read-mask.ts';
import { paced, serverStream } from '../../shared/wire/server-stream.ts';

/** One thing that is watched, and how it is told. */
export interface WatchedThing<Request, Event, Response> {
  /** Of the contract, such as `tangram.v1.Model`. */
  readonly message: Parameters<typeof readMask>[0];
  /** The field of an answer that holds one. */
  readonly field: keyof Response & string;
  readonly watch: (signal: AbortSignal, resume: string) => AsyncIterable<Event>;
  /** The only one that the caller wants to hear of; null: all. Throws REQUEST_INVALID. */
  readonly only: (request: Request) => string | null;
  /** null: it is about none of them. */
  readonly nameOf: (event: Event) => string | null;
  readonly encode: (event: Event) => Response;
}

interface WatchRequest {
  readonly resumeRevision: string;
  readonly readMask: Parameters<typeof readMask>[1];
}

/** Streams it: the core bounds what a slow reader may leave unread, and the stream is paced by the reader. */
export function watchStream<Request extends WatchRequest, Event, Response extends object>(
  { message, field, watch, only: onlyOf, nameOf, encode }: WatchedThing<Request, Event, Response>,
  onError: (error: unknown) => void,
): handleServerStreamingCall<Request, Response> {
  return serverStream(async (call: ServerWritableStream<Request, Response>, signal) => {
    const only = onlyOf(call.request);
    const masked = readMask<object>(message, call.request.readMask);
    for await (const event of watch(signal, call.request.resumeRevision)) {
      const name = nameOf(event);
      if (only !== null && name !== null && name !== only) continue;
      const told = encode(event);
      const item = told[field];
      const some = typeof item === 'object' && item !== null;
      await paced(call, some ? { ...told, [field]: masked(item) } : told, signal);
      if (signal.aborted) break;
    }
  }, onError);
}
