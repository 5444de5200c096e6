// Original file: tangram/agent/v1/mps_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetMpsCapabilitiesRequest as _tangram_agent_v1_GetMpsCapabilitiesRequest, GetMpsCapabilitiesRequest__Output as _tangram_agent_v1_GetMpsCapabilitiesRequest__Output } from '../../../tangram/agent/v1/GetMpsCapabilitiesRequest.ts';
import type { GetMpsCapabilitiesResponse as _tangram_agent_v1_GetMpsCapabilitiesResponse, GetMpsCapabilitiesResponse__Output as _tangram_agent_v1_GetMpsCapabilitiesResponse__Output } from '../../../tangram/agent/v1/GetMpsCapabilitiesResponse.ts';
import type { GetMpsLogRequest as _tangram_agent_v1_GetMpsLogRequest, GetMpsLogRequest__Output as _tangram_agent_v1_GetMpsLogRequest__Output } from '../../../tangram/agent/v1/GetMpsLogRequest.ts';
import type { GetMpsLogResponse as _tangram_agent_v1_GetMpsLogResponse, GetMpsLogResponse__Output as _tangram_agent_v1_GetMpsLogResponse__Output } from '../../../tangram/agent/v1/GetMpsLogResponse.ts';
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

  GetMpsCapabilities(argument: _tangram_agent_v1_GetMpsCapabilitiesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  GetMpsCapabilities(argument: _tangram_agent_v1_GetMpsCapabilitiesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  GetMpsCapabilities(argument: _tangram_agent_v1_GetMpsCapabilitiesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  GetMpsCapabilities(argument: _tangram_agent_v1_GetMpsCapabilitiesRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  getMpsCapabilities(argument: _tangram_agent_v1_GetMpsCapabilitiesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  getMpsCapabilities(argument: _tangram_agent_v1_GetMpsCapabilitiesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  getMpsCapabilities(argument: _tangram_agent_v1_GetMpsCapabilitiesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsCapabilitiesResponse__Output>): grpc.ClientUnaryCall;
  getMpsCapabilities(argument: _tangram_agent_v1_GetMpsCapabilitiesRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsCapabilitiesResponse__Output>): grpc.ClientUnaryCall;

  GetMpsLog(argument: _tangram_agent_v1_GetMpsLogRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsLogResponse__Output>): grpc.ClientUnaryCall;
  GetMpsLog(argument: _tangram_agent_v1_GetMpsLogRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsLogResponse__Output>): grpc.ClientUnaryCall;
  GetMpsLog(argument: _tangram_agent_v1_GetMpsLogRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsLogResponse__Output>): grpc.ClientUnaryCall;
  GetMpsLog(argument: _tangram_agent_v1_GetMpsLogRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsLogResponse__Output>): grpc.ClientUnaryCall;
  getMpsLog(argument: _tangram_agent_v1_GetMpsLogRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsLogResponse__Output>): grpc.ClientUnaryCall;
  getMpsLog(argument: _tangram_agent_v1_GetMpsLogRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsLogResponse__Output>): grpc.ClientUnaryCall;
  getMpsLog(argument: _tangram_agent_v1_GetMpsLogRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsLogResponse__Output>): grpc.ClientUnaryCall;
  getMpsLog(argument: _tangram_agent_v1_GetMpsLogRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetMpsLogResponse__Output>): grpc.ClientUnaryCall;

}

export interface MpsServiceHandlers extends grpc.UntypedServiceImplementation {
  GetMps: grpc.handleUnaryCall<_tangram_agent_v1_GetMpsRequest__Output, _tangram_agent_v1_GetMpsResponse>;

  GetMpsCapabilities: grpc.handleUnaryCall<_tangram_agent_v1_GetMpsCapabilitiesRequest__Output, _tangram_agent_v1_GetMpsCapabilitiesResponse>;

  GetMpsLog: grpc.handleUnaryCall<_tangram_agent_v1_GetMpsLogRequest__Output, _tangram_agent_v1_GetMpsLogResponse>;

}

export interface MpsServiceDefinition extends grpc.ServiceDefinition {
  GetMps: MethodDefinition<_tangram_agent_v1_GetMpsRequest, _tangram_agent_v1_GetMpsResponse, _tangram_agent_v1_GetMpsRequest__Output, _tangram_agent_v1_GetMpsResponse__Output>
  GetMpsCapabilities: MethodDefinition<_tangram_agent_v1_GetMpsCapabilitiesRequest, _tangram_agent_v1_GetMpsCapabilitiesResponse, _tangram_agent_v1_GetMpsCapabilitiesRequest__Output, _tangram_agent_v1_GetMpsCapabilitiesResponse__Output>
  GetMpsLog: MethodDefinition<_tangram_agent_v1_GetMpsLogRequest, _tangram_agent_v1_GetMpsLogResponse, _tangram_agent_v1_GetMpsLogRequest__Output, _tangram_agent_v1_GetMpsLogResponse__Output>
}
