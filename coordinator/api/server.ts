import {
  Server,
  type ServerOptions,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Clock } from '../../shared/platform/clock.ts';
import { errorCodes, isAppError } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import {
  accessService,
  allocationService,
  changeService,
  clusterService,
  decisionService,
  joinService,
  schedulerService,
  snapshotService,
  trustService,
  telemetryService,
  whatIfService,
} from '../../shared/wire/services.ts';
import { rawLinkService } from '../../shared/wire/telemetry-frame.ts';
import type { Access } from '../access/access.ts';
import type { Door as DoorKind } from '../access/authenticate.ts';
import { assertTable, noteServices } from '../access/served-methods.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import type { DecisionLog } from '../store/decision-log.ts';
import type { OpenEngine } from '../fleet/engine-desk.ts';
import type { Standing, StandingSource } from '../leader/standing.ts';
import { parseListenAddress, requireAddress } from '../../shared/platform/listen-address.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { HeardUntil } from '../fleet/heard-until.ts';
import { accessHandlers } from './access-service.ts';
import { allocationHandlers } from './allocation-service.ts';
import { changeHandlers } from './change-service.ts';
import { clusterHandlers } from './cluster-service.ts';
import type { ControlSession } from './control-session.ts';
import { decisionHandlers } from './decision-service.ts';
import { Connections } from './connections.ts';
import { openDoor } from './door.ts';
import { joinHandlers } from './join-service.ts';
import type { LinkCounters } from './link-counters.ts';
import { leaderOnly } from './leader-gate.ts';
import { linkHandlers } from './link-service.ts';
import { GeometryPool } from './geometry-pool.ts';
import { LogsDesk } from './logs-desk.ts';
import { addReflection } from './reflection.ts';
import { schedulerHandlers } from './scheduler-service.ts';
import { snapshotHandlers, type Snapshots } from './snapshot-service.ts';
import { telemetryHandlers } from './telemetry-service.ts';
import { StreamWatch } from './stream-watch.ts';
import { TelemetryStreams } from './telemetry-streams.ts';
import { trustOffHandlers } from './trust-off.ts';
import { trustHandlers } from './trust-service.ts';
import { joinServerOptions, nodeDoorLimits, openJoinDoor, type ApiTrust } from './trust-door.ts';
import { whatIfHandlers } from './whatif-service.ts';

export interface ApiDeps {
  readonly core: CoordinatorCore;
  /** Who may do what: every call goes through its guard. */
  readonly access: Access;
  /** Absent: plaintext, on loopback only. */
  readonly trust?: ApiTrust;
  /** Absent: no other coordinator can lead. */
  readonly standing?: StandingSource;
  readonly decisionLog: DecisionLog;
  /** For replays. */
  readonly open: OpenEngine;
  readonly telemetry: Telemetry;
  readonly snapshots: Snapshots;
  readonly counters: LinkCounters;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** How often each side of a control stream gives a sign of life. */
  readonly heartbeatMs: number;
  /** Is told until when agents were heard. Absent: nobody asks. */
  readonly heardUntil?: HeardUntil;
}

export interface ApiServer {
  /** `host:port`, with the port that was really taken. */
  readonly address: string;
  /** The same of the join listener; null: in plaintext nobody joins. */
  readonly joinAddress: string | null;
  /** Ends every stream, then the listener. */
  stop(): Promise<void>;
}

/** gRPC's own defaults leave streams and sessions unbounded and pings unanswered for two hours. */
const serverOptions: ServerOptions = {
  'grpc.max_receive_message_length': 4 * 1024 * 1024,
  'grpc.max_send_message_length': 16 * 1024 * 1024,
  'grpc.max_concurrent_streams': 100,
  'grpc-node.max_session_memory': 32,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
};

const serviceNames = [
  'tangram.v1.SchedulerService',
  'tangram.v1.ClusterService',
  'tangram.v1.AllocationService',
  'tangram.v1.ChangeService',
  'tangram.v1.DecisionService',
  'tangram.v1.TelemetryService',
  'tangram.v1.SnapshotService',
  'tangram.v1.WhatIfService',
  'tangram.v1.AccessService',
  'tangram.link.v1.LinkService',
];

const trustServiceName = 'tangram.v1.TrustService';

/**
 * Opens the gRPC doors: with `trust`, TLS on any address for certificates, and beside it the join listener; without, one in
 * plaintext on a loopback address. Throws ADDRESS_REFUSED, ADDRESS_TAKEN.
 */
export async function startApiServer(address: string, deps: ApiDeps): Promise<ApiServer> {
  const { trust, ...rest } = deps;
  const listen = trust === undefined ? parseListenAddress(address) : requireAddress(address);
  const shared: Shared = {
    onError: (error) => logCallError(deps.log, error),
    logs: new LogsDesk(deps.clock),
  };
  const nodes = createServer(serverOptions, deps, shared);
  const sessions = new Set<ControlSession>();
  const over = new AbortController();
  const connections = new Connections();
  const streams = new TelemetryStreams({ ...deps, ...deps.telemetry });
  const link = {
    ...rest,
    logs: shared.logs,
    connections,
    watch: new StreamWatch(deps.clock, deps.heartbeatMs, deps.heardUntil),
    geometries: new GeometryPool(),
    ...(trust === undefined ? {} : { trust: trust.enrol.authority, enrol: trust.enrol }),
  };
  nodes.server.addService(rawLinkService, linkHandlers(link, streams, sessions));
  const strangers = trust === undefined ? null : createJoinServer(trust, deps, shared);
  assertTable([...nodes.served, ...(strangers?.served ?? [])]);
  const door = await openDoor(nodes.server, listen, {
    key: 'grpc',
    trust:
      trust === undefined
        ? null
        : { ...trust, authority: trust.enrol.authority, clientCertificates: true },
    limits: nodeDoorLimits,
    connections,
  });
  const joinDoor =
    trust === undefined || strangers === null ? null : await openJoinDoor(strangers.server, trust);
  const gate = deps.telemetry.gate.run(() => streams.resume(), over.signal);
  return {
    address: door.address,
    joinAddress: joinDoor?.address ?? null,
    stop: async () => {
      nodes.quit();
      strangers?.quit();
      for (const session of sessions) session.stop();
      // Watches have no end of their own: what is still open once the agents were told is cut.
      await new Promise((resolve) => setImmediate(resolve));
      door.close();
      joinDoor?.close();
      nodes.server.forceShutdown();
      strangers?.server.forceShutdown();
      over.abort();
      await gate;
    },
  };
}

/** What the services behind all doors share. */
interface Shared {
  readonly onError: (error: unknown) => void;
  readonly logs: LogsDesk;
}

interface OpenServer {
  readonly server: Server;
  /** Paths of its rpcs. */
  readonly served: ReadonlySet<string>;
  /** Tells probes that it ends. */
  readonly quit: () => void;
}

/** A server with everything that people and programs call. */
function createServer(options: ServerOptions, deps: ApiDeps, shared: Shared): OpenServer {
  const door: DoorKind = deps.trust === undefined ? 'plaintext' : 'tls';
  const server = new Server({
    ...options,
    interceptors: [deps.access.guard.interceptor(door)],
  });
  const served = noteServices(server);
  const { core, version, trust } = deps;
  const { onError, logs } = shared;
  const serve = (service: ServiceDefinition, handlers: UntypedServiceImplementation): void =>
    server.addService(service, leaderOnly(handlers, deps.standing));
  serve(schedulerService, schedulerHandlers({ core, logs, onError }));
  const authority = trust?.enrol.authority;
  const revokeAgent =
    authority === undefined ? null : async (node: string) => authority.revoke(`agent/${node}`);
  serve(clusterService, clusterHandlers({ core, revokeAgent, version, onError }));
  serve(allocationService, allocationHandlers({ core, onError }));
  serve(changeService, changeHandlers({ ...deps, onError }));
  serve(decisionService, decisionHandlers({ ...deps, onError }));
  serve(telemetryService, telemetryHandlers({ ...deps, onError }));
  serve(snapshotService, snapshotHandlers({ ...deps, onError }));
  serve(whatIfService, whatIfHandlers({ core, onError }));
  const revokeUser =
    authority === undefined ? null : async (user: string) => authority.revoke(`user/${user}`);
  serve(accessService, accessHandlers({ ...deps.access, revokeUser, onError }));
  // The authority needs no leader.
  server.addService(
    trustService,
    trust === undefined ? trustOffHandlers(onError) : trustHandlers({ ...trust, onError }),
  );
  const names = [...serviceNames, ...(trust === undefined ? [] : [trustServiceName])];
  const health = new HealthImplementation(
    Object.fromEntries(['', ...names].map((name) => [name, 'SERVING' as const])),
  );
  health.addToServer(server);
  const stopTelling = tellHealth(health, deps.standing);
  addReflection(server, names);
  const quit = (): void => {
    stopTelling();
    for (const name of ['', ...names]) health.setStatus(name, 'NOT_SERVING');
  };
  return { server, served, quit };
}

/** For hosts that are no nodes yet, and for clients with bearer tokens; never for agents. */
function createJoinServer(trust: ApiTrust, deps: ApiDeps, shared: Shared): OpenServer {
  const open = createServer(joinServerOptions, deps, shared);
  const { clock, log } = deps;
  const { coordinators } = trust;
  const { onError } = shared;
  open.server.addService(
    joinService,
    joinHandlers({ ...trust.enrol, coordinators, clock, log, onError }),
  );
  return open;
}

/** A standby serves agents, and nothing to those who want a leader. */
function tellHealth(health: HealthImplementation, source: StandingSource | undefined): () => void {
  if (source === undefined) return () => undefined;
  const tell = ({ leading }: Standing): void => {
    const status = leading ? 'SERVING' : 'NOT_SERVING';
    for (const name of serviceNames) {
      if (name.startsWith('tangram.v1.')) health.setStatus(name, status);
    }
  };
  tell(source.standing());
  return source.onStanding(tell);
}

/** What the caller did wrong is the caller's to read; the log is for what somebody here must mend. */
function logCallError(log: Log, error: unknown): void {
  const ours = isAppError(error) && errorCodes[error.code].actor !== 'us';
  if (ours) log.debug({ err: error }, 'a call was refused');
  else log.error({ err: error }, 'a call failed');
}
