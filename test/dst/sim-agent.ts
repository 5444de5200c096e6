import { CoordinatorLinks } from '../../agent/link/links.ts';
import { createAgentCore, type AgentCore } from '../../agent/reconcile/core.ts';
import type { AgentStore } from '../../agent/store/agent-store.ts';
import { openAgentStore } from '../../agent/store/sqlite-store.ts';
import type { AcceptedTarget } from '../../agent/store/records.ts';
import { parseNodeName, type NodeName } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { silentLog } from '../../shared/platform/log.ts';
import type { LinkServiceClient } from '../../shared/wire/generated/tangram/link/v1/LinkService.ts';
import { coreDepsOn } from '../fakes/agent/core-on-node.ts';
import { must } from '../fakes/agent/fake-core.ts';
import { Crash, FakeNode } from '../fakes/agent/fake-node.ts';
import { Gate } from '../fakes/coordinator/shared-store.ts';
import type { ControlStream } from '../../agent/link/control-session.ts';
import type { Dice } from './dice.ts';
import type { Host } from './network.ts';
import type { StreamPair } from './streams.ts';
import { processClock, type VirtualTime, type WallClock } from './virtual-time.ts';

interface Life {
  readonly gate: Gate;
  readonly core: AgentCore;
  readonly stop: AbortController;
  readonly inbox: (() => void)[];
  readonly streams: Set<StreamPair>;
}

export interface AgentWorld {
  readonly time: VirtualTime;
  readonly coordinators: readonly string[];
  readonly dial: (agent: SimAgent, coordinator: string) => ControlStream;
  readonly note: (who: string, what: string) => void;
  readonly failed: (who: string, error: unknown) => void;
  /** Before the agent may act on it. */
  readonly accepted: (agent: SimAgent, target: AcceptedTarget) => void;
}

const writes = /^(save|add|remove|begin|end|append)/;

/** A GPU host: the real core of an agent and its real lines, on cards and containers that outlive it. */
export class SimAgent implements Host {
  readonly name: string;
  readonly node: NodeName;
  readonly fake: FakeNode;
  readonly wall: WallClock = { offsetMs: 0 };
  readonly store: AgentStore;
  readonly #world: AgentWorld;
  readonly #dice: Dice;
  #life: Life | null = null;
  /** The file of its store takes nothing more. */
  diskFull = false;
  /** It dies as soon as it has written down that something is gone, once. */
  diesWithStone = false;
  /** What processes of clients work on here, by the name of their allocation. */
  readonly clientDevices = new Map<string, readonly string[]>();
  /** The host has lost its power, and nobody can work on it. */
  off = false;
  /** Containers start, stop and answer only while it is open. */
  readonly docker = new Gate();

  constructor(name: string, cards: string, world: AgentWorld, dice: Dice) {
    this.name = name;
    this.node = must(parseNodeName(name));
    this.fake = new FakeNode(cards, `GPU-${name}-`);
    this.fake.answers = { docker: true, process: true };
    this.#world = world;
    this.#dice = dice;
    this.store = openAgentStore(':memory:');
  }

  get up(): boolean {
    return this.#life !== null;
  }

  get paused(): boolean {
    return this.#life?.gate.isOpen === false;
  }

  get core(): AgentCore | null {
    return this.#life?.core ?? null;
  }

  receive(word: () => void): boolean {
    const life = this.#life;
    if (life === null) return false;
    if (life.gate.isOpen) word();
    else life.inbox.push(word);
    return true;
  }

  /** Where it runs already, nothing is done. */
  start(): void {
    if (this.up) return;
    const { time, note } = this.#world;
    this.off = false;
    const gate = new Gate();
    const clock = processClock(time, gate, this.wall);
    const stop = new AbortController();
    this.fake.crashed = false;
    this.fake.crashIn = null;
    this.fake.nowMs = () => clock.wallMs();
    this.fake.beforeAnswer = () => gate.pass();
    this.fake.beforeStop = () => this.docker.pass();
    const core = createAgentCore(
      coreDepsOn(this.fake, {
        config: {
          node: this.node,
          agentVersion: '0.1.0',
          mpsComputeMode: 'exclusive',
          stopGraceMs: 1_000,
        },
        clock,
        random: this.#dice.fork().next,
        store: this.#durable(gate),
        httpGet: async (url) => {
          await gate.pass();
          return probe(this.fake, url);
        },
      }),
    );
    const life: Life = { gate, core, stop, inbox: [], streams: new Set() };
    this.#life = life;
    note(this.name, 'starts');
    const links = new CoordinatorLinks(
      this.#world.coordinators.map((address) => ({
        address,
        node: this.name,
        core,
        clock,
        random: this.#dice.fork().next,
        log: silentLog,
        connect: () => this.#client(address),
        onTrust: () => undefined,
        capabilities: ['mig', 'mps', 'docker'],
        recordEvent: () => undefined,
        samples: null,
      })),
    );
    const end = (error: unknown): void => {
      if (this.#life !== life) return;
      // Whoever looks after each event finds it dead, and starts it again.
      if (error instanceof Crash || this.fake.crashed) this.fake.crashed = true;
      else this.#world.failed(this.name, error);
    };
    void core.run(stop.signal).catch(end);
    void links.run(stop.signal).catch(end);
  }

  /** The process has died at a point of its own, such as between two steps. */
  get died(): boolean {
    return this.#life !== null && this.fake.crashed;
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
    this.fake.crashed = true;
    life.gate.close();
    this.#life = null;
    this.#world.note(this.name, `is dead (${what})`);
    for (const pair of life.streams) {
      if (what === 'process') pair.die('agent');
      else pair.lose('coordinator');
    }
    life.stop.abort(new Error('killed'));
  }

  /** Everything that ran on the host is gone, and it stays off until it is started. */
  losePower(): void {
    this.kill('host');
    this.off = true;
    this.clientDevices.clear();
    this.fake.marked = [];
    this.fake.reboot();
  }

  /** Whether a card or an instance of this name is there now. */
  has(device: string): boolean {
    return this.fake.cards.some(
      (card) => card.uuid === device || card.instances.some(({ uuid }) => uuid === device),
    );
  }

  /** A stream that ends with the process; answers how to let go of it. */
  holds(pair: StreamPair): () => void {
    const streams = this.#life?.streams;
    streams?.add(pair);
    return () => void streams?.delete(pair);
  }

  #client(address: string): LinkServiceClient {
    const client = {
      Control: () => this.#world.dial(this, address),
      close: () => undefined,
    };
    return client as unknown as LinkServiceClient;
  }

  /** Each write is a place to die, and none is done by a process that is dead, or on a full disk. */
  #durable(gate: Gate): AgentStore {
    return new Proxy(this.store, {
      get: (target, key, receiver): unknown => {
        const found: unknown = Reflect.get(target, key, receiver);
        if (typeof found !== 'function' || typeof key !== 'string') return found;
        if (key === 'refusal') return () => (this.diskFull ? 'the disk is full' : null);
        if (!writes.test(key)) return found.bind(target);
        return (...args: readonly unknown[]): unknown => {
          if (this.#life !== null && this.#life.gate !== gate) throw new Crash('an earlier life');
          this.fake.boundary();
          if (this.diskFull && key !== 'appendEvent') {
            throw new AppError('STORE_FULL', 'the disk of the agent is full');
          }
          const done: unknown = Reflect.apply(found, target, args);
          if (key === 'addTombstoneDone' && this.diesWithStone) {
            this.diesWithStone = false;
            this.fake.crashIn = 1;
            this.fake.boundary();
          }
          if (key === 'saveAccepted') this.#world.accepted(this, args[0] as AcceptedTarget);
          return done;
        };
      },
    });
  }
}

function probe(fake: FakeNode, url: string): { readonly status: number } {
  const found = [...fake.replicas.values()].find(
    (each) => each.address !== null && url.startsWith(`http://${each.address}/`),
  );
  if (found === undefined || found.state !== 'running') throw new Error('connection refused');
  return { status: fake.healthy(found.replica) ? 200 : 503 };
}
