import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { GetBackupsRequest as _tangram_v1_GetBackupsRequest, GetBackupsRequest__Output as _tangram_v1_GetBackupsRequest__Output } from './tangram/v1/GetBackupsRequest.ts';
import type { GetBackupsResponse as _tangram_v1_GetBackupsResponse, GetBackupsResponse__Output as _tangram_v1_GetBackupsResponse__Output } from './tangram/v1/GetBackupsResponse.ts';
import type { SnapshotServiceClient as _tangram_v1_SnapshotServiceClient, SnapshotServiceDefinition as _tangram_v1_SnapshotServiceDefinition } from './tangram/v1/SnapshotService.ts';
import type { TakeSnapshotRequest as _tangram_v1_TakeSnapshotRequest, TakeSnapshotRequest__Output as _tangram_v1_TakeSnapshotRequest__Output } from './tangram/v1/TakeSnapshotRequest.ts';
import type { TakeSnapshotResponse as _tangram_v1_TakeSnapshotResponse, TakeSnapshotResponse__Output as _tangram_v1_TakeSnapshotResponse__Output } from './tangram/v1/TakeSnapshotResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    v1: {
      GetBackupsRequest: MessageTypeDefinition<_tangram_v1_GetBackupsRequest, _tangram_v1_GetBackupsRequest__Output>
      GetBackupsResponse: MessageTypeDefinition<_tangram_v1_GetBackupsResponse, _tangram_v1_GetBackupsResponse__Output>
      SnapshotService: SubtypeConstructor<typeof grpc.Client, _tangram_v1_SnapshotServiceClient> & { service: _tangram_v1_SnapshotServiceDefinition }
      TakeSnapshotRequest: MessageTypeDefinition<_tangram_v1_TakeSnapshotRequest, _tangram_v1_TakeSnapshotRequest__Output>
      TakeSnapshotResponse: MessageTypeDefinition<_tangram_v1_TakeSnapshotResponse, _tangram_v1_TakeSnapshotResponse__Output>
    }
  }
}
