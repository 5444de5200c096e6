import type { ControlStream } from '../../agent/link/control-session.ts';
import { replayDecision } from '../../coordinator/replay/replay-decision.ts';
import { isAppError } from '../../shared/platform/errors.ts';
import { open } from '../../shared/placement/open.ts';
import type { NodeTarget } from '../../shared/domain/node-target.ts';
import type { ControlResponse__Output } from '../../shared/wire/generated/tangram/link/v1/ControlResponse.ts';
import { Clients } from './clients.ts';
import { notConverged, notExplained } from './convergence.ts';
import { Dice } from './dice.ts';
import { Nemesis } from './nemesis.ts';
import { History } from './history.ts';
import { Judge } from './judge.ts';
import { Losses } from './losses.ts';
import { Network } from './network.ts';
import { Promptness } from './promptness.ts';
import { SimAgent } from './sim-agent.ts';
import { SimCoordinator, simLimits } from './sim-coordinator.ts';
import { SimStore } from './sim-store.ts';
import { openStream, type StreamPair, type StreamTap } from './streams.ts';
import { VirtualTime } from './virtual-time.ts';

export interface SeedOutcome {
  readonly seed: number;
  /** Empty: every rule was kept. */
  readonly violations: readonly string[];
  /** Of everything that happened, in order. */
  readonly digest: string;
  readonly events: number;
  readonly virtualSeconds: number;
  /** The newest. */
  readonly tail: readonly string[];
}

export interface SeedOptions {
  /** Called for each line of what happens. */
  readonly echo?: (line: string) => void;
  /** Faults and calls from here on do not come; absent: all of them. For making a failure smaller. */
  readonly actsMax?: number;
}

/** How long everything may take to be as wanted once nothing is wrong any more. */
const convergeMsMax = 240_000;
const quietMs = 1_500;
const eventsMax = 30_000;
const commandsKept = 12;

const fleets: readonly (readonly string[])[] = [
  ['A100-40GB'],
  ['A100-40GB', 'A100-40GB,L40S'],
  ['2xA100-40GB', 'A100-40GB', 'L40S'],
  ['A100-40GB', 'A100-40GB', 'A100-40GB', 'L40S', 'L40S'],
];

/** One seed, from nothing to quiet. */
export async function runSeed(seed: number, options: SeedOptions = {}): Promise<SeedOutcome> {
  const simulation = new Simulation(seed, options);
  return simulation.run();
}

class Simulation {
  readonly #seed: number;
  readonly #options: SeedOptions;
  readonly #dice: Dice;
  readonly #time = new VirtualTime();
  readonly #history: History;
  readonly #judge: Judge;
  readonly #network: Network;
  readonly #shared: SimStore;
  readonly #coordinators: readonly SimCoordinator[];
  readonly #agents: readonly SimAgent[];
  readonly #clients: Clients;
  readonly #nemesis: Nemesis;
  readonly #promptness: Promptness;
  readonly #streams = new Map<SimAgent, Set<StreamPair>>();
  readonly #commands = new Map<SimAgent, ControlResponse__Output[]>();
  /** When a coordinator last heard an agent, by `agent>coordinator`. */
  readonly #heardMs = new Map<string, number>();
  #events = 0;
  #acts = 0;

  constructor(seed: number, options: SeedOptions) {
    this.#seed = seed;
    this.#options = options;
    this.#dice = new Dice(seed);
    const dice = this.#dice;
    const time = this.#time;
    this.#history = new History(() => time.nowMs, options.echo ?? null);
    const note = (who: string, what: string): void => this.#history.add(who, what);
    this.#judge = new Judge(() => time.nowMs);
    const judge = this.#judge;
    const losses = new Losses(judge, () => time.nowMs, simLimits);
    this.#network = new Network(time, dice.fork());
    this.#shared = new SimStore(
      (txn) => {
        note('store', txn.do.map((op) => `${op.op} ${op.key}`).join(', '));
        judge.done(txn);
      },
      (what) => judge.say('I6', `the store writes ${what}`),
    );
    const failed = (who: string, error: unknown): void => this.#failed(who, error);
    const told = (
      who: SimCoordinator,
      { kind, subject }: { kind: string; subject: string },
    ): void => {
      note(who.name, `${kind} ${subject}`);
      if (kind === 'lost') losses.lost(subject.replace('nodes/', ''), this.#silence(who));
    };
    const names = ['coordinator-a', 'coordinator-b', 'coordinator-c'].slice(0, dice.between(1, 3));
    this.#coordinators = names.map(
      (name) =>
        new SimCoordinator(name, { time, shared: this.#shared, note, failed, told }, dice.fork()),
    );
    const cards = dice.pick(fleets) ?? [];
    const agentWorld = {
      time,
      coordinators: names,
      dial: (agent: SimAgent, name: string) => this.#dial(agent, name),
      note,
      failed,
      accepted: (agent: SimAgent, { target }: { target: NodeTarget }) => {
        note(agent.name, `obeys ${target.epoch}.${target.generation}`);
        judge.commands.accepted(agent, target);
      },
    };
    this.#agents = cards.map(
      (card, at) => new SimAgent(`n${at + 1}`, card, agentWorld, dice.fork()),
    );
    for (const agent of this.#agents) {
      judge.watch(agent);
      this.#streams.set(agent, new Set());
      this.#commands.set(agent, []);
    }
    judge.phaseOf = (replica) => this.#phaseOf(replica);
    this.#promptness = new Promptness({
      judge,
      network: this.#network,
      shared: this.#shared,
      coordinators: this.#coordinators,
      streams: this.#streams,
    });
    const serving = () => this.#coordinators.flatMap((each) => each.serving ?? []);
    this.#clients = new Clients(
      { time, judge, agents: this.#agents, coordinators: serving, note },
      dice.fork(),
    );
    this.#nemesis = new Nemesis(
      {
        time,
        network: this.#network,
        shared: this.#shared,
        agents: this.#agents,
        coordinators: this.#coordinators,
        replay: (agent) => this.#replay(agent),
        streamsOf: (agent) => [...(this.#streams.get(agent) ?? [])],
        note,
      },
      dice.fork(),
    );
  }

  async run(): Promise<SeedOutcome> {
    const dice = this.#dice.fork();
    const latencyMs = dice.chance(0.3) ? dice.between(1, 20) : 0;
    for (const each of this.#coordinators) each.start({ latencyMs });
    for (const each of this.#agents) each.start();
    await this.#until(this.#time.nowMs + 4_000);
    const actEveryMs = dice.between(300, 2_500);
    const faultEveryMs = dice.between(700, 8_000);
    const endMs = this.#time.nowMs + dice.between(20, 60) * 1_000;
    this.#repeat(dice.fork(), actEveryMs, endMs, () => this.#clients.act());
    this.#repeat(dice.fork(), faultEveryMs, endMs, () => this.#nemesis.strike());
    await this.#until(endMs);
    if (this.#judge.violations.length === 0) await this.#converge();
    if (this.#judge.violations.length === 0) await this.#replayDecisions();
    if (this.#judge.violations.length === 0) {
      this.#judge.compare((await this.#shared.memory.list('')).entries);
    }
    const { violations } = this.#judge;
    for (const agent of this.#agents) agent.kill('host');
    for (const each of this.#coordinators) each.kill('host');
    const outcome = {
      seed: this.#seed,
      violations: [...violations],
      digest: this.#history.digest(),
      events: this.#events,
      virtualSeconds: Math.round(this.#time.nowMs / 1_000),
      tail: this.#history.tail(60),
    };
    for (const each of this.#coordinators) each.forget();
    return outcome;
  }

  #repeat(dice: Dice, everyMs: number, endMs: number, act: () => void): void {
    const wait = dice.next() * 2 * everyMs;
    if (this.#time.nowMs + wait >= endMs) return;
    this.#time.after(wait, () => {
      this.#acts += 1;
      if (this.#acts <= (this.#options.actsMax ?? Infinity)) act();
      this.#repeat(dice, everyMs, endMs, act);
    });
  }

  /** Everything that happens until then, and after each event a look at what must hold. */
  async #until(endMs: number): Promise<void> {
    while (this.#judge.violations.length === 0 && this.#time.step(endMs)) {
      await settle();
      this.#judge.look();
      this.#promptness.look(this.#time.nowMs);
      for (const agent of this.#agents) if (agent.died) this.#restart(agent);
      this.#events += 1;
      if (this.#events > eventsMax) this.#judge.say('limits', `${eventsMax} events and no end`);
    }
  }

  async #converge(): Promise<void> {
    this.#history.add('nemesis', 'nothing is wrong any more');
    this.#nemesis.heal();
    const giveUpMs = this.#time.nowMs + convergeMsMax;
    let why: string | null = 'it has not begun';
    let sinceMs = this.#time.nowMs;
    const parts = {
      judge: this.#judge,
      coordinators: this.#coordinators,
      agents: this.#agents,
      clients: this.#clients,
    };
    while (this.#time.nowMs < giveUpMs && this.#judge.violations.length === 0) {
      this.#clients.goHome();
      await this.#until(this.#time.nowMs + 500);
      why = notConverged(parts);
      if (why === null && this.#time.nowMs - sinceMs >= quietMs) {
        why = notExplained(parts);
        if (why === null) return;
      }
      if (why !== null) sinceMs = this.#time.nowMs;
    }
    if (why !== null) this.#judge.say('convergence', why);
  }

  /** The last of what the leader decided, made again from its log. */
  async #replayDecisions(): Promise<void> {
    if (this.#seed % 8 !== 0) return;
    for (const { life } of this.#coordinators) {
      if (life === null) continue;
      const log = life.decisionLog;
      const rows = log.after(0, 5_000).filter(({ kind }) => kind === 'decision');
      for (const { id } of rows.slice(-4)) {
        const deps = { log, open, breathe: () => Promise.resolve() };
        const { verdict, differences } = await replayDecision(deps, id, { force: false });
        if (verdict !== 'same') {
          this.#judge.say('I8', `decision ${id}: ${JSON.stringify(differences.slice(0, 3))}`);
        }
      }
    }
  }

  #dial(agent: SimAgent, name: string): ControlStream {
    const coordinator = this.#coordinators.find((each) => each.name === name);
    if (coordinator === undefined) throw new Error(`no coordinator ${name}`);
    const mine = this.#streams.get(agent);
    let release = (): void => undefined;
    const tap: StreamTap = {
      heard: () => void this.#heardMs.set(`${agent.name}>${name}`, this.#time.nowMs),
      toCoordinator: (message) => {
        if (message.message === 'heartbeat') return;
        this.#history.add(name, `hears ${message.message ?? '?'} of ${agent.name}`);
      },
      toAgent: (message, again) => {
        if (message.message !== 'target' || !message.target) return;
        const { epoch, generation } = message.target;
        this.#history.add(agent.name, `is told ${epoch}.${generation} by ${name}`);
        if (again) return;
        this.#judge.commands.commanded(name, Number(epoch));
        const kept = this.#commands.get(agent) ?? [];
        kept.push(message);
        if (kept.length > commandsKept) kept.shift();
      },
      over: () => {
        mine?.delete(pair);
        release();
      },
    };
    const accept = (opened: StreamPair): boolean => coordinator.accept(opened);
    const pair = openStream(this.#network, { agent, coordinator }, { tap, accept });
    mine?.add(pair);
    release = agent.holds(pair);
    return pair.agentEnd;
  }

  /** For how long nothing of each node has arrived at a coordinator in its present life. */
  #silence({ name, life }: SimCoordinator): ReadonlyMap<string, number> {
    const bornMs = life?.bornMs ?? 0;
    return new Map(
      this.#agents.map((agent) => {
        const heardMs = Math.max(bornMs, this.#heardMs.get(`${agent.name}>${name}`) ?? 0);
        return [agent.name, this.#time.nowMs - heardMs];
      }),
    );
  }

  #phaseOf(replica: string): string | null {
    const leader = this.#coordinators.find((each) => each.leading && !each.paused)?.serving;
    const views = leader?.models().flatMap((model) => model.replicas) ?? [];
    return views.find(({ claim }) => claim.id.endsWith(replica))?.status?.phase ?? null;
  }

  #replay(agent: SimAgent): void {
    const kept = this.#commands.get(agent) ?? [];
    const old = this.#dice.pick(kept);
    const open = [...(this.#streams.get(agent) ?? [])];
    if (old !== undefined) this.#dice.pick(open)?.again(old);
  }

  #restart(agent: SimAgent): void {
    agent.kill('process');
    this.#time.after(200 + this.#dice.next() * 3_000, () => agent.start());
  }

  /** Systemd starts it again; what it died of must be something outside. */
  #failed(who: string, error: unknown): void {
    const outside =
      isAppError(error, 'STORE_AWAY') ||
      isAppError(error, 'STORE_UNREADABLE') ||
      isAppError(error, 'STORE_OUTCOME_UNKNOWN') ||
      isAppError(error, 'NOT_LEADER');
    this.#history.add(who, `ends: ${String(error)}`);
    if (!outside) this.#judge.say('crash', `${who}: ${String(error)}`);
    const agent = this.#agents.find((each) => each.name === who);
    const coordinator = this.#coordinators.find((each) => each.name === who);
    agent?.kill('process');
    this.#time.after(1_000, () => {
      agent?.start();
      coordinator?.start({});
    });
  }
}

/** Lets everything that is ready to run do so. */
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
