import type { Dice } from './dice.ts';
import type { Network } from './network.ts';
import type { SimAgent } from './sim-agent.ts';
import type { SimCoordinator } from './sim-coordinator.ts';
import type { SimStore } from './sim-store.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface FaultWorld {
  readonly time: VirtualTime;
  readonly network: Network;
  readonly shared: SimStore;
  readonly agents: readonly SimAgent[];
  readonly coordinators: readonly SimCoordinator[];
  /** Hands the agent an old command once more. */
  readonly replay: (agent: SimAgent) => void;
  readonly resetStream: (agent: SimAgent) => void;
  readonly note: (who: string, what: string) => void;
}

interface Fault {
  readonly weight: number;
  readonly name: string;
  readonly on: 'agent' | 'coordinator' | 'path' | 'store';
  /** Makes it; answers how to undo it, or null where it is over at once. */
  readonly make: (target: Target) => (() => void) | null;
}

interface Target {
  readonly agent: SimAgent;
  readonly coordinator: SimCoordinator;
}

/** Everything that goes wrong, one thing after the other, and often several at once. */
export class Nemesis {
  readonly #world: FaultWorld;
  readonly #dice: Dice;
  readonly #faults: readonly Fault[];
  readonly #undo = new Set<() => void>();

  /** `names`: only these; empty: all. */
  constructor(world: FaultWorld, dice: Dice) {
    this.#world = world;
    this.#dice = dice;
    // Each seed favours other faults, so that together they meet every pair of them.
    this.#faults = [
      ...coordinatorFaults(world, dice),
      ...agentFaults(world, dice),
      ...pathFaults(world, dice),
    ].map((fault) => ({ ...fault, weight: fault.weight * (dice.chance(0.4) ? 4 : 1) }));
  }

  strike(): void {
    const fault = this.#dice.weighted(this.#faults);
    const agent = this.#dice.pick(this.#world.agents);
    const leader = this.#world.coordinators.find((each) => each.leading);
    const any = this.#dice.pick(this.#world.coordinators);
    const coordinator = this.#dice.chance(0.6) ? (leader ?? any) : any;
    if (fault === undefined || agent === undefined || coordinator === undefined) return;
    const who = { agent: agent.name, coordinator: coordinator.name, store: 'store' };
    const where = fault.on === 'path' ? `${agent.name}/${coordinator.name}` : who[fault.on];
    this.#world.note('nemesis', `${fault.name} at ${where}`);
    const undo = fault.make({ agent, coordinator });
    if (undo === null) return;
    const mend = (): void => {
      if (!this.#undo.delete(mend)) return;
      this.#world.note('nemesis', `${fault.name} at ${where} is over`);
      undo();
    };
    this.#undo.add(mend);
    this.#world.time.after(200 + this.#dice.next() ** 2 * 25_000, mend);
  }

  /** Nothing is wrong any more, and who is dead is started. */
  heal(): void {
    for (const mend of this.#undo) mend();
    this.#world.network.mendAll();
    for (const each of this.#world.coordinators) {
      if (each.life !== null) each.life.client.reachable = true;
      each.resume();
      each.start({});
      if (each.life !== null) {
        Object.assign(each.life.store.troubles, { latencyMs: 0, lostShare: 0, strike: null });
      }
    }
    for (const each of this.#world.agents) {
      each.fake.crashIn = null;
      each.resume();
      each.start();
    }
  }
}

function coordinatorFaults({ shared }: FaultWorld, dice: Dice): readonly Fault[] {
  const kill = (at: SimCoordinator, what: 'process' | 'host'): (() => void) | null => {
    if (!at.up) return null;
    at.kill(what);
    return () => at.start({});
  };
  return [
    {
      weight: 4,
      name: 'kill the process',
      on: 'coordinator',
      make: ({ coordinator }) => kill(coordinator, 'process'),
    },
    {
      weight: 2,
      name: 'power loss',
      on: 'coordinator',
      make: ({ coordinator }) => kill(coordinator, 'host'),
    },
    {
      weight: 5,
      name: 'die around a transaction',
      on: 'coordinator',
      make: ({ coordinator }) => {
        const { life } = coordinator;
        if (life === null) return null;
        const at = dice.chance(0.5) ? 'before' : 'after';
        const act = (): void => coordinator.kill('process');
        life.store.troubles.strike = { at, left: dice.between(1, 8), act };
        return () => coordinator.start({});
      },
    },
    {
      weight: 4,
      name: 'stop the process',
      on: 'coordinator',
      make: ({ coordinator }) => {
        if (!coordinator.up || coordinator.paused) return null;
        coordinator.pause();
        return () => coordinator.resume();
      },
    },
    {
      weight: 3,
      name: 'stop the process after a transaction',
      on: 'coordinator',
      make: ({ coordinator }) => {
        const { life } = coordinator;
        if (life === null) return null;
        const act = (): void => coordinator.pause();
        life.store.troubles.strike = { at: 'after', left: dice.between(1, 8), act };
        return () => coordinator.resume();
      },
    },
    {
      weight: 4,
      name: 'cut off from the store',
      on: 'coordinator',
      make: ({ coordinator: { life } }) => {
        if (life === null) return null;
        life.client.reachable = false;
        return () => void (life.client.reachable = true);
      },
    },
    {
      weight: 4,
      name: 'answers of the store are lost',
      on: 'coordinator',
      make: ({ coordinator: { life } }) => {
        if (life === null) return null;
        life.store.troubles.lostShare = 0.3;
        return () => void (life.store.troubles.lostShare = 0);
      },
    },
    {
      weight: 2,
      name: 'slow store',
      on: 'coordinator',
      make: ({ coordinator: { life } }) => {
        if (life === null) return null;
        life.store.troubles.latencyMs = dice.between(20, 400);
        return () => void (life.store.troubles.latencyMs = 0);
      },
    },
    {
      weight: 1,
      name: 'disk full',
      on: 'store',
      make: () => {
        shared.memory.full = true;
        return () => void (shared.memory.full = false);
      },
    },
    {
      weight: 2,
      name: 'the wall clock jumps',
      on: 'coordinator',
      make: ({ coordinator }) => {
        coordinator.wall.offsetMs += dice.between(-90, 90) * 60_000;
        return null;
      },
    },
  ];
}

function agentFaults({ time }: FaultWorld, dice: Dice): readonly Fault[] {
  const cardOf = (agent: SimAgent) => dice.pick(agent.fake.cards);
  return [
    {
      weight: 4,
      name: 'kill the process',
      on: 'agent',
      make: ({ agent }) => {
        if (!agent.up) return null;
        agent.kill('process');
        return () => agent.start();
      },
    },
    {
      weight: 5,
      name: 'die between two steps',
      on: 'agent',
      make: ({ agent }) => {
        agent.fake.crashIn = dice.between(1, 14);
        return null;
      },
    },
    {
      weight: 2,
      name: 'reboot',
      on: 'agent',
      make: ({ agent }) => {
        agent.kill('host');
        agent.clientDevices.clear();
        agent.fake.marked = [];
        agent.fake.reboot();
        return () => agent.start();
      },
    },
    {
      weight: 4,
      name: 'stop the process',
      on: 'agent',
      make: ({ agent }) => {
        if (!agent.up || agent.paused) return null;
        agent.pause();
        return () => agent.resume();
      },
    },
    {
      weight: 2,
      name: 'the wall clock jumps',
      on: 'agent',
      make: ({ agent }) => {
        agent.wall.offsetMs += dice.between(-90, 90) * 60_000;
        return null;
      },
    },
    {
      weight: 2,
      name: 'disk full',
      on: 'agent',
      make: ({ agent }) => {
        agent.diskFull = true;
        return () => void (agent.diskFull = false);
      },
    },
    {
      weight: 3,
      name: 'Docker does not answer',
      on: 'agent',
      make: ({ agent }) => {
        agent.fake.answers.docker = false;
        return () => void (agent.fake.answers.docker = true);
      },
    },
    {
      weight: 2,
      name: 'containers do not stop',
      on: 'agent',
      make: ({ agent }) => {
        agent.docker.close();
        return () => agent.docker.open();
      },
    },
    {
      weight: 3,
      name: 'a container ends',
      on: 'agent',
      make: ({ agent: { fake } }) => {
        const running = [...fake.replicas.values()].filter(({ state }) => state === 'running');
        const replica = dice.pick(running)?.replica;
        if (replica !== undefined) fake.end(replica, 1);
        return null;
      },
    },
    {
      weight: 2,
      name: 'a card cannot be read',
      on: 'agent',
      make: ({ agent }) => {
        const card = cardOf(agent);
        if (card === undefined || card.error !== null) return null;
        card.error = 'GPU is lost';
        return () => void (card.error = null);
      },
    },
    {
      weight: 2,
      name: 'the driver does not answer',
      on: 'agent',
      make: ({ agent: { fake } }) => {
        fake.smiBroken = 'nvidia-smi does not answer';
        return () => void (fake.smiBroken = null);
      },
    },
    {
      weight: 2,
      name: 'a card cannot be changed',
      on: 'agent',
      make: ({ agent }) => {
        const card = cardOf(agent);
        if (card === undefined || card.stuck !== null) return null;
        card.stuck = 'in use by another client';
        return () => void (card.stuck = null);
      },
    },
    {
      weight: 2,
      name: 'somebody else cuts the card',
      on: 'agent',
      make: ({ agent }) => {
        const { fake } = agent;
        const card = fake.cards.find(({ migEnabled }) => migEnabled === true);
        const profile = card?.geometry?.profiles[0];
        if (card === undefined || profile === undefined) return null;
        for (const start of profile.placementStarts) {
          try {
            const made = fake.createInstance(card.uuid, profile.giProfileId, start);
            made.uuid = `MIG-others-${made.gpuInstanceId}`;
            // Whoever took it into use keeps it.
            return () => {
              const used = agent.store
                .bindings()
                .some(({ deviceUuid }) => deviceUuid === made.uuid);
              if (!used) card.instances = card.instances.filter((each) => each !== made);
            };
          } catch {
            // Taken: that this was tried is no fault of the agent.
            fake.violations.pop();
          }
        }
        return null;
      },
    },
    {
      weight: 2,
      name: 'somebody else uses the card',
      on: 'agent',
      make: ({ agent }) => {
        const card = cardOf(agent);
        if (card === undefined) return null;
        const process = { pid: 90_000 + Math.floor(time.nowMs), memoryMib: 1_000 };
        card.foreign.push(process);
        return () => {
          card.foreign = card.foreign.filter((each) => each !== process);
        };
      },
    },
  ];
}

function pathFaults(
  { network, replay, resetStream, agents }: FaultWorld,
  dice: Dice,
): readonly Fault[] {
  const cut = (from: string, to: string): (() => void) => {
    network.cut(from, to);
    return () => network.mend(from, to);
  };
  const both = (one: string, other: string): (() => void) => {
    const undo = [cut(one, other), cut(other, one)];
    return () => {
      for (const mend of undo) mend();
    };
  };
  return [
    {
      weight: 3,
      name: 'cut',
      on: 'path',
      make: ({ agent, coordinator }) => both(agent.name, coordinator.name),
    },
    {
      weight: 2,
      name: 'cut towards the agent',
      on: 'path',
      make: ({ agent, coordinator }) => cut(coordinator.name, agent.name),
    },
    {
      weight: 2,
      name: 'cut towards the coordinator',
      on: 'path',
      make: ({ agent, coordinator }) => cut(agent.name, coordinator.name),
    },
    {
      weight: 2,
      name: 'cut from every agent',
      on: 'coordinator',
      make: ({ coordinator }) => {
        const undo = agents.map((agent) => both(agent.name, coordinator.name));
        return () => {
          for (const mend of undo) mend();
        };
      },
    },
    {
      weight: 3,
      name: 'slow',
      on: 'path',
      make: ({ agent, coordinator }) => {
        const ms = dice.between(100, 3_000);
        network.slow(agent.name, coordinator.name, ms);
        network.slow(coordinator.name, agent.name, ms);
        return () => {
          network.slow(agent.name, coordinator.name, 0);
          network.slow(coordinator.name, agent.name, 0);
        };
      },
    },
    {
      weight: 3,
      name: 'a connection is reset',
      on: 'agent',
      make: ({ agent }) => {
        resetStream(agent);
        return null;
      },
    },
    {
      weight: 4,
      name: 'an old command arrives again',
      on: 'agent',
      make: ({ agent }) => {
        replay(agent);
        return null;
      },
    },
  ];
}
