/** The signal of something short within something long. */
export interface ShortSignal {
  /** Aborts with the long one, with its reason, and when the short thing ends. */
  readonly signal: AbortSignal;
  /** It is over: who still waits under the signal is let go. */
  readonly end: () => void;
}

/** One for all: a reason of its own each time would take a stack trace, many times a second. */
const ended = new DOMException('it is over', 'AbortError');

/** By hand and not `AbortSignal.any`: on Node 20 that keeps every short signal alive as long as the long one. Call `end`. */
export function shortSignal(long: AbortSignal): ShortSignal {
  const short = new AbortController();
  const stop = (): void => short.abort(long.reason);
  if (long.aborted) stop();
  else long.addEventListener('abort', stop, { once: true });
  return {
    signal: short.signal,
    end: () => {
      long.removeEventListener('abort', stop);
      short.abort(ended);
    },
  };
}
