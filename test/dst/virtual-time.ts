import type { Clock } from '../../shared/platform/clock.ts';
import type { Gate } from '../fakes/coordinator/shared-store.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
  cancelled: boolean;
}

/** The time of a whole simulated world: nothing happens between two timers, and the earliest comes first. */
export class VirtualTime {
  #nowMs = 0;
  #count = 0;
  readonly #heap: Timer[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Calls `fire` in `ms`; answers how to take that back. */
  after(ms: number, fire: () => void): () => void {
    const atMs = this.#nowMs + Math.max(0, ms);
    const timer: Timer = { atMs, order: this.#count, fire, cancelled: false };
    this.#count += 1;
    this.#push(timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** Fires the next timer that is due by `untilMs`. false: there is none, and it is `untilMs` now. */
  step(untilMs: number): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return false;
      }
      this.#pop();
      if (next.cancelled) continue;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fire();
      return true;
    }
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(timer, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const useRight = right !== undefined && isBefore(right, left);
      const child = useRight ? right : left;
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = 2 * at + (useRight ? 2 : 1);
    }
    heap[at] = last;
  }
}

function isBefore(left: Timer, right: Timer): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

/** A host's wall clock, which somebody may set. */
export interface WallClock {
  offsetMs: number;
}

/** The wall clock of a simulated host that nobody has set yet. */
const startWallMs = 1_700_000_000_000;

/** The clock of one process: it runs on while the process is stopped, and the process notices late. */
export function processClock(time: VirtualTime, gate: Gate, wall: WallClock): Clock {
  return {
    wallMs: () => startWallMs + Math.floor(time.nowMs) + wall.offsetMs,
    monotonicMs: () => time.nowMs,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      try {
        await new Promise<void>((resolve, reject) => {
          const end = (): void => {
            cancel();
            reject(signal.reason);
          };
          const cancel = time.after(ms, () => {
            signal.removeEventListener('abort', end);
            resolve();
          });
          signal.addEventListener('abort', end, { once: true });
        });
      } finally {
        if (!gate.isOpen) await gate.pass();
      }
    },
  };
}
