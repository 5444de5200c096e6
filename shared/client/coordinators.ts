import {
  Client,
  Metadata,
  type ChannelCredentials,
  type ClientReadableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { backoffMs, jittered } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import { isAppError, type AppError } from '../platform/errors.ts';
import { channelOptions } from '../wire/services.ts';
import { fromServiceError } from '../wire/unary.ts';
import type { AnyMethod } from './calls.ts';

const waits = { firstMs: 100, maxMs: 5_000 } as const;
/** Configured addresses, and leaders that these name. */
const addressesMax = 16;

/**
 * The coordinators of one cluster, of which one leads.
 * Invariants: one connection an address; `#at` answered last, or is the next to ask.
 */
export class Coordinators {
  readonly #clients = new Map<string, Client>();
  readonly #addresses: string[];
  readonly #credentials: ChannelCredentials;
  readonly #metadata: Metadata;
  #at = 0;

  constructor(
    addresses: readonly string[],
    credentials: ChannelCredentials,
    authorization: string | undefined,
  ) {
    this.#addresses = [...addresses];
    this.#credentials = credentials;
    this.#metadata = new Metadata();
    if (authorization !== undefined) this.#metadata.set('authorization', authorization);
  }

  /** One attempt. Throws AppError: what was answered, or COORDINATOR_AWAY. */
  async ask(method: AnyMethod, request: object, deadlineMs: number, signal: AbortSignal) {
    return new Promise<object>((resolve, reject) => {
      const call = this.#client().makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        this.#metadata,
        { deadline: deadlineMs },
        (error, answer) => {
          signal.removeEventListener('abort', cancel);
          if (error !== null) reject(this.#told(error));
          else resolve(answer ?? {});
        },
      );
      const cancel = (): void => call.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      if (signal.aborted) cancel();
    });
  }

  /** One stream, until it ends or `signal` aborts. Throws as `ask`. */
  async *read(method: AnyMethod, request: object, signal: AbortSignal): AsyncIterable<object> {
    const call: ClientReadableStream<object> = this.#client().makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      this.#metadata,
    );
    const cancel = (): void => call.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      for await (const message of call) yield message as object; // the stream is of these; its iterator is untyped
    } catch (error) {
      if (!signal.aborted) throw this.#told(error as ServiceError); // grpc-js throws nothing else
    } finally {
      signal.removeEventListener('abort', cancel);
      call.cancel();
    }
  }

  /** The leader that a standby named, or else the next of all. */
  goOn(error: AppError): void {
    const { leader } = error.facts;
    if (leader === undefined) {
      this.#at = (this.#at + 1) % this.#addresses.length;
      return;
    }
    const known = this.#addresses.indexOf(leader);
    if (known === -1 && this.#addresses.length < addressesMax) this.#addresses.push(leader);
    this.#at = known === -1 ? this.#addresses.length - 1 : known;
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
  }

  #client(): Client {
    const address = this.#addresses[this.#at] ?? '';
    const known = this.#clients.get(address);
    if (known !== undefined) return known;
    const made = new Client(address, this.#credentials, channelOptions);
    this.#clients.set(address, made);
    return made;
  }

  #told(error: ServiceError): AppError {
    return fromServiceError(
      error,
      `the coordinator at ${this.#addresses[this.#at]}`,
      'COORDINATOR_AWAY',
    );
  }
}

/** What another attempt, elsewhere or later, may well mend. */
export function isPassing(error: unknown): error is AppError {
  return (
    isAppError(error, 'COORDINATOR_AWAY') ||
    isAppError(error, 'NOT_LEADER') ||
    isAppError(error, 'STORE_AWAY') ||
    isAppError(error, 'STORE_OUTCOME_UNKNOWN')
  );
}

/** Longer after each failure, and not in step with others. */
export async function pause(
  failures: number,
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
  signal: AbortSignal,
): Promise<void> {
  await clock.sleep(jittered(backoffMs(failures, waits), random), signal).catch(() => undefined);
}
