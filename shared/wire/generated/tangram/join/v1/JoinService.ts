// Original file: tangram/join/v1/join_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetTrustRequest as _tangram_join_v1_GetTrustRequest, GetTrustRequest__Output as _tangram_join_v1_GetTrustRequest__Output } from '../../../tangram/join/v1/GetTrustRequest.ts';
import type { GetTrustResponse as _tangram_join_v1_GetTrustResponse, GetTrustResponse__Output as _tangram_join_v1_GetTrustResponse__Output } from '../../../tangram/join/v1/GetTrustResponse.ts';
import type { JoinRequest as _tangram_join_v1_JoinRequest, JoinRequest__Output as _tangram_join_v1_JoinRequest__Output } from '../../../tangram/join/v1/JoinRequest.ts';
import type { JoinResponse as _tangram_join_v1_JoinResponse, JoinResponse__Output as _tangram_join_v1_JoinResponse__Output } from '../../../tangram/join/v1/JoinResponse.ts';

export interface JoinServiceClient extends grpc.Client {
  GetTrust(argument: _tangram_join_v1_GetTrustRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_join_v1_GetTrustResponse__Output>): grpc.ClientUnaryCall;
  GetTrust(argument: _tangram_join_v1_GetTrustRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_join_v1_GetTrustResponse__Output>): grpc.ClientUnaryCall;
  GetTrust(argument: _tangram_join_v1_GetTrustRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_join_v1_GetTrustResponse__Output>): grpc.ClientUnaryCall;
  GetTrust(argument: _tangram_join_v1_GetTrustRequest, callback: grpc.requestCallback<_tangram_join_v1_GetTrustResponse__Output>): grpc.ClientUnaryCall;
  getTrust(argument: _tangram_join_v1_GetTrustRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_join_v1_GetTrustResponse__Output>): grpc.ClientUnaryCall;
  getTrust(argument: _tangram_join_v1_GetTrustRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_join_v1_GetTrustResponse__Output>): grpc.ClientUnaryCall;
  getTrust(argument: _tangram_join_v1_GetTrustRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_join_v1_GetTrustResponse__Output>): grpc.ClientUnaryCall;
  getTrust(argument: _tangram_join_v1_GetTrustRequest, callback: grpc.requestCallback<_tangram_join_v1_GetTrustResponse__Output>): grpc.ClientUnaryCall;

  Join(argument: _tangram_join_v1_JoinRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_join_v1_JoinResponse__Output>): grpc.ClientUnaryCall;
  Join(argument: _tangram_join_v1_JoinRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_join_v1_JoinResponse__Output>): grpc.ClientUnaryCall;
  Join(argument: _tangram_join_v1_JoinRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_join_v1_JoinResponse__Output>): grpc.ClientUnaryCall;
  Join(argument: _tangram_join_v1_JoinRequest, callback: grpc.requestCallback<_tangram_join_v1_JoinResponse__Output>): grpc.ClientUnaryCall;
  join(argument: _tangram_join_v1_JoinRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_join_v1_JoinResponse__Output>): grpc.ClientUnaryCall;
  join(argument: _tangram_join_v1_JoinRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_join_v1_JoinResponse__Output>): grpc.ClientUnaryCall;
  join(argument: _tangram_join_v1_JoinRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_join_v1_JoinResponse__Output>): grpc.ClientUnaryCall;
  join(argument: _tangram_join_v1_JoinRequest, callback: grpc.requestCallback<_tangram_join_v1_JoinResponse__Output>): grpc.ClientUnaryCall;

}

export interface JoinServiceHandlers extends grpc.UntypedServiceImplementation {
  GetTrust: grpc.handleUnaryCall<_tangram_join_v1_GetTrustRequest__Output, _tangram_join_v1_GetTrustResponse>;

  Join: grpc.handleUnaryCall<_tangram_join_v1_JoinRequest__Output, _tangram_join_v1_JoinResponse>;

}

export interface JoinServiceDefinition extends grpc.ServiceDefinition {
  GetTrust: MethodDefinition<_tangram_join_v1_GetTrustRequest, _tangram_join_v1_GetTrustResponse, _tangram_join_v1_GetTrustRequest__Output, _tangram_join_v1_GetTrustResponse__Output>
  Join: MethodDefinition<_tangram_join_v1_JoinRequest, _tangram_join_v1_JoinResponse, _tangram_join_v1_JoinRequest__Output, _tangram_join_v1_JoinResponse__Output>
}
