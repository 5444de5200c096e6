// Original file: tangram/agent/v1/layout_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetLayoutsRequest as _tangram_agent_v1_GetLayoutsRequest, GetLayoutsRequest__Output as _tangram_agent_v1_GetLayoutsRequest__Output } from '../../../tangram/agent/v1/GetLayoutsRequest.ts';
import type { GetLayoutsResponse as _tangram_agent_v1_GetLayoutsResponse, GetLayoutsResponse__Output as _tangram_agent_v1_GetLayoutsResponse__Output } from '../../../tangram/agent/v1/GetLayoutsResponse.ts';

export interface LayoutServiceClient extends grpc.Client {
  GetLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  GetLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  GetLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  GetLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  getLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  getLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  getLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  getLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;

}

export interface LayoutServiceHandlers extends grpc.UntypedServiceImplementation {
  GetLayouts: grpc.handleUnaryCall<_tangram_agent_v1_GetLayoutsRequest__Output, _tangram_agent_v1_GetLayoutsResponse>;

}

export interface LayoutServiceDefinition extends grpc.ServiceDefinition {
  GetLayouts: MethodDefinition<_tangram_agent_v1_GetLayoutsRequest, _tangram_agent_v1_GetLayoutsResponse, _tangram_agent_v1_GetLayoutsRequest__Output, _tangram_agent_v1_GetLayoutsResponse__Output>
}
