import { placementRefusal } from '../../../shared/domain/mig-profile.ts';
import type { FakeCard, FakeInstance } from '../../fakes/agent/fake-node.ts';
import type { Dice } from '../dice.ts';
import type { SimAgent } from '../sim-agent.ts';
import type { Fault, FaultWorld } from './fault.ts';

/** A GPU host: its process, its power, its disk, its cards and containers. */
export function agentFaults({ time, streamsOf }: FaultWorld, dice: Dice): readonly Fault[] {
  // Most of the time one that is used: nobody misses another.
  const cardOf = ({ fake, store }: SimAgent) => {
    const used = new Set(store.bindings().map(({ slice }) => slice.gpu));
    const inUse = fake.cards.filter(({ uuid }) => used.has(uuid));
    return dice.pick(inUse.length > 0 && dice.chance(0.8) ? inUse : fake.cards);
  };
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
      weight: 5,
      name: 'die as something is gone',
      on: 'agent',
      make: ({ agent }) => {
        agent.diesWithStone = true;
        return () => void (agent.diesWithStone = false);
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
      weight: 8,
      name: 'reboot as the next command comes',
      on: 'agent',
      make: ({ agent }) => {
        const act = (): void => {
          if (!agent.up) return;
          agent.losePower();
          // Sooner than its coordinator misses it.
          time.after(dice.between(300, 2_500), () => agent.start());
        };
        const undo = streamsOf(agent).map((pair) => pair.beforeTarget(act));
        return () => {
          for (const disarm of undo) disarm();
        };
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
      weight: 4,
      name: 'the process starts while Docker is away',
      on: 'agent',
      make: ({ agent }) => {
        if (!agent.up || agent.paused) return null;
        // What it remembered of its containers is gone with it, and nobody can tell it anew.
        agent.fake.answers.docker = false;
        agent.kill('process');
        time.after(dice.between(200, 2_000), () => agent.start());
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
      weight: 4,
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
      weight: 4,
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
      weight: 3,
      name: 'somebody else cuts the card',
      on: 'agent',
      make: ({ agent }) => {
        const card = dice.pick(agent.fake.cards.filter((each) => mayBeCut(agent, each)));
        const made = card === undefined ? null : cutByOthers(agent, card, dice);
        if (card === undefined || made === null) return null;
        // Whoever took it into use keeps it.
        return () => {
          const used = agent.store.bindings().some(({ deviceUuid }) => deviceUuid === made.uuid);
          if (!used) card.instances = card.instances.filter((each) => each !== made);
        };
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

/** A driver turns MIG on for whoever asks, as long as nobody uses the card. */
function mayBeCut({ fake, store }: SimAgent, card: FakeCard): boolean {
  if (card.migEnabled !== false) return card.migEnabled === true;
  const bound = store.bindings().some(({ slice }) => slice.gpu === card.uuid);
  const running = [...fake.replicas.values()].some(({ deviceUuids }) =>
    deviceUuids.includes(card.uuid),
  );
  return !bound && !running && !card.mpsRunning && card.foreign.length === 0;
}

/** An instance that no agent has made, somewhere on the card; null: it has no room. */
function cutByOthers(agent: SimAgent, card: FakeCard, dice: Dice): FakeInstance | null {
  const { geometry } = card;
  const profile = dice.pick(geometry?.profiles ?? []);
  if (geometry === null || profile === undefined) return null;
  const { giProfileId } = profile;
  const start = profile.placementStarts.find(
    (each) => placementRefusal(geometry, card.instances, { giProfileId, start: each }) === null,
  );
  if (start === undefined) return null;
  card.migEnabled = true;
  card.migPending = true;
  // As the driver does: MIG knows no other compute mode.
  card.computeMode = 'Default';
  const made = agent.fake.createInstance(card.uuid, giProfileId, start);
  made.uuid = `MIG-others-${made.gpuInstanceId}`;
  return made;
}
