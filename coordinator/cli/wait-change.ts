import { isAppError } from '../../shared/platform/errors.ts';
import type { Change__Output } from '../../shared/wire/generated/tangram/v1/Change.ts';
import type { CoordinatorClient } from './client.ts';
import type { CliDeps } from './deps.ts';
import { changeWord, headText } from './render-changes.ts';

const againMs = 500;

/** Follows a change until it is over or the time is up, saying each step once. Answers it as it was seen last. */
export async function waitUntilOver(
  deps: CliDeps,
  client: CoordinatorClient,
  begun: { readonly change: Change__Output; readonly timeoutMs: number },
): Promise<Change__Output> {
  const until = deps.clock.monotonicMs() + begun.timeoutMs;
  let { change } = begun;
  let told = '';
  for (;;) {
    const said = headText(change);
    if (said !== told) deps.note(`${change.change}: ${said}\n`);
    told = said;
    if (changeWord(change) !== 'running' || deps.signal.aborted) return change;
    if (deps.clock.monotonicMs() >= until) {
      deps.note(`error: ${change.change} still runs\nhint: tangram change get ${change.change}\n`);
      return change;
    }
    await deps.clock.sleep(againMs, deps.signal).catch(() => undefined);
    try {
      change = await client.getChange(change.change);
    } catch (error) {
      // A new leader goes on with the change: it is asked again.
      if (!isAppError(error, 'COORDINATOR_AWAY')) throw error;
    }
  }
}
