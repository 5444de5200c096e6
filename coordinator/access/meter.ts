import { isIPv6 } from 'node:net';
import { AppError } from '../../shared/platform/errors.ts';
import { callerName, type Caller } from './caller.ts';
import type { AccessLimits } from './limits.ts';
import { TokenBuckets } from './token-bucket.ts';

/** The fact of an error, and so the trailer `tangram-retry-after-ms`, that says how long to wait. */
const retryAfter = 'retry-after-ms';

/** Counts what each caller and each address uses. All memory in it is bounded. */
export class Meter {
  readonly #limits: AccessLimits;
  readonly #monotonicMs: () => number;
  readonly #calls: TokenBuckets;
  readonly #messages: TokenBuckets;
  readonly #bytes: TokenBuckets;
  readonly #addresses: TokenBuckets;
  readonly #signatures: TokenBuckets;

  constructor(limits: AccessLimits, monotonicMs: () => number) {
    this.#limits = limits;
    this.#monotonicMs = monotonicMs;
    this.#calls = new TokenBuckets(limits.callersMax);
    this.#messages = new TokenBuckets(limits.callersMax);
    this.#bytes = new TokenBuckets(limits.callersMax);
    this.#addresses = new TokenBuckets(limits.callersMax);
    this.#signatures = new TokenBuckets(limits.callersMax);
  }

  /** Throws CALLS_TOO_MANY. */
  call(caller: Caller): void {
    if (caller.proof.kind === 'local') return;
    const rate = caller.kind === 'agent' ? this.#limits.agentCalls : this.#limits.calls;
    const name = callerName(caller);
    const waitMs = this.#calls.take(name, 1, rate, this.#monotonicMs());
    if (waitMs > 0) throw tooMany(name, waitMs);
  }

  /** How long to wait before a stream's message is handed on, so that its sender slows down. */
  message(caller: Caller, bytes: number): number {
    if (caller.proof.kind === 'local') return 0;
    const { agentMessages, agentBytes, messages } = this.#limits;
    const agent = caller.kind === 'agent';
    const name = callerName(caller);
    const now = this.#monotonicMs();
    const forCount = this.#messages.owe(name, 1, agent ? agentMessages : messages, now);
    if (!agent || bytes === 0) return forCount;
    return Math.max(forCount, this.#bytes.owe(name, bytes, agentBytes, now));
  }

  /** For a call that proves nothing, or something wrong. Throws CALLS_TOO_MANY. */
  unproven(address: string): void {
    const name = addressGroup(address);
    const waitMs = this.#addresses.take(name, 1, this.#limits.unproven, this.#monotonicMs());
    if (waitMs > 0) throw tooMany(`somebody unknown at ${name}`, waitMs);
  }

  /** Before a signature is computed. Throws CALLS_TOO_MANY. */
  signature(address: string): void {
    const name = addressGroup(address);
    const waitMs = this.#signatures.take(name, 1, this.#limits.signatures, this.#monotonicMs());
    if (waitMs > 0) throw tooMany(name, waitMs);
  }
}

/** One host has a whole /64 of IPv6 addresses to itself (RFC 6177), so those count as one. */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [front = '', back = ''] = address.split('%')[0]?.split('::', 2) ?? [];
  const left = front === '' ? [] : front.split(':');
  const right = back === '' ? [] : back.split(':');
  const gap = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return `${[...left, ...gap, ...right].slice(0, 4).join(':')}::/64`;
}

function tooMany(who: string, waitMs: number): AppError {
  return new AppError('CALLS_TOO_MANY', `${who} calls more often than it may`, {
    hint: `wait ${waitMs} ms before the next call`,
    facts: { [retryAfter]: String(waitMs) },
  });
}
