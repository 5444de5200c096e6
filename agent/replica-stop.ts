import type { Log } from '../shared/platform/log.ts';
import type { Runtime } from './drivers/runtime/runtime.ts';

/** Stops every replica of this node, all at once, through the runtimes that answer; answers how many are gone. */
export async function stopAllReplicas(
  runtimes: readonly Runtime[],
  options: { readonly graceMs: number; readonly log: Log },
  signal: AbortSignal,
): Promise<number> {
  const counts = await Promise.all(
    runtimes.map(async (runtime) => {
      if (!(await runtime.available(signal))) return 0;
      const replicas = await runtime.list(signal);
      const outcomes = await Promise.all(
        replicas.map(async ({ replica }) => {
          try {
            await runtime.stop(replica, options.graceMs, signal);
            return 1;
          } catch (err) {
            options.log.error({ err, replica }, 'cannot stop a replica');
            return 0;
          }
        }),
      );
      return outcomes.reduce<number>((sum, one) => sum + one, 0);
    }),
  );
  return counts.reduce((sum, one) => sum + one, 0);
}
