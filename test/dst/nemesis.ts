import type { Dice } from './dice.ts';
import { agentFaults } from './faults/agent-faults.ts';
import { coordinatorFaults } from './faults/coordinator-faults.ts';
import type { Fault, FaultWorld } from './faults/fault.ts';
import { pathFaults } from './faults/path-faults.ts';

/** Everything that goes wrong, one thing after the other, and often several at once. */
export class Nemesis {
  readonly #world: FaultWorld;
  readonly #dice: Dice;
  readonly #faults: readonly Fault[];
  readonly #undo = new Set<() => void>();

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
