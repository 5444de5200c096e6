import {
  credentials,
  loadPackageDefinition,
  type ChannelCredentials,
  type ChannelOptions,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType as AccessProtos } from './generated/access_service.ts';
import type { ProtoGrpcType as AgentProtos } from './generated/agent_service.ts';
import type { ProtoGrpcType as AllocationProtos } from './generated/allocation_service.ts';
import type { ProtoGrpcType as ChangeProtos } from './generated/change_service.ts';
import type { ProtoGrpcType as HealthProtos } from './generated/health_service.ts';
import type { ProtoGrpcType as JoinProtos } from './generated/join_service.ts';
import type { ProtoGrpcType as LayoutProtos } from './generated/layout_service.ts';
import type { ProtoGrpcType as LocalProtos } from './generated/local_service.ts';
import type { ProtoGrpcType as MpsProtos } from './generated/mps_service.ts';
import type { ProtoGrpcType as ClusterProtos } from './generated/cluster_service.ts';
import type { ProtoGrpcType as WhatIfProtos } from './generated/whatif_service.ts';
import type { ProtoGrpcType as DecisionProtos } from './generated/decision_service.ts';
import type { ProtoGrpcType as LinkProtos } from './generated/link_service.ts';
import type { ProtoGrpcType as SchedulerProtos } from './generated/scheduler_service.ts';
import type { ProtoGrpcType as TelemetryProtos } from './generated/telemetry_service.ts';
import type { ProtoGrpcType as SnapshotProtos } from './generated/snapshot_service.ts';
import type { ProtoGrpcType as TrustProtos } from './generated/trust_service.ts';
import type { AgentServiceClient } from './generated/tangram/agent/v1/AgentService.ts';
import type { HealthServiceClient } from './generated/tangram/agent/v1/HealthService.ts';
import type { LayoutServiceClient } from './generated/tangram/agent/v1/LayoutService.ts';
import type { LocalServiceClient } from './generated/tangram/agent/v1/LocalService.ts';
import type { MpsServiceClient } from './generated/tangram/agent/v1/MpsService.ts';
import type { JoinServiceClient } from './generated/tangram/join/v1/JoinService.ts';
import type { LinkServiceClient } from './generated/tangram/link/v1/LinkService.ts';
import type { AccessServiceClient } from './generated/tangram/v1/AccessService.ts';
import type { AllocationServiceClient } from './generated/tangram/v1/AllocationService.ts';
import type { ChangeServiceClient } from './generated/tangram/v1/ChangeService.ts';
import type { ClusterServiceClient } from './generated/tangram/v1/ClusterService.ts';
import type { WhatIfServiceClient } from './generated/tangram/v1/WhatIfService.ts';
import type { DecisionServiceClient } from './generated/tangram/v1/DecisionService.ts';
import type { SchedulerServiceClient } from './generated/tangram/v1/SchedulerService.ts';
import type { TelemetryServiceClient } from './generated/tangram/v1/TelemetryService.ts';
import type { SnapshotServiceClient } from './generated/tangram/v1/SnapshotService.ts';
import type { TrustServiceClient } from './generated/tangram/v1/TrustService.ts';
import { loaderOptions, protoRoot } from './proto-root.ts';

/** The largest message of the contract: a list of 1,000 nodes with 8 cards each stays below it. */
const messageBytesMax = 16 * 1024 * 1024;

/** Both sides set the same limits; gRPC's own defaults leave streams and outgoing messages unbounded. */
export const channelOptions: ChannelOptions = {
  'grpc.max_receive_message_length': messageBytesMax,
  'grpc.max_send_message_length': messageBytesMax,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
  // Nobody publishes settings of clients in DNS; where it answers slowly, a command would end half a minute after its answer.
  'grpc.service_config_disable_resolution': 1,
  // A server's name in TLS must be none of an address (RFC 6066 §3); whom we reached, its identity says.
  'grpc.ssl_target_name_override': 'coordinator.tangram.internal',
};

/** Every service of the contract; also what server reflection shows. */
export const packageDefinition = loadSync(
  [
    'tangram/v1/allocation_service.proto',
    'tangram/v1/scheduler_service.proto',
    'tangram/v1/cluster_service.proto',
    'tangram/v1/change_service.proto',
    'tangram/v1/decision_service.proto',
    'tangram/v1/telemetry_service.proto',
    'tangram/v1/whatif_service.proto',
    'tangram/v1/access_service.proto',
    'tangram/v1/trust_service.proto',
    'tangram/v1/snapshot_service.proto',
    'tangram/join/v1/join_service.proto',
    'tangram/link/v1/link_service.proto',
    'tangram/agent/v1/agent_service.proto',
    'tangram/agent/v1/health_service.proto',
    'tangram/agent/v1/layout_service.proto',
    'tangram/agent/v1/local_service.proto',
    'tangram/agent/v1/mps_service.proto',
  ],
  { includeDirs: [protoRoot()], ...loaderOptions },
);

// The generated types describe exactly the files loaded above; `npm run check` fails when they differ.
const loaded = loadPackageDefinition(packageDefinition) as unknown as AccessProtos &
  AgentProtos &
  AllocationProtos &
  HealthProtos &
  LayoutProtos &
  LocalProtos &
  MpsProtos &
  ChangeProtos &
  ClusterProtos &
  DecisionProtos &
  WhatIfProtos &
  JoinProtos &
  LinkProtos &
  SchedulerProtos &
  SnapshotProtos &
  TelemetryProtos &
  TrustProtos;

export const accessService = loaded.tangram.v1.AccessService.service;
export const allocationService = loaded.tangram.v1.AllocationService.service;
export const schedulerService = loaded.tangram.v1.SchedulerService.service;
export const changeService = loaded.tangram.v1.ChangeService.service;
export const clusterService = loaded.tangram.v1.ClusterService.service;
export const decisionService = loaded.tangram.v1.DecisionService.service;
export const whatIfService = loaded.tangram.v1.WhatIfService.service;
export const telemetryService = loaded.tangram.v1.TelemetryService.service;
export const snapshotService = loaded.tangram.v1.SnapshotService.service;
export const trustService = loaded.tangram.v1.TrustService.service;
export const joinService = loaded.tangram.join.v1.JoinService.service;
export const linkService = loaded.tangram.link.v1.LinkService.service;
export const agentService = loaded.tangram.agent.v1.AgentService.service;
export const healthService = loaded.tangram.agent.v1.HealthService.service;
export const layoutService = loaded.tangram.agent.v1.LayoutService.service;
export const localService = loaded.tangram.agent.v1.LocalService.service;
export const mpsService = loaded.tangram.agent.v1.MpsService.service;

/** For loopback addresses of coordinators that run with `tls: off`. */
export const plaintext = credentials.createInsecure();

/** `address` is `host:port`; so for every client here. */
export function createSchedulerClient(
  address: string,
  channel: ChannelCredentials = plaintext,
): SchedulerServiceClient {
  return new loaded.tangram.v1.SchedulerService(address, channel, channelOptions);
}

export function createClusterClient(
  address: string,
  channel: ChannelCredentials = plaintext,
): ClusterServiceClient {
  return new loaded.tangram.v1.ClusterService(address, channel, channelOptions);
}

export function createAllocationClient(
  address: string,
  channel: ChannelCredentials = plaintext,
): AllocationServiceClient {
  return new loaded.tangram.v1.AllocationService(address, channel, channelOptions);
}

export function createChangeClient(
  address: string,
  channel: ChannelCredentials = plaintext,
): ChangeServiceClient {
  return new loaded.tangram.v1.ChangeService(address, channel, channelOptions);
}

export function createAccessClient(
  address: string,
  channel: ChannelCredentials = plaintext,
): AccessServiceClient {
  return new loaded.tangram.v1.AccessService(address, channel, channelOptions);
}

export function createWhatIfClient(
  address: string,
  channel: ChannelCredentials = plaintext,
): WhatIfServiceClient {
  return new loaded.tangram.v1.WhatIfService(address, channel, channelOptions);
}

export function createDecisionClient(
  address: string,
  channel: ChannelCredentials = plaintext,
): DecisionServiceClient {
  return new loaded.tangram.v1.DecisionService(address, channel, channelOptions);
}

export function createTelemetryClient(
  address: string,
  channel: ChannelCredentials = plaintext,
): TelemetryServiceClient {
  return new loaded.tangram.v1.TelemetryService(address, channel, channelOptions);
}

export function createSnapshotClient(
  address: string,
  channel: ChannelCredentials = plaintext,
): SnapshotServiceClient {
  return new loaded.tangram.v1.SnapshotService(address, channel, channelOptions);
}

export function createTrustClient(
  address: string,
  channel: ChannelCredentials = plaintext,
): TrustServiceClient {
  return new loaded.tangram.v1.TrustService(address, channel, channelOptions);
}

export function createJoinClient(address: string, channel: ChannelCredentials): JoinServiceClient {
  return new loaded.tangram.join.v1.JoinService(address, channel, channelOptions);
}

/** An agent's signs of life, and how long it waits for the coordinator's, which HTTP/2 gives by itself: five beats in all. */
export const linkPings = { everyMs: 1_000, answerMsMax: 4_000 } as const;

export function createLinkClient(
  address: string,
  channel: ChannelCredentials = plaintext,
): LinkServiceClient {
  return new loaded.tangram.link.v1.LinkService(
    address,
    channel,
    // An agent has its own back-off; a shared channel would add its, which grows to two minutes.
    {
      ...channelOptions,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.keepalive_time_ms': linkPings.everyMs,
      'grpc.keepalive_timeout_ms': linkPings.answerMsMax,
    },
  );
}

/** One for each service behind the agent's unix socket. */
export interface AgentClients {
  readonly agent: AgentServiceClient;
  readonly health: HealthServiceClient;
  readonly layout: LayoutServiceClient;
  readonly local: LocalServiceClient;
  readonly mps: MpsServiceClient;
  close(): void;
}

/** Over the agent's unix socket; the clients share one connection. */
export function createAgentClients(socketPath: string): AgentClients {
  const { AgentService, HealthService, LayoutService, LocalService, MpsService } =
    loaded.tangram.agent.v1;
  const options = { ...channelOptions, 'grpc.default_authority': 'localhost' };
  const plain = credentials.createInsecure();
  const address = `unix:${socketPath}`;
  const agent = new AgentService(address, plain, options);
  const shared = { ...options, channelOverride: agent.getChannel() };
  return {
    agent,
    health: new HealthService(address, plain, shared),
    layout: new LayoutService(address, plain, shared),
    local: new LocalService(address, plain, shared),
    mps: new MpsService(address, plain, shared),
    close: () => agent.close(),
  };
}
