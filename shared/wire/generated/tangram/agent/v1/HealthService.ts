// Original file: tangram/agent/v1/health_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetHealthRequest as _tangram_agent_v1_GetHealthRequest, GetHealthRequest__Output as _tangram_agent_v1_GetHealthRequest__Output } from '../../../tangram/agent/v1/GetHealthRequest.ts';
import type { GetHealthResponse as _tangram_agent_v1_GetHealthResponse, GetHealthResponse__Output as _tangram_agent_v1_GetHealthResponse__Output } from '../../../tangram/agent/v1/GetHealthResponse.ts';

export interface HealthServiceClient extends grpc.Client {
  GetHealth(argument: _tangram_agent_v1_GetHealthRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  GetHealth(argument: _tangram_agent_v1_GetHealthRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  GetHealth(argument: _tangram_agent_v1_GetHealthRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  GetHealth(argument: _tangram_agent_v1_GetHealthRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  getHealth(argument: _tangram_agent_v1_GetHealthRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  getHealth(argument: _tangram_agent_v1_GetHealthRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  getHealth(argument: _tangram_agent_v1_GetHealthRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  getHealth(argument: _tangram_agent_v1_GetHealthRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;

}

export interface HealthServiceHandlers extends grpc.UntypedServiceImplementation {
  GetHealth: grpc.handleUnaryCall<_tangram_agent_v1_GetHealthRequest__Output, _tangram_agent_v1_GetHealthResponse>;

}

export interface HealthServiceDefinition extends grpc.ServiceDefinition {
  GetHealth: MethodDefinition<_tangram_agent_v1_GetHealthRequest, _tangram_agent_v1_GetHealthResponse, _tangram_agent_v1_GetHealthRequest__Output, _tangram_agent_v1_GetHealthResponse__Output>
}
