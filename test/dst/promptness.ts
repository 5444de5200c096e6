import type { Judge } from './judge.ts';
import type { Network } from './network.ts';
import type { SimAgent } from './sim-agent.ts';
import type { SimCoordinator } from './sim-coordinator.ts';
import type { SimStore } from './sim-store.ts';
import type { StreamPair } from './streams.ts';

/** Some times as much as an agent and a leader were ever seen to need: it passes before much else has changed. */
const promptMsMax = 5_000;

interface World {
  readonly judge: Judge;
  readonly network: Network;
  readonly shared: SimStore;
  readonly coordinators: readonly SimCoordinator[];
  readonly streams: ReadonlyMap<SimAgent, ReadonlySet<StreamPair>>;
}

/**
 * Says when a generation that the store holds does not reach a host although nothing is in its way. At the end of a story
 * everything changes once more, and the next generation would hide that one was never sent.
 */
export class Promptness {
  readonly #world: World;
  readonly #since = new Map<SimAgent, { readonly what: string; readonly atMs: number }>();

  constructor(world: World) {
    this.#world = world;
  }

  look(nowMs: number): void {
    const { judge, coordinators, streams } = this.#world;
    const leader = coordinators.find((each) => each.leading && !each.paused);
    for (const [agent, pairs] of streams) {
      const due = judge.commands.due(agent);
      if (leader === undefined || due === null || this.#hindered(agent, leader, pairs)) {
        this.#since.delete(agent);
        continue;
      }
      const what = `${leader.name} ${leader.lives} ${due}`;
      const since = this.#since.get(agent);
      if (since?.what !== what) this.#since.set(agent, { what, atMs: nowMs });
      else if (nowMs - since.atMs > promptMsMax) {
        judge.say('I3', `${agent.name} is not told generation ${due}, and nothing is in its way`);
      }
    }
  }

  #hindered(agent: SimAgent, leader: SimCoordinator, pairs: ReadonlySet<StreamPair>): boolean {
    const { network, shared } = this.#world;
    const { life } = leader;
    if (life === null || !life.client.reachable || shared.memory.full) return true;
    if (life.store.troubles.lostShare > 0 || life.store.troubles.latencyMs > 0) return true;
    if (!agent.up || agent.paused || agent.diskFull) return true;
    if (network.troubled(agent.name, leader.name)) return true;
    return ![...pairs].some((pair) => pair.to === leader.name && pair.whole);
  }
}
