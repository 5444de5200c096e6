import type { Rate } from './token-bucket.ts';

/** What callers may use up. Whoever is on this machine while TLS is off is not limited. */
export interface AccessLimits {
  /** Of one user, token or subject: calls, the beginnings of streams among them. */
  readonly calls: Rate;
  /** Of one user, token or subject: messages in streams. More are read later. */
  readonly messages: Rate;
  /** Of one node's agent: beginnings of streams. */
  readonly agentCalls: Rate;
  /** Of one node's agent: messages, which come a few a second. More are read later. */
  readonly agentMessages: Rate;
  /** Of one node's agent: bytes of telemetry. More are read later. */
  readonly agentBytes: Rate;
  /** Of one address: calls by who proves nothing, or something wrong. */
  readonly unproven: Rate;
  /** Of one address: tokens whose signature must be computed. */
  readonly signatures: Rate;
  /** Callers and addresses that are remembered, each. */
  readonly callersMax: number;
  /** Keys and values of one call's metadata together. */
  readonly metadataBytesMax: number;
  /** How often streams are looked at for who may not stay; revocation takes at most so long. */
  readonly sweepMs: number;
  /** Denials that are alike are counted for so long before one record tells how many. */
  readonly denialWindowMs: number;
  /** Denials that are told apart in that time. */
  readonly denialKindsMax: number;
}

export const accessLimits: AccessLimits = {
  calls: { perSecond: 5_000, burst: 10_000 },
  messages: { perSecond: 1_000, burst: 5_000 },
  agentCalls: { perSecond: 5, burst: 50 },
  agentMessages: { perSecond: 200, burst: 2_000 },
  agentBytes: { perSecond: 4 * 1024 * 1024, burst: 16 * 1024 * 1024 },
  unproven: { perSecond: 10, burst: 50 },
  signatures: { perSecond: 200, burst: 1_000 },
  callersMax: 20_000,
  metadataBytesMax: 16 * 1024,
  sweepMs: 2_000,
  denialWindowMs: 60_000,
  denialKindsMax: 60,
};
