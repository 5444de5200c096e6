import type { AllocationName } from '../../shared/domain/ids.ts';
import type { AskedWorld } from './asker.ts';
import type { Dice } from './dice.ts';
import type { SimAgent } from './sim-agent.ts';

export interface WorkWorld extends AskedWorld {
  readonly agents: readonly SimAgent[];
}

/** Less than agents let pass between two looks at whether anybody is left. */
const betweenMsMax = 1_800;

/** What clients do with what they were given: their processes come and go on the hosts. */
export class ClientWork {
  readonly #world: WorkWorld;
  readonly #dice: Dice;
  #pid = 50_000;
  /** Those that are at their second process. */
  readonly #wentOn = new Set<string>();

  constructor(world: WorkWorld, dice: Dice) {
    this.#world = world;
    this.#dice = dice;
  }

  /** A client that was told that its slices are ready begins to work on them. */
  begin(name: AllocationName): void {
    const { judge, agents } = this.#world;
    const stored = judge.allocations.rows.get(`allocations/${name}`);
    if (stored === undefined || stored.ended !== null) return;
    for (const core of this.#world.coordinators()) {
      const { leading } = core.standing();
      const view = leading ? core.allocations.get(name) : undefined;
      if (view?.state !== 'ready' || view.access === null || view.claim?.id !== stored.claim)
        continue;
      const agent = agents.find((each) => each.name === view.claim?.node);
      const { deviceUuids } = view.access;
      if (agent === undefined || agent.off || agent.clientDevices.has(name)) return;
      // What a leader says of a host that has started again since is old: there is nothing to work on.
      if (!deviceUuids.every((device) => agent.has(device))) return;
      agent.clientDevices.set(name, deviceUuids);
      this.#run(agent, name);
      this.#world.note(agent.name, `client ${name} works on ${deviceUuids.join(' ')}`);
      return;
    }
  }

  /** A job of several programs: for a moment between two of them nothing of it is seen. */
  goOn(): void {
    const { agent, client } = this.#any();
    if (agent === undefined || client === undefined || this.#wentOn.has(client)) return;
    this.#wentOn.add(client);
    const devices = agent.clientDevices.get(client);
    agent.fake.marked = agent.fake.marked.filter((each) => each.value !== client);
    this.#world.note(agent.name, `a program of client ${client} ends`);
    this.#world.time.after(this.#dice.between(200, betweenMsMax), () => {
      if (agent.clientDevices.get(client) === devices) this.#run(agent, client);
    });
  }

  stop(): void {
    const { agent, client } = this.#any();
    if (agent !== undefined && client !== undefined) this.#end(agent, client);
  }

  endAll(agent: SimAgent): void {
    for (const client of agent.clientDevices.keys()) this.#end(agent, client);
  }

  #any(): { readonly agent: SimAgent | undefined; readonly client: string | undefined } {
    const agent = this.#dice.pick(this.#world.agents.filter((each) => each.clientDevices.size > 0));
    return { agent, client: this.#dice.pick([...(agent?.clientDevices.keys() ?? [])]) };
  }

  #run(agent: SimAgent, client: string): void {
    this.#pid += 1;
    const process = { pid: this.#pid, name: 'python3', value: client };
    agent.fake.marked = [...agent.fake.marked, process];
  }

  #end(agent: SimAgent, client: string): void {
    agent.fake.marked = agent.fake.marked.filter((each) => each.value !== client);
    agent.clientDevices.delete(client);
    this.#wentOn.delete(client);
    this.#world.note(agent.name, `client ${client} ends`);
  }
}
