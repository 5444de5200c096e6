import { backoffMs, jittered } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import { Wake } from '../../shared/platform/wake.ts';
import type { LinkServiceClient } from '../../shared/wire/generated/tangram/link/v1/LinkService.ts';
import type { AgentCore } from '../reconcile/core.ts';
import {
  ControlSession,
  type SessionEnd,
  type Standing,
  type TrustNews,
} from './control-session.ts';
import type { LineView } from './link-view.ts';
import { LineSigns } from './line-signs.ts';
import { runTelemetry, type SampleSource } from './telemetry-stream.ts';

/** Jitter halves it at most, so the first wait is at least half a second. */
const reconnectLimits = { firstMs: 1_000, maxMs: 15_000 };

export interface LinkDeps {
  /** `host:port` of the coordinator. */
  readonly address: string;
  readonly node: string;
  readonly core: AgentCore;
  readonly clock: Clock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  readonly log: Log;
  /** A fresh client for each session: a reused one keeps gRPC's own back-off of up to two minutes. */
  readonly connect: () => LinkServiceClient;
  /** What certificates rest on, as a coordinator says. */
  readonly onTrust: (trust: TrustNews) => void;
  readonly capabilities: readonly string[];
  readonly recordEvent: (kind: string, subject: string, message: string) => void;
  /** null: there is nothing to sample. */
  readonly samples: SampleSource | null;
}

/**
 * Keeps the agent connected to one coordinator.
 * Invariants: one session at a time; losing it only changes `view()`, never what runs.
 */
export class CoordinatorLink {
  readonly #deps: LinkDeps;
  #connected = false;
  /** null: it has not said. */
  #leading: boolean | null = null;
  #detail = 'not connected yet';
  #sessions = 0;
  #sent = 0;
  #dropped = 0;

  constructor(deps: LinkDeps) {
    this.#deps = deps;
  }

  view(): LineView {
    return {
      address: this.#deps.address,
      connected: this.#connected,
      leading: this.#leading === true,
      detail: this.#detail,
      sessionsTotal: this.#sessions,
      batchesSentTotal: this.#sent,
      batchesDroppedTotal: this.#dropped,
    };
  }

  /** Connects, and connects again, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, log, address } = this.#deps;
    await this.#inventoryKnown(signal);
    let failures = 0;
    while (!signal.aborted) {
      const end = await this.#session(signal);
      if (signal.aborted) return;
      failures = end.welcomed ? 0 : failures + 1;
      const waitMs = jittered(backoffMs(failures, reconnectLimits), random);
      if (end.welcomed) {
        this.#deps.recordEvent('coordinator-lost', 'node', `${address}: ${end.reason}`);
      }
      this.#connected = false;
      this.#leading = null;
      this.#detail = end.reason;
      // The first failure and every loss are news; the retries after it are not.
      const level = end.welcomed || failures === 1 ? 'warn' : 'debug';
      log[level](
        { address, reason: end.reason, retryMs: Math.round(waitMs) },
        'not connected to the coordinator; models run on',
      );
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  async #session(outer: AbortSignal): Promise<SessionEnd> {
    const { connect, core, clock, random, log, node, samples } = this.#deps;
    const client = connect();
    const over = new AbortController();
    const signal = AbortSignal.any([outer, over.signal]);
    const welcomed = new Wake();
    const signs = new LineSigns(clock);
    const onHeard = (): void => signs.heard();
    const session = new ControlSession(
      {
        core,
        clock,
        log,
        signs,
        capabilities: this.#deps.capabilities,
        recordEvent: this.#deps.recordEvent,
        onWelcome: (clusterId) => {
          this.#welcomed(clusterId);
          welcomed.wake();
        },
        onStanding: (standing) => this.#stands(standing),
        onTrust: this.#deps.onTrust,
      },
      client.Control(),
    );
    const telemetry = async (): Promise<void> => {
      await welcomed.wait(signal);
      if (signal.aborted || samples === null) return;
      const onSent = (): void => {
        this.#sent += 1;
        signs.said();
      };
      const onDropped = (): void => void (this.#dropped += 1);
      const told = { onSent, onDropped, onHeard };
      await runTelemetry({ node, samples, clock, random, log, ...told }, client, signal);
    };
    const streaming = telemetry();
    try {
      return await session.run(signal);
    } finally {
      over.abort();
      await streaming;
      client.close();
    }
  }

  #welcomed(clusterId: string): void {
    const { address, log, recordEvent } = this.#deps;
    this.#connected = true;
    this.#sessions += 1;
    this.#detail = `welcomed by cluster ${clusterId}`;
    log.info({ address, clusterId }, 'connected to the coordinator');
    recordEvent('coordinator-connected', 'node', `${address}: ${this.#detail}`);
  }

  #stands({ leading, epoch, leader }: Standing): void {
    const { address, log, recordEvent } = this.#deps;
    if (leading !== this.#leading) {
      log.info({ address, epoch, leading }, 'a coordinator says whether it leads');
    }
    // How it stood when it welcomed us is no news.
    if (leading && this.#leading === false) {
      recordEvent('coordinator-leads', 'node', `${address}: in epoch ${epoch}`);
    }
    this.#leading = leading;
    const other = leader === '' ? 'nobody is known to lead' : `${leader} leads`;
    this.#detail = leading ? `leads in epoch ${epoch}` : `stands by; ${other}`;
  }

  /** Hello carries the inventory, so there is nothing to say before the node has been read once. */
  async #inventoryKnown(signal: AbortSignal): Promise<void> {
    const wake = new Wake();
    const stopListening = this.#deps.core.onChange(() => wake.wake());
    while (this.#deps.core.inventory() === null && !signal.aborted) await wake.wait(signal);
    stopListening();
  }
}
