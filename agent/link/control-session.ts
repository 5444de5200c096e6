import type { ClientDuplexStream } from '@grpc/grpc-js';
import { unreachable } from '../../shared/domain/assert.ts';
import { parseReplicaId } from '../../shared/domain/ids.ts';
import { renderProblem } from '../../shared/domain/result.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { Wake } from '../../shared/platform/wake.ts';
import { shortSignal } from '../../shared/platform/short-signal.ts';
import type { ControlRequest } from '../../shared/wire/generated/tangram/link/v1/ControlRequest.ts';
import type { ControlResponse__Output } from '../../shared/wire/generated/tangram/link/v1/ControlResponse.ts';
import type { LogsQuestion__Output } from '../../shared/wire/generated/tangram/link/v1/LogsQuestion.ts';
import type { NodeTarget__Output } from '../../shared/wire/generated/tangram/link/v1/NodeTarget.ts';
import type { Standing__Output } from '../../shared/wire/generated/tangram/link/v1/Standing.ts';
import type { Welcome__Output } from '../../shared/wire/generated/tangram/link/v1/Welcome.ts';
import { encodeInventory } from '../../shared/wire/inventory-codec.ts';
import { encodeStatus } from '../../shared/wire/status-codec.ts';
import { decodeTarget } from '../../shared/wire/target-codec.ts';
import { compareTargets, type NodeTarget } from '../../shared/domain/node-target.ts';
import type { AgentCore } from '../reconcile/core.ts';
import type { LineSigns } from './line-signs.ts';

const protocolVersion = 1;
const welcomeMsMax = 10_000;
const statusMsMax = 10_000;
const heartbeatBounds = { lowMs: 200, highMs: 60_000 };
/**
 * A stream that is silent for so many heartbeats is dead. More than the coordinator grants us: one that is busy for a second
 * or two must not lose its whole fleet for it, and an agent that holds streams to the others wins nothing by leaving.
 */
const silentHeartbeats = 5;
/** A sign of life is due a little after a beat: batches of samples that come one a beat stand for it. */
const beatShare = 1.2;
/** Whatever else is said meanwhile. */
const retryMs = 1_000;
const logsInFlightMax = 8;
const logLinesDefault = 100;
const logLinesMax = 10_000;
const logCharactersMax = 1024 * 1024;

export type ControlStream = ClientDuplexStream<ControlRequest, ControlResponse__Output>;

export interface ControlDeps {
  readonly core: Pick<
    AgentCore,
    'acceptTarget' | 'allegiance' | 'inventory' | 'status' | 'replicas' | 'onChange' | 'logs'
  >;
  readonly clock: Clock;
  readonly log: Log;
  /** Of all streams of this connection. */
  readonly signs: LineSigns;
  readonly capabilities: readonly string[];
  readonly recordEvent: (kind: string, subject: string, message: string) => void;
  readonly onWelcome: (clusterId: string) => void;
  /** After the welcome, and whenever it changes. */
  readonly onStanding: (standing: Standing) => void;
  /** What the cluster's certificates rest on: after the welcome, and whenever it changes; never without TLS. */
  readonly onTrust: (trust: TrustNews) => void;
}

/** As `tangram.link.v1.Trust` says. */
export interface TrustNews {
  /** PEM, the oldest first. */
  readonly roots: readonly string[];
  /** Digest of the key of the root that issues. */
  readonly issuing: string;
}

/** Who leads, as one coordinator says. */
export interface Standing {
  readonly leading: boolean;
  readonly epoch: number;
  /** Empty: not known. */
  readonly leader: string;
}

/** Why a session is over; one line for people. */
export interface SessionEnd {
  readonly welcomed: boolean;
  readonly reason: string;
}

/**
 * One control stream from hello to its end.
 * Invariants: one writer, which waits for `drain`; inventory and status are encoded when they are sent, so the
 * newest wins; nothing that the coordinator says or fails to say throws or stops a replica.
 */
export class ControlSession {
  readonly #deps: ControlDeps;
  readonly #stream: ControlStream;
  readonly #wake = new Wake();
  readonly #over = new AbortController();
  readonly #answers: ControlRequest[] = [];
  readonly #logsInFlight = new Set<Promise<void>>();
  #reason = '';
  #heartbeatMs: number | null = null;
  /** The connection itself shows each side that the other lives. */
  #pings = false;
  #inventoryDue = false;
  #statusDue = true;
  #statusSentMs = 0;
  #unknownSaid = false;
  #lastRefusal = '';
  /** The newest target, where the core could not keep it; null: it could. */
  #unkept: NodeTarget | null = null;
  #triedMs = 0;

  constructor(deps: ControlDeps, stream: ControlStream) {
    this.#deps = deps;
    this.#stream = stream;
  }

  /** Resolves when the stream has ended, whoever ended it. Never rejects. */
  async run(outer: AbortSignal): Promise<SessionEnd> {
    const signal = AbortSignal.any([outer, this.#over.signal]);
    this.#listen();
    const stopListening = this.#deps.core.onChange((change) => {
      this.#inventoryDue ||= change.inventory;
      this.#statusDue ||= change.status;
      this.#wake.wake();
    });
    try {
      await this.#write(this.#hello(), signal);
      while (!signal.aborted) {
        await this.#sendDue(signal);
        await this.#waitForWork(signal);
        this.#checkAlive();
      }
    } finally {
      stopListening();
      this.#end(outer.aborted ? 'this agent ends' : 'the stream ended');
      this.#stream.end();
      this.#stream.cancel();
      await Promise.allSettled(this.#logsInFlight);
    }
    return { welcomed: this.#heartbeatMs !== null, reason: this.#reason };
  }

  #listen(): void {
    this.#stream.on('data', (message: ControlResponse__Output) => {
      this.#deps.signs.heard();
      this.#receive(message);
    });
    this.#stream.on('error', (error: Error) =>
      this.#end('details' in error ? String(error.details) : error.message),
    );
    this.#stream.on('end', () => this.#end('the coordinator ended the stream'));
  }

  /** The first reason stays: what follows is its echo. */
  #end(reason: string): void {
    if (this.#over.signal.aborted) return;
    this.#reason = reason;
    this.#over.abort();
  }

  #hello(): ControlRequest {
    const { core, capabilities } = this.#deps;
    const { clusterId, epoch, generation } = core.allegiance();
    const inventory = core.inventory();
    return {
      hello: {
        protocolVersion,
        capabilities: [...capabilities],
        clusterId: clusterId ?? '',
        epochSeen: epoch,
        generationSeen: generation,
        inventory: inventory === null ? null : encodeInventory(inventory),
      },
    };
  }

  async #sendDue(signal: AbortSignal): Promise<void> {
    if (this.#heartbeatMs === null) return;
    const { core, clock } = this.#deps;
    const nowMs = clock.monotonicMs();
    const inventory = this.#inventoryDue ? core.inventory() : null;
    if (inventory !== null) {
      this.#inventoryDue = false;
      await this.#write({ inventory: encodeInventory(inventory) }, signal);
    }
    if (this.#statusDue || nowMs - this.#statusSentMs >= statusMsMax) {
      this.#statusDue = false;
      this.#statusSentMs = nowMs;
      await this.#write({ status: encodeStatus(core.status(), core.replicas()) }, signal);
    }
    for (let next = this.#answers.shift(); next !== undefined; next = this.#answers.shift()) {
      await this.#write(next, signal);
    }
    if (this.#unkept !== null && clock.monotonicMs() >= this.#triedMs + retryMs) {
      this.#take(this.#unkept);
    }
    if (!this.#pings && clock.monotonicMs() >= this.#beatDueMs(this.#heartbeatMs)) {
      await this.#write({ heartbeat: {} }, signal);
    }
  }

  async #waitForWork(signal: AbortSignal): Promise<void> {
    const turn = shortSignal(signal);
    const nowMs = this.#deps.clock.monotonicMs();
    const beatMs =
      this.#heartbeatMs === null ? welcomeMsMax : this.#beatDueMs(this.#heartbeatMs) - nowMs;
    const ms = this.#unkept === null ? beatMs : Math.min(beatMs, this.#triedMs + retryMs - nowMs);
    const timer = this.#deps.clock.sleep(Math.max(1, ms), turn.signal).catch(() => undefined);
    const woken = this.#wake.wait(turn.signal);
    await Promise.race([timer, woken]);
    turn.end();
    await woken;
  }

  #beatDueMs(heartbeatMs: number): number {
    if (this.#pings) return this.#statusSentMs + statusMsMax;
    return this.#deps.signs.saidMs + beatShare * heartbeatMs;
  }

  #checkAlive(): void {
    // gRPC ends the streams of a connection on which no ping is answered.
    if (this.#pings) return;
    const silentMs = this.#deps.clock.monotonicMs() - this.#deps.signs.heardMs;
    if (this.#heartbeatMs === null) {
      if (silentMs >= welcomeMsMax) this.#end(`no welcome within ${welcomeMsMax / 1_000} s`);
    } else if (silentMs > silentHeartbeats * this.#heartbeatMs) {
      this.#end(`the coordinator was silent for ${(silentMs / 1_000).toFixed(1)} s`);
    }
  }

  async #write(message: ControlRequest, signal: AbortSignal): Promise<void> {
    this.#deps.signs.said();
    if (signal.aborted || this.#stream.write(message)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#stream.off('drain', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#stream.on('drain', done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  #receive(message: ControlResponse__Output): void {
    const kind = message.message;
    switch (kind) {
      case 'welcome':
        if (message.welcome) this.#welcome(message.welcome);
        return;
      case 'target':
        if (message.target) this.#target(message.target);
        return;
      case 'logs':
        if (message.logs) this.#logs(message.logs);
        return;
      case 'standing':
        if (message.standing) this.#deps.onStanding(standingOf(message.standing));
        return;
      case 'trust':
        if (message.trust) this.#deps.onTrust(message.trust);
        return;
      case 'heartbeat':
        return;
      case undefined:
        if (!this.#unknownSaid) {
          this.#deps.log.warn('the coordinator sends a message kind that this agent does not know');
        }
        this.#unknownSaid = true;
        return;
      default:
        unreachable(kind);
    }
  }

  #welcome(welcome: Welcome__Output): void {
    if (welcome.protocolVersion !== protocolVersion) {
      this.#end(
        `the coordinator speaks link protocol ${welcome.protocolVersion}, this agent ${protocolVersion}; install agents of the coordinator's version`,
      );
      return;
    }
    const { lowMs, highMs } = heartbeatBounds;
    this.#heartbeatMs = Math.min(highMs, Math.max(lowMs, welcome.heartbeatMs));
    this.#pings =
      this.#deps.capabilities.includes('pings') && welcome.capabilities.includes('pings');
    this.#deps.onWelcome(welcome.clusterId);
    // An older coordinator does not say: it leads, for there is no other.
    if (welcome.standing) this.#deps.onStanding(standingOf(welcome.standing));
    else this.#deps.onStanding({ leading: true, epoch: Number(welcome.epoch), leader: '' });
    this.#wake.wake();
  }

  #target(message: NodeTarget__Output): void {
    if (this.#heartbeatMs === null) return;
    const decoded = decodeTarget(message);
    if (!decoded.ok) {
      this.#refused(message, `not understood: ${renderProblem(decoded.problem)}`);
      return;
    }
    this.#take(decoded.value);
  }

  /** What could not be kept, on a full disk, is tried again: the coordinator has sent it, and will not repeat it. */
  #take(target: NodeTarget): void {
    const unkept = this.#unkept;
    this.#triedMs = this.#deps.clock.monotonicMs();
    try {
      // What it refuses, the core itself logs and keeps as an event.
      const outcome = this.#deps.core.acceptTarget(target);
      // An old one that comes late says nothing against a newer one that waits.
      if (unkept !== null && compareTargets(unkept, target) !== 'older') this.#unkept = null;
      // Whoever commands below what we have obeyed leads no more, and learns it from our status.
      if (outcome.kind === 'refused' && outcome.problem.code === 'TARGET_OLDER') {
        this.#statusDue = true;
        this.#wake.wake();
      }
    } catch (error) {
      if (unkept !== null && compareTargets(unkept, target) === 'older') return;
      this.#unkept = target;
      if (target === unkept) return;
      this.#deps.log.error({ err: error }, 'cannot keep a target; tries again');
      this.#refused(target, `not kept: ${errorChain(error)}`);
    }
  }

  #refused(
    message: Pick<NodeTarget__Output | NodeTarget, 'epoch' | 'generation'>,
    why: string,
  ): void {
    const said = `target ${message.epoch}.${message.generation}: ${why}`;
    // The coordinator repeats itself; the log and the events need not.
    if (said === this.#lastRefusal) return;
    this.#lastRefusal = said;
    const { epoch, generation } = message;
    this.#deps.log.warn({ epoch, generation, reason: why }, 'a target was refused');
    this.#deps.recordEvent('target-refused', 'node', said);
  }

  #logs(question: LogsQuestion__Output): void {
    if (this.#logsInFlight.size >= logsInFlightMax) {
      this.#answer(question, { error: 'too many questions for logs at once; ask again' });
      return;
    }
    const task = this.#readLogs(question).finally(() => this.#logsInFlight.delete(task));
    this.#logsInFlight.add(task);
  }

  async #readLogs(question: LogsQuestion__Output): Promise<void> {
    const replica = parseReplicaId(question.replica);
    if (!replica.ok) {
      this.#answer(question, { error: renderProblem(replica.problem) });
      return;
    }
    const lines = Math.min(
      logLinesMax,
      question.tailLines > 0 ? question.tailLines : logLinesDefault,
    );
    try {
      const text = await this.#deps.core.logs(replica.value, lines, this.#over.signal);
      this.#answer(question, { text: text.slice(-logCharactersMax) });
    } catch (error) {
      this.#answer(question, { error: errorChain(error) });
    }
  }

  #answer(question: LogsQuestion__Output, said: { text?: string; error?: string }): void {
    this.#answers.push({ logs: { id: question.id, text: '', error: '', ...said } });
    this.#wake.wake();
  }
}

function standingOf({ leading, epoch, leader }: Standing__Output): Standing {
  return { leading, epoch: Number(epoch), leader };
}
