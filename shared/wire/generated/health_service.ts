import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { CardHealth as _tangram_agent_v1_CardHealth, CardHealth__Output as _tangram_agent_v1_CardHealth__Output } from './tangram/agent/v1/CardHealth.ts';
import type { GetHealthRequest as _tangram_agent_v1_GetHealthRequest, GetHealthRequest__Output as _tangram_agent_v1_GetHealthRequest__Output } from './tangram/agent/v1/GetHealthRequest.ts';
import type { GetHealthResponse as _tangram_agent_v1_GetHealthResponse, GetHealthResponse__Output as _tangram_agent_v1_GetHealthResponse__Output } from './tangram/agent/v1/GetHealthResponse.ts';
import type { HealthServiceClient as _tangram_agent_v1_HealthServiceClient, HealthServiceDefinition as _tangram_agent_v1_HealthServiceDefinition } from './tangram/agent/v1/HealthService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    agent: {
      v1: {
        CardHealth: MessageTypeDefinition<_tangram_agent_v1_CardHealth, _tangram_agent_v1_CardHealth__Output>
        GetHealthRequest: MessageTypeDefinition<_tangram_agent_v1_GetHealthRequest, _tangram_agent_v1_GetHealthRequest__Output>
        GetHealthResponse: MessageTypeDefinition<_tangram_agent_v1_GetHealthResponse, _tangram_agent_v1_GetHealthResponse__Output>
        HealthService: SubtypeConstructor<typeof grpc.Client, _tangram_agent_v1_HealthServiceClient> & { service: _tangram_agent_v1_HealthServiceDefinition }
      }
    }
  }
}
