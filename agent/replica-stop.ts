import type { ReplicaId } from '../shared/domain/ids.ts';
import type { Clock } from '../shared/platform/clock.ts';
import type { Log } from '../shared/platform/log.ts';
import type { Runtime } from './drivers/runtime/runtime.ts';
import { note } from './reconcile/handler-deps.ts';
import { stoppedWithAgent } from './reconcile/replica-book.ts';
import type { AgentStore } from './store/agent-store.ts';

interface StopAllOptions {
  readonly store: AgentStore;
  readonly clock: Clock;
  readonly graceMs: number;
  readonly log: Log;
}

/**
 * Stops every replica of this node, all at once, through the runtimes that answer; answers how many are gone. Only
 * for an agent that ends and whose loop has stopped: the next one resumes them.
 */
export async function stopAllReplicas(
  runtimes: readonly Runtime[],
  options: StopAllOptions,
  signal: AbortSignal,
): Promise<number> {
  const counts = await Promise.all(
    runtimes.map(async (runtime) => {
      if (!(await runtime.available(signal))) return 0;
      const replicas = await runtime.list(signal);
      const outcomes = await Promise.all(
        replicas.map(async ({ replica, state }) => {
          if (state === 'running') noteStop(replica, options);
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

/** On disk before it is stopped: the next agent must not take it for a crash, or for somebody's doing. */
function noteStop(replica: ReplicaId, { store, clock, log }: StopAllOptions): void {
  try {
    const record = store.replicas().find((each) => each.replica === replica);
    if (record !== undefined) store.saveReplica(stoppedWithAgent(record));
    note({ store, clock }, 'replica-stopped', `replicas/${replica}`, 'stopped with its agent');
  } catch (err) {
    // A store that fails must not leave running what was asked to stop.
    log.error({ err, replica }, 'cannot write down that a replica is stopped');
  }
}
