// Original file: tangram/v1/scheduler_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApplyModelRequest as _tangram_v1_ApplyModelRequest, ApplyModelRequest__Output as _tangram_v1_ApplyModelRequest__Output } from '../../tangram/v1/ApplyModelRequest.ts';
import type { ApplyModelResponse as _tangram_v1_ApplyModelResponse, ApplyModelResponse__Output as _tangram_v1_ApplyModelResponse__Output } from '../../tangram/v1/ApplyModelResponse.ts';
import type { DeleteModelRequest as _tangram_v1_DeleteModelRequest, DeleteModelRequest__Output as _tangram_v1_DeleteModelRequest__Output } from '../../tangram/v1/DeleteModelRequest.ts';
import type { DeleteModelResponse as _tangram_v1_DeleteModelResponse, DeleteModelResponse__Output as _tangram_v1_DeleteModelResponse__Output } from '../../tangram/v1/DeleteModelResponse.ts';
import type { ExplainRequest as _tangram_v1_ExplainRequest, ExplainRequest__Output as _tangram_v1_ExplainRequest__Output } from '../../tangram/v1/ExplainRequest.ts';
import type { ExplainResponse as _tangram_v1_ExplainResponse, ExplainResponse__Output as _tangram_v1_ExplainResponse__Output } from '../../tangram/v1/ExplainResponse.ts';
import type { GetModelRequest as _tangram_v1_GetModelRequest, GetModelRequest__Output as _tangram_v1_GetModelRequest__Output } from '../../tangram/v1/GetModelRequest.ts';
import type { GetModelResponse as _tangram_v1_GetModelResponse, GetModelResponse__Output as _tangram_v1_GetModelResponse__Output } from '../../tangram/v1/GetModelResponse.ts';
import type { GetReplicaLogsRequest as _tangram_v1_GetReplicaLogsRequest, GetReplicaLogsRequest__Output as _tangram_v1_GetReplicaLogsRequest__Output } from '../../tangram/v1/GetReplicaLogsRequest.ts';
import type { GetReplicaLogsResponse as _tangram_v1_GetReplicaLogsResponse, GetReplicaLogsResponse__Output as _tangram_v1_GetReplicaLogsResponse__Output } from '../../tangram/v1/GetReplicaLogsResponse.ts';
import type { ListModelsRequest as _tangram_v1_ListModelsRequest, ListModelsRequest__Output as _tangram_v1_ListModelsRequest__Output } from '../../tangram/v1/ListModelsRequest.ts';
import type { ListModelsResponse as _tangram_v1_ListModelsResponse, ListModelsResponse__Output as _tangram_v1_ListModelsResponse__Output } from '../../tangram/v1/ListModelsResponse.ts';
import type { ScaleModelRequest as _tangram_v1_ScaleModelRequest, ScaleModelRequest__Output as _tangram_v1_ScaleModelRequest__Output } from '../../tangram/v1/ScaleModelRequest.ts';
import type { ScaleModelResponse as _tangram_v1_ScaleModelResponse, ScaleModelResponse__Output as _tangram_v1_ScaleModelResponse__Output } from '../../tangram/v1/ScaleModelResponse.ts';
import type { WatchModelsRequest as _tangram_v1_WatchModelsRequest, WatchModelsRequest__Output as _tangram_v1_WatchModelsRequest__Output } from '../../tangram/v1/WatchModelsRequest.ts';
import type { WatchModelsResponse as _tangram_v1_WatchModelsResponse, WatchModelsResponse__Output as _tangram_v1_WatchModelsResponse__Output } from '../../tangram/v1/WatchModelsResponse.ts';

export interface SchedulerServiceClient extends grpc.Client {
  ApplyModel(argument: _tangram_v1_ApplyModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ApplyModelResponse__Output>): grpc.ClientUnaryCall;
  ApplyModel(argument: _tangram_v1_ApplyModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ApplyModelResponse__Output>): grpc.ClientUnaryCall;
  ApplyModel(argument: _tangram_v1_ApplyModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ApplyModelResponse__Output>): grpc.ClientUnaryCall;
  ApplyModel(argument: _tangram_v1_ApplyModelRequest, callback: grpc.requestCallback<_tangram_v1_ApplyModelResponse__Output>): grpc.ClientUnaryCall;
  applyModel(argument: _tangram_v1_ApplyModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ApplyModelResponse__Output>): grpc.ClientUnaryCall;
  applyModel(argument: _tangram_v1_ApplyModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ApplyModelResponse__Output>): grpc.ClientUnaryCall;
  applyModel(argument: _tangram_v1_ApplyModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ApplyModelResponse__Output>): grpc.ClientUnaryCall;
  applyModel(argument: _tangram_v1_ApplyModelRequest, callback: grpc.requestCallback<_tangram_v1_ApplyModelResponse__Output>): grpc.ClientUnaryCall;

  DeleteModel(argument: _tangram_v1_DeleteModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DeleteModelResponse__Output>): grpc.ClientUnaryCall;
  DeleteModel(argument: _tangram_v1_DeleteModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_DeleteModelResponse__Output>): grpc.ClientUnaryCall;
  DeleteModel(argument: _tangram_v1_DeleteModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DeleteModelResponse__Output>): grpc.ClientUnaryCall;
  DeleteModel(argument: _tangram_v1_DeleteModelRequest, callback: grpc.requestCallback<_tangram_v1_DeleteModelResponse__Output>): grpc.ClientUnaryCall;
  deleteModel(argument: _tangram_v1_DeleteModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DeleteModelResponse__Output>): grpc.ClientUnaryCall;
  deleteModel(argument: _tangram_v1_DeleteModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_DeleteModelResponse__Output>): grpc.ClientUnaryCall;
  deleteModel(argument: _tangram_v1_DeleteModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DeleteModelResponse__Output>): grpc.ClientUnaryCall;
  deleteModel(argument: _tangram_v1_DeleteModelRequest, callback: grpc.requestCallback<_tangram_v1_DeleteModelResponse__Output>): grpc.ClientUnaryCall;

  Explain(argument: _tangram_v1_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _tangram_v1_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _tangram_v1_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  Explain(argument: _tangram_v1_ExplainRequest, callback: grpc.requestCallback<_tangram_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _tangram_v1_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _tangram_v1_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _tangram_v1_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;
  explain(argument: _tangram_v1_ExplainRequest, callback: grpc.requestCallback<_tangram_v1_ExplainResponse__Output>): grpc.ClientUnaryCall;

  GetModel(argument: _tangram_v1_GetModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _tangram_v1_GetModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _tangram_v1_GetModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _tangram_v1_GetModelRequest, callback: grpc.requestCallback<_tangram_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  getModel(argument: _tangram_v1_GetModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  getModel(argument: _tangram_v1_GetModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  getModel(argument: _tangram_v1_GetModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  getModel(argument: _tangram_v1_GetModelRequest, callback: grpc.requestCallback<_tangram_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;

  GetReplicaLogs(argument: _tangram_v1_GetReplicaLogsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetReplicaLogsResponse__Output>): grpc.ClientUnaryCall;
  GetReplicaLogs(argument: _tangram_v1_GetReplicaLogsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetReplicaLogsResponse__Output>): grpc.ClientUnaryCall;
  GetReplicaLogs(argument: _tangram_v1_GetReplicaLogsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetReplicaLogsResponse__Output>): grpc.ClientUnaryCall;
  GetReplicaLogs(argument: _tangram_v1_GetReplicaLogsRequest, callback: grpc.requestCallback<_tangram_v1_GetReplicaLogsResponse__Output>): grpc.ClientUnaryCall;
  getReplicaLogs(argument: _tangram_v1_GetReplicaLogsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetReplicaLogsResponse__Output>): grpc.ClientUnaryCall;
  getReplicaLogs(argument: _tangram_v1_GetReplicaLogsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetReplicaLogsResponse__Output>): grpc.ClientUnaryCall;
  getReplicaLogs(argument: _tangram_v1_GetReplicaLogsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetReplicaLogsResponse__Output>): grpc.ClientUnaryCall;
  getReplicaLogs(argument: _tangram_v1_GetReplicaLogsRequest, callback: grpc.requestCallback<_tangram_v1_GetReplicaLogsResponse__Output>): grpc.ClientUnaryCall;

  ListModels(argument: _tangram_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _tangram_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _tangram_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _tangram_v1_ListModelsRequest, callback: grpc.requestCallback<_tangram_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _tangram_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _tangram_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _tangram_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _tangram_v1_ListModelsRequest, callback: grpc.requestCallback<_tangram_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;

  ScaleModel(argument: _tangram_v1_ScaleModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ScaleModelResponse__Output>): grpc.ClientUnaryCall;
  ScaleModel(argument: _tangram_v1_ScaleModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ScaleModelResponse__Output>): grpc.ClientUnaryCall;
  ScaleModel(argument: _tangram_v1_ScaleModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ScaleModelResponse__Output>): grpc.ClientUnaryCall;
  ScaleModel(argument: _tangram_v1_ScaleModelRequest, callback: grpc.requestCallback<_tangram_v1_ScaleModelResponse__Output>): grpc.ClientUnaryCall;
  scaleModel(argument: _tangram_v1_ScaleModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ScaleModelResponse__Output>): grpc.ClientUnaryCall;
  scaleModel(argument: _tangram_v1_ScaleModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ScaleModelResponse__Output>): grpc.ClientUnaryCall;
  scaleModel(argument: _tangram_v1_ScaleModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ScaleModelResponse__Output>): grpc.ClientUnaryCall;
  scaleModel(argument: _tangram_v1_ScaleModelRequest, callback: grpc.requestCallback<_tangram_v1_ScaleModelResponse__Output>): grpc.ClientUnaryCall;

  WatchModels(argument: _tangram_v1_WatchModelsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchModelsResponse__Output>;
  WatchModels(argument: _tangram_v1_WatchModelsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchModelsResponse__Output>;
  watchModels(argument: _tangram_v1_WatchModelsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchModelsResponse__Output>;
  watchModels(argument: _tangram_v1_WatchModelsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchModelsResponse__Output>;

}

export interface SchedulerServiceHandlers extends grpc.UntypedServiceImplementation {
  ApplyModel: grpc.handleUnaryCall<_tangram_v1_ApplyModelRequest__Output, _tangram_v1_ApplyModelResponse>;

  DeleteModel: grpc.handleUnaryCall<_tangram_v1_DeleteModelRequest__Output, _tangram_v1_DeleteModelResponse>;

  Explain: grpc.handleUnaryCall<_tangram_v1_ExplainRequest__Output, _tangram_v1_ExplainResponse>;

  GetModel: grpc.handleUnaryCall<_tangram_v1_GetModelRequest__Output, _tangram_v1_GetModelResponse>;

  GetReplicaLogs: grpc.handleUnaryCall<_tangram_v1_GetReplicaLogsRequest__Output, _tangram_v1_GetReplicaLogsResponse>;

  ListModels: grpc.handleUnaryCall<_tangram_v1_ListModelsRequest__Output, _tangram_v1_ListModelsResponse>;

  ScaleModel: grpc.handleUnaryCall<_tangram_v1_ScaleModelRequest__Output, _tangram_v1_ScaleModelResponse>;

  WatchModels: grpc.handleServerStreamingCall<_tangram_v1_WatchModelsRequest__Output, _tangram_v1_WatchModelsResponse>;

}

export interface SchedulerServiceDefinition extends grpc.ServiceDefinition {
  ApplyModel: MethodDefinition<_tangram_v1_ApplyModelRequest, _tangram_v1_ApplyModelResponse, _tangram_v1_ApplyModelRequest__Output, _tangram_v1_ApplyModelResponse__Output>
  DeleteModel: MethodDefinition<_tangram_v1_DeleteModelRequest, _tangram_v1_DeleteModelResponse, _tangram_v1_DeleteModelRequest__Output, _tangram_v1_DeleteModelResponse__Output>
  Explain: MethodDefinition<_tangram_v1_ExplainRequest, _tangram_v1_ExplainResponse, _tangram_v1_ExplainRequest__Output, _tangram_v1_ExplainResponse__Output>
  GetModel: MethodDefinition<_tangram_v1_GetModelRequest, _tangram_v1_GetModelResponse, _tangram_v1_GetModelRequest__Output, _tangram_v1_GetModelResponse__Output>
  GetReplicaLogs: MethodDefinition<_tangram_v1_GetReplicaLogsRequest, _tangram_v1_GetReplicaLogsResponse, _tangram_v1_GetReplicaLogsRequest__Output, _tangram_v1_GetReplicaLogsResponse__Output>
  ListModels: MethodDefinition<_tangram_v1_ListModelsRequest, _tangram_v1_ListModelsResponse, _tangram_v1_ListModelsRequest__Output, _tangram_v1_ListModelsResponse__Output>
  ScaleModel: MethodDefinition<_tangram_v1_ScaleModelRequest, _tangram_v1_ScaleModelResponse, _tangram_v1_ScaleModelRequest__Output, _tangram_v1_ScaleModelResponse__Output>
  WatchModels: MethodDefinition<_tangram_v1_WatchModelsRequest, _tangram_v1_WatchModelsResponse, _tangram_v1_WatchModelsRequest__Output, _tangram_v1_WatchModelsResponse__Output>
}
