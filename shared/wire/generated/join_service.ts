import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { GetTrustRequest as _tangram_join_v1_GetTrustRequest, GetTrustRequest__Output as _tangram_join_v1_GetTrustRequest__Output } from './tangram/join/v1/GetTrustRequest.ts';
import type { GetTrustResponse as _tangram_join_v1_GetTrustResponse, GetTrustResponse__Output as _tangram_join_v1_GetTrustResponse__Output } from './tangram/join/v1/GetTrustResponse.ts';
import type { JoinRequest as _tangram_join_v1_JoinRequest, JoinRequest__Output as _tangram_join_v1_JoinRequest__Output } from './tangram/join/v1/JoinRequest.ts';
import type { JoinResponse as _tangram_join_v1_JoinResponse, JoinResponse__Output as _tangram_join_v1_JoinResponse__Output } from './tangram/join/v1/JoinResponse.ts';
import type { JoinServiceClient as _tangram_join_v1_JoinServiceClient, JoinServiceDefinition as _tangram_join_v1_JoinServiceDefinition } from './tangram/join/v1/JoinService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    join: {
      v1: {
        GetTrustRequest: MessageTypeDefinition<_tangram_join_v1_GetTrustRequest, _tangram_join_v1_GetTrustRequest__Output>
        GetTrustResponse: MessageTypeDefinition<_tangram_join_v1_GetTrustResponse, _tangram_join_v1_GetTrustResponse__Output>
        JoinRequest: MessageTypeDefinition<_tangram_join_v1_JoinRequest, _tangram_join_v1_JoinRequest__Output>
        JoinResponse: MessageTypeDefinition<_tangram_join_v1_JoinResponse, _tangram_join_v1_JoinResponse__Output>
        JoinService: SubtypeConstructor<typeof grpc.Client, _tangram_join_v1_JoinServiceClient> & { service: _tangram_join_v1_JoinServiceDefinition }
      }
    }
  }
}
