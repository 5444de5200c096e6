// Original file: tangram/v1/whatif_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { TryAddNodesRequest as _tangram_v1_TryAddNodesRequest, TryAddNodesRequest__Output as _tangram_v1_TryAddNodesRequest__Output } from '../../tangram/v1/TryAddNodesRequest.ts';
import type { TryAddNodesResponse as _tangram_v1_TryAddNodesResponse, TryAddNodesResponse__Output as _tangram_v1_TryAddNodesResponse__Output } from '../../tangram/v1/TryAddNodesResponse.ts';
import type { TryModelRequest as _tangram_v1_TryModelRequest, TryModelRequest__Output as _tangram_v1_TryModelRequest__Output } from '../../tangram/v1/TryModelRequest.ts';
import type { TryModelResponse as _tangram_v1_TryModelResponse, TryModelResponse__Output as _tangram_v1_TryModelResponse__Output } from '../../tangram/v1/TryModelResponse.ts';
import type { TryRemoveNodeRequest as _tangram_v1_TryRemoveNodeRequest, TryRemoveNodeRequest__Output as _tangram_v1_TryRemoveNodeRequest__Output } from '../../tangram/v1/TryRemoveNodeRequest.ts';
import type { TryRemoveNodeResponse as _tangram_v1_TryRemoveNodeResponse, TryRemoveNodeResponse__Output as _tangram_v1_TryRemoveNodeResponse__Output } from '../../tangram/v1/TryRemoveNodeResponse.ts';

export interface WhatIfServiceClient extends grpc.Client {
  TryAddNodes(argument: _tangram_v1_TryAddNodesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryAddNodesResponse__Output>): grpc.ClientUnaryCall;
  TryAddNodes(argument: _tangram_v1_TryAddNodesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_TryAddNodesResponse__Output>): grpc.ClientUnaryCall;
  TryAddNodes(argument: _tangram_v1_TryAddNodesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryAddNodesResponse__Output>): grpc.ClientUnaryCall;
  TryAddNodes(argument: _tangram_v1_TryAddNodesRequest, callback: grpc.requestCallback<_tangram_v1_TryAddNodesResponse__Output>): grpc.ClientUnaryCall;
  tryAddNodes(argument: _tangram_v1_TryAddNodesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryAddNodesResponse__Output>): grpc.ClientUnaryCall;
  tryAddNodes(argument: _tangram_v1_TryAddNodesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_TryAddNodesResponse__Output>): grpc.ClientUnaryCall;
  tryAddNodes(argument: _tangram_v1_TryAddNodesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryAddNodesResponse__Output>): grpc.ClientUnaryCall;
  tryAddNodes(argument: _tangram_v1_TryAddNodesRequest, callback: grpc.requestCallback<_tangram_v1_TryAddNodesResponse__Output>): grpc.ClientUnaryCall;

  TryModel(argument: _tangram_v1_TryModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryModelResponse__Output>): grpc.ClientUnaryCall;
  TryModel(argument: _tangram_v1_TryModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_TryModelResponse__Output>): grpc.ClientUnaryCall;
  TryModel(argument: _tangram_v1_TryModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryModelResponse__Output>): grpc.ClientUnaryCall;
  TryModel(argument: _tangram_v1_TryModelRequest, callback: grpc.requestCallback<_tangram_v1_TryModelResponse__Output>): grpc.ClientUnaryCall;
  tryModel(argument: _tangram_v1_TryModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryModelResponse__Output>): grpc.ClientUnaryCall;
  tryModel(argument: _tangram_v1_TryModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_TryModelResponse__Output>): grpc.ClientUnaryCall;
  tryModel(argument: _tangram_v1_TryModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryModelResponse__Output>): grpc.ClientUnaryCall;
  tryModel(argument: _tangram_v1_TryModelRequest, callback: grpc.requestCallback<_tangram_v1_TryModelResponse__Output>): grpc.ClientUnaryCall;

  TryRemoveNode(argument: _tangram_v1_TryRemoveNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryRemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  TryRemoveNode(argument: _tangram_v1_TryRemoveNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_TryRemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  TryRemoveNode(argument: _tangram_v1_TryRemoveNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryRemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  TryRemoveNode(argument: _tangram_v1_TryRemoveNodeRequest, callback: grpc.requestCallback<_tangram_v1_TryRemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  tryRemoveNode(argument: _tangram_v1_TryRemoveNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryRemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  tryRemoveNode(argument: _tangram_v1_TryRemoveNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_TryRemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  tryRemoveNode(argument: _tangram_v1_TryRemoveNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_TryRemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  tryRemoveNode(argument: _tangram_v1_TryRemoveNodeRequest, callback: grpc.requestCallback<_tangram_v1_TryRemoveNodeResponse__Output>): grpc.ClientUnaryCall;

}

export interface WhatIfServiceHandlers extends grpc.UntypedServiceImplementation {
  TryAddNodes: grpc.handleUnaryCall<_tangram_v1_TryAddNodesRequest__Output, _tangram_v1_TryAddNodesResponse>;

  TryModel: grpc.handleUnaryCall<_tangram_v1_TryModelRequest__Output, _tangram_v1_TryModelResponse>;

  TryRemoveNode: grpc.handleUnaryCall<_tangram_v1_TryRemoveNodeRequest__Output, _tangram_v1_TryRemoveNodeResponse>;

}

export interface WhatIfServiceDefinition extends grpc.ServiceDefinition {
  TryAddNodes: MethodDefinition<_tangram_v1_TryAddNodesRequest, _tangram_v1_TryAddNodesResponse, _tangram_v1_TryAddNodesRequest__Output, _tangram_v1_TryAddNodesResponse__Output>
  TryModel: MethodDefinition<_tangram_v1_TryModelRequest, _tangram_v1_TryModelResponse, _tangram_v1_TryModelRequest__Output, _tangram_v1_TryModelResponse__Output>
  TryRemoveNode: MethodDefinition<_tangram_v1_TryRemoveNodeRequest, _tangram_v1_TryRemoveNodeResponse, _tangram_v1_TryRemoveNodeRequest__Output, _tangram_v1_TryRemoveNodeResponse__Output>
}
