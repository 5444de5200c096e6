import type { Dice } from '../dice.ts';
import type { SimCoordinator } from '../sim-coordinator.ts';
import type { Fault, FaultWorld } from './fault.ts';

/** A process that decides, and its way to the store. */
export function coordinatorFaults({ shared, time }: FaultWorld, dice: Dice): readonly Fault[] {
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
      weight: 4,
      name: 'stop the process around a transaction',
      on: 'coordinator',
      make: ({ coordinator }) => {
        const { life } = coordinator;
        if (life === null) return null;
        // Struck before, it goes on with what it was about to write, and others may lead by then.
        const at = dice.chance(0.7) ? 'before' : 'after';
        const act = (): void => {
          coordinator.pause();
          time.after(dice.between(500, 9_000), () => coordinator.resume());
        };
        life.store.troubles.strike = { at, left: dice.between(1, 4), act };
        return null;
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
      weight: 4,
      name: 'the wall clock jumps',
      on: 'coordinator',
      make: ({ coordinator }) => {
        coordinator.wall.offsetMs += dice.between(-90, 90) * 60_000;
        return null;
      },
    },
  ];
}
