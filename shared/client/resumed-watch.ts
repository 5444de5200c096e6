import { isAppError } from '../platform/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { AnyMethod } from './calls.ts';
import { isPassing, pause, type Coordinators } from './coordinators.ts';

/** One event of a watch, as far as going on needs it. */
export interface WatchMessage {
  readonly event?: string;
  readonly synced?: boolean;
  /** Empty: no place to go on from. */
  readonly revision: string;
}

export interface WatchShape<Message extends WatchMessage> {
  readonly method: AnyMethod;
  /** The item that an event tells of; null: of none. */
  readonly nameOf: (message: Message) => string | null;
  readonly isGone: (message: Message) => boolean;
  readonly gone: (name: string) => Message;
}

interface WatchDeps {
  /** `goOn` is told what ended an attempt before the next one is made. */
  readonly coordinators: Pick<Coordinators, 'read' | 'goOn'>;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * A watch without an end: goes on where it was when the connection or the leader is lost, and when that is no longer
 * possible begins anew and tells what vanished meanwhile. Whoever keeps what it is told has what there is. Ends when
 * `signal` aborts; throws only what no other attempt mends.
 */
export async function* resumedWatch<Message extends WatchMessage>(
  shape: WatchShape<Message>,
  request: object,
  deps: WatchDeps,
  signal: AbortSignal,
): AsyncIterable<Message> {
  const { coordinators } = deps;
  const known = new Set<string>();
  let revision = '';
  let failures = 0;
  while (!signal.aborted) {
    let unseen = revision === '' ? new Set(known) : new Set<string>();
    try {
      const asked = { ...request, resumeRevision: revision };
      for await (const each of coordinators.read(shape.method, asked, signal)) {
        const message = each as Message; // the method answers with these
        failures = 0;
        const name = shape.nameOf(message);
        if (name !== null) {
          unseen.delete(name);
          if (shape.isGone(message)) known.delete(name);
          else known.add(name);
        }
        if (message.synced === true) {
          for (const vanished of unseen) {
            known.delete(vanished);
            yield shape.gone(vanished);
          }
          unseen = new Set();
        }
        if (message.revision !== '') revision = message.revision;
        yield message;
      }
    } catch (error) {
      if (isAppError(error, 'WATCH_EXPIRED')) revision = '';
      else if (isPassing(error)) coordinators.goOn(error);
      else throw error;
    }
    if (signal.aborted) return;
    await pause(failures, deps, signal);
    failures += 1;
  }
}
