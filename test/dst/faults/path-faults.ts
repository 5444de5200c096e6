import type { Dice } from '../dice.ts';
import type { Fault, FaultWorld } from './fault.ts';

/** The network between an agent and a coordinator. */
export function pathFaults(
  { time, network, replay, streamsOf, agents }: FaultWorld,
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
      weight: 6,
      name: 'cut from every agent',
      on: 'coordinator',
      make: ({ coordinator }) => {
        const undo = agents.map((agent) => both(agent.name, coordinator.name));
        // Long enough for some of them to be missed.
        time.after(dice.between(3_000, 25_000), () => {
          for (const mend of undo) mend();
        });
        return null;
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
        dice.pick(streamsOf(agent))?.reset();
        return null;
      },
    },
    {
      weight: 4,
      name: 'a connection is lost, and one end does not learn it',
      on: 'agent',
      make: ({ agent }) => {
        dice.pick(streamsOf(agent))?.lose(dice.chance(0.7) ? 'coordinator' : 'agent');
        return null;
      },
    },
    {
      weight: 8,
      name: 'a connection is lost with the next command on it',
      on: 'agent',
      make: ({ agent }) => {
        const undo = streamsOf(agent).map((pair) =>
          pair.beforeTarget(() => pair.lose('coordinator')),
        );
        return () => {
          for (const disarm of undo) disarm();
        };
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
