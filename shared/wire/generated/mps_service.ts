import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { GetMpsRequest as _tangram_agent_v1_GetMpsRequest, GetMpsRequest__Output as _tangram_agent_v1_GetMpsRequest__Output } from './tangram/agent/v1/GetMpsRequest.ts';
import type { GetMpsResponse as _tangram_agent_v1_GetMpsResponse, GetMpsResponse__Output as _tangram_agent_v1_GetMpsResponse__Output } from './tangram/agent/v1/GetMpsResponse.ts';
import type { MpsDaemon as _tangram_agent_v1_MpsDaemon, MpsDaemon__Output as _tangram_agent_v1_MpsDaemon__Output } from './tangram/agent/v1/MpsDaemon.ts';
import type { MpsServiceClient as _tangram_agent_v1_MpsServiceClient, MpsServiceDefinition as _tangram_agent_v1_MpsServiceDefinition } from './tangram/agent/v1/MpsService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    agent: {
      v1: {
        GetMpsRequest: MessageTypeDefinition<_tangram_agent_v1_GetMpsRequest, _tangram_agent_v1_GetMpsRequest__Output>
        GetMpsResponse: MessageTypeDefinition<_tangram_agent_v1_GetMpsResponse, _tangram_agent_v1_GetMpsResponse__Output>
        MpsDaemon: MessageTypeDefinition<_tangram_agent_v1_MpsDaemon, _tangram_agent_v1_MpsDaemon__Output>
        MpsService: SubtypeConstructor<typeof grpc.Client, _tangram_agent_v1_MpsServiceClient> & { service: _tangram_agent_v1_MpsServiceDefinition }
      }
    }
  }
}
