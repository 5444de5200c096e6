import { systemClock } from './clock.ts';

/** Within this time a second signal is the first one told twice: by the terminal to the group, and by npm to its child. */
const sameWishMs = 1_000;

/** Aborts on SIGINT or SIGTERM; a second one, later, ends the process at once. */
export function shutdownSignal(): AbortSignal {
  const controller = new AbortController();
  let firstMs = 0;
  const stop = (name: NodeJS.Signals): void => {
    const nowMs = systemClock.monotonicMs();
    if (!controller.signal.aborted) {
      firstMs = nowMs;
      controller.abort(new Error(`${name} received`));
    } else if (nowMs - firstMs > sameWishMs) {
      process.exit(130);
    }
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}

/**
 * Runs every task until the first one ends or fails, then aborts the others and waits for them.
 * Rejects with the first failure that was not the abort itself.
 */
export async function runTogether(
  outer: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const controller = new AbortController();
  const signal = AbortSignal.any([outer, controller.signal]);
  const failures: unknown[] = [];
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(signal);
      } catch (error) {
        if (!signal.aborted) failures.push(error);
      } finally {
        controller.abort();
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}

/** Awaits `task` for at most `ms`; afterwards goes on without it and answers false. */
export async function withinMs(ms: number, task: Promise<unknown>): Promise<boolean> {
  const controller = new AbortController();
  const timer = systemClock.sleep(ms, controller.signal).then(
    () => false,
    () => true,
  );
  const done = await Promise.race([task.then(() => true), timer]);
  controller.abort();
  return done;
}
