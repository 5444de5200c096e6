// Original file: tangram/agent/v1/layout_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApplyLayoutRequest as _tangram_agent_v1_ApplyLayoutRequest, ApplyLayoutRequest__Output as _tangram_agent_v1_ApplyLayoutRequest__Output } from '../../../tangram/agent/v1/ApplyLayoutRequest.ts';
import type { ApplyLayoutResponse as _tangram_agent_v1_ApplyLayoutResponse, ApplyLayoutResponse__Output as _tangram_agent_v1_ApplyLayoutResponse__Output } from '../../../tangram/agent/v1/ApplyLayoutResponse.ts';
import type { ExportLayoutRequest as _tangram_agent_v1_ExportLayoutRequest, ExportLayoutRequest__Output as _tangram_agent_v1_ExportLayoutRequest__Output } from '../../../tangram/agent/v1/ExportLayoutRequest.ts';
import type { ExportLayoutResponse as _tangram_agent_v1_ExportLayoutResponse, ExportLayoutResponse__Output as _tangram_agent_v1_ExportLayoutResponse__Output } from '../../../tangram/agent/v1/ExportLayoutResponse.ts';
import type { GetLayoutsRequest as _tangram_agent_v1_GetLayoutsRequest, GetLayoutsRequest__Output as _tangram_agent_v1_GetLayoutsRequest__Output } from '../../../tangram/agent/v1/GetLayoutsRequest.ts';
import type { GetLayoutsResponse as _tangram_agent_v1_GetLayoutsResponse, GetLayoutsResponse__Output as _tangram_agent_v1_GetLayoutsResponse__Output } from '../../../tangram/agent/v1/GetLayoutsResponse.ts';
import type { PlanLayoutRequest as _tangram_agent_v1_PlanLayoutRequest, PlanLayoutRequest__Output as _tangram_agent_v1_PlanLayoutRequest__Output } from '../../../tangram/agent/v1/PlanLayoutRequest.ts';
import type { PlanLayoutResponse as _tangram_agent_v1_PlanLayoutResponse, PlanLayoutResponse__Output as _tangram_agent_v1_PlanLayoutResponse__Output } from '../../../tangram/agent/v1/PlanLayoutResponse.ts';

export interface LayoutServiceClient extends grpc.Client {
  ApplyLayout(argument: _tangram_agent_v1_ApplyLayoutRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_agent_v1_ApplyLayoutResponse__Output>;
  ApplyLayout(argument: _tangram_agent_v1_ApplyLayoutRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_agent_v1_ApplyLayoutResponse__Output>;
  applyLayout(argument: _tangram_agent_v1_ApplyLayoutRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_agent_v1_ApplyLayoutResponse__Output>;
  applyLayout(argument: _tangram_agent_v1_ApplyLayoutRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_agent_v1_ApplyLayoutResponse__Output>;

  ExportLayout(argument: _tangram_agent_v1_ExportLayoutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ExportLayoutResponse__Output>): grpc.ClientUnaryCall;
  ExportLayout(argument: _tangram_agent_v1_ExportLayoutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ExportLayoutResponse__Output>): grpc.ClientUnaryCall;
  ExportLayout(argument: _tangram_agent_v1_ExportLayoutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ExportLayoutResponse__Output>): grpc.ClientUnaryCall;
  ExportLayout(argument: _tangram_agent_v1_ExportLayoutRequest, callback: grpc.requestCallback<_tangram_agent_v1_ExportLayoutResponse__Output>): grpc.ClientUnaryCall;
  exportLayout(argument: _tangram_agent_v1_ExportLayoutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ExportLayoutResponse__Output>): grpc.ClientUnaryCall;
  exportLayout(argument: _tangram_agent_v1_ExportLayoutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_ExportLayoutResponse__Output>): grpc.ClientUnaryCall;
  exportLayout(argument: _tangram_agent_v1_ExportLayoutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_ExportLayoutResponse__Output>): grpc.ClientUnaryCall;
  exportLayout(argument: _tangram_agent_v1_ExportLayoutRequest, callback: grpc.requestCallback<_tangram_agent_v1_ExportLayoutResponse__Output>): grpc.ClientUnaryCall;

  GetLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  GetLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  GetLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  GetLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  getLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  getLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  getLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;
  getLayouts(argument: _tangram_agent_v1_GetLayoutsRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetLayoutsResponse__Output>): grpc.ClientUnaryCall;

  PlanLayout(argument: _tangram_agent_v1_PlanLayoutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_PlanLayoutResponse__Output>): grpc.ClientUnaryCall;
  PlanLayout(argument: _tangram_agent_v1_PlanLayoutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_PlanLayoutResponse__Output>): grpc.ClientUnaryCall;
  PlanLayout(argument: _tangram_agent_v1_PlanLayoutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_PlanLayoutResponse__Output>): grpc.ClientUnaryCall;
  PlanLayout(argument: _tangram_agent_v1_PlanLayoutRequest, callback: grpc.requestCallback<_tangram_agent_v1_PlanLayoutResponse__Output>): grpc.ClientUnaryCall;
  planLayout(argument: _tangram_agent_v1_PlanLayoutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_PlanLayoutResponse__Output>): grpc.ClientUnaryCall;
  planLayout(argument: _tangram_agent_v1_PlanLayoutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_PlanLayoutResponse__Output>): grpc.ClientUnaryCall;
  planLayout(argument: _tangram_agent_v1_PlanLayoutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_PlanLayoutResponse__Output>): grpc.ClientUnaryCall;
  planLayout(argument: _tangram_agent_v1_PlanLayoutRequest, callback: grpc.requestCallback<_tangram_agent_v1_PlanLayoutResponse__Output>): grpc.ClientUnaryCall;

}

export interface LayoutServiceHandlers extends grpc.UntypedServiceImplementation {
  ApplyLayout: grpc.handleServerStreamingCall<_tangram_agent_v1_ApplyLayoutRequest__Output, _tangram_agent_v1_ApplyLayoutResponse>;

  ExportLayout: grpc.handleUnaryCall<_tangram_agent_v1_ExportLayoutRequest__Output, _tangram_agent_v1_ExportLayoutResponse>;

  GetLayouts: grpc.handleUnaryCall<_tangram_agent_v1_GetLayoutsRequest__Output, _tangram_agent_v1_GetLayoutsResponse>;

  PlanLayout: grpc.handleUnaryCall<_tangram_agent_v1_PlanLayoutRequest__Output, _tangram_agent_v1_PlanLayoutResponse>;

}

export interface LayoutServiceDefinition extends grpc.ServiceDefinition {
  ApplyLayout: MethodDefinition<_tangram_agent_v1_ApplyLayoutRequest, _tangram_agent_v1_ApplyLayoutResponse, _tangram_agent_v1_ApplyLayoutRequest__Output, _tangram_agent_v1_ApplyLayoutResponse__Output>
  ExportLayout: MethodDefinition<_tangram_agent_v1_ExportLayoutRequest, _tangram_agent_v1_ExportLayoutResponse, _tangram_agent_v1_ExportLayoutRequest__Output, _tangram_agent_v1_ExportLayoutResponse__Output>
  GetLayouts: MethodDefinition<_tangram_agent_v1_GetLayoutsRequest, _tangram_agent_v1_GetLayoutsResponse, _tangram_agent_v1_GetLayoutsRequest__Output, _tangram_agent_v1_GetLayoutsResponse__Output>
  PlanLayout: MethodDefinition<_tangram_agent_v1_PlanLayoutRequest, _tangram_agent_v1_PlanLayoutResponse, _tangram_agent_v1_PlanLayoutRequest__Output, _tangram_agent_v1_PlanLayoutResponse__Output>
}
