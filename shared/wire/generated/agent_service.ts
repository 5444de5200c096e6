import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AgentServiceClient as _tangram_agent_v1_AgentServiceClient, AgentServiceDefinition as _tangram_agent_v1_AgentServiceDefinition } from './tangram/agent/v1/AgentService.ts';
import type { AllocationView as _tangram_agent_v1_AllocationView, AllocationView__Output as _tangram_agent_v1_AllocationView__Output } from './tangram/agent/v1/AllocationView.ts';
import type { CoordinatorView as _tangram_agent_v1_CoordinatorView, CoordinatorView__Output as _tangram_agent_v1_CoordinatorView__Output } from './tangram/agent/v1/CoordinatorView.ts';
import type { Figure as _tangram_agent_v1_Figure, Figure__Output as _tangram_agent_v1_Figure__Output } from './tangram/agent/v1/Figure.ts';
import type { GetLogsRequest as _tangram_agent_v1_GetLogsRequest, GetLogsRequest__Output as _tangram_agent_v1_GetLogsRequest__Output } from './tangram/agent/v1/GetLogsRequest.ts';
import type { GetLogsResponse as _tangram_agent_v1_GetLogsResponse, GetLogsResponse__Output as _tangram_agent_v1_GetLogsResponse__Output } from './tangram/agent/v1/GetLogsResponse.ts';
import type { GetNodeRequest as _tangram_agent_v1_GetNodeRequest, GetNodeRequest__Output as _tangram_agent_v1_GetNodeRequest__Output } from './tangram/agent/v1/GetNodeRequest.ts';
import type { GetNodeResponse as _tangram_agent_v1_GetNodeResponse, GetNodeResponse__Output as _tangram_agent_v1_GetNodeResponse__Output } from './tangram/agent/v1/GetNodeResponse.ts';
import type { GetTopRequest as _tangram_agent_v1_GetTopRequest, GetTopRequest__Output as _tangram_agent_v1_GetTopRequest__Output } from './tangram/agent/v1/GetTopRequest.ts';
import type { GetTopResponse as _tangram_agent_v1_GetTopResponse, GetTopResponse__Output as _tangram_agent_v1_GetTopResponse__Output } from './tangram/agent/v1/GetTopResponse.ts';
import type { GpuSample as _tangram_agent_v1_GpuSample, GpuSample__Output as _tangram_agent_v1_GpuSample__Output } from './tangram/agent/v1/GpuSample.ts';
import type { GpuView as _tangram_agent_v1_GpuView, GpuView__Output as _tangram_agent_v1_GpuView__Output } from './tangram/agent/v1/GpuView.ts';
import type { ListAllocationsRequest as _tangram_agent_v1_ListAllocationsRequest, ListAllocationsRequest__Output as _tangram_agent_v1_ListAllocationsRequest__Output } from './tangram/agent/v1/ListAllocationsRequest.ts';
import type { ListAllocationsResponse as _tangram_agent_v1_ListAllocationsResponse, ListAllocationsResponse__Output as _tangram_agent_v1_ListAllocationsResponse__Output } from './tangram/agent/v1/ListAllocationsResponse.ts';
import type { ListEventsRequest as _tangram_agent_v1_ListEventsRequest, ListEventsRequest__Output as _tangram_agent_v1_ListEventsRequest__Output } from './tangram/agent/v1/ListEventsRequest.ts';
import type { ListEventsResponse as _tangram_agent_v1_ListEventsResponse, ListEventsResponse__Output as _tangram_agent_v1_ListEventsResponse__Output } from './tangram/agent/v1/ListEventsResponse.ts';
import type { ListGpusRequest as _tangram_agent_v1_ListGpusRequest, ListGpusRequest__Output as _tangram_agent_v1_ListGpusRequest__Output } from './tangram/agent/v1/ListGpusRequest.ts';
import type { ListGpusResponse as _tangram_agent_v1_ListGpusResponse, ListGpusResponse__Output as _tangram_agent_v1_ListGpusResponse__Output } from './tangram/agent/v1/ListGpusResponse.ts';
import type { ListReplicasRequest as _tangram_agent_v1_ListReplicasRequest, ListReplicasRequest__Output as _tangram_agent_v1_ListReplicasRequest__Output } from './tangram/agent/v1/ListReplicasRequest.ts';
import type { ListReplicasResponse as _tangram_agent_v1_ListReplicasResponse, ListReplicasResponse__Output as _tangram_agent_v1_ListReplicasResponse__Output } from './tangram/agent/v1/ListReplicasResponse.ts';
import type { MemoryParts as _tangram_agent_v1_MemoryParts, MemoryParts__Output as _tangram_agent_v1_MemoryParts__Output } from './tangram/agent/v1/MemoryParts.ts';
import type { NodeEvent as _tangram_agent_v1_NodeEvent, NodeEvent__Output as _tangram_agent_v1_NodeEvent__Output } from './tangram/agent/v1/NodeEvent.ts';
import type { PowerParts as _tangram_agent_v1_PowerParts, PowerParts__Output as _tangram_agent_v1_PowerParts__Output } from './tangram/agent/v1/PowerParts.ts';
import type { ProcessSample as _tangram_agent_v1_ProcessSample, ProcessSample__Output as _tangram_agent_v1_ProcessSample__Output } from './tangram/agent/v1/ProcessSample.ts';
import type { ShutdownRequest as _tangram_agent_v1_ShutdownRequest, ShutdownRequest__Output as _tangram_agent_v1_ShutdownRequest__Output } from './tangram/agent/v1/ShutdownRequest.ts';
import type { ShutdownResponse as _tangram_agent_v1_ShutdownResponse, ShutdownResponse__Output as _tangram_agent_v1_ShutdownResponse__Output } from './tangram/agent/v1/ShutdownResponse.ts';
import type { SliceSample as _tangram_agent_v1_SliceSample, SliceSample__Output as _tangram_agent_v1_SliceSample__Output } from './tangram/agent/v1/SliceSample.ts';
import type { SliceView as _tangram_agent_v1_SliceView, SliceView__Output as _tangram_agent_v1_SliceView__Output } from './tangram/agent/v1/SliceView.ts';
import type { SmParts as _tangram_agent_v1_SmParts, SmParts__Output as _tangram_agent_v1_SmParts__Output } from './tangram/agent/v1/SmParts.ts';
import type { UserShare as _tangram_agent_v1_UserShare, UserShare__Output as _tangram_agent_v1_UserShare__Output } from './tangram/agent/v1/UserShare.ts';
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
        AgentService: SubtypeConstructor<typeof grpc.Client, _tangram_agent_v1_AgentServiceClient> & { service: _tangram_agent_v1_AgentServiceDefinition }
        AllocationView: MessageTypeDefinition<_tangram_agent_v1_AllocationView, _tangram_agent_v1_AllocationView__Output>
        CoordinatorView: MessageTypeDefinition<_tangram_agent_v1_CoordinatorView, _tangram_agent_v1_CoordinatorView__Output>
        Figure: MessageTypeDefinition<_tangram_agent_v1_Figure, _tangram_agent_v1_Figure__Output>
        GetLogsRequest: MessageTypeDefinition<_tangram_agent_v1_GetLogsRequest, _tangram_agent_v1_GetLogsRequest__Output>
        GetLogsResponse: MessageTypeDefinition<_tangram_agent_v1_GetLogsResponse, _tangram_agent_v1_GetLogsResponse__Output>
        GetNodeRequest: MessageTypeDefinition<_tangram_agent_v1_GetNodeRequest, _tangram_agent_v1_GetNodeRequest__Output>
        GetNodeResponse: MessageTypeDefinition<_tangram_agent_v1_GetNodeResponse, _tangram_agent_v1_GetNodeResponse__Output>
        GetTopRequest: MessageTypeDefinition<_tangram_agent_v1_GetTopRequest, _tangram_agent_v1_GetTopRequest__Output>
        GetTopResponse: MessageTypeDefinition<_tangram_agent_v1_GetTopResponse, _tangram_agent_v1_GetTopResponse__Output>
        GpuSample: MessageTypeDefinition<_tangram_agent_v1_GpuSample, _tangram_agent_v1_GpuSample__Output>
        GpuView: MessageTypeDefinition<_tangram_agent_v1_GpuView, _tangram_agent_v1_GpuView__Output>
        ListAllocationsRequest: MessageTypeDefinition<_tangram_agent_v1_ListAllocationsRequest, _tangram_agent_v1_ListAllocationsRequest__Output>
        ListAllocationsResponse: MessageTypeDefinition<_tangram_agent_v1_ListAllocationsResponse, _tangram_agent_v1_ListAllocationsResponse__Output>
        ListEventsRequest: MessageTypeDefinition<_tangram_agent_v1_ListEventsRequest, _tangram_agent_v1_ListEventsRequest__Output>
        ListEventsResponse: MessageTypeDefinition<_tangram_agent_v1_ListEventsResponse, _tangram_agent_v1_ListEventsResponse__Output>
        ListGpusRequest: MessageTypeDefinition<_tangram_agent_v1_ListGpusRequest, _tangram_agent_v1_ListGpusRequest__Output>
        ListGpusResponse: MessageTypeDefinition<_tangram_agent_v1_ListGpusResponse, _tangram_agent_v1_ListGpusResponse__Output>
        ListReplicasRequest: MessageTypeDefinition<_tangram_agent_v1_ListReplicasRequest, _tangram_agent_v1_ListReplicasRequest__Output>
        ListReplicasResponse: MessageTypeDefinition<_tangram_agent_v1_ListReplicasResponse, _tangram_agent_v1_ListReplicasResponse__Output>
        MemoryParts: MessageTypeDefinition<_tangram_agent_v1_MemoryParts, _tangram_agent_v1_MemoryParts__Output>
        NodeEvent: MessageTypeDefinition<_tangram_agent_v1_NodeEvent, _tangram_agent_v1_NodeEvent__Output>
        PowerParts: MessageTypeDefinition<_tangram_agent_v1_PowerParts, _tangram_agent_v1_PowerParts__Output>
        ProcessSample: MessageTypeDefinition<_tangram_agent_v1_ProcessSample, _tangram_agent_v1_ProcessSample__Output>
        ShutdownRequest: MessageTypeDefinition<_tangram_agent_v1_ShutdownRequest, _tangram_agent_v1_ShutdownRequest__Output>
        ShutdownResponse: MessageTypeDefinition<_tangram_agent_v1_ShutdownResponse, _tangram_agent_v1_ShutdownResponse__Output>
        SliceSample: MessageTypeDefinition<_tangram_agent_v1_SliceSample, _tangram_agent_v1_SliceSample__Output>
        SliceView: MessageTypeDefinition<_tangram_agent_v1_SliceView, _tangram_agent_v1_SliceView__Output>
        SmParts: MessageTypeDefinition<_tangram_agent_v1_SmParts, _tangram_agent_v1_SmParts__Output>
        UserShare: MessageTypeDefinition<_tangram_agent_v1_UserShare, _tangram_agent_v1_UserShare__Output>
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
