import { AnsweredBefore, type OnceCall } from '../../coordinator/fleet/answers.ts';
import type { Coordinator } from '../../coordinator/leader/coordinator.ts';
import { errorCodes, isAppError } from '../../shared/platform/errors.ts';
import type { Dice } from './dice.ts';
import type { Judge } from './judge.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface AskedWorld {
  readonly time: VirtualTime;
  readonly judge: Judge;
  /** Those that listen now. */
  readonly coordinators: () => readonly Coordinator[];
  readonly note: (who: string, what: string) => void;
}

/** A call with all that is needed to make it again. */
export interface Call {
  readonly who: string;
  readonly what: string;
  readonly make: (coordinator: Coordinator, once: OnceCall<unknown>) => Promise<unknown>;
  /** Once it was acknowledged; the call began at this moment. */
  readonly acknowledged: (beganMs: number) => void;
}

const again: ReadonlySet<string> = new Set([
  'NOT_LEADER',
  'STORE_AWAY',
  'STORE_OUTCOME_UNKNOWN',
  'COORDINATOR_AWAY',
]);
const patienceMs = 4_000;
const triesMax = 12;

/** Asks one coordinator after the other, under one request id, until one answers; and judges the answer. */
export class Asker {
  readonly #world: AskedWorld;
  readonly #dice: Dice;
  readonly #busy = new Set<string>();
  #requests = 0;

  constructor(world: AskedWorld, dice: Dice) {
    this.#world = world;
    this.#dice = dice;
  }

  /** Whether something is still asked. */
  get waiting(): boolean {
    return this.#busy.size > 0;
  }

  /** One call at a time about one thing: what was said last is what is wanted. */
  ask(call: Call): void {
    if (this.#busy.has(call.who)) return;
    this.#busy.add(call.who);
    this.#requests += 1;
    const id = `r-${this.#requests}`;
    const { time, judge, note } = this.#world;
    note('client', `${call.what} (${id})`);
    const name = call.who.replace(/^models\//, '');
    const once: OnceCall<unknown> = { id, fingerprint: id, encode: () => new Uint8Array([1]) };
    judge.inFlight.set(name, (judge.inFlight.get(name) ?? 0) + 1);
    let open = 0;
    let over = false;
    const release = (): void => {
      if (over && open === 0) judge.inFlight.set(name, (judge.inFlight.get(name) ?? 1) - 1);
    };
    const finish = (how: string): void => {
      over = true;
      this.#busy.delete(call.who);
      note('client', `${id} ${how}`);
    };
    // Of the first try: what an earlier one was given is what a later one is told of.
    const beganMs = time.nowMs;
    const attempt = (left: number): void => {
      const core = this.#dice.pick(this.#world.coordinators());
      const retry = (): void => {
        if (over) return;
        if (left === 0) finish('gave up');
        else time.after(300 + this.#dice.next() * 700, () => over || attempt(left - 1));
      };
      if (core === undefined) {
        retry();
        release();
        return;
      }
      open += 1;
      let waits = true;
      const stopWaiting = time.after(patienceMs, () => {
        waits = false;
        retry();
      });
      const answered = (error: unknown): void => {
        open -= 1;
        stopWaiting();
        const done = error === null || error instanceof AnsweredBefore;
        if (!over && done) {
          finish('acknowledged');
          call.acknowledged(beganMs);
        } else if (!over && isAppError(error) && again.has(error.code)) {
          if (waits) retry();
        } else if (!over) {
          this.#judgeRefusal(call, error);
          finish(`refused: ${error instanceof Error ? error.message : String(error)}`);
        }
        release();
      };
      Promise.resolve()
        .then(() => call.make(core, once))
        .then(
          () => answered(null),
          (error: unknown) => answered(error),
        );
    };
    attempt(triesMax);
  }

  /** Whoever is refused is told why, in words, and it is his to act upon. */
  #judgeRefusal(call: Call, error: unknown): void {
    const fine =
      isAppError(error) && error.message.length > 10 && errorCodes[error.code].actor === 'caller';
    if (!fine) this.#world.judge.say('I9', `${call.what} failed: ${String(error)}`);
  }
}
