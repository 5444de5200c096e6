import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { GetLocalStateRequest as _tangram_agent_v1_GetLocalStateRequest, GetLocalStateRequest__Output as _tangram_agent_v1_GetLocalStateRequest__Output } from './tangram/agent/v1/GetLocalStateRequest.ts';
import type { GetLocalStateResponse as _tangram_agent_v1_GetLocalStateResponse, GetLocalStateResponse__Output as _tangram_agent_v1_GetLocalStateResponse__Output } from './tangram/agent/v1/GetLocalStateResponse.ts';
import type { LocalServiceClient as _tangram_agent_v1_LocalServiceClient, LocalServiceDefinition as _tangram_agent_v1_LocalServiceDefinition } from './tangram/agent/v1/LocalService.ts';
import type { SetAuthorityRequest as _tangram_agent_v1_SetAuthorityRequest, SetAuthorityRequest__Output as _tangram_agent_v1_SetAuthorityRequest__Output } from './tangram/agent/v1/SetAuthorityRequest.ts';
import type { SetAuthorityResponse as _tangram_agent_v1_SetAuthorityResponse, SetAuthorityResponse__Output as _tangram_agent_v1_SetAuthorityResponse__Output } from './tangram/agent/v1/SetAuthorityResponse.ts';
import type { SetLocalTargetRequest as _tangram_agent_v1_SetLocalTargetRequest, SetLocalTargetRequest__Output as _tangram_agent_v1_SetLocalTargetRequest__Output } from './tangram/agent/v1/SetLocalTargetRequest.ts';
import type { SetLocalTargetResponse as _tangram_agent_v1_SetLocalTargetResponse, SetLocalTargetResponse__Output as _tangram_agent_v1_SetLocalTargetResponse__Output } from './tangram/agent/v1/SetLocalTargetResponse.ts';
import type { AllocationStatus as _tangram_link_v1_AllocationStatus, AllocationStatus__Output as _tangram_link_v1_AllocationStatus__Output } from './tangram/link/v1/AllocationStatus.ts';
import type { AllocationTarget as _tangram_link_v1_AllocationTarget, AllocationTarget__Output as _tangram_link_v1_AllocationTarget__Output } from './tangram/link/v1/AllocationTarget.ts';
import type { ControlRequest as _tangram_link_v1_ControlRequest, ControlRequest__Output as _tangram_link_v1_ControlRequest__Output } from './tangram/link/v1/ControlRequest.ts';
import type { ControlResponse as _tangram_link_v1_ControlResponse, ControlResponse__Output as _tangram_link_v1_ControlResponse__Output } from './tangram/link/v1/ControlResponse.ts';
import type { Declaration as _tangram_link_v1_Declaration, Declaration__Output as _tangram_link_v1_Declaration__Output } from './tangram/link/v1/Declaration.ts';
import type { GpuInventory as _tangram_link_v1_GpuInventory, GpuInventory__Output as _tangram_link_v1_GpuInventory__Output } from './tangram/link/v1/GpuInventory.ts';
import type { GpuStatus as _tangram_link_v1_GpuStatus, GpuStatus__Output as _tangram_link_v1_GpuStatus__Output } from './tangram/link/v1/GpuStatus.ts';
import type { GpuTarget as _tangram_link_v1_GpuTarget, GpuTarget__Output as _tangram_link_v1_GpuTarget__Output } from './tangram/link/v1/GpuTarget.ts';
import type { Heartbeat as _tangram_link_v1_Heartbeat, Heartbeat__Output as _tangram_link_v1_Heartbeat__Output } from './tangram/link/v1/Heartbeat.ts';
import type { Hello as _tangram_link_v1_Hello, Hello__Output as _tangram_link_v1_Hello__Output } from './tangram/link/v1/Hello.ts';
import type { InstanceTombstone as _tangram_link_v1_InstanceTombstone, InstanceTombstone__Output as _tangram_link_v1_InstanceTombstone__Output } from './tangram/link/v1/InstanceTombstone.ts';
import type { Inventory as _tangram_link_v1_Inventory, Inventory__Output as _tangram_link_v1_Inventory__Output } from './tangram/link/v1/Inventory.ts';
import type { LeftClaim as _tangram_link_v1_LeftClaim, LeftClaim__Output as _tangram_link_v1_LeftClaim__Output } from './tangram/link/v1/LeftClaim.ts';
import type { LinkServiceClient as _tangram_link_v1_LinkServiceClient, LinkServiceDefinition as _tangram_link_v1_LinkServiceDefinition } from './tangram/link/v1/LinkService.ts';
import type { LogsAnswer as _tangram_link_v1_LogsAnswer, LogsAnswer__Output as _tangram_link_v1_LogsAnswer__Output } from './tangram/link/v1/LogsAnswer.ts';
import type { LogsQuestion as _tangram_link_v1_LogsQuestion, LogsQuestion__Output as _tangram_link_v1_LogsQuestion__Output } from './tangram/link/v1/LogsQuestion.ts';
import type { MigEngines as _tangram_link_v1_MigEngines, MigEngines__Output as _tangram_link_v1_MigEngines__Output } from './tangram/link/v1/MigEngines.ts';
import type { MigGeometry as _tangram_link_v1_MigGeometry, MigGeometry__Output as _tangram_link_v1_MigGeometry__Output } from './tangram/link/v1/MigGeometry.ts';
import type { MigInstance as _tangram_link_v1_MigInstance, MigInstance__Output as _tangram_link_v1_MigInstance__Output } from './tangram/link/v1/MigInstance.ts';
import type { MigProfile as _tangram_link_v1_MigProfile, MigProfile__Output as _tangram_link_v1_MigProfile__Output } from './tangram/link/v1/MigProfile.ts';
import type { NodeTarget as _tangram_link_v1_NodeTarget, NodeTarget__Output as _tangram_link_v1_NodeTarget__Output } from './tangram/link/v1/NodeTarget.ts';
import type { RenewRequest as _tangram_link_v1_RenewRequest, RenewRequest__Output as _tangram_link_v1_RenewRequest__Output } from './tangram/link/v1/RenewRequest.ts';
import type { RenewResponse as _tangram_link_v1_RenewResponse, RenewResponse__Output as _tangram_link_v1_RenewResponse__Output } from './tangram/link/v1/RenewResponse.ts';
import type { ReplicaStatus as _tangram_link_v1_ReplicaStatus, ReplicaStatus__Output as _tangram_link_v1_ReplicaStatus__Output } from './tangram/link/v1/ReplicaStatus.ts';
import type { ReplicaTarget as _tangram_link_v1_ReplicaTarget, ReplicaTarget__Output as _tangram_link_v1_ReplicaTarget__Output } from './tangram/link/v1/ReplicaTarget.ts';
import type { SampleBatch as _tangram_link_v1_SampleBatch, SampleBatch__Output as _tangram_link_v1_SampleBatch__Output } from './tangram/link/v1/SampleBatch.ts';
import type { SeriesTable as _tangram_link_v1_SeriesTable, SeriesTable__Output as _tangram_link_v1_SeriesTable__Output } from './tangram/link/v1/SeriesTable.ts';
import type { SliceStatus as _tangram_link_v1_SliceStatus, SliceStatus__Output as _tangram_link_v1_SliceStatus__Output } from './tangram/link/v1/SliceStatus.ts';
import type { SliceTombstone as _tangram_link_v1_SliceTombstone, SliceTombstone__Output as _tangram_link_v1_SliceTombstone__Output } from './tangram/link/v1/SliceTombstone.ts';
import type { Standing as _tangram_link_v1_Standing, Standing__Output as _tangram_link_v1_Standing__Output } from './tangram/link/v1/Standing.ts';
import type { StatusReport as _tangram_link_v1_StatusReport, StatusReport__Output as _tangram_link_v1_StatusReport__Output } from './tangram/link/v1/StatusReport.ts';
import type { TelemetryRequest as _tangram_link_v1_TelemetryRequest, TelemetryRequest__Output as _tangram_link_v1_TelemetryRequest__Output } from './tangram/link/v1/TelemetryRequest.ts';
import type { TelemetryResponse as _tangram_link_v1_TelemetryResponse, TelemetryResponse__Output as _tangram_link_v1_TelemetryResponse__Output } from './tangram/link/v1/TelemetryResponse.ts';
import type { Tombstone as _tangram_link_v1_Tombstone, Tombstone__Output as _tangram_link_v1_Tombstone__Output } from './tangram/link/v1/Tombstone.ts';
import type { Trust as _tangram_link_v1_Trust, Trust__Output as _tangram_link_v1_Trust__Output } from './tangram/link/v1/Trust.ts';
import type { Welcome as _tangram_link_v1_Welcome, Welcome__Output as _tangram_link_v1_Welcome__Output } from './tangram/link/v1/Welcome.ts';
import type { AllocationProcess as _tangram_v1_AllocationProcess, AllocationProcess__Output as _tangram_v1_AllocationProcess__Output } from './tangram/v1/AllocationProcess.ts';
import type { Disruption as _tangram_v1_Disruption, Disruption__Output as _tangram_v1_Disruption__Output } from './tangram/v1/Disruption.ts';
import type { GpuNeed as _tangram_v1_GpuNeed, GpuNeed__Output as _tangram_v1_GpuNeed__Output } from './tangram/v1/GpuNeed.ts';
import type { HealthProbe as _tangram_v1_HealthProbe, HealthProbe__Output as _tangram_v1_HealthProbe__Output } from './tangram/v1/HealthProbe.ts';
import type { HostMount as _tangram_v1_HostMount, HostMount__Output as _tangram_v1_HostMount__Output } from './tangram/v1/HostMount.ts';
import type { MigSlice as _tangram_v1_MigSlice, MigSlice__Output as _tangram_v1_MigSlice__Output } from './tangram/v1/MigSlice.ts';
import type { Model as _tangram_v1_Model, Model__Output as _tangram_v1_Model__Output } from './tangram/v1/Model.ts';
import type { ModelSpec as _tangram_v1_ModelSpec, ModelSpec__Output as _tangram_v1_ModelSpec__Output } from './tangram/v1/ModelSpec.ts';
import type { ModelStatus as _tangram_v1_ModelStatus, ModelStatus__Output as _tangram_v1_ModelStatus__Output } from './tangram/v1/ModelStatus.ts';
import type { MpsSlice as _tangram_v1_MpsSlice, MpsSlice__Output as _tangram_v1_MpsSlice__Output } from './tangram/v1/MpsSlice.ts';
import type { NvlinkPeer as _tangram_v1_NvlinkPeer, NvlinkPeer__Output as _tangram_v1_NvlinkPeer__Output } from './tangram/v1/NvlinkPeer.ts';
import type { PlacementRule as _tangram_v1_PlacementRule, PlacementRule__Output as _tangram_v1_PlacementRule__Output } from './tangram/v1/PlacementRule.ts';
import type { Replica as _tangram_v1_Replica, Replica__Output as _tangram_v1_Replica__Output } from './tangram/v1/Replica.ts';
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
    agent: {
      v1: {
        GetLocalStateRequest: MessageTypeDefinition<_tangram_agent_v1_GetLocalStateRequest, _tangram_agent_v1_GetLocalStateRequest__Output>
        GetLocalStateResponse: MessageTypeDefinition<_tangram_agent_v1_GetLocalStateResponse, _tangram_agent_v1_GetLocalStateResponse__Output>
        LocalService: SubtypeConstructor<typeof grpc.Client, _tangram_agent_v1_LocalServiceClient> & { service: _tangram_agent_v1_LocalServiceDefinition }
        SetAuthorityRequest: MessageTypeDefinition<_tangram_agent_v1_SetAuthorityRequest, _tangram_agent_v1_SetAuthorityRequest__Output>
        SetAuthorityResponse: MessageTypeDefinition<_tangram_agent_v1_SetAuthorityResponse, _tangram_agent_v1_SetAuthorityResponse__Output>
        SetLocalTargetRequest: MessageTypeDefinition<_tangram_agent_v1_SetLocalTargetRequest, _tangram_agent_v1_SetLocalTargetRequest__Output>
        SetLocalTargetResponse: MessageTypeDefinition<_tangram_agent_v1_SetLocalTargetResponse, _tangram_agent_v1_SetLocalTargetResponse__Output>
      }
    }
    link: {
      v1: {
        AllocationStatus: MessageTypeDefinition<_tangram_link_v1_AllocationStatus, _tangram_link_v1_AllocationStatus__Output>
        AllocationTarget: MessageTypeDefinition<_tangram_link_v1_AllocationTarget, _tangram_link_v1_AllocationTarget__Output>
        Authority: EnumTypeDefinition
        ControlRequest: MessageTypeDefinition<_tangram_link_v1_ControlRequest, _tangram_link_v1_ControlRequest__Output>
        ControlResponse: MessageTypeDefinition<_tangram_link_v1_ControlResponse, _tangram_link_v1_ControlResponse__Output>
        Declaration: MessageTypeDefinition<_tangram_link_v1_Declaration, _tangram_link_v1_Declaration__Output>
        GpuHealth: EnumTypeDefinition
        GpuInventory: MessageTypeDefinition<_tangram_link_v1_GpuInventory, _tangram_link_v1_GpuInventory__Output>
        GpuMode: EnumTypeDefinition
        GpuOutcome: EnumTypeDefinition
        GpuStatus: MessageTypeDefinition<_tangram_link_v1_GpuStatus, _tangram_link_v1_GpuStatus__Output>
        GpuTarget: MessageTypeDefinition<_tangram_link_v1_GpuTarget, _tangram_link_v1_GpuTarget__Output>
        Heartbeat: MessageTypeDefinition<_tangram_link_v1_Heartbeat, _tangram_link_v1_Heartbeat__Output>
        Hello: MessageTypeDefinition<_tangram_link_v1_Hello, _tangram_link_v1_Hello__Output>
        InstanceTombstone: MessageTypeDefinition<_tangram_link_v1_InstanceTombstone, _tangram_link_v1_InstanceTombstone__Output>
        Inventory: MessageTypeDefinition<_tangram_link_v1_Inventory, _tangram_link_v1_Inventory__Output>
        LeftClaim: MessageTypeDefinition<_tangram_link_v1_LeftClaim, _tangram_link_v1_LeftClaim__Output>
        LinkService: SubtypeConstructor<typeof grpc.Client, _tangram_link_v1_LinkServiceClient> & { service: _tangram_link_v1_LinkServiceDefinition }
        LogsAnswer: MessageTypeDefinition<_tangram_link_v1_LogsAnswer, _tangram_link_v1_LogsAnswer__Output>
        LogsQuestion: MessageTypeDefinition<_tangram_link_v1_LogsQuestion, _tangram_link_v1_LogsQuestion__Output>
        MigEngines: MessageTypeDefinition<_tangram_link_v1_MigEngines, _tangram_link_v1_MigEngines__Output>
        MigGeometry: MessageTypeDefinition<_tangram_link_v1_MigGeometry, _tangram_link_v1_MigGeometry__Output>
        MigInstance: MessageTypeDefinition<_tangram_link_v1_MigInstance, _tangram_link_v1_MigInstance__Output>
        MigProfile: MessageTypeDefinition<_tangram_link_v1_MigProfile, _tangram_link_v1_MigProfile__Output>
        NodeTarget: MessageTypeDefinition<_tangram_link_v1_NodeTarget, _tangram_link_v1_NodeTarget__Output>
        RenewRequest: MessageTypeDefinition<_tangram_link_v1_RenewRequest, _tangram_link_v1_RenewRequest__Output>
        RenewResponse: MessageTypeDefinition<_tangram_link_v1_RenewResponse, _tangram_link_v1_RenewResponse__Output>
        ReplicaStatus: MessageTypeDefinition<_tangram_link_v1_ReplicaStatus, _tangram_link_v1_ReplicaStatus__Output>
        ReplicaTarget: MessageTypeDefinition<_tangram_link_v1_ReplicaTarget, _tangram_link_v1_ReplicaTarget__Output>
        SampleBatch: MessageTypeDefinition<_tangram_link_v1_SampleBatch, _tangram_link_v1_SampleBatch__Output>
        SeriesTable: MessageTypeDefinition<_tangram_link_v1_SeriesTable, _tangram_link_v1_SeriesTable__Output>
        SlicePhase: EnumTypeDefinition
        SliceStatus: MessageTypeDefinition<_tangram_link_v1_SliceStatus, _tangram_link_v1_SliceStatus__Output>
        SliceTombstone: MessageTypeDefinition<_tangram_link_v1_SliceTombstone, _tangram_link_v1_SliceTombstone__Output>
        Standing: MessageTypeDefinition<_tangram_link_v1_Standing, _tangram_link_v1_Standing__Output>
        StatusReport: MessageTypeDefinition<_tangram_link_v1_StatusReport, _tangram_link_v1_StatusReport__Output>
        TelemetryRequest: MessageTypeDefinition<_tangram_link_v1_TelemetryRequest, _tangram_link_v1_TelemetryRequest__Output>
        TelemetryResponse: MessageTypeDefinition<_tangram_link_v1_TelemetryResponse, _tangram_link_v1_TelemetryResponse__Output>
        Tombstone: MessageTypeDefinition<_tangram_link_v1_Tombstone, _tangram_link_v1_Tombstone__Output>
        Trust: MessageTypeDefinition<_tangram_link_v1_Trust, _tangram_link_v1_Trust__Output>
        Welcome: MessageTypeDefinition<_tangram_link_v1_Welcome, _tangram_link_v1_Welcome__Output>
      }
    }
    v1: {
      AllocationProcess: MessageTypeDefinition<_tangram_v1_AllocationProcess, _tangram_v1_AllocationProcess__Output>
      Disruption: MessageTypeDefinition<_tangram_v1_Disruption, _tangram_v1_Disruption__Output>
      DisruptionKind: EnumTypeDefinition
      GpuNeed: MessageTypeDefinition<_tangram_v1_GpuNeed, _tangram_v1_GpuNeed__Output>
      HealthProbe: MessageTypeDefinition<_tangram_v1_HealthProbe, _tangram_v1_HealthProbe__Output>
      HostMount: MessageTypeDefinition<_tangram_v1_HostMount, _tangram_v1_HostMount__Output>
      Isolation: EnumTypeDefinition
      MigSlice: MessageTypeDefinition<_tangram_v1_MigSlice, _tangram_v1_MigSlice__Output>
      Model: MessageTypeDefinition<_tangram_v1_Model, _tangram_v1_Model__Output>
      ModelSpec: MessageTypeDefinition<_tangram_v1_ModelSpec, _tangram_v1_ModelSpec__Output>
      ModelStatus: MessageTypeDefinition<_tangram_v1_ModelStatus, _tangram_v1_ModelStatus__Output>
      MpsSlice: MessageTypeDefinition<_tangram_v1_MpsSlice, _tangram_v1_MpsSlice__Output>
      NvlinkPeer: MessageTypeDefinition<_tangram_v1_NvlinkPeer, _tangram_v1_NvlinkPeer__Output>
      PlacementRule: MessageTypeDefinition<_tangram_v1_PlacementRule, _tangram_v1_PlacementRule__Output>
      Replica: MessageTypeDefinition<_tangram_v1_Replica, _tangram_v1_Replica__Output>
      ReplicaPhase: EnumTypeDefinition
      Slice: MessageTypeDefinition<_tangram_v1_Slice, _tangram_v1_Slice__Output>
      SliceShape: MessageTypeDefinition<_tangram_v1_SliceShape, _tangram_v1_SliceShape__Output>
      Spread: EnumTypeDefinition
      TimeshareSlice: MessageTypeDefinition<_tangram_v1_TimeshareSlice, _tangram_v1_TimeshareSlice__Output>
      WholeSlice: MessageTypeDefinition<_tangram_v1_WholeSlice, _tangram_v1_WholeSlice__Output>
      Workload: MessageTypeDefinition<_tangram_v1_Workload, _tangram_v1_Workload__Output>
    }
  }
}
