import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { FieldMask as _google_protobuf_FieldMask, FieldMask__Output as _google_protobuf_FieldMask__Output } from './google/protobuf/FieldMask.ts';
import type { AllocationProcess as _tangram_v1_AllocationProcess, AllocationProcess__Output as _tangram_v1_AllocationProcess__Output } from './tangram/v1/AllocationProcess.ts';
import type { ApplyModelRequest as _tangram_v1_ApplyModelRequest, ApplyModelRequest__Output as _tangram_v1_ApplyModelRequest__Output } from './tangram/v1/ApplyModelRequest.ts';
import type { ApplyModelResponse as _tangram_v1_ApplyModelResponse, ApplyModelResponse__Output as _tangram_v1_ApplyModelResponse__Output } from './tangram/v1/ApplyModelResponse.ts';
import type { DeleteModelRequest as _tangram_v1_DeleteModelRequest, DeleteModelRequest__Output as _tangram_v1_DeleteModelRequest__Output } from './tangram/v1/DeleteModelRequest.ts';
import type { DeleteModelResponse as _tangram_v1_DeleteModelResponse, DeleteModelResponse__Output as _tangram_v1_DeleteModelResponse__Output } from './tangram/v1/DeleteModelResponse.ts';
import type { Disruption as _tangram_v1_Disruption, Disruption__Output as _tangram_v1_Disruption__Output } from './tangram/v1/Disruption.ts';
import type { Evidence as _tangram_v1_Evidence, Evidence__Output as _tangram_v1_Evidence__Output } from './tangram/v1/Evidence.ts';
import type { ExplainRequest as _tangram_v1_ExplainRequest, ExplainRequest__Output as _tangram_v1_ExplainRequest__Output } from './tangram/v1/ExplainRequest.ts';
import type { ExplainResponse as _tangram_v1_ExplainResponse, ExplainResponse__Output as _tangram_v1_ExplainResponse__Output } from './tangram/v1/ExplainResponse.ts';
import type { GetModelRequest as _tangram_v1_GetModelRequest, GetModelRequest__Output as _tangram_v1_GetModelRequest__Output } from './tangram/v1/GetModelRequest.ts';
import type { GetModelResponse as _tangram_v1_GetModelResponse, GetModelResponse__Output as _tangram_v1_GetModelResponse__Output } from './tangram/v1/GetModelResponse.ts';
import type { GetReplicaLogsRequest as _tangram_v1_GetReplicaLogsRequest, GetReplicaLogsRequest__Output as _tangram_v1_GetReplicaLogsRequest__Output } from './tangram/v1/GetReplicaLogsRequest.ts';
import type { GetReplicaLogsResponse as _tangram_v1_GetReplicaLogsResponse, GetReplicaLogsResponse__Output as _tangram_v1_GetReplicaLogsResponse__Output } from './tangram/v1/GetReplicaLogsResponse.ts';
import type { GpuNeed as _tangram_v1_GpuNeed, GpuNeed__Output as _tangram_v1_GpuNeed__Output } from './tangram/v1/GpuNeed.ts';
import type { HealthProbe as _tangram_v1_HealthProbe, HealthProbe__Output as _tangram_v1_HealthProbe__Output } from './tangram/v1/HealthProbe.ts';
import type { HostMount as _tangram_v1_HostMount, HostMount__Output as _tangram_v1_HostMount__Output } from './tangram/v1/HostMount.ts';
import type { Interruption as _tangram_v1_Interruption, Interruption__Output as _tangram_v1_Interruption__Output } from './tangram/v1/Interruption.ts';
import type { ListModelsRequest as _tangram_v1_ListModelsRequest, ListModelsRequest__Output as _tangram_v1_ListModelsRequest__Output } from './tangram/v1/ListModelsRequest.ts';
import type { ListModelsResponse as _tangram_v1_ListModelsResponse, ListModelsResponse__Output as _tangram_v1_ListModelsResponse__Output } from './tangram/v1/ListModelsResponse.ts';
import type { MigSlice as _tangram_v1_MigSlice, MigSlice__Output as _tangram_v1_MigSlice__Output } from './tangram/v1/MigSlice.ts';
import type { Model as _tangram_v1_Model, Model__Output as _tangram_v1_Model__Output } from './tangram/v1/Model.ts';
import type { ModelSpec as _tangram_v1_ModelSpec, ModelSpec__Output as _tangram_v1_ModelSpec__Output } from './tangram/v1/ModelSpec.ts';
import type { ModelStatus as _tangram_v1_ModelStatus, ModelStatus__Output as _tangram_v1_ModelStatus__Output } from './tangram/v1/ModelStatus.ts';
import type { MpsSlice as _tangram_v1_MpsSlice, MpsSlice__Output as _tangram_v1_MpsSlice__Output } from './tangram/v1/MpsSlice.ts';
import type { NvlinkPeer as _tangram_v1_NvlinkPeer, NvlinkPeer__Output as _tangram_v1_NvlinkPeer__Output } from './tangram/v1/NvlinkPeer.ts';
import type { PlaceReason as _tangram_v1_PlaceReason, PlaceReason__Output as _tangram_v1_PlaceReason__Output } from './tangram/v1/PlaceReason.ts';
import type { PlacementRule as _tangram_v1_PlacementRule, PlacementRule__Output as _tangram_v1_PlacementRule__Output } from './tangram/v1/PlacementRule.ts';
import type { Plan as _tangram_v1_Plan, Plan__Output as _tangram_v1_Plan__Output } from './tangram/v1/Plan.ts';
import type { PlanBudget as _tangram_v1_PlanBudget, PlanBudget__Output as _tangram_v1_PlanBudget__Output } from './tangram/v1/PlanBudget.ts';
import type { PlanCard as _tangram_v1_PlanCard, PlanCard__Output as _tangram_v1_PlanCard__Output } from './tangram/v1/PlanCard.ts';
import type { PlanPiece as _tangram_v1_PlanPiece, PlanPiece__Output as _tangram_v1_PlanPiece__Output } from './tangram/v1/PlanPiece.ts';
import type { PlanPrice as _tangram_v1_PlanPrice, PlanPrice__Output as _tangram_v1_PlanPrice__Output } from './tangram/v1/PlanPrice.ts';
import type { PlanStage as _tangram_v1_PlanStage, PlanStage__Output as _tangram_v1_PlanStage__Output } from './tangram/v1/PlanStage.ts';
import type { PlanStep as _tangram_v1_PlanStep, PlanStep__Output as _tangram_v1_PlanStep__Output } from './tangram/v1/PlanStep.ts';
import type { Replica as _tangram_v1_Replica, Replica__Output as _tangram_v1_Replica__Output } from './tangram/v1/Replica.ts';
import type { ScaleModelRequest as _tangram_v1_ScaleModelRequest, ScaleModelRequest__Output as _tangram_v1_ScaleModelRequest__Output } from './tangram/v1/ScaleModelRequest.ts';
import type { ScaleModelResponse as _tangram_v1_ScaleModelResponse, ScaleModelResponse__Output as _tangram_v1_ScaleModelResponse__Output } from './tangram/v1/ScaleModelResponse.ts';
import type { SchedulerServiceClient as _tangram_v1_SchedulerServiceClient, SchedulerServiceDefinition as _tangram_v1_SchedulerServiceDefinition } from './tangram/v1/SchedulerService.ts';
import type { Slice as _tangram_v1_Slice, Slice__Output as _tangram_v1_Slice__Output } from './tangram/v1/Slice.ts';
import type { SliceShape as _tangram_v1_SliceShape, SliceShape__Output as _tangram_v1_SliceShape__Output } from './tangram/v1/SliceShape.ts';
import type { TimeshareSlice as _tangram_v1_TimeshareSlice, TimeshareSlice__Output as _tangram_v1_TimeshareSlice__Output } from './tangram/v1/TimeshareSlice.ts';
import type { WatchModelsRequest as _tangram_v1_WatchModelsRequest, WatchModelsRequest__Output as _tangram_v1_WatchModelsRequest__Output } from './tangram/v1/WatchModelsRequest.ts';
import type { WatchModelsResponse as _tangram_v1_WatchModelsResponse, WatchModelsResponse__Output as _tangram_v1_WatchModelsResponse__Output } from './tangram/v1/WatchModelsResponse.ts';
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
      AllocationProcess: MessageTypeDefinition<_tangram_v1_AllocationProcess, _tangram_v1_AllocationProcess__Output>
      ApplyModelRequest: MessageTypeDefinition<_tangram_v1_ApplyModelRequest, _tangram_v1_ApplyModelRequest__Output>
      ApplyModelResponse: MessageTypeDefinition<_tangram_v1_ApplyModelResponse, _tangram_v1_ApplyModelResponse__Output>
      ApplyOutcome: EnumTypeDefinition
      DeleteModelRequest: MessageTypeDefinition<_tangram_v1_DeleteModelRequest, _tangram_v1_DeleteModelRequest__Output>
      DeleteModelResponse: MessageTypeDefinition<_tangram_v1_DeleteModelResponse, _tangram_v1_DeleteModelResponse__Output>
      Disruption: MessageTypeDefinition<_tangram_v1_Disruption, _tangram_v1_Disruption__Output>
      DisruptionKind: EnumTypeDefinition
      Evidence: MessageTypeDefinition<_tangram_v1_Evidence, _tangram_v1_Evidence__Output>
      ExplainRequest: MessageTypeDefinition<_tangram_v1_ExplainRequest, _tangram_v1_ExplainRequest__Output>
      ExplainResponse: MessageTypeDefinition<_tangram_v1_ExplainResponse, _tangram_v1_ExplainResponse__Output>
      GetModelRequest: MessageTypeDefinition<_tangram_v1_GetModelRequest, _tangram_v1_GetModelRequest__Output>
      GetModelResponse: MessageTypeDefinition<_tangram_v1_GetModelResponse, _tangram_v1_GetModelResponse__Output>
      GetReplicaLogsRequest: MessageTypeDefinition<_tangram_v1_GetReplicaLogsRequest, _tangram_v1_GetReplicaLogsRequest__Output>
      GetReplicaLogsResponse: MessageTypeDefinition<_tangram_v1_GetReplicaLogsResponse, _tangram_v1_GetReplicaLogsResponse__Output>
      GpuNeed: MessageTypeDefinition<_tangram_v1_GpuNeed, _tangram_v1_GpuNeed__Output>
      HealthProbe: MessageTypeDefinition<_tangram_v1_HealthProbe, _tangram_v1_HealthProbe__Output>
      HostMount: MessageTypeDefinition<_tangram_v1_HostMount, _tangram_v1_HostMount__Output>
      Interruption: MessageTypeDefinition<_tangram_v1_Interruption, _tangram_v1_Interruption__Output>
      Isolation: EnumTypeDefinition
      ListModelsRequest: MessageTypeDefinition<_tangram_v1_ListModelsRequest, _tangram_v1_ListModelsRequest__Output>
      ListModelsResponse: MessageTypeDefinition<_tangram_v1_ListModelsResponse, _tangram_v1_ListModelsResponse__Output>
      MigSlice: MessageTypeDefinition<_tangram_v1_MigSlice, _tangram_v1_MigSlice__Output>
      Model: MessageTypeDefinition<_tangram_v1_Model, _tangram_v1_Model__Output>
      ModelSpec: MessageTypeDefinition<_tangram_v1_ModelSpec, _tangram_v1_ModelSpec__Output>
      ModelStatus: MessageTypeDefinition<_tangram_v1_ModelStatus, _tangram_v1_ModelStatus__Output>
      MpsSlice: MessageTypeDefinition<_tangram_v1_MpsSlice, _tangram_v1_MpsSlice__Output>
      NvlinkPeer: MessageTypeDefinition<_tangram_v1_NvlinkPeer, _tangram_v1_NvlinkPeer__Output>
      PlaceReason: MessageTypeDefinition<_tangram_v1_PlaceReason, _tangram_v1_PlaceReason__Output>
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
      ScaleModelRequest: MessageTypeDefinition<_tangram_v1_ScaleModelRequest, _tangram_v1_ScaleModelRequest__Output>
      ScaleModelResponse: MessageTypeDefinition<_tangram_v1_ScaleModelResponse, _tangram_v1_ScaleModelResponse__Output>
      SchedulerService: SubtypeConstructor<typeof grpc.Client, _tangram_v1_SchedulerServiceClient> & { service: _tangram_v1_SchedulerServiceDefinition }
      Slice: MessageTypeDefinition<_tangram_v1_Slice, _tangram_v1_Slice__Output>
      SliceShape: MessageTypeDefinition<_tangram_v1_SliceShape, _tangram_v1_SliceShape__Output>
      Spread: EnumTypeDefinition
      TimeshareSlice: MessageTypeDefinition<_tangram_v1_TimeshareSlice, _tangram_v1_TimeshareSlice__Output>
      WatchModelsRequest: MessageTypeDefinition<_tangram_v1_WatchModelsRequest, _tangram_v1_WatchModelsRequest__Output>
      WatchModelsResponse: MessageTypeDefinition<_tangram_v1_WatchModelsResponse, _tangram_v1_WatchModelsResponse__Output>
      WholeSlice: MessageTypeDefinition<_tangram_v1_WholeSlice, _tangram_v1_WholeSlice__Output>
      Workload: MessageTypeDefinition<_tangram_v1_Workload, _tangram_v1_Workload__Output>
    }
  }
}
