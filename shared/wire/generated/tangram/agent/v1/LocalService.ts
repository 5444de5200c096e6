// Original file: tangram/agent/v1/local_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetLocalStateRequest as _tangram_agent_v1_GetLocalStateRequest, GetLocalStateRequest__Output as _tangram_agent_v1_GetLocalStateRequest__Output } from '../../../tangram/agent/v1/GetLocalStateRequest.ts';
import type { GetLocalStateResponse as _tangram_agent_v1_GetLocalStateResponse, GetLocalStateResponse__Output as _tangram_agent_v1_GetLocalStateResponse__Output } from '../../../tangram/agent/v1/GetLocalStateResponse.ts';
import type { SetAuthorityRequest as _tangram_agent_v1_SetAuthorityRequest, SetAuthorityRequest__Output as _tangram_agent_v1_SetAuthorityRequest__Output } from '../../../tangram/agent/v1/SetAuthorityRequest.ts';
import type { SetAuthorityResponse as _tangram_agent_v1_SetAuthorityResponse, SetAuthorityResponse__Output as _tangram_agent_v1_SetAuthorityResponse__Output } from '../../../tangram/agent/v1/SetAuthorityResponse.ts';
import type { SetLocalTargetRequest as _tangram_agent_v1_SetLocalTargetRequest, SetLocalTargetRequest__Output as _tangram_agent_v1_SetLocalTargetRequest__Output } from '../../../tangram/agent/v1/SetLocalTargetRequest.ts';
import type { SetLocalTargetResponse as _tangram_agent_v1_SetLocalTargetResponse, SetLocalTargetResponse__Output as _tangram_agent_v1_SetLocalTargetResponse__Output } from '../../../tangram/agent/v1/SetLocalTargetResponse.ts';

export interface LocalServiceClient extends grpc.Client {
  GetLocalState(argument: _tangram_agent_v1_GetLocalStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLocalStateResponse__Output>): grpc.ClientUnaryCall;
  GetLocalState(argument: _tangram_agent_v1_GetLocalStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetLocalStateResponse__Output>): grpc.ClientUnaryCall;
  GetLocalState(argument: _tangram_agent_v1_GetLocalStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLocalStateResponse__Output>): grpc.ClientUnaryCall;
  GetLocalState(argument: _tangram_agent_v1_GetLocalStateRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetLocalStateResponse__Output>): grpc.ClientUnaryCall;
  getLocalState(argument: _tangram_agent_v1_GetLocalStateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLocalStateResponse__Output>): grpc.ClientUnaryCall;
  getLocalState(argument: _tangram_agent_v1_GetLocalStateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetLocalStateResponse__Output>): grpc.ClientUnaryCall;
  getLocalState(argument: _tangram_agent_v1_GetLocalStateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLocalStateResponse__Output>): grpc.ClientUnaryCall;
  getLocalState(argument: _tangram_agent_v1_GetLocalStateRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetLocalStateResponse__Output>): grpc.ClientUnaryCall;

  SetAuthority(argument: _tangram_agent_v1_SetAuthorityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_SetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  SetAuthority(argument: _tangram_agent_v1_SetAuthorityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_SetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  SetAuthority(argument: _tangram_agent_v1_SetAuthorityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_SetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  SetAuthority(argument: _tangram_agent_v1_SetAuthorityRequest, callback: grpc.requestCallback<_tangram_agent_v1_SetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  setAuthority(argument: _tangram_agent_v1_SetAuthorityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_SetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  setAuthority(argument: _tangram_agent_v1_SetAuthorityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_SetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  setAuthority(argument: _tangram_agent_v1_SetAuthorityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_SetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  setAuthority(argument: _tangram_agent_v1_SetAuthorityRequest, callback: grpc.requestCallback<_tangram_agent_v1_SetAuthorityResponse__Output>): grpc.ClientUnaryCall;

  SetLocalTarget(argument: _tangram_agent_v1_SetLocalTargetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_SetLocalTargetResponse__Output>): grpc.ClientUnaryCall;
  SetLocalTarget(argument: _tangram_agent_v1_SetLocalTargetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_SetLocalTargetResponse__Output>): grpc.ClientUnaryCall;
  SetLocalTarget(argument: _tangram_agent_v1_SetLocalTargetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_SetLocalTargetResponse__Output>): grpc.ClientUnaryCall;
  SetLocalTarget(argument: _tangram_agent_v1_SetLocalTargetRequest, callback: grpc.requestCallback<_tangram_agent_v1_SetLocalTargetResponse__Output>): grpc.ClientUnaryCall;
  setLocalTarget(argument: _tangram_agent_v1_SetLocalTargetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_SetLocalTargetResponse__Output>): grpc.ClientUnaryCall;
  setLocalTarget(argument: _tangram_agent_v1_SetLocalTargetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_SetLocalTargetResponse__Output>): grpc.ClientUnaryCall;
  setLocalTarget(argument: _tangram_agent_v1_SetLocalTargetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_SetLocalTargetResponse__Output>): grpc.ClientUnaryCall;
  setLocalTarget(argument: _tangram_agent_v1_SetLocalTargetRequest, callback: grpc.requestCallback<_tangram_agent_v1_SetLocalTargetResponse__Output>): grpc.ClientUnaryCall;

}

export interface LocalServiceHandlers extends grpc.UntypedServiceImplementation {
  GetLocalState: grpc.handleUnaryCall<_tangram_agent_v1_GetLocalStateRequest__Output, _tangram_agent_v1_GetLocalStateResponse>;

  SetAuthority: grpc.handleUnaryCall<_tangram_agent_v1_SetAuthorityRequest__Output, _tangram_agent_v1_SetAuthorityResponse>;

  SetLocalTarget: grpc.handleUnaryCall<_tangram_agent_v1_SetLocalTargetRequest__Output, _tangram_agent_v1_SetLocalTargetResponse>;

}

export interface LocalServiceDefinition extends grpc.ServiceDefinition {
  GetLocalState: MethodDefinition<_tangram_agent_v1_GetLocalStateRequest, _tangram_agent_v1_GetLocalStateResponse, _tangram_agent_v1_GetLocalStateRequest__Output, _tangram_agent_v1_GetLocalStateResponse__Output>
  SetAuthority: MethodDefinition<_tangram_agent_v1_SetAuthorityRequest, _tangram_agent_v1_SetAuthorityResponse, _tangram_agent_v1_SetAuthorityRequest__Output, _tangram_agent_v1_SetAuthorityResponse__Output>
  SetLocalTarget: MethodDefinition<_tangram_agent_v1_SetLocalTargetRequest, _tangram_agent_v1_SetLocalTargetResponse, _tangram_agent_v1_SetLocalTargetRequest__Output, _tangram_agent_v1_SetLocalTargetResponse__Output>
}
