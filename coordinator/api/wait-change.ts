import type { ChangeId } from '../../shared/domain/ids.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { ChangeView, CoordinatorCore } from '../fleet/core.ts';

/** Comes back when the change is over (as it is then), when `ms` have passed, or when it is forgotten (null). */
export async function waitChange(
  { core, clock }: { readonly core: CoordinatorCore; readonly clock: Clock },
  id: ChangeId,
  ms: number,
  signal: AbortSignal,
): Promise<ChangeView | null> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const timer = clock.sleep(ms, over.signal).then(stop, () => undefined);
  try {
    for await (const event of core.watchChanges(over.signal)) {
      if (event.kind !== 'change' || event.change.change.id !== id) continue;
      if (event.change.change.state !== 'running') return event.change;
    }
    return null;
  } finally {
    stop();
    signal.removeEventListener('abort', stop);
    await timer;
  }
}
