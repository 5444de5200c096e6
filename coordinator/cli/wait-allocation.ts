import { isAppError } from '../../shared/platform/errors.ts';
import type { Allocation__Output } from '../../shared/wire/generated/tangram/v1/Allocation.ts';
import type { CoordinatorClient } from './client.ts';
import type { CliDeps } from './deps.ts';
import { allocationWord, headText } from './render-allocations.ts';

const againMs = 500;

/**
 * Follows an allocation until it can be used, saying each step once. null: it is over, or the time is up; what it waited
 * for has been said.
 */
export async function waitUntilUsable(
  deps: CliDeps,
  client: CoordinatorClient,
  begun: { readonly allocation: Allocation__Output; readonly timeoutMs: number },
): Promise<Allocation__Output | null> {
  const { name } = begun.allocation;
  const over = new AbortController();
  const { signal } = over;
  const end = (): void => over.abort();
  deps.signal.addEventListener('abort', end, { once: true });
  const late = deps.clock.sleep(begun.timeoutMs, signal).then(end, () => undefined);
  let last: Allocation__Output | null = begun.allocation;
  let told = '';
  const see = (now: Allocation__Output | null): void => {
    last = now;
    const said = now === null ? `${name}: gone\n` : headText(now);
    if (said !== told) deps.note(said);
    told = said;
    if (now === null || isSettled(now)) end();
  };
  see(begun.allocation);
  try {
    while (!signal.aborted) {
      await watchOnce(client, { name, see, signal });
      await deps.clock.sleep(againMs, signal).catch(() => undefined);
    }
  } finally {
    end();
    deps.signal.removeEventListener('abort', end);
    await late;
  }
  if (last !== null && allocationWord(last) === 'ready') return last;
  deps.note(`error: ${name} cannot be used\nhint: ask: tangram allocation why ${name}\n`);
  return null;
}

function isSettled(allocation: Allocation__Output): boolean {
  return ['ready', 'reclaiming'].includes(allocationWord(allocation));
}

/** A watch that was read too slowly, or that a restart of the coordinator cut, may be begun again. */
async function watchOnce(
  client: CoordinatorClient,
  of: {
    readonly name: string;
    readonly see: (now: Allocation__Output | null) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  let seen = false;
  try {
    for await (const event of client.watchAllocation(of.name, of.signal)) {
      if (event.allocation) {
        seen = true;
        of.see(event.allocation);
      }
      // Not among those that exist: it has ended between two watches.
      if (event.deleted || (event.synced && !seen)) of.see(null);
    }
  } catch (error) {
    const again = ['WATCH_EXPIRED', 'COORDINATOR_AWAY', 'NOT_LEADER'] as const;
    if (!again.some((code) => isAppError(error, code))) throw error;
  }
}
