import { existsSync, rmSync } from 'node:fs';
import { systemClock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import { createAgentClients } from '../../shared/wire/services.ts';
import { callUnary } from '../../shared/wire/unary.ts';
import type { Child } from './child.ts';
import type { Layout } from './layout.ts';
import { quitMpsDaemons } from './mps-daemons.ts';
import { isAlive, type Owner } from './owner.ts';

const stopReplicasMsMax = 60_000;
const stopChildMsMax = 15_000;
const leftoverPollMs = 100;

/**
 * Ends what this start began, in order: the replicas, the agent, the coordinator. The declared models stay in the
 * store, so that the next start resumes them.
 */
export async function endCluster(
  layout: Layout,
  children: {
    readonly agent: Child | null;
    readonly coordinator: Child | null;
    /** argv with which the agent controlled MPS. null: it was never started. */
    readonly mpsControl: readonly string[] | null;
  },
  say: (text: string) => void,
): Promise<void> {
  if (children.agent?.isRunning() === true) {
    say('stopping the replicas');
    await stopReplicas(layout, say);
    say('stopping the agent');
    await children.agent.stop(stopChildMsMax);
    if (children.mpsControl !== null) await quitMpsDaemons(layout, children.mpsControl);
  }
  if (children.coordinator?.isRunning() === true) {
    say('stopping the coordinator');
    await children.coordinator.stop(stopChildMsMax);
  }
}

/** Ends the children of a start that was killed, so that their ports and state are free again. */
export async function endLeftovers(
  layout: Layout,
  owner: Owner,
  say: (text: string) => void,
): Promise<void> {
  for (const child of owner.children) {
    if (!isAlive(child)) continue;
    say(`ending the ${child.name} (process ${child.pid}) that an earlier start left behind`);
    process.kill(child.pid, 'SIGTERM');
    const deadlineMs = systemClock.monotonicMs() + stopChildMsMax;
    while (isAlive(child)) {
      if (systemClock.monotonicMs() > deadlineMs) process.kill(child.pid, 'SIGKILL');
      await systemClock.sleep(leftoverPollMs, new AbortController().signal);
    }
  }
  rmSync(layout.endpoints, { force: true });
}

async function stopReplicas(layout: Layout, say: (text: string) => void): Promise<void> {
  if (!existsSync(layout.socket)) return;
  const clients = createAgentClients(layout.socket);
  try {
    const { replicasStopped } = await callUnary<
      { readonly stopReplicas: boolean },
      { readonly replicasStopped: number }
    >(
      (request, options, answer) => clients.agent.shutdown(request, options, answer),
      { stopReplicas: true },
      {
        peer: 'the agent',
        away: 'AGENT_AWAY',
        deadline: new Date(systemClock.wallMs() + stopReplicasMsMax),
      },
    );
    say(`${replicasStopped} replicas stopped`);
  } catch (error) {
    say(`the agent could not stop its replicas: ${errorChain(error)}`);
  } finally {
    clients.close();
  }
}
