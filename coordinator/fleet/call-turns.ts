import { errorCodes, AppError, isAppError } from '../../shared/platform/errors.ts';
import type { OnceCall } from './answers.ts';
import type { LedgerWrite } from './ledger.ts';
import { makeTargets, sendTargets, type Identity } from './publish.ts';
import type { World } from './world.ts';

/** What a call has decided: not done before it is written. */
export interface Decided<T> {
  /** One transaction. */
  readonly writes: readonly LedgerWrite[];
  /** Rests on it, so it is written after it, and before the call is answered. */
  readonly rest: readonly (readonly LedgerWrite[])[];
  /** Asked for once everything is durable. */
  readonly answer: () => T;
}

/** A call that need not be written alone. */
export interface TurnCall<T> {
  /** What it is about: the second of two calls about the same must see what the first has done. */
  readonly subject: string;
  readonly once: OnceCall<T> | undefined;
  /** Whether it writes something by itself that others would have to see. */
  readonly alone: () => boolean;
  /** Throws before it has told anything to the world, or the caches are read anew. */
  readonly decide: () => Promise<Decided<T>>;
}

/** A call whose answer only its caller knows the type of. */
type AnyCall = Omit<TurnCall<unknown>, 'once'> & {
  readonly once: Pick<OnceCall<never>, 'id' | 'fingerprint'> | undefined;
};

interface Waiting {
  readonly call: AnyCall;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Writes after which a turn takes no further call: others wait for their turn, and one commit must not take long. */
const turnWritesMax = 240;

/** Calls that one turn decides at most. */
export const turnCallsMax = 256;

interface CallTurnsDeps {
  readonly world: World;
  readonly identity: () => Identity;
  readonly waitingMax: number;
  /** Runs a task while nobody else writes; rejects without running it where nobody may. */
  readonly exclusive: (task: () => Promise<void>) => Promise<void>;
  /** Told after each turn. */
  readonly onTurn: () => void;
}

/**
 * Calls that come while others are written are decided one after another, each on what those before it have decided,
 * and written together: one turn, one sync for all of them. What was placed is commanded in the same turn.
 * Invariants: nobody is answered, and nothing is sent, before all of a turn is durable; when a write fails, no call of
 * the turn is answered as done; at most `waitingMax` wait.
 */
export class CallTurns {
  readonly #deps: CallTurnsDeps;
  #waiting: Waiting[] = [];
  #coming = false;

  constructor(deps: CallTurnsDeps) {
    this.#deps = deps;
  }

  /** Throws LIMIT_REACHED, what `decide` throws, and what the store does. */
  async call<T>(call: TurnCall<T>): Promise<T> {
    const { waitingMax } = this.#deps;
    if (this.#waiting.length >= waitingMax) {
      throw new AppError('LIMIT_REACHED', `${this.#waiting.length} calls wait already`, {
        hint: 'try again in a moment',
      });
    }
    const answered = new Promise<T>((resolve, reject) => {
      // Its own `decide` made the answer that it is resolved with.
      const settle = resolve as (answer: unknown) => void;
      this.#waiting.push({ call, resolve: settle, reject });
    });
    this.#takeTurn();
    return answered;
  }

  #takeTurn(): void {
    if (this.#coming || this.#waiting.length === 0) return;
    this.#coming = true;
    let begun = false;
    const turn = this.#deps.exclusive(async () => {
      begun = true;
      this.#coming = false;
      await this.#take();
    });
    const over = (): void => {
      this.#deps.onTurn();
      this.#takeTurn();
    };
    turn.then(over, (error: unknown) => {
      this.#coming = false;
      // Those of a turn that failed know it; where none could begin, nobody's can.
      if (!begun) for (const { reject } of this.#waiting.splice(0)) reject(error);
      over();
    });
  }

  /** Decides as many of the calls that wait as go together, and writes them. */
  async #take(): Promise<void> {
    const turn: { readonly waiting: Waiting; readonly decided: Decided<unknown> }[] = [];
    const begun = new Set<Waiting>();
    let writes = 0;
    try {
      for (const waiting of this.#together()) {
        begun.add(waiting);
        const decided = await this.#decide(waiting);
        if (decided !== null) turn.push({ waiting, decided });
        writes += decided === null ? 0 : countWrites(decided);
        if (writes > turnWritesMax) break;
      }
      await this.#write(turn.map(({ decided }) => decided));
    } catch (error) {
      for (const { reject } of begun) reject(error);
      throw error;
    } finally {
      this.#waiting = this.#waiting.filter((waiting) => !begun.has(waiting));
    }
    for (const { waiting, decided } of turn) waiting.resolve(decided.answer());
  }

  /** Those that may be decided in one turn, in order of arrival. */
  *#together(): Iterable<Waiting> {
    const taken = new Set<string>();
    for (const waiting of this.#waiting.slice(0, turnCallsMax)) {
      const { call } = waiting;
      const names = call.once === undefined ? [call.subject] : [call.subject, `id ${call.once.id}`];
      const alone = call.alone();
      if (alone && taken.size > 0) return;
      const apart = names.some((name) => taken.has(name));
      for (const name of names) taken.add(name);
      if (!apart) yield waiting;
      if (alone) return;
    }
  }

  /** null: it has been answered. */
  async #decide({ call, reject }: Waiting): Promise<Decided<unknown> | null> {
    const { answers } = this.#deps.world;
    try {
      const before = call.once === undefined ? null : answers.find(call.once);
      if (before === null) return await call.decide();
      reject(before);
    } catch (error) {
      if (!isAppError(error) || errorCodes[error.code].actor !== 'caller') throw error;
      reject(error);
    }
    return null;
  }

  async #write(turn: readonly Decided<unknown>[]): Promise<void> {
    const { world, identity } = this.#deps;
    // On record before it is done: a decision without its inputs could never be explained.
    world.deps.decisionLog.append(world.desk.takeRows());
    const { targets, writes } = makeTargets(world, identity());
    const generations = writes.map((write) => [write]);
    const first = turn.map((decided) => decided.writes);
    const rest = turn.flatMap((decided) => decided.rest);
    await world.ledger.commitTogether(rest.length === 0 ? [...first, ...generations] : first);
    if (rest.length > 0) await world.ledger.commitTogether([...rest, ...generations]);
    sendTargets(world, targets);
  }
}

function countWrites({ writes, rest }: Decided<unknown>): number {
  return rest.reduce((all, group) => all + group.length, writes.length);
}
