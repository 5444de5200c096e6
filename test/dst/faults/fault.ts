import type { Network } from '../network.ts';
import type { SimAgent } from '../sim-agent.ts';
import type { SimCoordinator } from '../sim-coordinator.ts';
import type { SimStore } from '../sim-store.ts';
import type { StreamPair } from '../streams.ts';
import type { VirtualTime } from '../virtual-time.ts';

/** What can be hurt. */
export interface FaultWorld {
  readonly time: VirtualTime;
  readonly network: Network;
  readonly shared: SimStore;
  readonly agents: readonly SimAgent[];
  readonly coordinators: readonly SimCoordinator[];
  /** Hands the agent an old command once more. */
  readonly replay: (agent: SimAgent) => void;
  readonly streamsOf: (agent: SimAgent) => readonly StreamPair[];
  readonly note: (who: string, what: string) => void;
}

/** One kind of trouble. */
export interface Fault {
  readonly weight: number;
  readonly name: string;
  readonly on: 'agent' | 'coordinator' | 'path' | 'store';
  /** Makes it; answers how to undo it, or null where it is over at once. */
  readonly make: (target: Target) => (() => void) | null;
}

export interface Target {
  readonly agent: SimAgent;
  readonly coordinator: SimCoordinator;
}
