import { SingleBar } from 'cli-progress';
import type { Clock } from '../../shared/platform/clock.ts';

/** How far long work is, shown to a person. */
export interface Progress {
  /** `done`: from 0 to 1. */
  readonly show: (done: number, what: string) => void;
  readonly end: () => void;
}

/** Work that is done sooner needs no bar. */
const quietMs = 1_000;
const steps = 1_000;

/** A bar on `stream` if it is a terminal, once the work has lasted a second; nothing at all elsewhere. */
export function openProgress(stream: NodeJS.WriteStream, clock: Clock): Progress {
  if (!stream.isTTY) return { show: () => undefined, end: () => undefined };
  const startMs = clock.monotonicMs();
  let bar: SingleBar | null = null;
  return {
    show: (done, what) => {
      if (clock.monotonicMs() - startMs < quietMs) return;
      const value = Math.round(done * steps);
      if (bar === null) {
        bar = new SingleBar({
          stream,
          format: '[{bar}] {percentage}% | {eta_formatted} left | {what}',
          clearOnComplete: true,
          hideCursor: true,
          barCompleteChar: '=',
          barIncompleteChar: ' ',
        });
        bar.start(steps, value, { what });
      } else bar.update(value, { what });
    },
    end: () => bar?.stop(),
  };
}
