import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { CardHealth as _tangram_agent_v1_CardHealth, CardHealth__Output as _tangram_agent_v1_CardHealth__Output } from './tangram/agent/v1/CardHealth.ts';
import type { CloseLook as _tangram_agent_v1_CloseLook, CloseLook__Output as _tangram_agent_v1_CloseLook__Output } from './tangram/agent/v1/CloseLook.ts';
import type { GetHealthRequest as _tangram_agent_v1_GetHealthRequest, GetHealthRequest__Output as _tangram_agent_v1_GetHealthRequest__Output } from './tangram/agent/v1/GetHealthRequest.ts';
import type { GetHealthResponse as _tangram_agent_v1_GetHealthResponse, GetHealthResponse__Output as _tangram_agent_v1_GetHealthResponse__Output } from './tangram/agent/v1/GetHealthResponse.ts';
import type { HealPlan as _tangram_agent_v1_HealPlan, HealPlan__Output as _tangram_agent_v1_HealPlan__Output } from './tangram/agent/v1/HealPlan.ts';
import type { HealRequest as _tangram_agent_v1_HealRequest, HealRequest__Output as _tangram_agent_v1_HealRequest__Output } from './tangram/agent/v1/HealRequest.ts';
import type { HealResponse as _tangram_agent_v1_HealResponse, HealResponse__Output as _tangram_agent_v1_HealResponse__Output } from './tangram/agent/v1/HealResponse.ts';
import type { HealthServiceClient as _tangram_agent_v1_HealthServiceClient, HealthServiceDefinition as _tangram_agent_v1_HealthServiceDefinition } from './tangram/agent/v1/HealthService.ts';
import type { InjectXidRequest as _tangram_agent_v1_InjectXidRequest, InjectXidRequest__Output as _tangram_agent_v1_InjectXidRequest__Output } from './tangram/agent/v1/InjectXidRequest.ts';
import type { InjectXidResponse as _tangram_agent_v1_InjectXidResponse, InjectXidResponse__Output as _tangram_agent_v1_InjectXidResponse__Output } from './tangram/agent/v1/InjectXidResponse.ts';
import type { PlanHealRequest as _tangram_agent_v1_PlanHealRequest, PlanHealRequest__Output as _tangram_agent_v1_PlanHealRequest__Output } from './tangram/agent/v1/PlanHealRequest.ts';
import type { PlanHealResponse as _tangram_agent_v1_PlanHealResponse, PlanHealResponse__Output as _tangram_agent_v1_PlanHealResponse__Output } from './tangram/agent/v1/PlanHealResponse.ts';
import type { Reason as _tangram_agent_v1_Reason, Reason__Output as _tangram_agent_v1_Reason__Output } from './tangram/agent/v1/Reason.ts';
import type { Recovery as _tangram_agent_v1_Recovery, Recovery__Output as _tangram_agent_v1_Recovery__Output } from './tangram/agent/v1/Recovery.ts';
import type { SliceHealth as _tangram_agent_v1_SliceHealth, SliceHealth__Output as _tangram_agent_v1_SliceHealth__Output } from './tangram/agent/v1/SliceHealth.ts';
import type { Verdict as _tangram_agent_v1_Verdict, Verdict__Output as _tangram_agent_v1_Verdict__Output } from './tangram/agent/v1/Verdict.ts';
import type { XidCount as _tangram_agent_v1_XidCount, XidCount__Output as _tangram_agent_v1_XidCount__Output } from './tangram/agent/v1/XidCount.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    agent: {
      v1: {
        CardHealth: MessageTypeDefinition<_tangram_agent_v1_CardHealth, _tangram_agent_v1_CardHealth__Output>
        CloseLook: MessageTypeDefinition<_tangram_agent_v1_CloseLook, _tangram_agent_v1_CloseLook__Output>
        GetHealthRequest: MessageTypeDefinition<_tangram_agent_v1_GetHealthRequest, _tangram_agent_v1_GetHealthRequest__Output>
        GetHealthResponse: MessageTypeDefinition<_tangram_agent_v1_GetHealthResponse, _tangram_agent_v1_GetHealthResponse__Output>
        HealPlan: MessageTypeDefinition<_tangram_agent_v1_HealPlan, _tangram_agent_v1_HealPlan__Output>
        HealRequest: MessageTypeDefinition<_tangram_agent_v1_HealRequest, _tangram_agent_v1_HealRequest__Output>
        HealResponse: MessageTypeDefinition<_tangram_agent_v1_HealResponse, _tangram_agent_v1_HealResponse__Output>
        HealthService: SubtypeConstructor<typeof grpc.Client, _tangram_agent_v1_HealthServiceClient> & { service: _tangram_agent_v1_HealthServiceDefinition }
        InjectXidRequest: MessageTypeDefinition<_tangram_agent_v1_InjectXidRequest, _tangram_agent_v1_InjectXidRequest__Output>
        InjectXidResponse: MessageTypeDefinition<_tangram_agent_v1_InjectXidResponse, _tangram_agent_v1_InjectXidResponse__Output>
        PlanHealRequest: MessageTypeDefinition<_tangram_agent_v1_PlanHealRequest, _tangram_agent_v1_PlanHealRequest__Output>
        PlanHealResponse: MessageTypeDefinition<_tangram_agent_v1_PlanHealResponse, _tangram_agent_v1_PlanHealResponse__Output>
        Reason: MessageTypeDefinition<_tangram_agent_v1_Reason, _tangram_agent_v1_Reason__Output>
        Recovery: MessageTypeDefinition<_tangram_agent_v1_Recovery, _tangram_agent_v1_Recovery__Output>
        SliceHealth: MessageTypeDefinition<_tangram_agent_v1_SliceHealth, _tangram_agent_v1_SliceHealth__Output>
        Verdict: MessageTypeDefinition<_tangram_agent_v1_Verdict, _tangram_agent_v1_Verdict__Output>
        XidCount: MessageTypeDefinition<_tangram_agent_v1_XidCount, _tangram_agent_v1_XidCount__Output>
      }
    }
  }
}
