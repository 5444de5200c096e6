import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AllocatedPoint as _tangram_v1_AllocatedPoint, AllocatedPoint__Output as _tangram_v1_AllocatedPoint__Output } from './tangram/v1/AllocatedPoint.ts';
import type { AllocationProcess as _tangram_v1_AllocationProcess, AllocationProcess__Output as _tangram_v1_AllocationProcess__Output } from './tangram/v1/AllocationProcess.ts';
import type { DecidedPlace as _tangram_v1_DecidedPlace, DecidedPlace__Output as _tangram_v1_DecidedPlace__Output } from './tangram/v1/DecidedPlace.ts';
import type { Decision as _tangram_v1_Decision, Decision__Output as _tangram_v1_Decision__Output } from './tangram/v1/Decision.ts';
import type { DecisionServiceClient as _tangram_v1_DecisionServiceClient, DecisionServiceDefinition as _tangram_v1_DecisionServiceDefinition } from './tangram/v1/DecisionService.ts';
import type { Disruption as _tangram_v1_Disruption, Disruption__Output as _tangram_v1_Disruption__Output } from './tangram/v1/Disruption.ts';
import type { GpuNeed as _tangram_v1_GpuNeed, GpuNeed__Output as _tangram_v1_GpuNeed__Output } from './tangram/v1/GpuNeed.ts';
import type { HealthProbe as _tangram_v1_HealthProbe, HealthProbe__Output as _tangram_v1_HealthProbe__Output } from './tangram/v1/HealthProbe.ts';
import type { HostMount as _tangram_v1_HostMount, HostMount__Output as _tangram_v1_HostMount__Output } from './tangram/v1/HostMount.ts';
import type { ListDecisionsRequest as _tangram_v1_ListDecisionsRequest, ListDecisionsRequest__Output as _tangram_v1_ListDecisionsRequest__Output } from './tangram/v1/ListDecisionsRequest.ts';
import type { ListDecisionsResponse as _tangram_v1_ListDecisionsResponse, ListDecisionsResponse__Output as _tangram_v1_ListDecisionsResponse__Output } from './tangram/v1/ListDecisionsResponse.ts';
import type { MigSlice as _tangram_v1_MigSlice, MigSlice__Output as _tangram_v1_MigSlice__Output } from './tangram/v1/MigSlice.ts';
import type { Model as _tangram_v1_Model, Model__Output as _tangram_v1_Model__Output } from './tangram/v1/Model.ts';
import type { ModelSpec as _tangram_v1_ModelSpec, ModelSpec__Output as _tangram_v1_ModelSpec__Output } from './tangram/v1/ModelSpec.ts';
import type { ModelStatus as _tangram_v1_ModelStatus, ModelStatus__Output as _tangram_v1_ModelStatus__Output } from './tangram/v1/ModelStatus.ts';
import type { MpsSlice as _tangram_v1_MpsSlice, MpsSlice__Output as _tangram_v1_MpsSlice__Output } from './tangram/v1/MpsSlice.ts';
import type { NvlinkPeer as _tangram_v1_NvlinkPeer, NvlinkPeer__Output as _tangram_v1_NvlinkPeer__Output } from './tangram/v1/NvlinkPeer.ts';
import type { OtherPlace as _tangram_v1_OtherPlace, OtherPlace__Output as _tangram_v1_OtherPlace__Output } from './tangram/v1/OtherPlace.ts';
import type { OutcomeDifference as _tangram_v1_OutcomeDifference, OutcomeDifference__Output as _tangram_v1_OutcomeDifference__Output } from './tangram/v1/OutcomeDifference.ts';
import type { PlacementRule as _tangram_v1_PlacementRule, PlacementRule__Output as _tangram_v1_PlacementRule__Output } from './tangram/v1/PlacementRule.ts';
import type { PolicyReport as _tangram_v1_PolicyReport, PolicyReport__Output as _tangram_v1_PolicyReport__Output } from './tangram/v1/PolicyReport.ts';
import type { ReplayDecisionRequest as _tangram_v1_ReplayDecisionRequest, ReplayDecisionRequest__Output as _tangram_v1_ReplayDecisionRequest__Output } from './tangram/v1/ReplayDecisionRequest.ts';
import type { ReplayDecisionResponse as _tangram_v1_ReplayDecisionResponse, ReplayDecisionResponse__Output as _tangram_v1_ReplayDecisionResponse__Output } from './tangram/v1/ReplayDecisionResponse.ts';
import type { ReplayPolicyRequest as _tangram_v1_ReplayPolicyRequest, ReplayPolicyRequest__Output as _tangram_v1_ReplayPolicyRequest__Output } from './tangram/v1/ReplayPolicyRequest.ts';
import type { ReplayPolicyResponse as _tangram_v1_ReplayPolicyResponse, ReplayPolicyResponse__Output as _tangram_v1_ReplayPolicyResponse__Output } from './tangram/v1/ReplayPolicyResponse.ts';
import type { ReplayProgress as _tangram_v1_ReplayProgress, ReplayProgress__Output as _tangram_v1_ReplayProgress__Output } from './tangram/v1/ReplayProgress.ts';
import type { Replica as _tangram_v1_Replica, Replica__Output as _tangram_v1_Replica__Output } from './tangram/v1/Replica.ts';
import type { RequestCounts as _tangram_v1_RequestCounts, RequestCounts__Output as _tangram_v1_RequestCounts__Output } from './tangram/v1/RequestCounts.ts';
import type { Slice as _tangram_v1_Slice, Slice__Output as _tangram_v1_Slice__Output } from './tangram/v1/Slice.ts';
import type { SliceShape as _tangram_v1_SliceShape, SliceShape__Output as _tangram_v1_SliceShape__Output } from './tangram/v1/SliceShape.ts';
import type { TimeshareSlice as _tangram_v1_TimeshareSlice, TimeshareSlice__Output as _tangram_v1_TimeshareSlice__Output } from './tangram/v1/TimeshareSlice.ts';
import type { WholeSlice as _tangram_v1_WholeSlice, WholeSlice__Output as _tangram_v1_WholeSlice__Output } from './tangram/v1/WholeSlice.ts';
import type { Workload as _tangram_v1_Workload, Workload__Output as _tangram_v1_Workload__Output } from './tangram/v1/Workload.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    v1: {
      AllocatedPoint: MessageTypeDefinition<_tangram_v1_AllocatedPoint, _tangram_v1_AllocatedPoint__Output>
      AllocationProcess: MessageTypeDefinition<_tangram_v1_AllocationProcess, _tangram_v1_AllocationProcess__Output>
      DecidedPlace: MessageTypeDefinition<_tangram_v1_DecidedPlace, _tangram_v1_DecidedPlace__Output>
      Decision: MessageTypeDefinition<_tangram_v1_Decision, _tangram_v1_Decision__Output>
      DecisionService: SubtypeConstructor<typeof grpc.Client, _tangram_v1_DecisionServiceClient> & { service: _tangram_v1_DecisionServiceDefinition }
      Disruption: MessageTypeDefinition<_tangram_v1_Disruption, _tangram_v1_Disruption__Output>
      DisruptionKind: EnumTypeDefinition
      GpuNeed: MessageTypeDefinition<_tangram_v1_GpuNeed, _tangram_v1_GpuNeed__Output>
      HealthProbe: MessageTypeDefinition<_tangram_v1_HealthProbe, _tangram_v1_HealthProbe__Output>
      HostMount: MessageTypeDefinition<_tangram_v1_HostMount, _tangram_v1_HostMount__Output>
      Isolation: EnumTypeDefinition
      ListDecisionsRequest: MessageTypeDefinition<_tangram_v1_ListDecisionsRequest, _tangram_v1_ListDecisionsRequest__Output>
      ListDecisionsResponse: MessageTypeDefinition<_tangram_v1_ListDecisionsResponse, _tangram_v1_ListDecisionsResponse__Output>
      MigSlice: MessageTypeDefinition<_tangram_v1_MigSlice, _tangram_v1_MigSlice__Output>
      Model: MessageTypeDefinition<_tangram_v1_Model, _tangram_v1_Model__Output>
      ModelSpec: MessageTypeDefinition<_tangram_v1_ModelSpec, _tangram_v1_ModelSpec__Output>
      ModelStatus: MessageTypeDefinition<_tangram_v1_ModelStatus, _tangram_v1_ModelStatus__Output>
      MpsSlice: MessageTypeDefinition<_tangram_v1_MpsSlice, _tangram_v1_MpsSlice__Output>
      NvlinkPeer: MessageTypeDefinition<_tangram_v1_NvlinkPeer, _tangram_v1_NvlinkPeer__Output>
      OtherPlace: MessageTypeDefinition<_tangram_v1_OtherPlace, _tangram_v1_OtherPlace__Output>
      OutcomeDifference: MessageTypeDefinition<_tangram_v1_OutcomeDifference, _tangram_v1_OutcomeDifference__Output>
      PlacementRule: MessageTypeDefinition<_tangram_v1_PlacementRule, _tangram_v1_PlacementRule__Output>
      PolicyReport: MessageTypeDefinition<_tangram_v1_PolicyReport, _tangram_v1_PolicyReport__Output>
      ReplayDecisionRequest: MessageTypeDefinition<_tangram_v1_ReplayDecisionRequest, _tangram_v1_ReplayDecisionRequest__Output>
      ReplayDecisionResponse: MessageTypeDefinition<_tangram_v1_ReplayDecisionResponse, _tangram_v1_ReplayDecisionResponse__Output>
      ReplayPolicyRequest: MessageTypeDefinition<_tangram_v1_ReplayPolicyRequest, _tangram_v1_ReplayPolicyRequest__Output>
      ReplayPolicyResponse: MessageTypeDefinition<_tangram_v1_ReplayPolicyResponse, _tangram_v1_ReplayPolicyResponse__Output>
      ReplayProgress: MessageTypeDefinition<_tangram_v1_ReplayProgress, _tangram_v1_ReplayProgress__Output>
      ReplayVerdict: EnumTypeDefinition
      Replica: MessageTypeDefinition<_tangram_v1_Replica, _tangram_v1_Replica__Output>
      ReplicaPhase: EnumTypeDefinition
      RequestCounts: MessageTypeDefinition<_tangram_v1_RequestCounts, _tangram_v1_RequestCounts__Output>
      Slice: MessageTypeDefinition<_tangram_v1_Slice, _tangram_v1_Slice__Output>
      SliceShape: MessageTypeDefinition<_tangram_v1_SliceShape, _tangram_v1_SliceShape__Output>
      Spread: EnumTypeDefinition
      TimeshareSlice: MessageTypeDefinition<_tangram_v1_TimeshareSlice, _tangram_v1_TimeshareSlice__Output>
      WholeSlice: MessageTypeDefinition<_tangram_v1_WholeSlice, _tangram_v1_WholeSlice__Output>
      Workload: MessageTypeDefinition<_tangram_v1_Workload, _tangram_v1_Workload__Output>
    }
  }
}
