import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { NodeName } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { NodeTarget } from '../../shared/domain/node-target.ts';
import { ok, type Result } from '../../shared/domain/result.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError, errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { whole } from '../../shared/wire/fields.ts';
import { decodeInventory } from '../../shared/wire/inventory-codec.ts';
import { decodeStatus } from '../../shared/wire/status-codec.ts';
import { linkPings } from '../../shared/wire/services.ts';
import { encodeTarget } from '../../shared/wire/target-codec.ts';
import { problemError, toServiceError } from '../../shared/wire/unary.ts';
import type { Authority, TrustView } from '../ca/authority.ts';
import type { ControlRequest__Output } from '../../shared/wire/generated/tangram/link/v1/ControlRequest.ts';
import type { ControlResponse } from '../../shared/wire/generated/tangram/link/v1/ControlResponse.ts';
import type { Inventory__Output } from '../../shared/wire/generated/tangram/link/v1/Inventory.ts';
import type { CoordinatorCore, NodeSession } from '../fleet/core.ts';
import type { Standing, StandingSource } from '../leader/standing.ts';
import { checkProtocol, clusterIdOf, encodeStanding, linkProtocol } from './hello.ts';
import type { GeometryPool } from './geometry-pool.ts';
import type { LinkCounters } from './link-counters.ts';
import type { LogsDesk } from './logs-desk.ts';
import type { StreamWatch, Watched } from './stream-watch.ts';
import type { Connections, Traffic } from './connections.ts';

export type ControlCall = ServerDuplexStream<ControlRequest__Output, ControlResponse>;

export interface ControlDeps {
  readonly core: CoordinatorCore;
  readonly logs: LogsDesk;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: LinkCounters;
  readonly heartbeatMs: number;
  /** Looks after the streams on which nothing comes. */
  readonly watch: StreamWatch;
  /** Absent: nothing but the control stream is a sign of life. */
  readonly connections?: Pick<Connections, 'of'>;
  readonly geometries: GeometryPool;
  /** Absent: no other coordinator can lead. */
  readonly standing?: StandingSource;
  /** What certificates rest on. Absent: this coordinator runs without TLS. */
  readonly trust?: Pick<Authority, 'trust' | 'onChange'>;
}

/** Heartbeats that an agent may miss before its stream is ended; nothing new is placed on it long before. */
const silentHeartbeats = 3;
/** An agent that nothing else is said to hears from us so often; it waits for five. */
const toldHeartbeats = 3;

interface Greeted {
  readonly node: NodeName;
  readonly session: NodeSession;
  readonly disconnectLogs: () => void;
  readonly stopStanding: () => void;
  readonly stopTrust: () => void;
  /** Its connection's; null: nobody counts. */
  readonly traffic: Traffic | null;
  /** The agent hears from us in what HTTP/2 answers to its pings. */
  readonly pings: boolean;
}

/**
 * One agent's control stream.
 * Invariants: nothing is accepted before a good hello; the core's session is closed exactly once; at most one
 * target waits to be written, the newest; a connection on which nothing was heard for three heartbeats is ended.
 */
export class ControlSession implements Watched {
  readonly #call: ControlCall;
  readonly #deps: ControlDeps;
  #ended: () => void = () => undefined;
  #over = false;
  #greeted: Greeted | undefined;
  #heardAtMs: number;
  #toldAtMs: number;
  #blocked = false;
  #seemedSilent = false;
  #bytesRead = 0;
  #bytesWritten = 0;
  #pendingTarget: NodeTarget | undefined;
  #toldOfRejection = false;
  #toldOfUnknown = false;
  #trustTold: TrustView | undefined;

  constructor(call: ControlCall, deps: ControlDeps) {
    this.#call = call;
    this.#deps = deps;
    this.#heardAtMs = deps.clock.monotonicMs();
    this.#toldAtMs = this.#heardAtMs;
  }

  /** `ended` is called when the stream is over. Messages are handled as they arrive, so nothing queues up here. */
  begin(ended: () => void): void {
    const call = this.#call;
    const unwatch = this.#deps.watch.watch(this);
    this.#ended = () => {
      unwatch();
      ended();
    };
    call.on('data', (message: ControlRequest__Output) => this.#receive(message));
    call.on('drain', () => this.#drained());
    call.on('end', () => this.#finish('the agent ended the stream', null));
    call.on('cancelled', () => this.#finish('the connection broke', null));
  }

  /** Whether the agent has been silent for too long, or has been told nothing for so long that it might think that of us. */
  look(nowMs: number): void {
    if (this.#greeted !== undefined) this.#lookAtTraffic(nowMs, this.#greeted);
    if (this.#over) return;
    const silentMs = nowMs - this.#heardAtMs;
    const before = this.#seemedSilent;
    this.#seemedSilent = silentMs >= silentHeartbeats * this.#deps.heartbeatMs;
    // Once proves nothing: where this process was held up itself, what was said meanwhile is read first.
    if (this.#seemedSilent && !before) return;
    if (this.#seemedSilent) {
      const who = this.#greeted === undefined ? 'nobody said hello' : 'the agent was silent';
      const why = `${who} for ${Math.round(silentMs)} ms`;
      this.#finish(why, new AppError('AGENT_AWAY', why));
      return;
    }
    const quietMs = nowMs - this.#toldAtMs;
    const due = quietMs >= toldHeartbeats * this.#deps.heartbeatMs;
    if (due && this.#greeted?.pings !== true && this.#canTell()) this.#write({ heartbeat: {} });
  }

  /** Whatever travels on the connection, on whichever stream, is a sign of life. */
  #lookAtTraffic(nowMs: number, { traffic, session, pings }: Greeted): void {
    if (traffic === null) return;
    if (!pings) {
      const { bytesWritten } = traffic;
      if (bytesWritten !== this.#bytesWritten) this.#toldAtMs = nowMs;
      this.#bytesWritten = bytesWritten;
    }
    const { bytesRead } = traffic;
    if (bytesRead === this.#bytesRead) return;
    this.#bytesRead = bytesRead;
    this.#heardAtMs = nowMs;
    this.#attempt(() => session.heartbeat());
  }

  #canTell(): boolean {
    return this.#greeted !== undefined && !this.#blocked;
  }

  #receive(message: ControlRequest__Output): void {
    if (this.#over) return;
    this.#heardAtMs = this.#deps.clock.monotonicMs();
    this.#attempt(() => {
      if (this.#greeted === undefined) this.#greet(message);
      else this.#handle(message, this.#greeted);
    });
  }

  /** Whatever the core or a codec will not have ends this stream, and nothing else. */
  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#deps.log.warn({ err: error, node: this.#greeted?.node }, 'a control stream was ended');
      this.#finish(errorChain(error), error);
    }
  }

  #greet(message: ControlRequest__Output): void {
    const hello = message.hello;
    if (message.message !== 'hello' || hello === null || hello === undefined) {
      throw new AppError('REQUEST_INVALID', 'the first message of a control stream must be hello');
    }
    checkProtocol(hello.protocolVersion);
    if (hello.inventory === null) {
      throw new AppError('REQUEST_INVALID', 'hello.inventory: is missing');
    }
    const inventory = this.#inventoryIn(hello.inventory);
    if (!inventory.ok) throw problemError(inventory.problem);
    const node = inventory.value.node;
    const { core, logs, trust } = this.#deps;
    const session = core.openSession(
      inventory.value,
      { clusterId: clusterIdOf(hello), epochSeen: whole(hello.epochSeen, 'hello.epoch_seen') },
      (target) => this.#sendTarget(target),
    );
    const disconnectLogs = logs.connect(node, (question) => this.#write({ logs: question }));
    const traffic = this.#deps.connections?.of(this.#call.getPeer()) ?? null;
    // Slower than the beat they would be no sign of life.
    const offersPings = traffic !== null && this.#deps.heartbeatMs >= linkPings.everyMs;
    const stopStanding = this.#deps.standing?.onStanding((now) => this.#tellStanding(now));
    const stopTrust = trust?.onChange(() => this.#tellTrust());
    this.#greeted = {
      node,
      session,
      disconnectLogs,
      stopStanding: stopStanding ?? (() => undefined),
      stopTrust: stopTrust ?? (() => undefined),
      traffic,
      pings: offersPings && hello.capabilities.includes('pings'),
    };
    this.#deps.counters.sessionsTotal += 1;
    this.#deps.log.info({ node, agentVersion: inventory.value.agentVersion }, 'an agent connected');
    this.#write({
      welcome: {
        protocolVersion: Math.min(hello.protocolVersion, linkProtocol.newest),
        capabilities: offersPings ? ['logs', 'pings'] : ['logs'],
        clusterId: core.clusterId,
        epoch: core.epoch,
        heartbeatMs: this.#deps.heartbeatMs,
        standing: encodeStanding(this.#deps.standing?.standing()),
      },
    });
    this.#tellTrust();
    // A target that the core handed over while opening must follow the welcome.
    this.#flushTarget();
  }

  #handle(message: ControlRequest__Output, { node, session }: Greeted): void {
    switch (message.message) {
      case 'inventory': {
        if (message.inventory === null || message.inventory === undefined) return;
        const inventory = this.#inventoryIn(message.inventory);
        if (!inventory.ok) this.#reject(inventory.problem.path, inventory.problem.message);
        else if (inventory.value.node !== node)
          this.#reject('inventory.node', 'it names another node');
        else session.inventory(inventory.value);
        return;
      }
      case 'status': {
        if (message.status === null || message.status === undefined) return;
        const report = decodeStatus(message.status, node);
        if (!report.ok) this.#reject(report.problem.path, report.problem.message);
        else session.status(report.value.status, report.value.replicas);
        return;
      }
      case 'heartbeat':
        session.heartbeat();
        return;
      case 'logs':
        if (message.logs === null || message.logs === undefined) return;
        this.#deps.logs.answer(node, { ...message.logs, id: whole(message.logs.id, 'logs.id') });
        session.heartbeat();
        return;
      case 'hello':
        this.#reject('hello', 'it was said before');
        return;
      case undefined:
      default:
        session.heartbeat();
        if (!this.#toldOfUnknown) {
          this.#toldOfUnknown = true;
          this.#deps.log.warn({ node }, 'an agent sends messages of a kind that is not known here');
        }
    }
  }

  #inventoryIn(message: Inventory__Output): Result<Inventory> {
    const inventory = decodeInventory(message);
    return inventory.ok ? ok(this.#deps.geometries.share(inventory.value)) : inventory;
  }

  /** One bad report does not cost a node its session: what it said before stands, and it still lives. */
  #reject(path: string | undefined, message: string): void {
    this.#deps.counters.rejectedTotal += 1;
    this.#greeted?.session.heartbeat();
    if (this.#toldOfRejection) return;
    this.#toldOfRejection = true;
    this.#deps.log.warn(
      { node: this.#greeted?.node, path, problem: message },
      'a report was refused',
    );
  }

  /** Once for each trust: what else the authority tells of is no business of agents. */
  #tellTrust(): void {
    const trust = this.#deps.trust?.trust();
    if (trust === undefined || trust === this.#trustTold) return;
    this.#trustTold = trust;
    this.#write({ trust: { roots: [...trust.roots], issuing: trust.issuing } });
  }

  #tellStanding(now: Standing): void {
    // What a leader of before has not yet sent is nobody's wish any more.
    if (!now.leading) this.#pendingTarget = undefined;
    this.#write({ standing: encodeStanding(now) });
  }

  #sendTarget(target: NodeTarget): void {
    this.#pendingTarget = target;
    if (this.#canTell()) this.#flushTarget();
  }

  #flushTarget(): void {
    const target = this.#pendingTarget;
    if (target === undefined) return;
    this.#pendingTarget = undefined;
    this.#write({ target: encodeTarget(target) });
  }

  #drained(): void {
    this.#blocked = false;
    this.#flushTarget();
  }

  #write(message: ControlResponse): void {
    if (this.#over) return;
    this.#toldAtMs = this.#deps.clock.monotonicMs();
    this.#blocked = !this.#call.write(message);
  }

  /** `error` null: nobody is there to be told. */
  #finish(reason: string, error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended();
    this.#greeted?.disconnectLogs();
    this.#greeted?.stopStanding();
    this.#greeted?.stopTrust();
    this.#greeted?.session.closed(reason);
    if (this.#greeted !== undefined) {
      this.#deps.log.info({ node: this.#greeted.node, reason }, 'an agent disconnected');
    }
    if (error === null) this.#call.end();
    else this.#call.emit('error', toServiceError(error));
  }

  /** The coordinator stops: agents are told to dial again. */
  stop(): void {
    const reason = 'the coordinator stops';
    this.#finish(reason, new AppError('COORDINATOR_AWAY', reason));
  }
}
