import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { FieldMask as _google_protobuf_FieldMask, FieldMask__Output as _google_protobuf_FieldMask__Output } from './google/protobuf/FieldMask.ts';
import type { AllocateRequest as _tangram_v1_AllocateRequest, AllocateRequest__Output as _tangram_v1_AllocateRequest__Output } from './tangram/v1/AllocateRequest.ts';
import type { AllocateResponse as _tangram_v1_AllocateResponse, AllocateResponse__Output as _tangram_v1_AllocateResponse__Output } from './tangram/v1/AllocateResponse.ts';
import type { Allocation as _tangram_v1_Allocation, Allocation__Output as _tangram_v1_Allocation__Output } from './tangram/v1/Allocation.ts';
import type { AllocationAccess as _tangram_v1_AllocationAccess, AllocationAccess__Output as _tangram_v1_AllocationAccess__Output } from './tangram/v1/AllocationAccess.ts';
import type { AllocationProcess as _tangram_v1_AllocationProcess, AllocationProcess__Output as _tangram_v1_AllocationProcess__Output } from './tangram/v1/AllocationProcess.ts';
import type { AllocationServiceClient as _tangram_v1_AllocationServiceClient, AllocationServiceDefinition as _tangram_v1_AllocationServiceDefinition } from './tangram/v1/AllocationService.ts';
import type { AllocationSpec as _tangram_v1_AllocationSpec, AllocationSpec__Output as _tangram_v1_AllocationSpec__Output } from './tangram/v1/AllocationSpec.ts';
import type { Disruption as _tangram_v1_Disruption, Disruption__Output as _tangram_v1_Disruption__Output } from './tangram/v1/Disruption.ts';
import type { Evidence as _tangram_v1_Evidence, Evidence__Output as _tangram_v1_Evidence__Output } from './tangram/v1/Evidence.ts';
import type { ExplainAllocationRequest as _tangram_v1_ExplainAllocationRequest, ExplainAllocationRequest__Output as _tangram_v1_ExplainAllocationRequest__Output } from './tangram/v1/ExplainAllocationRequest.ts';
import type { ExplainAllocationResponse as _tangram_v1_ExplainAllocationResponse, ExplainAllocationResponse__Output as _tangram_v1_ExplainAllocationResponse__Output } from './tangram/v1/ExplainAllocationResponse.ts';
import type { GetAllocationRequest as _tangram_v1_GetAllocationRequest, GetAllocationRequest__Output as _tangram_v1_GetAllocationRequest__Output } from './tangram/v1/GetAllocationRequest.ts';
import type { GetAllocationResponse as _tangram_v1_GetAllocationResponse, GetAllocationResponse__Output as _tangram_v1_GetAllocationResponse__Output } from './tangram/v1/GetAllocationResponse.ts';
import type { GpuNeed as _tangram_v1_GpuNeed, GpuNeed__Output as _tangram_v1_GpuNeed__Output } from './tangram/v1/GpuNeed.ts';
import type { HealthProbe as _tangram_v1_HealthProbe, HealthProbe__Output as _tangram_v1_HealthProbe__Output } from './tangram/v1/HealthProbe.ts';
import type { HostMount as _tangram_v1_HostMount, HostMount__Output as _tangram_v1_HostMount__Output } from './tangram/v1/HostMount.ts';
import type { Interruption as _tangram_v1_Interruption, Interruption__Output as _tangram_v1_Interruption__Output } from './tangram/v1/Interruption.ts';
import type { ListAllocationsRequest as _tangram_v1_ListAllocationsRequest, ListAllocationsRequest__Output as _tangram_v1_ListAllocationsRequest__Output } from './tangram/v1/ListAllocationsRequest.ts';
import type { ListAllocationsResponse as _tangram_v1_ListAllocationsResponse, ListAllocationsResponse__Output as _tangram_v1_ListAllocationsResponse__Output } from './tangram/v1/ListAllocationsResponse.ts';
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
import type { ReleaseAllocationRequest as _tangram_v1_ReleaseAllocationRequest, ReleaseAllocationRequest__Output as _tangram_v1_ReleaseAllocationRequest__Output } from './tangram/v1/ReleaseAllocationRequest.ts';
import type { ReleaseAllocationResponse as _tangram_v1_ReleaseAllocationResponse, ReleaseAllocationResponse__Output as _tangram_v1_ReleaseAllocationResponse__Output } from './tangram/v1/ReleaseAllocationResponse.ts';
import type { RenewAllocationRequest as _tangram_v1_RenewAllocationRequest, RenewAllocationRequest__Output as _tangram_v1_RenewAllocationRequest__Output } from './tangram/v1/RenewAllocationRequest.ts';
import type { RenewAllocationResponse as _tangram_v1_RenewAllocationResponse, RenewAllocationResponse__Output as _tangram_v1_RenewAllocationResponse__Output } from './tangram/v1/RenewAllocationResponse.ts';
import type { Replica as _tangram_v1_Replica, Replica__Output as _tangram_v1_Replica__Output } from './tangram/v1/Replica.ts';
import type { Slice as _tangram_v1_Slice, Slice__Output as _tangram_v1_Slice__Output } from './tangram/v1/Slice.ts';
import type { SliceShape as _tangram_v1_SliceShape, SliceShape__Output as _tangram_v1_SliceShape__Output } from './tangram/v1/SliceShape.ts';
import type { TimeshareSlice as _tangram_v1_TimeshareSlice, TimeshareSlice__Output as _tangram_v1_TimeshareSlice__Output } from './tangram/v1/TimeshareSlice.ts';
import type { WatchAllocationsRequest as _tangram_v1_WatchAllocationsRequest, WatchAllocationsRequest__Output as _tangram_v1_WatchAllocationsRequest__Output } from './tangram/v1/WatchAllocationsRequest.ts';
import type { WatchAllocationsResponse as _tangram_v1_WatchAllocationsResponse, WatchAllocationsResponse__Output as _tangram_v1_WatchAllocationsResponse__Output } from './tangram/v1/WatchAllocationsResponse.ts';
import type { WholeSlice as _tangram_v1_WholeSlice, WholeSlice__Output as _tangram_v1_WholeSlice__Output } from './tangram/v1/WholeSlice.ts';
import type { Workload as _tangram_v1_Workload, Workload__Output as _tangram_v1_Workload__Output } from './tangram/v1/Workload.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      FieldMask: MessageTypeDefinition<_google_protobuf_FieldMask, _google_protobuf_FieldMask__Output>
    }
  }
  tangram: {
    v1: {
      AllocateRequest: MessageTypeDefinition<_tangram_v1_AllocateRequest, _tangram_v1_AllocateRequest__Output>
      AllocateResponse: MessageTypeDefinition<_tangram_v1_AllocateResponse, _tangram_v1_AllocateResponse__Output>
      Allocation: MessageTypeDefinition<_tangram_v1_Allocation, _tangram_v1_Allocation__Output>
      AllocationAccess: MessageTypeDefinition<_tangram_v1_AllocationAccess, _tangram_v1_AllocationAccess__Output>
      AllocationProcess: MessageTypeDefinition<_tangram_v1_AllocationProcess, _tangram_v1_AllocationProcess__Output>
      AllocationService: SubtypeConstructor<typeof grpc.Client, _tangram_v1_AllocationServiceClient> & { service: _tangram_v1_AllocationServiceDefinition }
      AllocationSpec: MessageTypeDefinition<_tangram_v1_AllocationSpec, _tangram_v1_AllocationSpec__Output>
      AllocationState: EnumTypeDefinition
      Disruption: MessageTypeDefinition<_tangram_v1_Disruption, _tangram_v1_Disruption__Output>
      DisruptionKind: EnumTypeDefinition
      Evidence: MessageTypeDefinition<_tangram_v1_Evidence, _tangram_v1_Evidence__Output>
      ExplainAllocationRequest: MessageTypeDefinition<_tangram_v1_ExplainAllocationRequest, _tangram_v1_ExplainAllocationRequest__Output>
      ExplainAllocationResponse: MessageTypeDefinition<_tangram_v1_ExplainAllocationResponse, _tangram_v1_ExplainAllocationResponse__Output>
      GetAllocationRequest: MessageTypeDefinition<_tangram_v1_GetAllocationRequest, _tangram_v1_GetAllocationRequest__Output>
      GetAllocationResponse: MessageTypeDefinition<_tangram_v1_GetAllocationResponse, _tangram_v1_GetAllocationResponse__Output>
      GpuNeed: MessageTypeDefinition<_tangram_v1_GpuNeed, _tangram_v1_GpuNeed__Output>
      HealthProbe: MessageTypeDefinition<_tangram_v1_HealthProbe, _tangram_v1_HealthProbe__Output>
      HostMount: MessageTypeDefinition<_tangram_v1_HostMount, _tangram_v1_HostMount__Output>
      Interruption: MessageTypeDefinition<_tangram_v1_Interruption, _tangram_v1_Interruption__Output>
      Isolation: EnumTypeDefinition
      ListAllocationsRequest: MessageTypeDefinition<_tangram_v1_ListAllocationsRequest, _tangram_v1_ListAllocationsRequest__Output>
      ListAllocationsResponse: MessageTypeDefinition<_tangram_v1_ListAllocationsResponse, _tangram_v1_ListAllocationsResponse__Output>
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
      ReleaseAllocationRequest: MessageTypeDefinition<_tangram_v1_ReleaseAllocationRequest, _tangram_v1_ReleaseAllocationRequest__Output>
      ReleaseAllocationResponse: MessageTypeDefinition<_tangram_v1_ReleaseAllocationResponse, _tangram_v1_ReleaseAllocationResponse__Output>
      RenewAllocationRequest: MessageTypeDefinition<_tangram_v1_RenewAllocationRequest, _tangram_v1_RenewAllocationRequest__Output>
      RenewAllocationResponse: MessageTypeDefinition<_tangram_v1_RenewAllocationResponse, _tangram_v1_RenewAllocationResponse__Output>
      Replica: MessageTypeDefinition<_tangram_v1_Replica, _tangram_v1_Replica__Output>
      ReplicaPhase: EnumTypeDefinition
      Slice: MessageTypeDefinition<_tangram_v1_Slice, _tangram_v1_Slice__Output>
      SliceShape: MessageTypeDefinition<_tangram_v1_SliceShape, _tangram_v1_SliceShape__Output>
      Spread: EnumTypeDefinition
      TimeshareSlice: MessageTypeDefinition<_tangram_v1_TimeshareSlice, _tangram_v1_TimeshareSlice__Output>
      WatchAllocationsRequest: MessageTypeDefinition<_tangram_v1_WatchAllocationsRequest, _tangram_v1_WatchAllocationsRequest__Output>
      WatchAllocationsResponse: MessageTypeDefinition<_tangram_v1_WatchAllocationsResponse, _tangram_v1_WatchAllocationsResponse__Output>
      WholeSlice: MessageTypeDefinition<_tangram_v1_WholeSlice, _tangram_v1_WholeSlice__Output>
      Workload: MessageTypeDefinition<_tangram_v1_Workload, _tangram_v1_Workload__Output>
    }
  }
}
