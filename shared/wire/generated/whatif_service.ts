import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AllocationProcess as _tangram_v1_AllocationProcess, AllocationProcess__Output as _tangram_v1_AllocationProcess__Output } from './tangram/v1/AllocationProcess.ts';
import type { Disruption as _tangram_v1_Disruption, Disruption__Output as _tangram_v1_Disruption__Output } from './tangram/v1/Disruption.ts';
import type { Evidence as _tangram_v1_Evidence, Evidence__Output as _tangram_v1_Evidence__Output } from './tangram/v1/Evidence.ts';
import type { Footprint as _tangram_v1_Footprint, Footprint__Output as _tangram_v1_Footprint__Output } from './tangram/v1/Footprint.ts';
import type { FreeCapacity as _tangram_v1_FreeCapacity, FreeCapacity__Output as _tangram_v1_FreeCapacity__Output } from './tangram/v1/FreeCapacity.ts';
import type { FreeProfile as _tangram_v1_FreeProfile, FreeProfile__Output as _tangram_v1_FreeProfile__Output } from './tangram/v1/FreeProfile.ts';
import type { GpuNeed as _tangram_v1_GpuNeed, GpuNeed__Output as _tangram_v1_GpuNeed__Output } from './tangram/v1/GpuNeed.ts';
import type { HealthProbe as _tangram_v1_HealthProbe, HealthProbe__Output as _tangram_v1_HealthProbe__Output } from './tangram/v1/HealthProbe.ts';
import type { HostMount as _tangram_v1_HostMount, HostMount__Output as _tangram_v1_HostMount__Output } from './tangram/v1/HostMount.ts';
import type { Interruption as _tangram_v1_Interruption, Interruption__Output as _tangram_v1_Interruption__Output } from './tangram/v1/Interruption.ts';
import type { MigSlice as _tangram_v1_MigSlice, MigSlice__Output as _tangram_v1_MigSlice__Output } from './tangram/v1/MigSlice.ts';
import type { Model as _tangram_v1_Model, Model__Output as _tangram_v1_Model__Output } from './tangram/v1/Model.ts';
import type { ModelSpec as _tangram_v1_ModelSpec, ModelSpec__Output as _tangram_v1_ModelSpec__Output } from './tangram/v1/ModelSpec.ts';
import type { ModelStatus as _tangram_v1_ModelStatus, ModelStatus__Output as _tangram_v1_ModelStatus__Output } from './tangram/v1/ModelStatus.ts';
import type { MpsSlice as _tangram_v1_MpsSlice, MpsSlice__Output as _tangram_v1_MpsSlice__Output } from './tangram/v1/MpsSlice.ts';
import type { NvlinkPeer as _tangram_v1_NvlinkPeer, NvlinkPeer__Output as _tangram_v1_NvlinkPeer__Output } from './tangram/v1/NvlinkPeer.ts';
import type { PlacementRule as _tangram_v1_PlacementRule, PlacementRule__Output as _tangram_v1_PlacementRule__Output } from './tangram/v1/PlacementRule.ts';
import type { Plan as _tangram_v1_Plan, Plan__Output as _tangram_v1_Plan__Output } from './tangram/v1/Plan.ts';
import type { PlanBudget as _tangram_v1_PlanBudget, PlanBudget__Output as _tangram_v1_PlanBudget__Output } from './tangram/v1/PlanBudget.ts';
import type { PlanCard as _tangram_v1_PlanCard, PlanCard__Output as _tangram_v1_PlanCard__Output } from './tangram/v1/PlanCard.ts';
import type { PlanPiece as _tangram_v1_PlanPiece, PlanPiece__Output as _tangram_v1_PlanPiece__Output } from './tangram/v1/PlanPiece.ts';
import type { PlanPrice as _tangram_v1_PlanPrice, PlanPrice__Output as _tangram_v1_PlanPrice__Output } from './tangram/v1/PlanPrice.ts';
import type { PlanStage as _tangram_v1_PlanStage, PlanStage__Output as _tangram_v1_PlanStage__Output } from './tangram/v1/PlanStage.ts';
import type { PlanStep as _tangram_v1_PlanStep, PlanStep__Output as _tangram_v1_PlanStep__Output } from './tangram/v1/PlanStep.ts';
import type { Replica as _tangram_v1_Replica, Replica__Output as _tangram_v1_Replica__Output } from './tangram/v1/Replica.ts';
import type { Slice as _tangram_v1_Slice, Slice__Output as _tangram_v1_Slice__Output } from './tangram/v1/Slice.ts';
import type { SliceShape as _tangram_v1_SliceShape, SliceShape__Output as _tangram_v1_SliceShape__Output } from './tangram/v1/SliceShape.ts';
import type { ThoughtCluster as _tangram_v1_ThoughtCluster, ThoughtCluster__Output as _tangram_v1_ThoughtCluster__Output } from './tangram/v1/ThoughtCluster.ts';
import type { ThoughtPlace as _tangram_v1_ThoughtPlace, ThoughtPlace__Output as _tangram_v1_ThoughtPlace__Output } from './tangram/v1/ThoughtPlace.ts';
import type { ThoughtWait as _tangram_v1_ThoughtWait, ThoughtWait__Output as _tangram_v1_ThoughtWait__Output } from './tangram/v1/ThoughtWait.ts';
import type { TimeshareSlice as _tangram_v1_TimeshareSlice, TimeshareSlice__Output as _tangram_v1_TimeshareSlice__Output } from './tangram/v1/TimeshareSlice.ts';
import type { TryAddNodesRequest as _tangram_v1_TryAddNodesRequest, TryAddNodesRequest__Output as _tangram_v1_TryAddNodesRequest__Output } from './tangram/v1/TryAddNodesRequest.ts';
import type { TryAddNodesResponse as _tangram_v1_TryAddNodesResponse, TryAddNodesResponse__Output as _tangram_v1_TryAddNodesResponse__Output } from './tangram/v1/TryAddNodesResponse.ts';
import type { TryModelRequest as _tangram_v1_TryModelRequest, TryModelRequest__Output as _tangram_v1_TryModelRequest__Output } from './tangram/v1/TryModelRequest.ts';
import type { TryModelResponse as _tangram_v1_TryModelResponse, TryModelResponse__Output as _tangram_v1_TryModelResponse__Output } from './tangram/v1/TryModelResponse.ts';
import type { TryRemoveNodeRequest as _tangram_v1_TryRemoveNodeRequest, TryRemoveNodeRequest__Output as _tangram_v1_TryRemoveNodeRequest__Output } from './tangram/v1/TryRemoveNodeRequest.ts';
import type { TryRemoveNodeResponse as _tangram_v1_TryRemoveNodeResponse, TryRemoveNodeResponse__Output as _tangram_v1_TryRemoveNodeResponse__Output } from './tangram/v1/TryRemoveNodeResponse.ts';
import type { WhatIfServiceClient as _tangram_v1_WhatIfServiceClient, WhatIfServiceDefinition as _tangram_v1_WhatIfServiceDefinition } from './tangram/v1/WhatIfService.ts';
import type { WholeSlice as _tangram_v1_WholeSlice, WholeSlice__Output as _tangram_v1_WholeSlice__Output } from './tangram/v1/WholeSlice.ts';
import type { Workload as _tangram_v1_Workload, Workload__Output as _tangram_v1_Workload__Output } from './tangram/v1/Workload.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    v1: {
      AllocationProcess: MessageTypeDefinition<_tangram_v1_AllocationProcess, _tangram_v1_AllocationProcess__Output>
      Disruption: MessageTypeDefinition<_tangram_v1_Disruption, _tangram_v1_Disruption__Output>
      DisruptionKind: EnumTypeDefinition
      Evidence: MessageTypeDefinition<_tangram_v1_Evidence, _tangram_v1_Evidence__Output>
      Footprint: MessageTypeDefinition<_tangram_v1_Footprint, _tangram_v1_Footprint__Output>
      FreeCapacity: MessageTypeDefinition<_tangram_v1_FreeCapacity, _tangram_v1_FreeCapacity__Output>
      FreeProfile: MessageTypeDefinition<_tangram_v1_FreeProfile, _tangram_v1_FreeProfile__Output>
      GpuNeed: MessageTypeDefinition<_tangram_v1_GpuNeed, _tangram_v1_GpuNeed__Output>
      HealthProbe: MessageTypeDefinition<_tangram_v1_HealthProbe, _tangram_v1_HealthProbe__Output>
      HostMount: MessageTypeDefinition<_tangram_v1_HostMount, _tangram_v1_HostMount__Output>
      Interruption: MessageTypeDefinition<_tangram_v1_Interruption, _tangram_v1_Interruption__Output>
      Isolation: EnumTypeDefinition
      MigSlice: MessageTypeDefinition<_tangram_v1_MigSlice, _tangram_v1_MigSlice__Output>
      Model: MessageTypeDefinition<_tangram_v1_Model, _tangram_v1_Model__Output>
      ModelSpec: MessageTypeDefinition<_tangram_v1_ModelSpec, _tangram_v1_ModelSpec__Output>
      ModelStatus: MessageTypeDefinition<_tangram_v1_ModelStatus, _tangram_v1_ModelStatus__Output>
      MpsSlice: MessageTypeDefinition<_tangram_v1_MpsSlice, _tangram_v1_MpsSlice__Output>
      NvlinkPeer: MessageTypeDefinition<_tangram_v1_NvlinkPeer, _tangram_v1_NvlinkPeer__Output>
      PlacementRule: MessageTypeDefinition<_tangram_v1_PlacementRule, _tangram_v1_PlacementRule__Output>
      Plan: MessageTypeDefinition<_tangram_v1_Plan, _tangram_v1_Plan__Output>
      PlanBudget: MessageTypeDefinition<_tangram_v1_PlanBudget, _tangram_v1_PlanBudget__Output>
      PlanCard: MessageTypeDefinition<_tangram_v1_PlanCard, _tangram_v1_PlanCard__Output>
      PlanPiece: MessageTypeDefinition<_tangram_v1_PlanPiece, _tangram_v1_PlanPiece__Output>
      PlanPrice: MessageTypeDefinition<_tangram_v1_PlanPrice, _tangram_v1_PlanPrice__Output>
      PlanStage: MessageTypeDefinition<_tangram_v1_PlanStage, _tangram_v1_PlanStage__Output>
      PlanStep: MessageTypeDefinition<_tangram_v1_PlanStep, _tangram_v1_PlanStep__Output>
      Replica: MessageTypeDefinition<_tangram_v1_Replica, _tangram_v1_Replica__Output>
      ReplicaPhase: EnumTypeDefinition
      Slice: MessageTypeDefinition<_tangram_v1_Slice, _tangram_v1_Slice__Output>
      SliceShape: MessageTypeDefinition<_tangram_v1_SliceShape, _tangram_v1_SliceShape__Output>
      Spread: EnumTypeDefinition
      ThoughtCluster: MessageTypeDefinition<_tangram_v1_ThoughtCluster, _tangram_v1_ThoughtCluster__Output>
      ThoughtPlace: MessageTypeDefinition<_tangram_v1_ThoughtPlace, _tangram_v1_ThoughtPlace__Output>
      ThoughtWait: MessageTypeDefinition<_tangram_v1_ThoughtWait, _tangram_v1_ThoughtWait__Output>
      TimeshareSlice: MessageTypeDefinition<_tangram_v1_TimeshareSlice, _tangram_v1_TimeshareSlice__Output>
      TryAddNodesRequest: MessageTypeDefinition<_tangram_v1_TryAddNodesRequest, _tangram_v1_TryAddNodesRequest__Output>
      TryAddNodesResponse: MessageTypeDefinition<_tangram_v1_TryAddNodesResponse, _tangram_v1_TryAddNodesResponse__Output>
      TryModelRequest: MessageTypeDefinition<_tangram_v1_TryModelRequest, _tangram_v1_TryModelRequest__Output>
      TryModelResponse: MessageTypeDefinition<_tangram_v1_TryModelResponse, _tangram_v1_TryModelResponse__Output>
      TryRemoveNodeRequest: MessageTypeDefinition<_tangram_v1_TryRemoveNodeRequest, _tangram_v1_TryRemoveNodeRequest__Output>
      TryRemoveNodeResponse: MessageTypeDefinition<_tangram_v1_TryRemoveNodeResponse, _tangram_v1_TryRemoveNodeResponse__Output>
      WhatIfService: SubtypeConstructor<typeof grpc.Client, _tangram_v1_WhatIfServiceClient> & { service: _tangram_v1_WhatIfServiceDefinition }
      WholeSlice: MessageTypeDefinition<_tangram_v1_WholeSlice, _tangram_v1_WholeSlice__Output>
      Workload: MessageTypeDefinition<_tangram_v1_Workload, _tangram_v1_Workload__Output>
    }
  }
}
