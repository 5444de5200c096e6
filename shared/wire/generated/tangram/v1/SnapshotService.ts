// Original file: tangram/v1/snapshot_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetBackupsRequest as _tangram_v1_GetBackupsRequest, GetBackupsRequest__Output as _tangram_v1_GetBackupsRequest__Output } from '../../tangram/v1/GetBackupsRequest.ts';
import type { GetBackupsResponse as _tangram_v1_GetBackupsResponse, GetBackupsResponse__Output as _tangram_v1_GetBackupsResponse__Output } from '../../tangram/v1/GetBackupsResponse.ts';
import type { TakeSnapshotRequest as _tangram_v1_TakeSnapshotRequest, TakeSnapshotRequest__Output as _tangram_v1_TakeSnapshotRequest__Output } from '../../tangram/v1/TakeSnapshotRequest.ts';
import type { TakeSnapshotResponse as _tangram_v1_TakeSnapshotResponse, TakeSnapshotResponse__Output as _tangram_v1_TakeSnapshotResponse__Output } from '../../tangram/v1/TakeSnapshotResponse.ts';

export interface SnapshotServiceClient extends grpc.Client {
  GetBackups(argument: _tangram_v1_GetBackupsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetBackupsResponse__Output>): grpc.ClientUnaryCall;
  GetBackups(argument: _tangram_v1_GetBackupsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetBackupsResponse__Output>): grpc.ClientUnaryCall;
  GetBackups(argument: _tangram_v1_GetBackupsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetBackupsResponse__Output>): grpc.ClientUnaryCall;
  GetBackups(argument: _tangram_v1_GetBackupsRequest, callback: grpc.requestCallback<_tangram_v1_GetBackupsResponse__Output>): grpc.ClientUnaryCall;
  getBackups(argument: _tangram_v1_GetBackupsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetBackupsResponse__Output>): grpc.ClientUnaryCall;
  getBackups(argument: _tangram_v1_GetBackupsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetBackupsResponse__Output>): grpc.ClientUnaryCall;
  getBackups(argument: _tangram_v1_GetBackupsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetBackupsResponse__Output>): grpc.ClientUnaryCall;
  getBackups(argument: _tangram_v1_GetBackupsRequest, callback: grpc.requestCallback<_tangram_v1_GetBackupsResponse__Output>): grpc.ClientUnaryCall;

  TakeSnapshot(argument: _tangram_v1_TakeSnapshotRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_TakeSnapshotResponse__Output>;
  TakeSnapshot(argument: _tangram_v1_TakeSnapshotRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_TakeSnapshotResponse__Output>;
  takeSnapshot(argument: _tangram_v1_TakeSnapshotRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_TakeSnapshotResponse__Output>;
  takeSnapshot(argument: _tangram_v1_TakeSnapshotRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_TakeSnapshotResponse__Output>;

}

export interface SnapshotServiceHandlers extends grpc.UntypedServiceImplementation {
  GetBackups: grpc.handleUnaryCall<_tangram_v1_GetBackupsRequest__Output, _tangram_v1_GetBackupsResponse>;

  TakeSnapshot: grpc.handleServerStreamingCall<_tangram_v1_TakeSnapshotRequest__Output, _tangram_v1_TakeSnapshotResponse>;

}

export interface SnapshotServiceDefinition extends grpc.ServiceDefinition {
  GetBackups: MethodDefinition<_tangram_v1_GetBackupsRequest, _tangram_v1_GetBackupsResponse, _tangram_v1_GetBackupsRequest__Output, _tangram_v1_GetBackupsResponse__Output>
  TakeSnapshot: MethodDefinition<_tangram_v1_TakeSnapshotRequest, _tangram_v1_TakeSnapshotResponse, _tangram_v1_TakeSnapshotRequest__Output, _tangram_v1_TakeSnapshotResponse__Output>
}
