import { type ServerInterceptor, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import type { AuditEntry } from '../audit/audit-record.ts';
import { Denials } from '../audit/denials.ts';
import type { Door } from './authenticate.ts';
import type { GuardDeps, GuardDesk } from './guard-desk.ts';
import { GuardedCall } from './guarded-call.ts';
import { Meter } from './meter.ts';
import type { MethodRule } from './method-rule.ts';
import { methodName, methodTable } from './method-table.ts';

/** Since the process began. */
export interface GuardCounts {
  readonly admitted: number;
  readonly denied: number;
  readonly unproven: number;
  readonly throttled: number;
  /** Calls and streams that are open now. */
  readonly live: number;
}

/**
 * The one door through which every call of every service comes: who calls, may they, how often, and what is recorded.
 * Invariants: no service hears of a call before its caller is known and allowed; a change is answered once it is in the
 * audit log; a caller whose proof or rights end has no stream left after `sweepMs`.
 */
export class Guard {
  readonly #desk: GuardDesk;
  readonly #denials: Denials;

  constructor(deps: GuardDeps) {
    const { limits, clock, log } = deps;
    this.#denials = new Denials({
      windowMs: limits.denialWindowMs,
      kindsMax: limits.denialKindsMax,
    });
    const write = (entries: readonly AuditEntry[]): void => {
      for (const entry of entries) {
        deps.audit.append(entry).catch((error: unknown) => {
          log.error({ err: error, caller: entry.caller }, 'a denial could not be recorded');
        });
      }
    };
    this.#desk = {
      ...deps,
      meter: new Meter(limits, () => clock.monotonicMs()),
      counts: { admitted: 0, denied: 0, unproven: 0, throttled: 0 },
      live: new Set(),
      recordDenial: (entry) => write(this.#denials.add(entry, clock.monotonicMs())),
    };
    this.#write = write;
  }

  readonly #write: (entries: readonly AuditEntry[]) => void;

  /** For the `interceptors` of a server that listens behind that door. */
  interceptor(door: Door): ServerInterceptor {
    return (descriptor, call: ServerInterceptingCallInterface) => {
      const method = methodName(descriptor.path);
      return new GuardedCall(call, { method, rule: ruleOf(method), door }, this.#desk);
    };
  }

  counts(): GuardCounts {
    return { ...this.#desk.counts, live: this.#desk.live.size };
  }

  /** Looks after open streams until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, limits } = this.#desk;
    while (!signal.aborted) {
      await clock.sleep(limits.sweepMs, signal).catch(() => undefined);
      this.sweep();
    }
    this.#write(this.#denials.drain(clock.monotonicMs()));
  }

  /** Ends the streams of who may not stay. */
  sweep(): void {
    for (const call of this.#desk.live) call.checkStay();
  }
}

/** A method without a row is refused at start; until then, and if that were missed, nobody may call it. */
function ruleOf(method: string): MethodRule {
  return methodTable[method] ?? nobodyMay;
}

const nobodyMay: MethodRule = {
  who: [],
  changes: () => false,
  target: () => '',
  made: () => '',
  touches: () => ({ kind: 'cluster' }),
  speaksFor: () => null,
};
