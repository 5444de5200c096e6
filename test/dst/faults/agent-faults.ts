import type { Dice } from '../dice.ts';
import type { SimAgent } from '../sim-agent.ts';
import type { Fault, FaultWorld } from './fault.ts';

/** A GPU host: its process, its power, its disk, its cards and containers. */
export function agentFaults({ time }: FaultWorld, dice: Dice): readonly Fault[] {
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
        agent.losePower();
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
