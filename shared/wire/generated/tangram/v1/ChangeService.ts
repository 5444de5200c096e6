// Original file: tangram/v1/change_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AbortChangeRequest as _tangram_v1_AbortChangeRequest, AbortChangeRequest__Output as _tangram_v1_AbortChangeRequest__Output } from '../../tangram/v1/AbortChangeRequest.ts';
import type { AbortChangeResponse as _tangram_v1_AbortChangeResponse, AbortChangeResponse__Output as _tangram_v1_AbortChangeResponse__Output } from '../../tangram/v1/AbortChangeResponse.ts';
import type { ApplyPlanRequest as _tangram_v1_ApplyPlanRequest, ApplyPlanRequest__Output as _tangram_v1_ApplyPlanRequest__Output } from '../../tangram/v1/ApplyPlanRequest.ts';
import type { ApplyPlanResponse as _tangram_v1_ApplyPlanResponse, ApplyPlanResponse__Output as _tangram_v1_ApplyPlanResponse__Output } from '../../tangram/v1/ApplyPlanResponse.ts';
import type { GetChangeRequest as _tangram_v1_GetChangeRequest, GetChangeRequest__Output as _tangram_v1_GetChangeRequest__Output } from '../../tangram/v1/GetChangeRequest.ts';
import type { GetChangeResponse as _tangram_v1_GetChangeResponse, GetChangeResponse__Output as _tangram_v1_GetChangeResponse__Output } from '../../tangram/v1/GetChangeResponse.ts';
import type { ListChangesRequest as _tangram_v1_ListChangesRequest, ListChangesRequest__Output as _tangram_v1_ListChangesRequest__Output } from '../../tangram/v1/ListChangesRequest.ts';
import type { ListChangesResponse as _tangram_v1_ListChangesResponse, ListChangesResponse__Output as _tangram_v1_ListChangesResponse__Output } from '../../tangram/v1/ListChangesResponse.ts';
import type { PlanDefragRequest as _tangram_v1_PlanDefragRequest, PlanDefragRequest__Output as _tangram_v1_PlanDefragRequest__Output } from '../../tangram/v1/PlanDefragRequest.ts';
import type { PlanDefragResponse as _tangram_v1_PlanDefragResponse, PlanDefragResponse__Output as _tangram_v1_PlanDefragResponse__Output } from '../../tangram/v1/PlanDefragResponse.ts';
import type { WaitChangeRequest as _tangram_v1_WaitChangeRequest, WaitChangeRequest__Output as _tangram_v1_WaitChangeRequest__Output } from '../../tangram/v1/WaitChangeRequest.ts';
import type { WaitChangeResponse as _tangram_v1_WaitChangeResponse, WaitChangeResponse__Output as _tangram_v1_WaitChangeResponse__Output } from '../../tangram/v1/WaitChangeResponse.ts';
import type { WatchChangesRequest as _tangram_v1_WatchChangesRequest, WatchChangesRequest__Output as _tangram_v1_WatchChangesRequest__Output } from '../../tangram/v1/WatchChangesRequest.ts';
import type { WatchChangesResponse as _tangram_v1_WatchChangesResponse, WatchChangesResponse__Output as _tangram_v1_WatchChangesResponse__Output } from '../../tangram/v1/WatchChangesResponse.ts';

export interface ChangeServiceClient extends grpc.Client {
  AbortChange(argument: _tangram_v1_AbortChangeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_AbortChangeResponse__Output>): grpc.ClientUnaryCall;
  AbortChange(argument: _tangram_v1_AbortChangeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_AbortChangeResponse__Output>): grpc.ClientUnaryCall;
  AbortChange(argument: _tangram_v1_AbortChangeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_AbortChangeResponse__Output>): grpc.ClientUnaryCall;
  AbortChange(argument: _tangram_v1_AbortChangeRequest, callback: grpc.requestCallback<_tangram_v1_AbortChangeResponse__Output>): grpc.ClientUnaryCall;
  abortChange(argument: _tangram_v1_AbortChangeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_AbortChangeResponse__Output>): grpc.ClientUnaryCall;
  abortChange(argument: _tangram_v1_AbortChangeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_AbortChangeResponse__Output>): grpc.ClientUnaryCall;
  abortChange(argument: _tangram_v1_AbortChangeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_AbortChangeResponse__Output>): grpc.ClientUnaryCall;
  abortChange(argument: _tangram_v1_AbortChangeRequest, callback: grpc.requestCallback<_tangram_v1_AbortChangeResponse__Output>): grpc.ClientUnaryCall;

  ApplyPlan(argument: _tangram_v1_ApplyPlanRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ApplyPlanResponse__Output>): grpc.ClientUnaryCall;
  ApplyPlan(argument: _tangram_v1_ApplyPlanRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ApplyPlanResponse__Output>): grpc.ClientUnaryCall;
  ApplyPlan(argument: _tangram_v1_ApplyPlanRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ApplyPlanResponse__Output>): grpc.ClientUnaryCall;
  ApplyPlan(argument: _tangram_v1_ApplyPlanRequest, callback: grpc.requestCallback<_tangram_v1_ApplyPlanResponse__Output>): grpc.ClientUnaryCall;
  applyPlan(argument: _tangram_v1_ApplyPlanRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ApplyPlanResponse__Output>): grpc.ClientUnaryCall;
  applyPlan(argument: _tangram_v1_ApplyPlanRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ApplyPlanResponse__Output>): grpc.ClientUnaryCall;
  applyPlan(argument: _tangram_v1_ApplyPlanRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ApplyPlanResponse__Output>): grpc.ClientUnaryCall;
  applyPlan(argument: _tangram_v1_ApplyPlanRequest, callback: grpc.requestCallback<_tangram_v1_ApplyPlanResponse__Output>): grpc.ClientUnaryCall;

  GetChange(argument: _tangram_v1_GetChangeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetChangeResponse__Output>): grpc.ClientUnaryCall;
  GetChange(argument: _tangram_v1_GetChangeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetChangeResponse__Output>): grpc.ClientUnaryCall;
  GetChange(argument: _tangram_v1_GetChangeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetChangeResponse__Output>): grpc.ClientUnaryCall;
  GetChange(argument: _tangram_v1_GetChangeRequest, callback: grpc.requestCallback<_tangram_v1_GetChangeResponse__Output>): grpc.ClientUnaryCall;
  getChange(argument: _tangram_v1_GetChangeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetChangeResponse__Output>): grpc.ClientUnaryCall;
  getChange(argument: _tangram_v1_GetChangeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetChangeResponse__Output>): grpc.ClientUnaryCall;
  getChange(argument: _tangram_v1_GetChangeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetChangeResponse__Output>): grpc.ClientUnaryCall;
  getChange(argument: _tangram_v1_GetChangeRequest, callback: grpc.requestCallback<_tangram_v1_GetChangeResponse__Output>): grpc.ClientUnaryCall;

  ListChanges(argument: _tangram_v1_ListChangesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListChangesResponse__Output>): grpc.ClientUnaryCall;
  ListChanges(argument: _tangram_v1_ListChangesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListChangesResponse__Output>): grpc.ClientUnaryCall;
  ListChanges(argument: _tangram_v1_ListChangesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListChangesResponse__Output>): grpc.ClientUnaryCall;
  ListChanges(argument: _tangram_v1_ListChangesRequest, callback: grpc.requestCallback<_tangram_v1_ListChangesResponse__Output>): grpc.ClientUnaryCall;
  listChanges(argument: _tangram_v1_ListChangesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListChangesResponse__Output>): grpc.ClientUnaryCall;
  listChanges(argument: _tangram_v1_ListChangesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListChangesResponse__Output>): grpc.ClientUnaryCall;
  listChanges(argument: _tangram_v1_ListChangesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListChangesResponse__Output>): grpc.ClientUnaryCall;
  listChanges(argument: _tangram_v1_ListChangesRequest, callback: grpc.requestCallback<_tangram_v1_ListChangesResponse__Output>): grpc.ClientUnaryCall;

  PlanDefrag(argument: _tangram_v1_PlanDefragRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_PlanDefragResponse__Output>): grpc.ClientUnaryCall;
  PlanDefrag(argument: _tangram_v1_PlanDefragRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_PlanDefragResponse__Output>): grpc.ClientUnaryCall;
  PlanDefrag(argument: _tangram_v1_PlanDefragRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_PlanDefragResponse__Output>): grpc.ClientUnaryCall;
  PlanDefrag(argument: _tangram_v1_PlanDefragRequest, callback: grpc.requestCallback<_tangram_v1_PlanDefragResponse__Output>): grpc.ClientUnaryCall;
  planDefrag(argument: _tangram_v1_PlanDefragRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_PlanDefragResponse__Output>): grpc.ClientUnaryCall;
  planDefrag(argument: _tangram_v1_PlanDefragRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_PlanDefragResponse__Output>): grpc.ClientUnaryCall;
  planDefrag(argument: _tangram_v1_PlanDefragRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_PlanDefragResponse__Output>): grpc.ClientUnaryCall;
  planDefrag(argument: _tangram_v1_PlanDefragRequest, callback: grpc.requestCallback<_tangram_v1_PlanDefragResponse__Output>): grpc.ClientUnaryCall;

  WaitChange(argument: _tangram_v1_WaitChangeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_WaitChangeResponse__Output>): grpc.ClientUnaryCall;
  WaitChange(argument: _tangram_v1_WaitChangeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_WaitChangeResponse__Output>): grpc.ClientUnaryCall;
  WaitChange(argument: _tangram_v1_WaitChangeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_WaitChangeResponse__Output>): grpc.ClientUnaryCall;
  WaitChange(argument: _tangram_v1_WaitChangeRequest, callback: grpc.requestCallback<_tangram_v1_WaitChangeResponse__Output>): grpc.ClientUnaryCall;
  waitChange(argument: _tangram_v1_WaitChangeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_WaitChangeResponse__Output>): grpc.ClientUnaryCall;
  waitChange(argument: _tangram_v1_WaitChangeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_WaitChangeResponse__Output>): grpc.ClientUnaryCall;
  waitChange(argument: _tangram_v1_WaitChangeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_WaitChangeResponse__Output>): grpc.ClientUnaryCall;
  waitChange(argument: _tangram_v1_WaitChangeRequest, callback: grpc.requestCallback<_tangram_v1_WaitChangeResponse__Output>): grpc.ClientUnaryCall;

  WatchChanges(argument: _tangram_v1_WatchChangesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchChangesResponse__Output>;
  WatchChanges(argument: _tangram_v1_WatchChangesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchChangesResponse__Output>;
  watchChanges(argument: _tangram_v1_WatchChangesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchChangesResponse__Output>;
  watchChanges(argument: _tangram_v1_WatchChangesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchChangesResponse__Output>;

}

export interface ChangeServiceHandlers extends grpc.UntypedServiceImplementation {
  AbortChange: grpc.handleUnaryCall<_tangram_v1_AbortChangeRequest__Output, _tangram_v1_AbortChangeResponse>;

  ApplyPlan: grpc.handleUnaryCall<_tangram_v1_ApplyPlanRequest__Output, _tangram_v1_ApplyPlanResponse>;

  GetChange: grpc.handleUnaryCall<_tangram_v1_GetChangeRequest__Output, _tangram_v1_GetChangeResponse>;

  ListChanges: grpc.handleUnaryCall<_tangram_v1_ListChangesRequest__Output, _tangram_v1_ListChangesResponse>;

  PlanDefrag: grpc.handleUnaryCall<_tangram_v1_PlanDefragRequest__Output, _tangram_v1_PlanDefragResponse>;

  WaitChange: grpc.handleUnaryCall<_tangram_v1_WaitChangeRequest__Output, _tangram_v1_WaitChangeResponse>;

  WatchChanges: grpc.handleServerStreamingCall<_tangram_v1_WatchChangesRequest__Output, _tangram_v1_WatchChangesResponse>;

}

export interface ChangeServiceDefinition extends grpc.ServiceDefinition {
  AbortChange: MethodDefinition<_tangram_v1_AbortChangeRequest, _tangram_v1_AbortChangeResponse, _tangram_v1_AbortChangeRequest__Output, _tangram_v1_AbortChangeResponse__Output>
  ApplyPlan: MethodDefinition<_tangram_v1_ApplyPlanRequest, _tangram_v1_ApplyPlanResponse, _tangram_v1_ApplyPlanRequest__Output, _tangram_v1_ApplyPlanResponse__Output>
  GetChange: MethodDefinition<_tangram_v1_GetChangeRequest, _tangram_v1_GetChangeResponse, _tangram_v1_GetChangeRequest__Output, _tangram_v1_GetChangeResponse__Output>
  ListChanges: MethodDefinition<_tangram_v1_ListChangesRequest, _tangram_v1_ListChangesResponse, _tangram_v1_ListChangesRequest__Output, _tangram_v1_ListChangesResponse__Output>
  PlanDefrag: MethodDefinition<_tangram_v1_PlanDefragRequest, _tangram_v1_PlanDefragResponse, _tangram_v1_PlanDefragRequest__Output, _tangram_v1_PlanDefragResponse__Output>
  WaitChange: MethodDefinition<_tangram_v1_WaitChangeRequest, _tangram_v1_WaitChangeResponse, _tangram_v1_WaitChangeRequest__Output, _tangram_v1_WaitChangeResponse__Output>
  WatchChanges: MethodDefinition<_tangram_v1_WatchChangesRequest, _tangram_v1_WatchChangesResponse, _tangram_v1_WatchChangesRequest__Output, _tangram_v1_WatchChangesResponse__Output>
}
