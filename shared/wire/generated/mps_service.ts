import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { GetMpsCapabilitiesRequest as _tangram_agent_v1_GetMpsCapabilitiesRequest, GetMpsCapabilitiesRequest__Output as _tangram_agent_v1_GetMpsCapabilitiesRequest__Output } from './tangram/agent/v1/GetMpsCapabilitiesRequest.ts';
import type { GetMpsCapabilitiesResponse as _tangram_agent_v1_GetMpsCapabilitiesResponse, GetMpsCapabilitiesResponse__Output as _tangram_agent_v1_GetMpsCapabilitiesResponse__Output } from './tangram/agent/v1/GetMpsCapabilitiesResponse.ts';
import type { GetMpsLogRequest as _tangram_agent_v1_GetMpsLogRequest, GetMpsLogRequest__Output as _tangram_agent_v1_GetMpsLogRequest__Output } from './tangram/agent/v1/GetMpsLogRequest.ts';
import type { GetMpsLogResponse as _tangram_agent_v1_GetMpsLogResponse, GetMpsLogResponse__Output as _tangram_agent_v1_GetMpsLogResponse__Output } from './tangram/agent/v1/GetMpsLogResponse.ts';
import type { GetMpsRequest as _tangram_agent_v1_GetMpsRequest, GetMpsRequest__Output as _tangram_agent_v1_GetMpsRequest__Output } from './tangram/agent/v1/GetMpsRequest.ts';
import type { GetMpsResponse as _tangram_agent_v1_GetMpsResponse, GetMpsResponse__Output as _tangram_agent_v1_GetMpsResponse__Output } from './tangram/agent/v1/GetMpsResponse.ts';
import type { MpsCard as _tangram_agent_v1_MpsCard, MpsCard__Output as _tangram_agent_v1_MpsCard__Output } from './tangram/agent/v1/MpsCard.ts';
import type { MpsClient as _tangram_agent_v1_MpsClient, MpsClient__Output as _tangram_agent_v1_MpsClient__Output } from './tangram/agent/v1/MpsClient.ts';
import type { MpsFault as _tangram_agent_v1_MpsFault, MpsFault__Output as _tangram_agent_v1_MpsFault__Output } from './tangram/agent/v1/MpsFault.ts';
import type { MpsLimits as _tangram_agent_v1_MpsLimits, MpsLimits__Output as _tangram_agent_v1_MpsLimits__Output } from './tangram/agent/v1/MpsLimits.ts';
import type { MpsRecovery as _tangram_agent_v1_MpsRecovery, MpsRecovery__Output as _tangram_agent_v1_MpsRecovery__Output } from './tangram/agent/v1/MpsRecovery.ts';
import type { MpsServer as _tangram_agent_v1_MpsServer, MpsServer__Output as _tangram_agent_v1_MpsServer__Output } from './tangram/agent/v1/MpsServer.ts';
import type { MpsServiceClient as _tangram_agent_v1_MpsServiceClient, MpsServiceDefinition as _tangram_agent_v1_MpsServiceDefinition } from './tangram/agent/v1/MpsService.ts';
import type { MpsShare as _tangram_agent_v1_MpsShare, MpsShare__Output as _tangram_agent_v1_MpsShare__Output } from './tangram/agent/v1/MpsShare.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    agent: {
      v1: {
        GetMpsCapabilitiesRequest: MessageTypeDefinition<_tangram_agent_v1_GetMpsCapabilitiesRequest, _tangram_agent_v1_GetMpsCapabilitiesRequest__Output>
        GetMpsCapabilitiesResponse: MessageTypeDefinition<_tangram_agent_v1_GetMpsCapabilitiesResponse, _tangram_agent_v1_GetMpsCapabilitiesResponse__Output>
        GetMpsLogRequest: MessageTypeDefinition<_tangram_agent_v1_GetMpsLogRequest, _tangram_agent_v1_GetMpsLogRequest__Output>
        GetMpsLogResponse: MessageTypeDefinition<_tangram_agent_v1_GetMpsLogResponse, _tangram_agent_v1_GetMpsLogResponse__Output>
        GetMpsRequest: MessageTypeDefinition<_tangram_agent_v1_GetMpsRequest, _tangram_agent_v1_GetMpsRequest__Output>
        GetMpsResponse: MessageTypeDefinition<_tangram_agent_v1_GetMpsResponse, _tangram_agent_v1_GetMpsResponse__Output>
        MpsCard: MessageTypeDefinition<_tangram_agent_v1_MpsCard, _tangram_agent_v1_MpsCard__Output>
        MpsClient: MessageTypeDefinition<_tangram_agent_v1_MpsClient, _tangram_agent_v1_MpsClient__Output>
        MpsFault: MessageTypeDefinition<_tangram_agent_v1_MpsFault, _tangram_agent_v1_MpsFault__Output>
        MpsLimits: MessageTypeDefinition<_tangram_agent_v1_MpsLimits, _tangram_agent_v1_MpsLimits__Output>
        MpsRecovery: MessageTypeDefinition<_tangram_agent_v1_MpsRecovery, _tangram_agent_v1_MpsRecovery__Output>
        MpsServer: MessageTypeDefinition<_tangram_agent_v1_MpsServer, _tangram_agent_v1_MpsServer__Output>
        MpsService: SubtypeConstructor<typeof grpc.Client, _tangram_agent_v1_MpsServiceClient> & { service: _tangram_agent_v1_MpsServiceDefinition }
        MpsShare: MessageTypeDefinition<_tangram_agent_v1_MpsShare, _tangram_agent_v1_MpsShare__Output>
      }
    }
  }
}
