import {
  Server,
  ServerCredentials,
  type ServerOptions,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
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
  packageDefinition,
  schedulerService,
  whatIfService,
} from '../../shared/wire/services.ts';
import { rawLinkService } from '../../shared/wire/telemetry-frame.ts';
import type { Access } from '../access/access.ts';
import type { Door } from '../access/authenticate.ts';
import { assertTable, noteServices } from '../access/served-methods.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import type { DecisionLog } from '../store/decision-log.ts';
import type { OpenEngine } from '../fleet/engine-desk.ts';
import type { Standing, StandingSource } from '../leader/standing.ts';
import {
  listenError,
  parseListenAddress,
  renderAddress,
} from '../../shared/platform/listen-address.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { accessHandlers } from './access-service.ts';
import { allocationHandlers } from './allocation-service.ts';
import { changeHandlers } from './change-service.ts';
import { clusterHandlers } from './cluster-service.ts';
import type { ControlSession } from './control-session.ts';
import { decisionHandlers } from './decision-service.ts';
import type { LinkCounters } from './link-counters.ts';
import { leaderOnly } from './leader-gate.ts';
import { linkHandlers } from './link-service.ts';
import { GeometryPool } from './geometry-pool.ts';
import { LogsDesk } from './logs-desk.ts';
import { schedulerHandlers } from './scheduler-service.ts';
import { TelemetryStreams } from './telemetry-streams.ts';
import { whatIfHandlers } from './whatif-service.ts';

export interface ApiDeps {
  readonly core: CoordinatorCore;
  /** Who may do what: every call goes through its guard. */
  readonly access: Access;
  /** Absent: no other coordinator can lead. */
  readonly standing?: StandingSource;
  readonly decisionLog: DecisionLog;
  /** For replays. */
  readonly open: OpenEngine;
  readonly telemetry: Telemetry;
  readonly counters: LinkCounters;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** How often each side of a control stream gives a sign of life. */
  readonly heartbeatMs: number;
}

export interface ApiServer {
  /** `host:port`, with the port that was really taken. */
  readonly address: string;
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
  'tangram.v1.WhatIfService',
  'tangram.v1.AccessService',
  'tangram.link.v1.LinkService',
];

/** Opens the gRPC door on a loopback address. Throws ADDRESS_REFUSED, ADDRESS_TAKEN. */
export async function startApiServer(address: string, deps: ApiDeps): Promise<ApiServer> {
  const listen = parseListenAddress(address);
  const door: Door = 'plaintext';
  const server = new Server({
    ...serverOptions,
    interceptors: [deps.access.guard.interceptor(door)],
  });
  const served = noteServices(server);
  const sessions = new Set<ControlSession>();
  const over = new AbortController();
  const onError = (error: unknown): void => logCallError(deps.log, error);
  const { core, version } = deps;
  const logs = new LogsDesk(deps.clock);
  const serve = (service: ServiceDefinition, handlers: UntypedServiceImplementation): void =>
    server.addService(service, leaderOnly(handlers, deps.standing));
  serve(schedulerService, schedulerHandlers({ core, logs, onError }));
  serve(clusterService, clusterHandlers({ core, version, onError }));
  serve(allocationService, allocationHandlers({ core, onError }));
  serve(changeService, changeHandlers({ ...deps, onError }));
  serve(decisionService, decisionHandlers({ ...deps, onError }));
  serve(whatIfService, whatIfHandlers({ core, onError }));
  serve(accessService, accessHandlers({ ...deps.access, onError }));
  const streams = new TelemetryStreams({ ...deps, ...deps.telemetry });
  const gate = deps.telemetry.gate.run(() => streams.resume(), over.signal);
  server.addService(
    rawLinkService,
    linkHandlers({ ...deps, logs, geometries: new GeometryPool() }, streams, sessions),
  );
  const health = new HealthImplementation(
    Object.fromEntries(['', ...serviceNames].map((name) => [name, 'SERVING' as const])),
  );
  health.addToServer(server);
  const stopTelling = tellHealth(health, deps.standing);
  new ReflectionService(packageDefinition, { services: serviceNames }).addToServer(server);
  assertTable(served);
  const port = await bind(server, renderAddress(listen));
  return {
    address: renderAddress({ host: listen.host, port }),
    stop: async () => {
      stopTelling();
      for (const name of ['', ...serviceNames]) health.setStatus(name, 'NOT_SERVING');
      for (const session of sessions) session.stop();
      // Watches have no end of their own: what is still open once the agents were told is cut.
      await new Promise((resolve) => setImmediate(resolve));
      server.forceShutdown();
      over.abort();
      await gate;
    },
  };
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

async function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(listenError(address, 'grpc', error));
    });
  });
}

/** What the caller did wrong is the caller's to read; the log is for what somebody here must mend. */
function logCallError(log: Log, error: unknown): void {
  const ours = isAppError(error) && errorCodes[error.code].actor !== 'us';
  if (ours) log.debug({ err: error }, 'a call was refused');
  else log.error({ err: error }, 'a call failed');
}
