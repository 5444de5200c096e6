// Original file: tangram/agent/v1/mps_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetMpsRequest as _tangram_agent_v1_GetMpsRequest, GetMpsRequest__Output as _tangram_agent_v1_GetMpsRequest__Output } from '../../../tangram/agent/v1/GetMpsRequest.ts';
import type { GetMpsResponse as _tangram_agent_v1_GetMpsResponse, GetMpsResponse__Output as _tangram_agent_v1_GetMpsResponse__Output } from '../../../tangram/agent/v1/GetMpsResponse.ts';

export interface MpsServiceClient extends grpc.Client {
  GetMps(argument: _tangram_agent_v1_GetMpsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsResponse__Output>): grpc.ClientUnaryCall;
  GetMps(argument: _tangram_agent_v1_GetMpsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsResponse__Output>): grpc.ClientUnaryCall;
  GetMps(argument: _tangram_agent_v1_GetMpsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsResponse__Output>): grpc.ClientUnaryCall;
  GetMps(argument: _tangram_agent_v1_GetMpsRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsResponse__Output>): grpc.ClientUnaryCall;
  getMps(argument: _tangram_agent_v1_GetMpsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsResponse__Output>): grpc.ClientUnaryCall;
  getMps(argument: _tangram_agent_v1_GetMpsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsResponse__Output>): grpc.ClientUnaryCall;
  getMps(argument: _tangram_agent_v1_GetMpsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsResponse__Output>): grpc.ClientUnaryCall;
  getMps(argument: _tangram_agent_v1_GetMpsRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsResponse__Output>): grpc.ClientUnaryCall;

}

export interface MpsServiceHandlers extends grpc.UntypedServiceImplementation {
  GetMps: grpc.handleUnaryCall<_tangram_agent_v1_GetMpsRequest__Output, _tangram_agent_v1_GetMpsResponse>;

}

export interface MpsServiceDefinition extends grpc.ServiceDefinition {
  GetMps: MethodDefinition<_tangram_agent_v1_GetMpsRequest, _tangram_agent_v1_GetMpsResponse, _tangram_agent_v1_GetMpsRequest__Output, _tangram_agent_v1_GetMpsResponse__Output>
}
