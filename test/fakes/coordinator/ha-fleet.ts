import type { NodeSession } from '../../../coordinator/fleet/core.ts';
import { establishCluster } from '../../../coordinator/fleet/cluster-record.ts';
import { fleetLimits } from '../../../coordinator/fleet/limits.ts';
import { createCoordinator, type Coordinator } from '../../../coordinator/leader/coordinator.ts';
import { openDecisionLog } from '../../../coordinator/store/decision-log.ts';
import { openEventLog } from '../../../coordinator/store/event-log.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { Inventory } from '../../../shared/domain/inventory.ts';
import type { NodeTarget } from '../../../shared/domain/node-target.ts';
import { silentLog } from '../../../shared/platform/log.ts';
import { open } from '../../../shared/placement/open.ts';
import { ManualClock } from '../manual-clock.ts';
import { FakeAgent } from './fake-agent.ts';
import { Gate, gatedClock, SharedStore, StoreClient } from './shared-store.ts';
import { seeded } from './sim-fleet.ts';

type Core = ReturnType<ConstructorParameters<typeof FakeAgent>[2]>;
type Hello = Parameters<Core['openSession']>[1];

/** One coordinator's process: it can be killed, stopped and continued, and cut off from the store. */
export class HaProcess {
  readonly name: string;
  readonly gate = new Gate();
  readonly store: StoreClient;
  dead = false;
  coordinator: Coordinator | null = null;
  /** What ended it by itself. */
  failure: unknown = null;
  /** Words of agents that wait for a stopped process. */
  readonly #inbox: (() => void)[] = [];
  /** Its words that are on their way still, while the wire is held. */
  readonly #onTheWay: (() => void)[] = [];
  #held = false;

  constructor(name: string, shared: SharedStore, clock: ManualClock) {
    this.name = name;
    this.store = new StoreClient(shared, gatedClock(clock, this.gate), this.gate);
  }

  /** Hands it a word of an agent: now, once it goes on, or never. */
  hear(word: () => void): void {
    if (this.dead) return;
    if (this.gate.isOpen) word();
    else this.#inbox.push(word);
  }

  /** Carries a command of it to an agent. */
  say(word: () => void): void {
    if (this.#held) this.#onTheWay.push(word);
    else if (!this.dead) word();
  }

  /** From now on its commands take until `letGo` to arrive. */
  holdWire(): void {
    this.#held = true;
  }

  letGo(): void {
    this.#held = false;
    for (const word of this.#onTheWay.splice(0)) word();
  }

  get leading(): boolean {
    return !this.dead && this.coordinator?.standing().leading === true;
  }

  stop(): void {
    this.gate.close();
  }

  continue(): void {
    this.gate.open();
    for (const word of this.#inbox.splice(0)) word();
  }

  /** Nothing in it ever goes on again. */
  kill(): void {
    this.dead = true;
    this.gate.close();
  }
}

/** An agent's lines to all coordinators, as one: what it says goes to each, and each may command it. */
class Lines {
  readonly #fleet: HaFleet;
  readonly #sessions = new Map<HaProcess, NodeSession>();
  readonly #hello: Hello;
  readonly #send: (target: NodeTarget) => void;
  #inventory: Inventory;
  #status: Parameters<NodeSession['status']> | null = null;
  #clusterId: ClusterId | null;

  constructor(
    fleet: HaFleet,
    inventory: Inventory,
    hello: Hello,
    send: (target: NodeTarget) => void,
  ) {
    this.#fleet = fleet;
    this.#inventory = inventory;
    this.#hello = hello;
    this.#clusterId = hello.clusterId;
    this.#send = (target) => {
      this.#clusterId ??= target.clusterId;
      send(target);
    };
  }

  dial(process: HaProcess): void {
    if (this.#sessions.has(process) || process.dead || process.coordinator === null) return;
    const epochSeen = Math.max(this.#hello.epochSeen, this.#status?.[0].acceptedEpoch ?? 0);
    this.#fleet.sessionsOpened += 1;
    const session = process.coordinator.openSession(
      this.#inventory,
      { clusterId: this.#clusterId, epochSeen },
      (target) => process.say(() => this.#send(target)),
    );
    this.#sessions.set(process, session);
    if (this.#status !== null) session.status(...this.#status);
  }

  drop(process: HaProcess): void {
    this.#sessions.delete(process);
  }

  session(): NodeSession {
    const all = (say: (session: NodeSession) => void): void => {
      for (const [process, session] of this.#sessions) process.hear(() => say(session));
    };
    return {
      inventory: (inventory) => {
        this.#inventory = inventory;
        all((session) => session.inventory(inventory));
      },
      status: (status, replicas) => {
        this.#status = [status, replicas];
        all((session) => session.status(status, replicas));
      },
      heartbeat: () => all((session) => session.heartbeat()),
      closed: (reason) => all((session) => session.closed(reason)),
    };
  }
}

/** Several coordinators on one store, and agents on the line with all of them, under one clock. */
export class HaFleet {
  readonly clock = new ManualClock();
  readonly shared = new SharedStore();
  readonly processes: HaProcess[] = [];
  readonly agents: FakeAgent[] = [];
  readonly #lines: Lines[] = [];
  readonly #random: () => number;
  sessionsOpened = 0;
  /** Moments at which two processes that were running led at once. */
  readonly doubleLeads: string[] = [];

  constructor(seed = 1) {
    this.#random = seeded(seed);
  }

  async start(name: string): Promise<HaProcess> {
    const made = new HaProcess(name, this.shared, this.clock);
    const clock = gatedClock(this.clock, made.gate);
    const eventLog = openEventLog(':memory:', { rowsMax: 1_000 });
    const decisionLog = openDecisionLog(':memory:', { rowsMax: 1_000 });
    const outside = { store: made.store, clock, random: this.#random, eventLog };
    const clusterId = await establishCluster(outside);
    const coordinator = createCoordinator(
      {
        ...outside,
        decisionLog,
        open,
        placement: { policy: 'tangram', seed: 1, demandHalfLife: 1_000 },
        log: silentLog,
        limits: fleetLimits,
      },
      { clusterId, address: () => `${name}:7443` },
    );
    made.coordinator = coordinator;
    void coordinator.run(new AbortController().signal).catch((error: unknown) => {
      made.failure = error;
    });
    this.processes.push(made);
    for (const lines of this.#lines) lines.dial(made);
    return made;
  }

  join(name: string, cards: string): FakeAgent {
    const opener = {
      openSession: (...[inventory, hello, send]: Parameters<Core['openSession']>) => {
        const lines = new Lines(this, inventory, hello, send);
        for (const process of this.processes) lines.dial(process);
        this.#lines.push(lines);
        return lines.session();
      },
    };
    // An agent does nothing with its coordinator but to dial it.
    const agent = new FakeAgent(name, cards, () => opener as Core);
    this.agents.push(agent);
    agent.connect();
    return agent;
  }

  kill(process: HaProcess): void {
    process.kill();
    for (const lines of this.#lines) lines.drop(process);
  }

  /** Half a second at a time, as `SimFleet.run`. */
  async run(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += 500) {
      for (const agent of this.agents) agent.step();
      for (let step = 0; step < 5; step += 1) {
        await this.clock.advance(100);
        const leading = this.processes.filter((each) => each.leading && each.gate.isOpen);
        if (leading.length > 1) this.doubleLeads.push(leading.map(({ name }) => name).join());
      }
    }
  }

  /** The one that leads and runs. */
  get leader(): HaProcess {
    const found = this.processes.find((each) => each.leading && each.gate.isOpen);
    if (found === undefined) throw new Error('nobody leads');
    return found;
  }

  get core(): Coordinator {
    const { coordinator } = this.leader;
    if (coordinator === null) throw new Error('it has not begun');
    return coordinator;
  }

  violations(): readonly string[] {
    return [...this.agents.flatMap((agent) => agent.violations), ...this.doubleLeads];
  }
}
