import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { toServiceError } from './unary.ts';

/**
 * A gRPC method that answers with a stream, from a plain async function: it writes, paced by what `write` says, until it
 * returns. Cancellation and deadline become `signal`, what it throws becomes a status. `onError` sees what was thrown
 * while the caller was there, once, for the log.
 */
export function serverStream<Request, Response>(
  pour: (call: ServerWritableStream<Request, Response>, signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
): handleServerStreamingCall<Request, Response> {
  return (call) => {
    const controller = new AbortController();
    call.on('cancelled', () => controller.abort(new Error('the caller went away')));
    void (async () => {
      try {
        await pour(call, controller.signal);
        call.end();
      } catch (error) {
        if (controller.signal.aborted) {
          call.end();
          return;
        }
        onError(error);
        call.emit('error', toServiceError(error));
      }
    })();
  };
}

/** Writes one message, and comes back once the stream takes more, or `signal` aborts. */
export async function paced<Request, Response>(
  call: ServerWritableStream<Request, Response>,
  message: Response,
  signal: AbortSignal,
): Promise<void> {
  if (call.write(message) || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      call.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    call.on('drain', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
