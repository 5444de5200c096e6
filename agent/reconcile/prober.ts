import type { ReplicaId } from '../../shared/domain/ids.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { probeHealth, type HttpGet } from './probe.ts';

/** A run that is to be asked for its health. */
export interface ProbeTarget {
  readonly replica: ReplicaId;
  /** A new run is asked anew. */
  readonly runtimeId: string;
  readonly address: string;
  readonly path: string;
}

/** What the probes of one run have told so far. */
export interface ProbeState {
  readonly healthy: boolean;
  /** Why it is not; empty when it is. */
  readonly reason: string;
}

/** While it starts a run is asked often, because somebody waits for it. */
const startingPeriodMs = 250;
/** Once healthy it is asked less often. */
export const healthyPeriodMs = 5_000;
/** So many failed probes in a row turn a healthy run unhealthy: one lost answer does not. */
export const failuresToUnhealthy = 3;

export interface ProberDeps {
  readonly clock: Clock;
  readonly httpGet: HttpGet;
  /** A run has turned healthy or unhealthy, or has answered for the first time. */
  readonly onChange: () => void;
}

interface Followed {
  readonly controller: AbortController;
  readonly task: Promise<void>;
  readonly first: Promise<void>;
}

/**
 * Asks every run for its health at its own pace, so that one that hangs holds up nobody.
 * Invariants: one question a run at a time; a run that is no longer followed is not asked.
 */
export class Prober {
  /** Wall clock: nobody of this process has asked anything before. */
  readonly sinceMs: number;
  readonly #deps: ProberDeps;
  readonly #followed = new Map<string, Followed>();
  readonly #states = new Map<string, ProbeState>();

  constructor(deps: ProberDeps) {
    this.#deps = deps;
    this.sinceMs = deps.clock.wallMs();
  }

  /** From now on exactly these runs are asked. */
  follow(targets: readonly ProbeTarget[], signal: AbortSignal): void {
    const wanted = new Map(targets.map((target) => [keyOf(target), target]));
    for (const [key, { controller }] of this.#followed) {
      if (wanted.has(key)) continue;
      controller.abort();
      this.#followed.delete(key);
      this.#states.delete(key);
    }
    for (const [key, target] of wanted) {
      if (!this.#followed.has(key)) this.#followed.set(key, this.#begin(key, target, signal));
    }
  }

  /** undefined: not asked yet. */
  state(runtimeId: string): ProbeState | undefined {
    for (const [key, state] of this.#states) {
      if (key.startsWith(`${runtimeId} `)) return state;
    }
    return undefined;
  }

  healthyRuns(): ReadonlySet<string> {
    const healthy = [...this.#states].filter(([, state]) => state.healthy);
    return new Set(healthy.map(([key]) => key.slice(0, key.indexOf(' '))));
  }

  /** Resolves when every followed run has been asked once. */
  async askedOnce(): Promise<void> {
    await Promise.all([...this.#followed.values()].map((each) => each.first));
  }

  /** Stops asking, and waits for the last answers. */
  async close(): Promise<void> {
    const open = [...this.#followed.values()];
    for (const { controller } of open) controller.abort();
    await Promise.all(open.map((each) => each.task));
  }

  #begin(key: string, target: ProbeTarget, outer: AbortSignal): Followed {
    const controller = new AbortController();
    const signal = AbortSignal.any([outer, controller.signal]);
    let asked = nothing;
    const first = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const task = this.#ask(key, target, { signal, asked }).finally(asked);
    return { controller, task, first };
  }

  async #ask(
    key: string,
    target: ProbeTarget,
    { signal, asked }: { readonly signal: AbortSignal; readonly asked: () => void },
  ): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const answer = await probeHealth(this.#deps.httpGet, target, signal);
      if (signal.aborted) return;
      failures = answer.healthy ? 0 : failures + 1;
      const last = this.#states.get(key);
      const healthy = answer.healthy || (last?.healthy === true && failures < failuresToUnhealthy);
      this.#states.set(key, { healthy, reason: answer.healthy || healthy ? '' : answer.reason });
      asked();
      if (last?.healthy !== healthy) this.#deps.onChange();
      const periodMs = answer.healthy ? healthyPeriodMs : startingPeriodMs * Math.min(failures, 8);
      await this.#deps.clock.sleep(periodMs, signal).catch(() => undefined);
    }
  }
}

const nothing = (): void => undefined;

function keyOf(target: ProbeTarget): string {
  return `${target.runtimeId} ${target.address}${target.path}`;
}
