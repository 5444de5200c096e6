import type { ClusterId } from '../../shared/domain/ids.ts';
import { isAppError } from '../../shared/platform/errors.ts';
import { runTogether } from '../../shared/platform/lifecycle.ts';
import { Wake } from '../../shared/platform/wake.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import { createCoordinatorCore, type RunningCore } from '../fleet/coordinator-core.ts';
import type { LeaderRecord } from '../store/values.ts';
import type { CoreDeps } from '../fleet/world.ts';
import { AgentDesk } from './agent-desk.ts';
import { leaderCalls, type LeaderCalls } from './leader-calls.ts';
import { followLeader, writeLeader } from './leader-record.ts';
import { notLeader, StandingBoard, type StandingSource } from './standing.ts';

export interface CoordinatorOptions {
  readonly clusterId: ClusterId;
  /** `host:port` where callers reach this coordinator while it leads; asked when a term begins. */
  readonly address: () => string;
  /**
   * Resolves once callers and agents can reach it, or when `signal` aborts: the first look at a full cluster takes a
   * while, and who asks meanwhile should be answered. Absent: they can.
   */
  readonly reachable?: (signal: AbortSignal) => Promise<void>;
}

/** The coordinator as its doors see it, leading or not. */
export interface Coordinator extends CoordinatorCore, StandingSource {
  /** Resolves when it leads, or when `signal` aborts. */
  leads(signal: AbortSignal): Promise<void>;
  /**
   * Stands by, leads whenever no other does, and stands by again, until `signal` aborts. Throws what leaves the process
   * unfit to lead: a store that cannot be read, rounds that fail again and again.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** Stands by from the start: sessions are taken, and calls are answered with NOT_LEADER until `run` was elected. */
export function createCoordinator(deps: CoreDeps, options: CoordinatorOptions): Coordinator {
  const { clusterId } = options;
  const { clock, log, limits } = deps;
  const { suspectAfterMs } = limits;
  const board = new StandingBoard();
  const desk = new AgentDesk({ clusterId, clock, log, suspectAfterMs });
  const terms = new Terms(deps, options, { board, desk });
  return {
    ...terms.calls,
    clusterId,
    get epoch() {
      return board.standing().epoch;
    },
    knowsNode: (node) => desk.knows(node),
    openSession: (inventory, agent, send) => desk.open(inventory, agent, send),
    standing: () => board.standing(),
    onStanding: (listener) => board.onStanding(listener),
    leads: async (signal) => {
      const changed = new Wake();
      const stop = board.onStanding(() => changed.wake());
      while (!board.standing().leading && !signal.aborted) await changed.wait(signal);
      stop();
    },
    run: async (signal) => terms.run(signal),
  };
}

/** Before it stands for election again. */
const againMs = 500;

/** Another leads, or the store is away for a while: neither makes this process unfit. */
function isPassing(error: unknown): boolean {
  return (
    isAppError(error, 'NOT_LEADER') ||
    isAppError(error, 'STORE_AWAY') ||
    isAppError(error, 'STORE_OUTCOME_UNKNOWN')
  );
}

/**
 * One term after the other.
 * Invariants: a core commands agents and answers calls only between its election and the end of its term; what ends the
 * term takes the agents away from it before anything else happens.
 */
class Terms {
  readonly calls: LeaderCalls;
  readonly #deps: CoreDeps;
  readonly #options: CoordinatorOptions;
  readonly #board: StandingBoard;
  readonly #desk: AgentDesk;
  #leader: RunningCore | null = null;
  /** The newest leader that the store tells of, ourselves included. */
  #heard: LeaderRecord | null = null;

  constructor(
    deps: CoreDeps,
    options: CoordinatorOptions,
    parts: { readonly board: StandingBoard; readonly desk: AgentDesk },
  ) {
    this.#deps = deps;
    this.#options = options;
    this.#board = parts.board;
    this.#desk = parts.desk;
    this.calls = leaderCalls(() => {
      if (this.#leader === null) throw notLeader(this.#board.standing());
      return this.#leader;
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    await runTogether(signal, [
      (over) => followLeader(this.#deps, (leader) => this.#heardOf(leader), over),
      (over) => this.#serveTerms(over),
    ]);
  }

  /** May come before we know that our own term is over: then it is told once we do. */
  #heardOf(record: LeaderRecord): void {
    this.#heard = record;
    if (this.#leader === null) this.#standBy(0);
  }

  #standBy(ownEpoch: number): void {
    const { epoch, address } = this.#heard ?? { epoch: 0, address: null };
    const newer = epoch > ownEpoch;
    this.#board.set({
      leading: false,
      epoch: newer ? epoch : ownEpoch,
      leader: newer ? address : null,
    });
  }

  async #serveTerms(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#serve(await this.#elected(signal), signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!isPassing(error)) throw error;
        this.#deps.log.warn({ err: error }, 'does not lead; stands by');
        await this.#deps.clock.sleep(againMs, signal).catch(() => undefined);
      }
    }
  }

  async #elected(signal: AbortSignal): Promise<RunningCore> {
    const { store } = this.#deps;
    return createCoordinatorCore(this.#deps, {
      signal,
      announce: async (term, holder) => {
        const address = this.#options.address();
        await writeLeader(store, term, { holder, address });
        const { leading } = this.#board.standing();
        // Leads already, in a higher term: agents and callers need not hear of a change.
        if (leading) this.#board.set({ leading, epoch: Number(term.epoch), leader: address });
      },
    });
  }

  async #serve(core: RunningCore, signal: AbortSignal): Promise<void> {
    const { log } = this.#deps;
    const standDown = (): void => this.#standDown(core);
    core.deposed.addEventListener('abort', standDown, { once: true });
    try {
      if (core.deposed.aborted) return;
      this.#leader = core;
      this.#desk.lend(core);
      this.#event('leading', `this coordinator leads in epoch ${core.epoch}`);
      log.info({ epoch: core.epoch, agents: this.#desk.inventories().length }, 'leads');
      this.#board.set({ leading: true, epoch: core.epoch, leader: this.#options.address() });
      await this.#options.reachable?.(signal);
      await core.run(signal);
    } finally {
      core.deposed.removeEventListener('abort', standDown);
      standDown();
    }
  }

  #standDown(core: RunningCore): void {
    if (this.#leader !== core) return;
    this.#leader = null;
    this.#desk.release();
    this.#standBy(core.epoch);
    this.#event('deposed', `this coordinator leads no more; its epoch was ${core.epoch}`);
  }

  #event(kind: string, message: string): void {
    const { clock, eventLog } = this.#deps;
    eventLog.append({ atMs: clock.wallMs(), kind, subject: 'cluster', message });
  }
}
