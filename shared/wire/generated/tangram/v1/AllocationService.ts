// Original file: tangram/v1/allocation_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AllocateRequest as _tangram_v1_AllocateRequest, AllocateRequest__Output as _tangram_v1_AllocateRequest__Output } from '../../tangram/v1/AllocateRequest.ts';
import type { AllocateResponse as _tangram_v1_AllocateResponse, AllocateResponse__Output as _tangram_v1_AllocateResponse__Output } from '../../tangram/v1/AllocateResponse.ts';
import type { ExplainAllocationRequest as _tangram_v1_ExplainAllocationRequest, ExplainAllocationRequest__Output as _tangram_v1_ExplainAllocationRequest__Output } from '../../tangram/v1/ExplainAllocationRequest.ts';
import type { ExplainAllocationResponse as _tangram_v1_ExplainAllocationResponse, ExplainAllocationResponse__Output as _tangram_v1_ExplainAllocationResponse__Output } from '../../tangram/v1/ExplainAllocationResponse.ts';
import type { GetAllocationRequest as _tangram_v1_GetAllocationRequest, GetAllocationRequest__Output as _tangram_v1_GetAllocationRequest__Output } from '../../tangram/v1/GetAllocationRequest.ts';
import type { GetAllocationResponse as _tangram_v1_GetAllocationResponse, GetAllocationResponse__Output as _tangram_v1_GetAllocationResponse__Output } from '../../tangram/v1/GetAllocationResponse.ts';
import type { ListAllocationsRequest as _tangram_v1_ListAllocationsRequest, ListAllocationsRequest__Output as _tangram_v1_ListAllocationsRequest__Output } from '../../tangram/v1/ListAllocationsRequest.ts';
import type { ListAllocationsResponse as _tangram_v1_ListAllocationsResponse, ListAllocationsResponse__Output as _tangram_v1_ListAllocationsResponse__Output } from '../../tangram/v1/ListAllocationsResponse.ts';
import type { ReleaseAllocationRequest as _tangram_v1_ReleaseAllocationRequest, ReleaseAllocationRequest__Output as _tangram_v1_ReleaseAllocationRequest__Output } from '../../tangram/v1/ReleaseAllocationRequest.ts';
import type { ReleaseAllocationResponse as _tangram_v1_ReleaseAllocationResponse, ReleaseAllocationResponse__Output as _tangram_v1_ReleaseAllocationResponse__Output } from '../../tangram/v1/ReleaseAllocationResponse.ts';
import type { RenewAllocationRequest as _tangram_v1_RenewAllocationRequest, RenewAllocationRequest__Output as _tangram_v1_RenewAllocationRequest__Output } from '../../tangram/v1/RenewAllocationRequest.ts';
import type { RenewAllocationResponse as _tangram_v1_RenewAllocationResponse, RenewAllocationResponse__Output as _tangram_v1_RenewAllocationResponse__Output } from '../../tangram/v1/RenewAllocationResponse.ts';
import type { WatchAllocationsRequest as _tangram_v1_WatchAllocationsRequest, WatchAllocationsRequest__Output as _tangram_v1_WatchAllocationsRequest__Output } from '../../tangram/v1/WatchAllocationsRequest.ts';
import type { WatchAllocationsResponse as _tangram_v1_WatchAllocationsResponse, WatchAllocationsResponse__Output as _tangram_v1_WatchAllocationsResponse__Output } from '../../tangram/v1/WatchAllocationsResponse.ts';

export interface AllocationServiceClient extends grpc.Client {
  Allocate(argument: _tangram_v1_AllocateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_AllocateResponse__Output>): grpc.ClientUnaryCall;
  Allocate(argument: _tangram_v1_AllocateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_AllocateResponse__Output>): grpc.ClientUnaryCall;
  Allocate(argument: _tangram_v1_AllocateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_AllocateResponse__Output>): grpc.ClientUnaryCall;
  Allocate(argument: _tangram_v1_AllocateRequest, callback: grpc.requestCallback<_tangram_v1_AllocateResponse__Output>): grpc.ClientUnaryCall;
  allocate(argument: _tangram_v1_AllocateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_AllocateResponse__Output>): grpc.ClientUnaryCall;
  allocate(argument: _tangram_v1_AllocateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_AllocateResponse__Output>): grpc.ClientUnaryCall;
  allocate(argument: _tangram_v1_AllocateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_AllocateResponse__Output>): grpc.ClientUnaryCall;
  allocate(argument: _tangram_v1_AllocateRequest, callback: grpc.requestCallback<_tangram_v1_AllocateResponse__Output>): grpc.ClientUnaryCall;

  ExplainAllocation(argument: _tangram_v1_ExplainAllocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ExplainAllocationResponse__Output>): grpc.ClientUnaryCall;
  ExplainAllocation(argument: _tangram_v1_ExplainAllocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ExplainAllocationResponse__Output>): grpc.ClientUnaryCall;
  ExplainAllocation(argument: _tangram_v1_ExplainAllocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ExplainAllocationResponse__Output>): grpc.ClientUnaryCall;
  ExplainAllocation(argument: _tangram_v1_ExplainAllocationRequest, callback: grpc.requestCallback<_tangram_v1_ExplainAllocationResponse__Output>): grpc.ClientUnaryCall;
  explainAllocation(argument: _tangram_v1_ExplainAllocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ExplainAllocationResponse__Output>): grpc.ClientUnaryCall;
  explainAllocation(argument: _tangram_v1_ExplainAllocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ExplainAllocationResponse__Output>): grpc.ClientUnaryCall;
  explainAllocation(argument: _tangram_v1_ExplainAllocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ExplainAllocationResponse__Output>): grpc.ClientUnaryCall;
  explainAllocation(argument: _tangram_v1_ExplainAllocationRequest, callback: grpc.requestCallback<_tangram_v1_ExplainAllocationResponse__Output>): grpc.ClientUnaryCall;

  GetAllocation(argument: _tangram_v1_GetAllocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetAllocationResponse__Output>): grpc.ClientUnaryCall;
  GetAllocation(argument: _tangram_v1_GetAllocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetAllocationResponse__Output>): grpc.ClientUnaryCall;
  GetAllocation(argument: _tangram_v1_GetAllocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetAllocationResponse__Output>): grpc.ClientUnaryCall;
  GetAllocation(argument: _tangram_v1_GetAllocationRequest, callback: grpc.requestCallback<_tangram_v1_GetAllocationResponse__Output>): grpc.ClientUnaryCall;
  getAllocation(argument: _tangram_v1_GetAllocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetAllocationResponse__Output>): grpc.ClientUnaryCall;
  getAllocation(argument: _tangram_v1_GetAllocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetAllocationResponse__Output>): grpc.ClientUnaryCall;
  getAllocation(argument: _tangram_v1_GetAllocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetAllocationResponse__Output>): grpc.ClientUnaryCall;
  getAllocation(argument: _tangram_v1_GetAllocationRequest, callback: grpc.requestCallback<_tangram_v1_GetAllocationResponse__Output>): grpc.ClientUnaryCall;

  ListAllocations(argument: _tangram_v1_ListAllocationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  ListAllocations(argument: _tangram_v1_ListAllocationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  ListAllocations(argument: _tangram_v1_ListAllocationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  ListAllocations(argument: _tangram_v1_ListAllocationsRequest, callback: grpc.requestCallback<_tangram_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _tangram_v1_ListAllocationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _tangram_v1_ListAllocationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _tangram_v1_ListAllocationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;
  listAllocations(argument: _tangram_v1_ListAllocationsRequest, callback: grpc.requestCallback<_tangram_v1_ListAllocationsResponse__Output>): grpc.ClientUnaryCall;

  ReleaseAllocation(argument: _tangram_v1_ReleaseAllocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ReleaseAllocationResponse__Output>): grpc.ClientUnaryCall;
  ReleaseAllocation(argument: _tangram_v1_ReleaseAllocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ReleaseAllocationResponse__Output>): grpc.ClientUnaryCall;
  ReleaseAllocation(argument: _tangram_v1_ReleaseAllocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ReleaseAllocationResponse__Output>): grpc.ClientUnaryCall;
  ReleaseAllocation(argument: _tangram_v1_ReleaseAllocationRequest, callback: grpc.requestCallback<_tangram_v1_ReleaseAllocationResponse__Output>): grpc.ClientUnaryCall;
  releaseAllocation(argument: _tangram_v1_ReleaseAllocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ReleaseAllocationResponse__Output>): grpc.ClientUnaryCall;
  releaseAllocation(argument: _tangram_v1_ReleaseAllocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ReleaseAllocationResponse__Output>): grpc.ClientUnaryCall;
  releaseAllocation(argument: _tangram_v1_ReleaseAllocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ReleaseAllocationResponse__Output>): grpc.ClientUnaryCall;
  releaseAllocation(argument: _tangram_v1_ReleaseAllocationRequest, callback: grpc.requestCallback<_tangram_v1_ReleaseAllocationResponse__Output>): grpc.ClientUnaryCall;

  RenewAllocation(argument: _tangram_v1_RenewAllocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RenewAllocationResponse__Output>): grpc.ClientUnaryCall;
  RenewAllocation(argument: _tangram_v1_RenewAllocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RenewAllocationResponse__Output>): grpc.ClientUnaryCall;
  RenewAllocation(argument: _tangram_v1_RenewAllocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RenewAllocationResponse__Output>): grpc.ClientUnaryCall;
  RenewAllocation(argument: _tangram_v1_RenewAllocationRequest, callback: grpc.requestCallback<_tangram_v1_RenewAllocationResponse__Output>): grpc.ClientUnaryCall;
  renewAllocation(argument: _tangram_v1_RenewAllocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RenewAllocationResponse__Output>): grpc.ClientUnaryCall;
  renewAllocation(argument: _tangram_v1_RenewAllocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RenewAllocationResponse__Output>): grpc.ClientUnaryCall;
  renewAllocation(argument: _tangram_v1_RenewAllocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RenewAllocationResponse__Output>): grpc.ClientUnaryCall;
  renewAllocation(argument: _tangram_v1_RenewAllocationRequest, callback: grpc.requestCallback<_tangram_v1_RenewAllocationResponse__Output>): grpc.ClientUnaryCall;

  WatchAllocations(argument: _tangram_v1_WatchAllocationsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchAllocationsResponse__Output>;
  WatchAllocations(argument: _tangram_v1_WatchAllocationsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchAllocationsResponse__Output>;
  watchAllocations(argument: _tangram_v1_WatchAllocationsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchAllocationsResponse__Output>;
  watchAllocations(argument: _tangram_v1_WatchAllocationsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchAllocationsResponse__Output>;

}

export interface AllocationServiceHandlers extends grpc.UntypedServiceImplementation {
  Allocate: grpc.handleUnaryCall<_tangram_v1_AllocateRequest__Output, _tangram_v1_AllocateResponse>;

  ExplainAllocation: grpc.handleUnaryCall<_tangram_v1_ExplainAllocationRequest__Output, _tangram_v1_ExplainAllocationResponse>;

  GetAllocation: grpc.handleUnaryCall<_tangram_v1_GetAllocationRequest__Output, _tangram_v1_GetAllocationResponse>;

  ListAllocations: grpc.handleUnaryCall<_tangram_v1_ListAllocationsRequest__Output, _tangram_v1_ListAllocationsResponse>;

  ReleaseAllocation: grpc.handleUnaryCall<_tangram_v1_ReleaseAllocationRequest__Output, _tangram_v1_ReleaseAllocationResponse>;

  RenewAllocation: grpc.handleUnaryCall<_tangram_v1_RenewAllocationRequest__Output, _tangram_v1_RenewAllocationResponse>;

  WatchAllocations: grpc.handleServerStreamingCall<_tangram_v1_WatchAllocationsRequest__Output, _tangram_v1_WatchAllocationsResponse>;

}

export interface AllocationServiceDefinition extends grpc.ServiceDefinition {
  Allocate: MethodDefinition<_tangram_v1_AllocateRequest, _tangram_v1_AllocateResponse, _tangram_v1_AllocateRequest__Output, _tangram_v1_AllocateResponse__Output>
  ExplainAllocation: MethodDefinition<_tangram_v1_ExplainAllocationRequest, _tangram_v1_ExplainAllocationResponse, _tangram_v1_ExplainAllocationRequest__Output, _tangram_v1_ExplainAllocationResponse__Output>
  GetAllocation: MethodDefinition<_tangram_v1_GetAllocationRequest, _tangram_v1_GetAllocationResponse, _tangram_v1_GetAllocationRequest__Output, _tangram_v1_GetAllocationResponse__Output>
  ListAllocations: MethodDefinition<_tangram_v1_ListAllocationsRequest, _tangram_v1_ListAllocationsResponse, _tangram_v1_ListAllocationsRequest__Output, _tangram_v1_ListAllocationsResponse__Output>
  ReleaseAllocation: MethodDefinition<_tangram_v1_ReleaseAllocationRequest, _tangram_v1_ReleaseAllocationResponse, _tangram_v1_ReleaseAllocationRequest__Output, _tangram_v1_ReleaseAllocationResponse__Output>
  RenewAllocation: MethodDefinition<_tangram_v1_RenewAllocationRequest, _tangram_v1_RenewAllocationResponse, _tangram_v1_RenewAllocationRequest__Output, _tangram_v1_RenewAllocationResponse__Output>
  WatchAllocations: MethodDefinition<_tangram_v1_WatchAllocationsRequest, _tangram_v1_WatchAllocationsResponse, _tangram_v1_WatchAllocationsRequest__Output, _tangram_v1_WatchAllocationsResponse__Output>
}
