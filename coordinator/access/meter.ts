import { isIPv6 } from 'node:net';
import { AppError } from '../../shared/platform/errors.ts';
import { callerName, type Caller } from './caller.ts';
import type { AccessLimits } from './limits.ts';
import { TokenBuckets } from './token-bucket.ts';

/** The fact of an error, and so the trailer `tangram-retry-after-ms`, that says how long to wait. */
const retryAfter = 'retry-after-ms';

/** How long to wait before a stream's message of so many bytes is handed on, in milliseconds: its sender slows down. */
export type MessageMeter = (bytes: number) => number;

const unlimited: MessageMeter = () => 0;

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
    const now = this.#monotonicMs();
    const waitMs = this.#calls.of(name, rate, now).take(1, now);
    if (waitMs > 0) throw tooMany(name, waitMs);
  }

  /** For the messages of one stream; asked once, as they are many. */
  messages(caller: Caller): MessageMeter {
    if (caller.proof.kind === 'local') return unlimited;
    const { agentMessages, agentBytes, messages } = this.#limits;
    const agent = caller.kind === 'agent';
    const name = callerName(caller);
    const now = this.#monotonicMs();
    const count = this.#messages.of(name, agent ? agentMessages : messages, now);
    const bytes = agent ? this.#bytes.of(name, agentBytes, now) : null;
    return (length) => {
      const nowMs = this.#monotonicMs();
      const forCount = count.owe(1, nowMs);
      if (bytes === null || length === 0) return forCount;
      return Math.max(forCount, bytes.owe(length, nowMs));
    };
  }

  /** For a call that proves nothing, or something wrong. Throws CALLS_TOO_MANY. */
  unproven(address: string): void {
    const name = addressGroup(address);
    const now = this.#monotonicMs();
    const waitMs = this.#addresses.of(name, this.#limits.unproven, now).take(1, now);
    if (waitMs > 0) throw tooMany(`somebody unknown at ${name}`, waitMs);
  }

  /** Before a signature is computed. Throws CALLS_TOO_MANY. */
  signature(address: string): void {
    const name = addressGroup(address);
    const now = this.#monotonicMs();
    const waitMs = this.#signatures.of(name, this.#limits.signatures, now).take(1, now);
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
