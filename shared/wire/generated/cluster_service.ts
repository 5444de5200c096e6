import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { FieldMask as _google_protobuf_FieldMask, FieldMask__Output as _google_protobuf_FieldMask__Output } from './google/protobuf/FieldMask.ts';
import type { AllocationProcess as _tangram_v1_AllocationProcess, AllocationProcess__Output as _tangram_v1_AllocationProcess__Output } from './tangram/v1/AllocationProcess.ts';
import type { ClusterServiceClient as _tangram_v1_ClusterServiceClient, ClusterServiceDefinition as _tangram_v1_ClusterServiceDefinition } from './tangram/v1/ClusterService.ts';
import type { CordonNodeRequest as _tangram_v1_CordonNodeRequest, CordonNodeRequest__Output as _tangram_v1_CordonNodeRequest__Output } from './tangram/v1/CordonNodeRequest.ts';
import type { CordonNodeResponse as _tangram_v1_CordonNodeResponse, CordonNodeResponse__Output as _tangram_v1_CordonNodeResponse__Output } from './tangram/v1/CordonNodeResponse.ts';
import type { Disruption as _tangram_v1_Disruption, Disruption__Output as _tangram_v1_Disruption__Output } from './tangram/v1/Disruption.ts';
import type { DrainNodeRequest as _tangram_v1_DrainNodeRequest, DrainNodeRequest__Output as _tangram_v1_DrainNodeRequest__Output } from './tangram/v1/DrainNodeRequest.ts';
import type { DrainNodeResponse as _tangram_v1_DrainNodeResponse, DrainNodeResponse__Output as _tangram_v1_DrainNodeResponse__Output } from './tangram/v1/DrainNodeResponse.ts';
import type { DrainRemainder as _tangram_v1_DrainRemainder, DrainRemainder__Output as _tangram_v1_DrainRemainder__Output } from './tangram/v1/DrainRemainder.ts';
import type { Event as _tangram_v1_Event, Event__Output as _tangram_v1_Event__Output } from './tangram/v1/Event.ts';
import type { GetClusterRequest as _tangram_v1_GetClusterRequest, GetClusterRequest__Output as _tangram_v1_GetClusterRequest__Output } from './tangram/v1/GetClusterRequest.ts';
import type { GetClusterResponse as _tangram_v1_GetClusterResponse, GetClusterResponse__Output as _tangram_v1_GetClusterResponse__Output } from './tangram/v1/GetClusterResponse.ts';
import type { GetNodeRequest as _tangram_v1_GetNodeRequest, GetNodeRequest__Output as _tangram_v1_GetNodeRequest__Output } from './tangram/v1/GetNodeRequest.ts';
import type { GetNodeResponse as _tangram_v1_GetNodeResponse, GetNodeResponse__Output as _tangram_v1_GetNodeResponse__Output } from './tangram/v1/GetNodeResponse.ts';
import type { Gpu as _tangram_v1_Gpu, Gpu__Output as _tangram_v1_Gpu__Output } from './tangram/v1/Gpu.ts';
import type { GpuNeed as _tangram_v1_GpuNeed, GpuNeed__Output as _tangram_v1_GpuNeed__Output } from './tangram/v1/GpuNeed.ts';
import type { GpuSlice as _tangram_v1_GpuSlice, GpuSlice__Output as _tangram_v1_GpuSlice__Output } from './tangram/v1/GpuSlice.ts';
import type { HealthProbe as _tangram_v1_HealthProbe, HealthProbe__Output as _tangram_v1_HealthProbe__Output } from './tangram/v1/HealthProbe.ts';
import type { HostMount as _tangram_v1_HostMount, HostMount__Output as _tangram_v1_HostMount__Output } from './tangram/v1/HostMount.ts';
import type { LabelNodeRequest as _tangram_v1_LabelNodeRequest, LabelNodeRequest__Output as _tangram_v1_LabelNodeRequest__Output } from './tangram/v1/LabelNodeRequest.ts';
import type { LabelNodeResponse as _tangram_v1_LabelNodeResponse, LabelNodeResponse__Output as _tangram_v1_LabelNodeResponse__Output } from './tangram/v1/LabelNodeResponse.ts';
import type { ListEventsRequest as _tangram_v1_ListEventsRequest, ListEventsRequest__Output as _tangram_v1_ListEventsRequest__Output } from './tangram/v1/ListEventsRequest.ts';
import type { ListEventsResponse as _tangram_v1_ListEventsResponse, ListEventsResponse__Output as _tangram_v1_ListEventsResponse__Output } from './tangram/v1/ListEventsResponse.ts';
import type { ListNodesRequest as _tangram_v1_ListNodesRequest, ListNodesRequest__Output as _tangram_v1_ListNodesRequest__Output } from './tangram/v1/ListNodesRequest.ts';
import type { ListNodesResponse as _tangram_v1_ListNodesResponse, ListNodesResponse__Output as _tangram_v1_ListNodesResponse__Output } from './tangram/v1/ListNodesResponse.ts';
import type { MigSlice as _tangram_v1_MigSlice, MigSlice__Output as _tangram_v1_MigSlice__Output } from './tangram/v1/MigSlice.ts';
import type { Model as _tangram_v1_Model, Model__Output as _tangram_v1_Model__Output } from './tangram/v1/Model.ts';
import type { ModelSpec as _tangram_v1_ModelSpec, ModelSpec__Output as _tangram_v1_ModelSpec__Output } from './tangram/v1/ModelSpec.ts';
import type { ModelStatus as _tangram_v1_ModelStatus, ModelStatus__Output as _tangram_v1_ModelStatus__Output } from './tangram/v1/ModelStatus.ts';
import type { MpsSlice as _tangram_v1_MpsSlice, MpsSlice__Output as _tangram_v1_MpsSlice__Output } from './tangram/v1/MpsSlice.ts';
import type { Node as _tangram_v1_Node, Node__Output as _tangram_v1_Node__Output } from './tangram/v1/Node.ts';
import type { NodeDrain as _tangram_v1_NodeDrain, NodeDrain__Output as _tangram_v1_NodeDrain__Output } from './tangram/v1/NodeDrain.ts';
import type { NvlinkPeer as _tangram_v1_NvlinkPeer, NvlinkPeer__Output as _tangram_v1_NvlinkPeer__Output } from './tangram/v1/NvlinkPeer.ts';
import type { PlacementRule as _tangram_v1_PlacementRule, PlacementRule__Output as _tangram_v1_PlacementRule__Output } from './tangram/v1/PlacementRule.ts';
import type { RemoveNodeRequest as _tangram_v1_RemoveNodeRequest, RemoveNodeRequest__Output as _tangram_v1_RemoveNodeRequest__Output } from './tangram/v1/RemoveNodeRequest.ts';
import type { RemoveNodeResponse as _tangram_v1_RemoveNodeResponse, RemoveNodeResponse__Output as _tangram_v1_RemoveNodeResponse__Output } from './tangram/v1/RemoveNodeResponse.ts';
import type { Replica as _tangram_v1_Replica, Replica__Output as _tangram_v1_Replica__Output } from './tangram/v1/Replica.ts';
import type { Slice as _tangram_v1_Slice, Slice__Output as _tangram_v1_Slice__Output } from './tangram/v1/Slice.ts';
import type { SliceShape as _tangram_v1_SliceShape, SliceShape__Output as _tangram_v1_SliceShape__Output } from './tangram/v1/SliceShape.ts';
import type { TimeshareSlice as _tangram_v1_TimeshareSlice, TimeshareSlice__Output as _tangram_v1_TimeshareSlice__Output } from './tangram/v1/TimeshareSlice.ts';
import type { UncordonNodeRequest as _tangram_v1_UncordonNodeRequest, UncordonNodeRequest__Output as _tangram_v1_UncordonNodeRequest__Output } from './tangram/v1/UncordonNodeRequest.ts';
import type { UncordonNodeResponse as _tangram_v1_UncordonNodeResponse, UncordonNodeResponse__Output as _tangram_v1_UncordonNodeResponse__Output } from './tangram/v1/UncordonNodeResponse.ts';
import type { WatchNodesRequest as _tangram_v1_WatchNodesRequest, WatchNodesRequest__Output as _tangram_v1_WatchNodesRequest__Output } from './tangram/v1/WatchNodesRequest.ts';
import type { WatchNodesResponse as _tangram_v1_WatchNodesResponse, WatchNodesResponse__Output as _tangram_v1_WatchNodesResponse__Output } from './tangram/v1/WatchNodesResponse.ts';
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
      ClusterService: SubtypeConstructor<typeof grpc.Client, _tangram_v1_ClusterServiceClient> & { service: _tangram_v1_ClusterServiceDefinition }
      CordonNodeRequest: MessageTypeDefinition<_tangram_v1_CordonNodeRequest, _tangram_v1_CordonNodeRequest__Output>
      CordonNodeResponse: MessageTypeDefinition<_tangram_v1_CordonNodeResponse, _tangram_v1_CordonNodeResponse__Output>
      Disruption: MessageTypeDefinition<_tangram_v1_Disruption, _tangram_v1_Disruption__Output>
      DisruptionKind: EnumTypeDefinition
      DrainNodeRequest: MessageTypeDefinition<_tangram_v1_DrainNodeRequest, _tangram_v1_DrainNodeRequest__Output>
      DrainNodeResponse: MessageTypeDefinition<_tangram_v1_DrainNodeResponse, _tangram_v1_DrainNodeResponse__Output>
      DrainRemainder: MessageTypeDefinition<_tangram_v1_DrainRemainder, _tangram_v1_DrainRemainder__Output>
      Event: MessageTypeDefinition<_tangram_v1_Event, _tangram_v1_Event__Output>
      GetClusterRequest: MessageTypeDefinition<_tangram_v1_GetClusterRequest, _tangram_v1_GetClusterRequest__Output>
      GetClusterResponse: MessageTypeDefinition<_tangram_v1_GetClusterResponse, _tangram_v1_GetClusterResponse__Output>
      GetNodeRequest: MessageTypeDefinition<_tangram_v1_GetNodeRequest, _tangram_v1_GetNodeRequest__Output>
      GetNodeResponse: MessageTypeDefinition<_tangram_v1_GetNodeResponse, _tangram_v1_GetNodeResponse__Output>
      Gpu: MessageTypeDefinition<_tangram_v1_Gpu, _tangram_v1_Gpu__Output>
      GpuNeed: MessageTypeDefinition<_tangram_v1_GpuNeed, _tangram_v1_GpuNeed__Output>
      GpuSlice: MessageTypeDefinition<_tangram_v1_GpuSlice, _tangram_v1_GpuSlice__Output>
      HealthProbe: MessageTypeDefinition<_tangram_v1_HealthProbe, _tangram_v1_HealthProbe__Output>
      HostMount: MessageTypeDefinition<_tangram_v1_HostMount, _tangram_v1_HostMount__Output>
      Isolation: EnumTypeDefinition
      LabelNodeRequest: MessageTypeDefinition<_tangram_v1_LabelNodeRequest, _tangram_v1_LabelNodeRequest__Output>
      LabelNodeResponse: MessageTypeDefinition<_tangram_v1_LabelNodeResponse, _tangram_v1_LabelNodeResponse__Output>
      ListEventsRequest: MessageTypeDefinition<_tangram_v1_ListEventsRequest, _tangram_v1_ListEventsRequest__Output>
      ListEventsResponse: MessageTypeDefinition<_tangram_v1_ListEventsResponse, _tangram_v1_ListEventsResponse__Output>
      ListNodesRequest: MessageTypeDefinition<_tangram_v1_ListNodesRequest, _tangram_v1_ListNodesRequest__Output>
      ListNodesResponse: MessageTypeDefinition<_tangram_v1_ListNodesResponse, _tangram_v1_ListNodesResponse__Output>
      MigSlice: MessageTypeDefinition<_tangram_v1_MigSlice, _tangram_v1_MigSlice__Output>
      Model: MessageTypeDefinition<_tangram_v1_Model, _tangram_v1_Model__Output>
      ModelSpec: MessageTypeDefinition<_tangram_v1_ModelSpec, _tangram_v1_ModelSpec__Output>
      ModelStatus: MessageTypeDefinition<_tangram_v1_ModelStatus, _tangram_v1_ModelStatus__Output>
      MpsSlice: MessageTypeDefinition<_tangram_v1_MpsSlice, _tangram_v1_MpsSlice__Output>
      Node: MessageTypeDefinition<_tangram_v1_Node, _tangram_v1_Node__Output>
      NodeAvailability: EnumTypeDefinition
      NodeDrain: MessageTypeDefinition<_tangram_v1_NodeDrain, _tangram_v1_NodeDrain__Output>
      NvlinkPeer: MessageTypeDefinition<_tangram_v1_NvlinkPeer, _tangram_v1_NvlinkPeer__Output>
      PlacementRule: MessageTypeDefinition<_tangram_v1_PlacementRule, _tangram_v1_PlacementRule__Output>
      RemoveNodeRequest: MessageTypeDefinition<_tangram_v1_RemoveNodeRequest, _tangram_v1_RemoveNodeRequest__Output>
      RemoveNodeResponse: MessageTypeDefinition<_tangram_v1_RemoveNodeResponse, _tangram_v1_RemoveNodeResponse__Output>
      Replica: MessageTypeDefinition<_tangram_v1_Replica, _tangram_v1_Replica__Output>
      ReplicaPhase: EnumTypeDefinition
      Slice: MessageTypeDefinition<_tangram_v1_Slice, _tangram_v1_Slice__Output>
      SliceShape: MessageTypeDefinition<_tangram_v1_SliceShape, _tangram_v1_SliceShape__Output>
      Spread: EnumTypeDefinition
      TimeshareSlice: MessageTypeDefinition<_tangram_v1_TimeshareSlice, _tangram_v1_TimeshareSlice__Output>
      UncordonNodeRequest: MessageTypeDefinition<_tangram_v1_UncordonNodeRequest, _tangram_v1_UncordonNodeRequest__Output>
      UncordonNodeResponse: MessageTypeDefinition<_tangram_v1_UncordonNodeResponse, _tangram_v1_UncordonNodeResponse__Output>
      WatchNodesRequest: MessageTypeDefinition<_tangram_v1_WatchNodesRequest, _tangram_v1_WatchNodesRequest__Output>
      WatchNodesResponse: MessageTypeDefinition<_tangram_v1_WatchNodesResponse, _tangram_v1_WatchNodesResponse__Output>
      WholeSlice: MessageTypeDefinition<_tangram_v1_WholeSlice, _tangram_v1_WholeSlice__Output>
      Workload: MessageTypeDefinition<_tangram_v1_Workload, _tangram_v1_Workload__Output>
    }
  }
}
