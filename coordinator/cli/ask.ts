import type { ClientReadableStream } from '@grpc/grpc-js';
import type { callUnary } from '../../shared/wire/unary.ts';

/** Calls one method and waits for its answer. Failures are told in our words. */
export type Ask = <Request, Response>(
  invoke: Parameters<typeof callUnary<Request, Response>>[0],
  request: Request,
) => Promise<Response>;

/** How every group of calls asks the coordinator. Failures are told in our words. */
export interface Via {
  readonly ask: Ask;
  /** Ends when `signal` aborts. */
  readonly read: <T>(stream: ClientReadableStream<T>, signal: AbortSignal) => AsyncIterable<T>;
  readonly allPages: <T>(
    read: (pageToken: string) => Promise<{ readonly items: readonly T[]; readonly next: string }>,
  ) => Promise<readonly T[]>;
}
