// Original file: tangram/agent/v1/agent_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetLogsRequest as _tangram_agent_v1_GetLogsRequest, GetLogsRequest__Output as _tangram_agent_v1_GetLogsRequest__Output } from '../../../tangram/agent/v1/GetLogsRequest.ts';
import type { GetLogsResponse as _tangram_agent_v1_GetLogsResponse, GetLogsResponse__Output as _tangram_agent_v1_GetLogsResponse__Output } from '../../../tangram/agent/v1/GetLogsResponse.ts';
import type { GetNodeRequest as _tangram_agent_v1_GetNodeRequest, GetNodeRequest__Output as _tangram_agent_v1_GetNodeRequest__Output } from '../../../tangram/agent/v1/GetNodeRequest.ts';
import type { GetNodeResponse as _tangram_agent_v1_GetNodeResponse, GetNodeResponse__Output as _tangram_agent_v1_GetNodeResponse__Output } from '../../../tangram/agent/v1/GetNodeResponse.ts';
import type { GetTopRequest as _tangram_agent_v1_GetTopRequest, GetTopRequest__Output as _tangram_agent_v1_GetTopRequest__Output } from '../../../tangram/agent/v1/GetTopRequest.ts';
import type { GetTopResponse as _tangram_agent_v1_GetTopResponse, GetTopResponse__Output as _tangram_agent_v1_GetTopResponse__Output } from '../../../tangram/agent/v1/GetTopResponse.ts';
import type { ListAllocationsRequest as _tangram_agent_v1_ListAllocationsRequest, ListAllocationsRequest__Output as _tangram_agent_v1_ListAllocationsRequest__Output } from '../../../tangram/agent/v1/ListAllocationsRequest.ts';
import type { ListAllocationsResponse as _tangram_agent_v1_ListAllocationsResponse, ListAllocationsResponse__Output as _tangram_agent_v1_ListAllocationsResponse__Output } from '../../../tangram/agent/v1/ListAllocationsResponse.ts';
import type { ListEventsRequest as _tangram_agent_v1_ListEventsRequest, ListEventsRequest__Output as _tangram_agent_v1_ListEventsRequest__Output } from '../../../tangram/agent/v1/ListEventsRequest.ts';
import type { ListEventsResponse as _tangram_agent_v1_ListEventsResponse, ListEventsResponse__Output as _tangram_agent_v1_ListEventsResponse__Output } from '../../../tangram/agent/v1/ListEventsResponse.ts';
import type { ListGpusRequest as _tangram_agent_v1_ListGpusRequest, ListGpusRequest__Output as _tangram_agent_v1_ListGpusRequest__Output } from '../../../tangram/agent/v1/ListGpusRequest.ts';
import type { ListGpusResponse as _tangram_agent_v1_ListGpusResponse, ListGpusResponse__Output as _tangram_agent_v1_ListGpusResponse__Output } from '../../../tangram/agent/v1/ListGpusResponse.ts';
import type { ListReplicasRequest as _tangram_agent_v1_ListReplicasRequest, ListReplicasRequest__Output as _tangram_agent_v1_ListReplicasRequest__Output } from '../../../tangram/agent/v1/ListReplicasRequest.ts';
import type { ListReplicasResponse as _tangram_agent_v1_ListReplicasResponse, ListReplicasResponse__Output as _tangram_agent_v1_ListReplicasResponse__Output } from '../../../tangram/agent/v1/ListReplicasResponse.ts';
import type { ShutdownRequest as _tangram_agent_v1_ShutdownRequest, ShutdownRequest__Output as _tangram_agent_v1_ShutdownRequest__Output } from '../../../tangram/agent/v1/ShutdownRequest.ts';
import type { ShutdownResponse as _tangram_agent_v1_ShutdownResponse, ShutdownResponse__Output as _tangram_agent_v1_ShutdownResponse__Output } from '../../../tangram/agent/v1/ShutdownResponse.ts';

export interface AgentServiceClient extends grpc.Client {
  GetLogs(argument: _tangram_agent_v1_GetLogsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLogsResponse__Output>): grpc.ClientUnaryCall;
  GetLogs(argument: _tangram_agent_v1_GetLogsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetLogsResponse__Output>): grpc.ClientUnaryCall;
  GetLogs(argument: _tangram_agent_v1_GetLogsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLogsResponse__Output>): grpc.ClientUnaryCall;
  GetLogs(argument: _tangram_agent_v1_GetLogsRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetLogsResponse__Output>): grpc.ClientUnaryCall;
  getLogs(argument: _tangram_agent_v1_GetLogsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLogsResponse__Output>): grpc.ClientUnaryCall;
  getLogs(argument: _tangram_agent_v1_GetLogsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetLogsResponse__Output>): grpc.ClientUnaryCall;
  getLogs(argument: _tangram_agent_v1_GetLogsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLogsResponse__Output>): grpc.ClientUnaryCall;
  getLogs(argument: _tangram_agent_v1_GetLogsRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetLogsResponse__Output>): grpc.ClientUnaryCall;

  GetNode(argument: _tangram_agent_v1_GetNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  GetNode(argument: _tangram_agent_v1_GetNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  GetNode(argument: _tangram_agent_v1_GetNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  GetNode(argument: _tangram_agent_v1_GetNodeRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  getNode(argument: _tangram_agent_v1_GetNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  getNode(argument: _tangram_agent_v1_GetNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  getNode(argument: _tangram_agent_v1_GetNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  getNode(argument: _tangram_agent_v1_GetNodeRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;

  GetTop(argument: _tangram_agent_v1_GetTopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetTopResponse__Output>): grpc.ClientUnaryCall;
  GetTop(argument: _tangram_agent_v1_GetTopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetTopResponse__Output>): grpc.ClientUnaryCall;
  GetTop(argument: _tangram_agent_v1_GetTopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetTopResponse__Output>): grpc.ClientUnaryCall;
  GetTop(argument: _tangram_agent_v1_GetTopRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetTopResponse__Output>): grpc.ClientUnaryCall;
  getTop(argument: _tangram_agent_v1_GetTopRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetTopResponse__Output>): grpc.ClientUnaryCall;
  getTop(argument: _tangram_agent_v1_GetTopRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetTopResponse__Output>): grpc.ClientUnaryCall;
  getTop(argument: _tangram_agent_v1_GetTopRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetTopResponse__Output>): grpc.ClientUnaryCall;
  getTop(argument: _tangram_agent_v1_GetTopRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetTopResponse__Output>): grpc.ClientUnaryCall;

  ListAllocations(argument: _tangram_agent_v1_ListAllocationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  ListAllocations(argument: _tangram_agent_v1_ListAllocationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  ListAllocations(argument: _tangram_agent_v1_ListAllocationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  ListAllocations(argument: _tangram_agent_v1_ListAllocationsRequest, callback: grpc.requestCallback<_tangram_agent_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _tangram_agent_v1_ListAllocationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _tangram_agent_v1_ListAllocationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _tangram_agent_v1_ListAllocationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _tangram_agent_v1_ListAllocationsRequest, callback: grpc.requestCallback<_tangram_agent_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;

  ListEvents(argument: _tangram_agent_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _tangram_agent_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _tangram_agent_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _tangram_agent_v1_ListEventsRequest, callback: grpc.requestCallback<_tangram_agent_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _tangram_agent_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _tangram_agent_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _tangram_agent_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _tangram_agent_v1_ListEventsRequest, callback: grpc.requestCallback<_tangram_agent_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;

  ListGpus(argument: _tangram_agent_v1_ListGpusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListGpusResponse__Output>): grpc.ClientUnaryCall;
  ListGpus(argument: _tangram_agent_v1_ListGpusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ListGpusResponse__Output>): grpc.ClientUnaryCall;
  ListGpus(argument: _tangram_agent_v1_ListGpusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListGpusResponse__Output>): grpc.ClientUnaryCall;
  ListGpus(argument: _tangram_agent_v1_ListGpusRequest, callback: grpc.requestCallback<_tangram_agent_v1_ListGpusResponse__Output>): grpc.ClientUnaryCall;
  listGpus(argument: _tangram_agent_v1_ListGpusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListGpusResponse__Output>): grpc.ClientUnaryCall;
  listGpus(argument: _tangram_agent_v1_ListGpusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ListGpusResponse__Output>): grpc.ClientUnaryCall;
  listGpus(argument: _tangram_agent_v1_ListGpusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListGpusResponse__Output>): grpc.ClientUnaryCall;
  listGpus(argument: _tangram_agent_v1_ListGpusRequest, callback: grpc.requestCallback<_tangram_agent_v1_ListGpusResponse__Output>): grpc.ClientUnaryCall;

  ListReplicas(argument: _tangram_agent_v1_ListReplicasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListReplicasResponse__Output>): grpc.ClientUnaryCall;
  ListReplicas(argument: _tangram_agent_v1_ListReplicasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ListReplicasResponse__Output>): grpc.ClientUnaryCall;
  ListReplicas(argument: _tangram_agent_v1_ListReplicasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListReplicasResponse__Output>): grpc.ClientUnaryCall;
  ListReplicas(argument: _tangram_agent_v1_ListReplicasRequest, callback: grpc.requestCallback<_tangram_agent_v1_ListReplicasResponse__Output>): grpc.ClientUnaryCall;
  listReplicas(argument: _tangram_agent_v1_ListReplicasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListReplicasResponse__Output>): grpc.ClientUnaryCall;
  listReplicas(argument: _tangram_agent_v1_ListReplicasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ListReplicasResponse__Output>): grpc.ClientUnaryCall;
  listReplicas(argument: _tangram_agent_v1_ListReplicasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ListReplicasResponse__Output>): grpc.ClientUnaryCall;
  listReplicas(argument: _tangram_agent_v1_ListReplicasRequest, callback: grpc.requestCallback<_tangram_agent_v1_ListReplicasResponse__Output>): grpc.ClientUnaryCall;

  Shutdown(argument: _tangram_agent_v1_ShutdownRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ShutdownResponse__Output>): grpc.ClientUnaryCall;
  Shutdown(argument: _tangram_agent_v1_ShutdownRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ShutdownResponse__Output>): grpc.ClientUnaryCall;
  Shutdown(argument: _tangram_agent_v1_ShutdownRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ShutdownResponse__Output>): grpc.ClientUnaryCall;
  Shutdown(argument: _tangram_agent_v1_ShutdownRequest, callback: grpc.requestCallback<_tangram_agent_v1_ShutdownResponse__Output>): grpc.ClientUnaryCall;
  shutdown(argument: _tangram_agent_v1_ShutdownRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ShutdownResponse__Output>): grpc.ClientUnaryCall;
  shutdown(argument: _tangram_agent_v1_ShutdownRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ShutdownResponse__Output>): grpc.ClientUnaryCall;
  shutdown(argument: _tangram_agent_v1_ShutdownRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ShutdownResponse__Output>): grpc.ClientUnaryCall;
  shutdown(argument: _tangram_agent_v1_ShutdownRequest, callback: grpc.requestCallback<_tangram_agent_v1_ShutdownResponse__Output>): grpc.ClientUnaryCall;

}

export interface AgentServiceHandlers extends grpc.UntypedServiceImplementation {
  GetLogs: grpc.handleUnaryCall<_tangram_agent_v1_GetLogsRequest__Output, _tangram_agent_v1_GetLogsResponse>;

  GetNode: grpc.handleUnaryCall<_tangram_agent_v1_GetNodeRequest__Output, _tangram_agent_v1_GetNodeResponse>;

  GetTop: grpc.handleUnaryCall<_tangram_agent_v1_GetTopRequest__Output, _tangram_agent_v1_GetTopResponse>;

  ListAllocations: grpc.handleUnaryCall<_tangram_agent_v1_ListAllocationsRequest__Output, _tangram_agent_v1_ListAllocationsResponse>;

  ListEvents: grpc.handleUnaryCall<_tangram_agent_v1_ListEventsRequest__Output, _tangram_agent_v1_ListEventsResponse>;

  ListGpus: grpc.handleUnaryCall<_tangram_agent_v1_ListGpusRequest__Output, _tangram_agent_v1_ListGpusResponse>;

  ListReplicas: grpc.handleUnaryCall<_tangram_agent_v1_ListReplicasRequest__Output, _tangram_agent_v1_ListReplicasResponse>;

  Shutdown: grpc.handleUnaryCall<_tangram_agent_v1_ShutdownRequest__Output, _tangram_agent_v1_ShutdownResponse>;

}

export interface AgentServiceDefinition extends grpc.ServiceDefinition {
  GetLogs: MethodDefinition<_tangram_agent_v1_GetLogsRequest, _tangram_agent_v1_GetLogsResponse, _tangram_agent_v1_GetLogsRequest__Output, _tangram_agent_v1_GetLogsResponse__Output>
  GetNode: MethodDefinition<_tangram_agent_v1_GetNodeRequest, _tangram_agent_v1_GetNodeResponse, _tangram_agent_v1_GetNodeRequest__Output, _tangram_agent_v1_GetNodeResponse__Output>
  GetTop: MethodDefinition<_tangram_agent_v1_GetTopRequest, _tangram_agent_v1_GetTopResponse, _tangram_agent_v1_GetTopRequest__Output, _tangram_agent_v1_GetTopResponse__Output>
  ListAllocations: MethodDefinition<_tangram_agent_v1_ListAllocationsRequest, _tangram_agent_v1_ListAllocationsResponse, _tangram_agent_v1_ListAllocationsRequest__Output, _tangram_agent_v1_ListAllocationsResponse__Output>
  ListEvents: MethodDefinition<_tangram_agent_v1_ListEventsRequest, _tangram_agent_v1_ListEventsResponse, _tangram_agent_v1_ListEventsRequest__Output, _tangram_agent_v1_ListEventsResponse__Output>
  ListGpus: MethodDefinition<_tangram_agent_v1_ListGpusRequest, _tangram_agent_v1_ListGpusResponse, _tangram_agent_v1_ListGpusRequest__Output, _tangram_agent_v1_ListGpusResponse__Output>
  ListReplicas: MethodDefinition<_tangram_agent_v1_ListReplicasRequest, _tangram_agent_v1_ListReplicasResponse, _tangram_agent_v1_ListReplicasRequest__Output, _tangram_agent_v1_ListReplicasResponse__Output>
  Shutdown: MethodDefinition<_tangram_agent_v1_ShutdownRequest, _tangram_agent_v1_ShutdownResponse, _tangram_agent_v1_ShutdownRequest__Output, _tangram_agent_v1_ShutdownResponse__Output>
}
