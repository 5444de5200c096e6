import { randomUUID } from 'node:crypto';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError, isAppError } from '../../shared/platform/errors.ts';
import type { CoordinatorClient } from './client.ts';

/** For so long somebody is looked for who leads: an election takes less. */
const electionMsMax = 8_000;
const pauseMs = 250;
/** Configured ones, and leaders that these name. */
const connectionsMax = 8;

/** What is sent under a request id: it is done once, however often it arrives. */
export const onceCalls: ReadonlySet<string> = new Set([
  'applyModel',
  'deleteModel',
  'scaleModel',
  'applyPlan',
  'planDefrag',
  'abortChange',
  'allocate',
  'renewAllocation',
  'releaseAllocation',
  'cordonNode',
  'uncordonNode',
  'drainNode',
  'labelNode',
  'removeNode',
] as const satisfies readonly (keyof CoordinatorClient)[]);

type Call = (...args: readonly unknown[]) => unknown;

export interface AnyDeps {
  readonly connect: (address: string) => CoordinatorClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * A client of several coordinators, of which one leads: each call goes to the one that answered last, then to the leader
 * that a standby names, then to the others in turn. What was certainly not done is asked again: NOT_LEADER, and
 * COORDINATOR_AWAY of whoever could not be reached; and when nobody knows whether it was done, what is done once.
 */
export function connectAny(addresses: readonly string[], deps: AnyDeps): CoordinatorClient {
  const search = new Search(addresses, deps);
  // One method for each of a client's, whatever they are: all answer with a promise or a stream.
  const methods = Object.keys(search.client()).map((name): [string, Call] => [
    name,
    (...args) => search.call(name, args),
  ]);
  const own = {
    // Every call that needs an id has one of its own.
    under: () => client,
    close: () => search.close(),
  };
  const client = { ...Object.fromEntries(methods), ...own } as unknown as CoordinatorClient;
  return client;
}

/** Invariants: at most `connectionsMax` connections; `#at` is the address that answered last, or the next to ask. */
class Search {
  readonly #deps: AnyDeps;
  readonly #addresses: string[];
  readonly #clients = new Map<string, CoordinatorClient>();
  #at: string;

  constructor(addresses: readonly string[], deps: AnyDeps) {
    const [first] = addresses;
    if (first === undefined) throw new AppError('REQUEST_INVALID', 'no coordinator is named');
    this.#addresses = [...addresses];
    this.#at = first;
    this.#deps = deps;
  }

  client(): CoordinatorClient {
    const address = this.#at;
    const client = this.#clients.get(address) ?? this.#deps.connect(address);
    this.#clients.set(address, client);
    return client;
  }

  call(name: string, args: readonly unknown[]): unknown {
    const once = onceCalls.has(name);
    const requestId = once ? randomUUID() : '';
    const ask = (): unknown => {
      const client = once ? this.client().under(requestId) : this.client();
      return (client as unknown as Readonly<Record<string, Call>>)[name]?.(...args);
    };
    const first = ask();
    return isStream(first) ? this.#stream(first, ask) : this.#answer(first, ask, once);
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
  }

  async #answer(first: unknown, ask: () => unknown, once: boolean): Promise<unknown> {
    const { clock } = this.#deps;
    const untilMs = clock.monotonicMs() + electionMsMax;
    let answer = first;
    /** What is thrown in the end: that it may have been done weighs more than that nobody is there now. */
    let lost: { readonly error: unknown } | null = null;
    for (;;) {
      try {
        return await answer;
      } catch (error) {
        const away = isAppError(error, 'COORDINATOR_AWAY') || isLost(error);
        if (lost === null && once && isLost(error)) lost = { error };
        const again =
          lost !== null && away ? await this.#askOthers(untilMs) : await this.#goOn(error, untilMs);
        if (!again) throw away || isAppError(error, 'NOT_LEADER') ? (lost?.error ?? error) : error;
        answer = ask();
      }
    }
  }

  /** A stream that has said something is not begun again: its reader would hear it twice. */
  async *#stream(first: AsyncIterable<unknown>, ask: () => unknown): AsyncIterable<unknown> {
    const untilMs = this.#deps.clock.monotonicMs() + electionMsMax;
    let stream: unknown = first;
    let said = false;
    while (isStream(stream)) {
      try {
        for await (const event of stream) {
          said = true;
          yield event;
        }
        return;
      } catch (error) {
        if (said || !(await this.#goOn(error, untilMs))) throw error;
        stream = ask();
      }
    }
  }

  /** Whether there is somebody else to ask, and time: then `#at` names them. */
  async #goOn(thrown: unknown, untilMs: number): Promise<boolean> {
    if (!isAppError(thrown, 'NOT_LEADER') && !isUnreached(thrown)) {
      // Who does not answer may have done it, so it is not asked again; the next call goes elsewhere.
      if (isAppError(thrown, 'COORDINATOR_AWAY')) this.#turn();
      return false;
    }
    const leader = isAppError(thrown) ? thrown.facts['leader'] : undefined;
    if (leader !== undefined && leader !== this.#at && this.#know(leader)) {
      this.#at = leader;
      return true;
    }
    if (this.#addresses.length === 1 && isUnreached(thrown)) return false;
    return this.#askOthers(untilMs);
  }

  /** Whether there is time: then `#at` names the next to ask, who may be the same again. */
  async #askOthers(untilMs: number): Promise<boolean> {
    const { clock, signal } = this.#deps;
    if (clock.monotonicMs() >= untilMs || signal.aborted) return false;
    // All were asked: an election may be under way.
    if (this.#turn() === 0) await clock.sleep(pauseMs, signal).catch(() => undefined);
    return true;
  }

  /** To the next address; answers its place in the list. */
  #turn(): number {
    const next = (this.#addresses.indexOf(this.#at) + 1) % this.#addresses.length;
    this.#at = this.#addresses[next] ?? this.#at;
    return next;
  }

  #know(address: string): boolean {
    if (this.#addresses.includes(address)) return true;
    if (this.#addresses.length >= connectionsMax) return false;
    this.#addresses.push(address);
    return true;
  }
}

/** Nobody took the call: a connection that broke while it was under way may have carried it. */
function isUnreached(error: unknown): boolean {
  return (
    isAppError(error, 'COORDINATOR_AWAY') && /connect E|listens there/.test(String(error.cause))
  );
}

/** It may have been done, and it may not. A connection that never came about, for want of trust, carried nothing. */
function isLost(error: unknown): boolean {
  if (isAppError(error, 'STORE_OUTCOME_UNKNOWN')) return true;
  if (!isAppError(error, 'COORDINATOR_AWAY') || isUnreached(error)) return false;
  return !/No connection established|speaks TLS/.test(String(error.cause));
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}
