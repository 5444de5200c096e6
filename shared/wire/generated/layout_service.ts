import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { CardLayout as _tangram_agent_v1_CardLayout, CardLayout__Output as _tangram_agent_v1_CardLayout__Output } from './tangram/agent/v1/CardLayout.ts';
import type { GetLayoutsRequest as _tangram_agent_v1_GetLayoutsRequest, GetLayoutsRequest__Output as _tangram_agent_v1_GetLayoutsRequest__Output } from './tangram/agent/v1/GetLayoutsRequest.ts';
import type { GetLayoutsResponse as _tangram_agent_v1_GetLayoutsResponse, GetLayoutsResponse__Output as _tangram_agent_v1_GetLayoutsResponse__Output } from './tangram/agent/v1/GetLayoutsResponse.ts';
import type { LayoutServiceClient as _tangram_agent_v1_LayoutServiceClient, LayoutServiceDefinition as _tangram_agent_v1_LayoutServiceDefinition } from './tangram/agent/v1/LayoutService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    agent: {
      v1: {
        CardLayout: MessageTypeDefinition<_tangram_agent_v1_CardLayout, _tangram_agent_v1_CardLayout__Output>
        GetLayoutsRequest: MessageTypeDefinition<_tangram_agent_v1_GetLayoutsRequest, _tangram_agent_v1_GetLayoutsRequest__Output>
        GetLayoutsResponse: MessageTypeDefinition<_tangram_agent_v1_GetLayoutsResponse, _tangram_agent_v1_GetLayoutsResponse__Output>
        LayoutService: SubtypeConstructor<typeof grpc.Client, _tangram_agent_v1_LayoutServiceClient> & { service: _tangram_agent_v1_LayoutServiceDefinition }
      }
    }
  }
}
