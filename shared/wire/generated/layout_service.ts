import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { ApplyLayoutRequest as _tangram_agent_v1_ApplyLayoutRequest, ApplyLayoutRequest__Output as _tangram_agent_v1_ApplyLayoutRequest__Output } from './tangram/agent/v1/ApplyLayoutRequest.ts';
import type { ApplyLayoutResponse as _tangram_agent_v1_ApplyLayoutResponse, ApplyLayoutResponse__Output as _tangram_agent_v1_ApplyLayoutResponse__Output } from './tangram/agent/v1/ApplyLayoutResponse.ts';
import type { CardLayout as _tangram_agent_v1_CardLayout, CardLayout__Output as _tangram_agent_v1_CardLayout__Output } from './tangram/agent/v1/CardLayout.ts';
import type { CardLayoutPlan as _tangram_agent_v1_CardLayoutPlan, CardLayoutPlan__Output as _tangram_agent_v1_CardLayoutPlan__Output } from './tangram/agent/v1/CardLayoutPlan.ts';
import type { ExportLayoutRequest as _tangram_agent_v1_ExportLayoutRequest, ExportLayoutRequest__Output as _tangram_agent_v1_ExportLayoutRequest__Output } from './tangram/agent/v1/ExportLayoutRequest.ts';
import type { ExportLayoutResponse as _tangram_agent_v1_ExportLayoutResponse, ExportLayoutResponse__Output as _tangram_agent_v1_ExportLayoutResponse__Output } from './tangram/agent/v1/ExportLayoutResponse.ts';
import type { GetLayoutsRequest as _tangram_agent_v1_GetLayoutsRequest, GetLayoutsRequest__Output as _tangram_agent_v1_GetLayoutsRequest__Output } from './tangram/agent/v1/GetLayoutsRequest.ts';
import type { GetLayoutsResponse as _tangram_agent_v1_GetLayoutsResponse, GetLayoutsResponse__Output as _tangram_agent_v1_GetLayoutsResponse__Output } from './tangram/agent/v1/GetLayoutsResponse.ts';
import type { LayoutBlockView as _tangram_agent_v1_LayoutBlockView, LayoutBlockView__Output as _tangram_agent_v1_LayoutBlockView__Output } from './tangram/agent/v1/LayoutBlockView.ts';
import type { LayoutServiceClient as _tangram_agent_v1_LayoutServiceClient, LayoutServiceDefinition as _tangram_agent_v1_LayoutServiceDefinition } from './tangram/agent/v1/LayoutService.ts';
import type { LayoutStepView as _tangram_agent_v1_LayoutStepView, LayoutStepView__Output as _tangram_agent_v1_LayoutStepView__Output } from './tangram/agent/v1/LayoutStepView.ts';
import type { MigInstanceView as _tangram_agent_v1_MigInstanceView, MigInstanceView__Output as _tangram_agent_v1_MigInstanceView__Output } from './tangram/agent/v1/MigInstanceView.ts';
import type { MigProfileView as _tangram_agent_v1_MigProfileView, MigProfileView__Output as _tangram_agent_v1_MigProfileView__Output } from './tangram/agent/v1/MigProfileView.ts';
import type { PlanLayoutRequest as _tangram_agent_v1_PlanLayoutRequest, PlanLayoutRequest__Output as _tangram_agent_v1_PlanLayoutRequest__Output } from './tangram/agent/v1/PlanLayoutRequest.ts';
import type { PlanLayoutResponse as _tangram_agent_v1_PlanLayoutResponse, PlanLayoutResponse__Output as _tangram_agent_v1_PlanLayoutResponse__Output } from './tangram/agent/v1/PlanLayoutResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    agent: {
      v1: {
        ApplyLayoutRequest: MessageTypeDefinition<_tangram_agent_v1_ApplyLayoutRequest, _tangram_agent_v1_ApplyLayoutRequest__Output>
        ApplyLayoutResponse: MessageTypeDefinition<_tangram_agent_v1_ApplyLayoutResponse, _tangram_agent_v1_ApplyLayoutResponse__Output>
        CardLayout: MessageTypeDefinition<_tangram_agent_v1_CardLayout, _tangram_agent_v1_CardLayout__Output>
        CardLayoutPlan: MessageTypeDefinition<_tangram_agent_v1_CardLayoutPlan, _tangram_agent_v1_CardLayoutPlan__Output>
        ExportLayoutRequest: MessageTypeDefinition<_tangram_agent_v1_ExportLayoutRequest, _tangram_agent_v1_ExportLayoutRequest__Output>
        ExportLayoutResponse: MessageTypeDefinition<_tangram_agent_v1_ExportLayoutResponse, _tangram_agent_v1_ExportLayoutResponse__Output>
        GetLayoutsRequest: MessageTypeDefinition<_tangram_agent_v1_GetLayoutsRequest, _tangram_agent_v1_GetLayoutsRequest__Output>
        GetLayoutsResponse: MessageTypeDefinition<_tangram_agent_v1_GetLayoutsResponse, _tangram_agent_v1_GetLayoutsResponse__Output>
        LayoutBlockView: MessageTypeDefinition<_tangram_agent_v1_LayoutBlockView, _tangram_agent_v1_LayoutBlockView__Output>
        LayoutService: SubtypeConstructor<typeof grpc.Client, _tangram_agent_v1_LayoutServiceClient> & { service: _tangram_agent_v1_LayoutServiceDefinition }
        LayoutStepView: MessageTypeDefinition<_tangram_agent_v1_LayoutStepView, _tangram_agent_v1_LayoutStepView__Output>
        MigInstanceView: MessageTypeDefinition<_tangram_agent_v1_MigInstanceView, _tangram_agent_v1_MigInstanceView__Output>
        MigProfileView: MessageTypeDefinition<_tangram_agent_v1_MigProfileView, _tangram_agent_v1_MigProfileView__Output>
        PlanLayoutRequest: MessageTypeDefinition<_tangram_agent_v1_PlanLayoutRequest, _tangram_agent_v1_PlanLayoutRequest__Output>
        PlanLayoutResponse: MessageTypeDefinition<_tangram_agent_v1_PlanLayoutResponse, _tangram_agent_v1_PlanLayoutResponse__Output>
      }
    }
  }
}
