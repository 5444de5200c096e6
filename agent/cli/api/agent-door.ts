import type { Clock } from '../../../shared/platform/clock.ts';
import type { AgentClients } from '../../../shared/wire/services.ts';
import { createAgentApi, type AgentApi } from './agent-api.ts';
import type { MakeOptions } from './calls.ts';
import { explainAway } from './explain-away.ts';
import { createHealthApi, type HealthApi } from './health-api.ts';
import { createLayoutApi, type LayoutApi } from './layout-api.ts';
import { createLocalApi, type LocalApi } from './local-api.ts';
import { createMpsApi, type MpsApi } from './mps-api.ts';

const callMsMax = 10_000;

/** Everything that the agent answers on its socket. */
export interface AgentDoor extends AgentApi {
  readonly health: HealthApi;
  readonly layouts: LayoutApi;
  readonly local: LocalApi;
  readonly mps: MpsApi;
}

/** Calls over the socket; everything throws AppError, AGENT_AWAY when nobody answers, saying where it was looked for. */
export function createAgentDoor(clients: AgentClients, socket: string, clock: Clock): AgentDoor {
  const options: MakeOptions = (ms = callMsMax) => ({
    peer: `the agent on ${socket}`,
    away: 'AGENT_AWAY',
    deadline: new Date(clock.wallMs() + ms),
  });
  const explained = <T extends object>(api: T): T => explainCalls(api, socket);
  return {
    ...explained(createAgentApi(clients.agent, options)),
    health: explained(createHealthApi(clients.health, options)),
    layouts: explained(createLayoutApi(clients.layout, options)),
    local: explained(createLocalApi(clients.local, options)),
    mps: explained(createMpsApi(clients.mps, options)),
  };
}

/** The same calls, each of which tells where it looked when nobody answers. */
function explainCalls<T extends object>(api: T, socket: string): T {
  return new Proxy(api, {
    get: (target, key, receiver): unknown => {
      const found: unknown = Reflect.get(target, key, receiver);
      if (typeof found !== 'function') return found;
      return (...args: readonly unknown[]): unknown => {
        const answer: unknown = Reflect.apply(found, target, args);
        if (!(answer instanceof Promise)) return answer;
        return answer.catch((error: unknown) => {
          throw explainAway(error, socket);
        });
      };
    },
  });
}
