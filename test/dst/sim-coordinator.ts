import { ControlSession } from '../../coordinator/api/control-session.ts';
import { GeometryPool } from '../../coordinator/api/geometry-pool.ts';
import { createLinkCounters } from '../../coordinator/api/link-counters.ts';
import { LogsDesk } from '../../coordinator/api/logs-desk.ts';
import { StreamWatch } from '../../coordinator/api/stream-watch.ts';
import { establishCluster } from '../../coordinator/fleet/cluster-record.ts';
import { fleetLimits, type FleetLimits } from '../../coordinator/fleet/limits.ts';
import { createCoordinator, type Coordinator } from '../../coordinator/leader/coordinator.ts';
import { openDecisionLog, type DecisionLog } from '../../coordinator/store/decision-log.ts';
import { openEventLog, type EventLog } from '../../coordinator/store/event-log.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { silentLog } from '../../shared/platform/log.ts';
import { open } from '../../shared/placement/open.ts';
import { Gate, StoreClient } from '../fakes/coordinator/shared-store.ts';
import type { Dice } from './dice.ts';
import type { Host } from './network.ts';
import { TroubledStore, type SimStore } from './sim-store.ts';
import type { StreamPair } from './streams.ts';
import { processClock, type VirtualTime, type WallClock } from './virtual-time.ts';

/** What a simulated minute can show: silence is judged sooner, and a bad link forgiven sooner, than an operator would want. */
export const simLimits: FleetLimits = {
  ...fleetLimits,
  lostAfterMs: 12_000,
  holdMaxMs: 60_000,
  massNodesMin: 3,
};
/** As coordinators use it: less, and no agent would ever dial anew before it is missed. */
const heartbeatMs = 1_000;
/** Less often than coordinators do: each look is an event of the story. */
const looksPerHeartbeat = 3;

/** One life of a coordinator's process. */
interface Life {
  readonly gate: Gate;
  readonly bornMs: number;
  readonly clock: Clock;
  readonly store: TroubledStore;
  readonly client: StoreClient;
  readonly eventLog: EventLog;
  readonly decisionLog: DecisionLog;
  readonly streams: Set<StreamPair>;
  readonly watch: StreamWatch;
  readonly inbox: (() => void)[];
  readonly stop: AbortController;
  coordinator: Coordinator | null;
  dead: boolean;
}

export interface CoordinatorWorld {
  readonly time: VirtualTime;
  readonly shared: SimStore;
  readonly note: (who: string, what: string) => void;
  /** What a coordinator tells people. */
  readonly told: (
    who: SimCoordinator,
    event: { readonly kind: string; readonly subject: string },
  ) => void;
  /** A process ended by itself. */
  readonly failed: (who: string, error: unknown) => void;
}

/** A coordinator's host: its process dies, stops, goes on, and is started again. */
export class SimCoordinator implements Host {
  readonly name: string;
  readonly wall: WallClock = { offsetMs: 0 };
  readonly #world: CoordinatorWorld;
  readonly #dice: Dice;
  #life: Life | null = null;
  readonly #stops: AbortController[] = [];
  lives = 0;

  constructor(name: string, world: CoordinatorWorld, dice: Dice) {
    this.name = name;
    this.#world = world;
    this.#dice = dice;
  }

  get life(): Life | null {
    return this.#life;
  }

  get up(): boolean {
    return this.#life !== null;
  }

  get paused(): boolean {
    return this.#life?.gate.isOpen === false;
  }

  get leading(): boolean {
    return this.#life?.coordinator?.standing().leading === true;
  }

  /** Whoever can be asked now. */
  get serving(): Coordinator | null {
    const life = this.#life;
    return life !== null && life.gate.isOpen ? life.coordinator : null;
  }

  /** Where it runs already, nothing is done. */
  start(troubles: Partial<TroubledStore['troubles']>): void {
    if (this.up) return;
    const { time, shared, failed, note } = this.#world;
    const gate = new Gate();
    const clock = processClock(time, gate, this.wall);
    const client = new StoreClient(shared, clock, gate);
    const store = new TroubledStore(client, clock, this.#dice.fork());
    Object.assign(store.troubles, troubles);
    const eventLog = openEventLog(':memory:', { rowsMax: 5_000 });
    const append = eventLog.append.bind(eventLog);
    eventLog.append = (event) => {
      this.#world.told(this, event);
      return append(event);
    };
    const decisionLog = openDecisionLog(':memory:', { rowsMax: 5_000 });
    const life: Life = {
      gate,
      bornMs: time.nowMs,
      clock,
      store,
      client,
      eventLog,
      decisionLog,
      streams: new Set(),
      watch: new StreamWatch(clock, heartbeatMs / looksPerHeartbeat),
      inbox: [],
      stop: new AbortController(),
      coordinator: null,
      dead: false,
    };
    this.#life = life;
    this.#stops.push(life.stop);
    this.lives += 1;
    note(this.name, 'starts');
    void this.#run(life).catch((error: unknown) => {
      if (life.dead) return;
      failed(this.name, error);
      this.kill('process');
    });
  }

  /** An agent dials. false: nobody listens. */
  accept(pair: StreamPair): boolean {
    const life = this.#life;
    if (life === null || life.coordinator === null) return false;
    const { coordinator, clock } = life;
    life.streams.add(pair);
    const session = new ControlSession(pair.coordinatorEnd, {
      core: coordinator,
      logs: new LogsDesk(clock),
      clock,
      log: silentLog,
      counters: createLinkCounters(),
      heartbeatMs,
      watch: life.watch,
      geometries: new GeometryPool(),
      standing: coordinator,
    });
    session.begin(() => life.streams.delete(pair));
    return true;
  }

  receive(word: () => void): boolean {
    const life = this.#life;
    if (life === null) return false;
    if (life.gate.isOpen) word();
    else life.inbox.push(word);
    return true;
  }

  pause(): void {
    this.#life?.gate.close();
  }

  resume(): void {
    const life = this.#life;
    if (life === null) return;
    life.gate.open();
    for (const word of life.inbox.splice(0)) word();
  }

  /** `process`: its host resets its connections. `host`: nobody hears anything. */
  kill(what: 'process' | 'host'): void {
    const life = this.#life;
    if (life === null) return;
    life.dead = true;
    life.gate.close();
    this.#life = null;
    this.#world.note(this.name, `is dead (${what})`);
    // What still travels towards a dead host reaches none of its later lives.
    for (const pair of life.streams) {
      if (what === 'process') pair.die('coordinator');
      else pair.lose('agent');
    }
  }

  /** The story is over. What dead processes still wait for would otherwise be kept until this one ends. */
  forget(): void {
    for (const stop of this.#stops) stop.abort();
  }

  async #run(life: Life): Promise<void> {
    const { store, clock, eventLog, decisionLog } = life;
    const random = this.#dice.fork().next;
    const outside = { store, clock, random, eventLog };
    const clusterId = await establishCluster(outside);
    const placement = { policy: 'tangram', seed: 1, demandHalfLife: 1_000 } as const;
    life.coordinator = createCoordinator(
      { ...outside, decisionLog, open, placement, log: silentLog, limits: simLimits },
      { clusterId, address: () => `${this.name}:7443` },
    );
    await life.coordinator.run(life.stop.signal);
  }
}
