// Original file: tangram/v1/cluster_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CordonNodeRequest as _tangram_v1_CordonNodeRequest, CordonNodeRequest__Output as _tangram_v1_CordonNodeRequest__Output } from '../../tangram/v1/CordonNodeRequest.ts';
import type { CordonNodeResponse as _tangram_v1_CordonNodeResponse, CordonNodeResponse__Output as _tangram_v1_CordonNodeResponse__Output } from '../../tangram/v1/CordonNodeResponse.ts';
import type { DrainNodeRequest as _tangram_v1_DrainNodeRequest, DrainNodeRequest__Output as _tangram_v1_DrainNodeRequest__Output } from '../../tangram/v1/DrainNodeRequest.ts';
import type { DrainNodeResponse as _tangram_v1_DrainNodeResponse, DrainNodeResponse__Output as _tangram_v1_DrainNodeResponse__Output } from '../../tangram/v1/DrainNodeResponse.ts';
import type { GetClusterRequest as _tangram_v1_GetClusterRequest, GetClusterRequest__Output as _tangram_v1_GetClusterRequest__Output } from '../../tangram/v1/GetClusterRequest.ts';
import type { GetClusterResponse as _tangram_v1_GetClusterResponse, GetClusterResponse__Output as _tangram_v1_GetClusterResponse__Output } from '../../tangram/v1/GetClusterResponse.ts';
import type { GetNodeRequest as _tangram_v1_GetNodeRequest, GetNodeRequest__Output as _tangram_v1_GetNodeRequest__Output } from '../../tangram/v1/GetNodeRequest.ts';
import type { GetNodeResponse as _tangram_v1_GetNodeResponse, GetNodeResponse__Output as _tangram_v1_GetNodeResponse__Output } from '../../tangram/v1/GetNodeResponse.ts';
import type { LabelNodeRequest as _tangram_v1_LabelNodeRequest, LabelNodeRequest__Output as _tangram_v1_LabelNodeRequest__Output } from '../../tangram/v1/LabelNodeRequest.ts';
import type { LabelNodeResponse as _tangram_v1_LabelNodeResponse, LabelNodeResponse__Output as _tangram_v1_LabelNodeResponse__Output } from '../../tangram/v1/LabelNodeResponse.ts';
import type { ListEventsRequest as _tangram_v1_ListEventsRequest, ListEventsRequest__Output as _tangram_v1_ListEventsRequest__Output } from '../../tangram/v1/ListEventsRequest.ts';
import type { ListEventsResponse as _tangram_v1_ListEventsResponse, ListEventsResponse__Output as _tangram_v1_ListEventsResponse__Output } from '../../tangram/v1/ListEventsResponse.ts';
import type { ListNodesRequest as _tangram_v1_ListNodesRequest, ListNodesRequest__Output as _tangram_v1_ListNodesRequest__Output } from '../../tangram/v1/ListNodesRequest.ts';
import type { ListNodesResponse as _tangram_v1_ListNodesResponse, ListNodesResponse__Output as _tangram_v1_ListNodesResponse__Output } from '../../tangram/v1/ListNodesResponse.ts';
import type { RemoveNodeRequest as _tangram_v1_RemoveNodeRequest, RemoveNodeRequest__Output as _tangram_v1_RemoveNodeRequest__Output } from '../../tangram/v1/RemoveNodeRequest.ts';
import type { RemoveNodeResponse as _tangram_v1_RemoveNodeResponse, RemoveNodeResponse__Output as _tangram_v1_RemoveNodeResponse__Output } from '../../tangram/v1/RemoveNodeResponse.ts';
import type { UncordonNodeRequest as _tangram_v1_UncordonNodeRequest, UncordonNodeRequest__Output as _tangram_v1_UncordonNodeRequest__Output } from '../../tangram/v1/UncordonNodeRequest.ts';
import type { UncordonNodeResponse as _tangram_v1_UncordonNodeResponse, UncordonNodeResponse__Output as _tangram_v1_UncordonNodeResponse__Output } from '../../tangram/v1/UncordonNodeResponse.ts';
import type { WatchNodesRequest as _tangram_v1_WatchNodesRequest, WatchNodesRequest__Output as _tangram_v1_WatchNodesRequest__Output } from '../../tangram/v1/WatchNodesRequest.ts';
import type { WatchNodesResponse as _tangram_v1_WatchNodesResponse, WatchNodesResponse__Output as _tangram_v1_WatchNodesResponse__Output } from '../../tangram/v1/WatchNodesResponse.ts';

export interface ClusterServiceClient extends grpc.Client {
  CordonNode(argument: _tangram_v1_CordonNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CordonNodeResponse__Output>): grpc.ClientUnaryCall;
  CordonNode(argument: _tangram_v1_CordonNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_CordonNodeResponse__Output>): grpc.ClientUnaryCall;
  CordonNode(argument: _tangram_v1_CordonNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CordonNodeResponse__Output>): grpc.ClientUnaryCall;
  CordonNode(argument: _tangram_v1_CordonNodeRequest, callback: grpc.requestCallback<_tangram_v1_CordonNodeResponse__Output>): grpc.ClientUnaryCall;
  cordonNode(argument: _tangram_v1_CordonNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CordonNodeResponse__Output>): grpc.ClientUnaryCall;
  cordonNode(argument: _tangram_v1_CordonNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_CordonNodeResponse__Output>): grpc.ClientUnaryCall;
  cordonNode(argument: _tangram_v1_CordonNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CordonNodeResponse__Output>): grpc.ClientUnaryCall;
  cordonNode(argument: _tangram_v1_CordonNodeRequest, callback: grpc.requestCallback<_tangram_v1_CordonNodeResponse__Output>): grpc.ClientUnaryCall;

  DrainNode(argument: _tangram_v1_DrainNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DrainNodeResponse__Output>): grpc.ClientUnaryCall;
  DrainNode(argument: _tangram_v1_DrainNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_DrainNodeResponse__Output>): grpc.ClientUnaryCall;
  DrainNode(argument: _tangram_v1_DrainNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DrainNodeResponse__Output>): grpc.ClientUnaryCall;
  DrainNode(argument: _tangram_v1_DrainNodeRequest, callback: grpc.requestCallback<_tangram_v1_DrainNodeResponse__Output>): grpc.ClientUnaryCall;
  drainNode(argument: _tangram_v1_DrainNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DrainNodeResponse__Output>): grpc.ClientUnaryCall;
  drainNode(argument: _tangram_v1_DrainNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_DrainNodeResponse__Output>): grpc.ClientUnaryCall;
  drainNode(argument: _tangram_v1_DrainNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DrainNodeResponse__Output>): grpc.ClientUnaryCall;
  drainNode(argument: _tangram_v1_DrainNodeRequest, callback: grpc.requestCallback<_tangram_v1_DrainNodeResponse__Output>): grpc.ClientUnaryCall;

  GetCluster(argument: _tangram_v1_GetClusterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  GetCluster(argument: _tangram_v1_GetClusterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  GetCluster(argument: _tangram_v1_GetClusterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  GetCluster(argument: _tangram_v1_GetClusterRequest, callback: grpc.requestCallback<_tangram_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  getCluster(argument: _tangram_v1_GetClusterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  getCluster(argument: _tangram_v1_GetClusterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  getCluster(argument: _tangram_v1_GetClusterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;
  getCluster(argument: _tangram_v1_GetClusterRequest, callback: grpc.requestCallback<_tangram_v1_GetClusterResponse__Output>): grpc.ClientUnaryCall;

  GetNode(argument: _tangram_v1_GetNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  GetNode(argument: _tangram_v1_GetNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  GetNode(argument: _tangram_v1_GetNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  GetNode(argument: _tangram_v1_GetNodeRequest, callback: grpc.requestCallback<_tangram_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  getNode(argument: _tangram_v1_GetNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  getNode(argument: _tangram_v1_GetNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  getNode(argument: _tangram_v1_GetNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;
  getNode(argument: _tangram_v1_GetNodeRequest, callback: grpc.requestCallback<_tangram_v1_GetNodeResponse__Output>): grpc.ClientUnaryCall;

  LabelNode(argument: _tangram_v1_LabelNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_LabelNodeResponse__Output>): grpc.ClientUnaryCall;
  LabelNode(argument: _tangram_v1_LabelNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_LabelNodeResponse__Output>): grpc.ClientUnaryCall;
  LabelNode(argument: _tangram_v1_LabelNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_LabelNodeResponse__Output>): grpc.ClientUnaryCall;
  LabelNode(argument: _tangram_v1_LabelNodeRequest, callback: grpc.requestCallback<_tangram_v1_LabelNodeResponse__Output>): grpc.ClientUnaryCall;
  labelNode(argument: _tangram_v1_LabelNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_LabelNodeResponse__Output>): grpc.ClientUnaryCall;
  labelNode(argument: _tangram_v1_LabelNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_LabelNodeResponse__Output>): grpc.ClientUnaryCall;
  labelNode(argument: _tangram_v1_LabelNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_LabelNodeResponse__Output>): grpc.ClientUnaryCall;
  labelNode(argument: _tangram_v1_LabelNodeRequest, callback: grpc.requestCallback<_tangram_v1_LabelNodeResponse__Output>): grpc.ClientUnaryCall;

  ListEvents(argument: _tangram_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _tangram_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _tangram_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _tangram_v1_ListEventsRequest, callback: grpc.requestCallback<_tangram_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _tangram_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _tangram_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _tangram_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _tangram_v1_ListEventsRequest, callback: grpc.requestCallback<_tangram_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;

  ListNodes(argument: _tangram_v1_ListNodesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListNodesResponse__Output>): grpc.ClientUnaryCall;
  ListNodes(argument: _tangram_v1_ListNodesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListNodesResponse__Output>): grpc.ClientUnaryCall;
  ListNodes(argument: _tangram_v1_ListNodesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListNodesResponse__Output>): grpc.ClientUnaryCall;
  ListNodes(argument: _tangram_v1_ListNodesRequest, callback: grpc.requestCallback<_tangram_v1_ListNodesResponse__Output>): grpc.ClientUnaryCall;
  listNodes(argument: _tangram_v1_ListNodesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListNodesResponse__Output>): grpc.ClientUnaryCall;
  listNodes(argument: _tangram_v1_ListNodesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListNodesResponse__Output>): grpc.ClientUnaryCall;
  listNodes(argument: _tangram_v1_ListNodesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListNodesResponse__Output>): grpc.ClientUnaryCall;
  listNodes(argument: _tangram_v1_ListNodesRequest, callback: grpc.requestCallback<_tangram_v1_ListNodesResponse__Output>): grpc.ClientUnaryCall;

  RemoveNode(argument: _tangram_v1_RemoveNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  RemoveNode(argument: _tangram_v1_RemoveNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  RemoveNode(argument: _tangram_v1_RemoveNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  RemoveNode(argument: _tangram_v1_RemoveNodeRequest, callback: grpc.requestCallback<_tangram_v1_RemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  removeNode(argument: _tangram_v1_RemoveNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  removeNode(argument: _tangram_v1_RemoveNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  removeNode(argument: _tangram_v1_RemoveNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RemoveNodeResponse__Output>): grpc.ClientUnaryCall;
  removeNode(argument: _tangram_v1_RemoveNodeRequest, callback: grpc.requestCallback<_tangram_v1_RemoveNodeResponse__Output>): grpc.ClientUnaryCall;

  UncordonNode(argument: _tangram_v1_UncordonNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_UncordonNodeResponse__Output>): grpc.ClientUnaryCall;
  UncordonNode(argument: _tangram_v1_UncordonNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_UncordonNodeResponse__Output>): grpc.ClientUnaryCall;
  UncordonNode(argument: _tangram_v1_UncordonNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_UncordonNodeResponse__Output>): grpc.ClientUnaryCall;
  UncordonNode(argument: _tangram_v1_UncordonNodeRequest, callback: grpc.requestCallback<_tangram_v1_UncordonNodeResponse__Output>): grpc.ClientUnaryCall;
  uncordonNode(argument: _tangram_v1_UncordonNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_UncordonNodeResponse__Output>): grpc.ClientUnaryCall;
  uncordonNode(argument: _tangram_v1_UncordonNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_UncordonNodeResponse__Output>): grpc.ClientUnaryCall;
  uncordonNode(argument: _tangram_v1_UncordonNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_UncordonNodeResponse__Output>): grpc.ClientUnaryCall;
  uncordonNode(argument: _tangram_v1_UncordonNodeRequest, callback: grpc.requestCallback<_tangram_v1_UncordonNodeResponse__Output>): grpc.ClientUnaryCall;

  WatchNodes(argument: _tangram_v1_WatchNodesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchNodesResponse__Output>;
  WatchNodes(argument: _tangram_v1_WatchNodesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchNodesResponse__Output>;
  watchNodes(argument: _tangram_v1_WatchNodesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchNodesResponse__Output>;
  watchNodes(argument: _tangram_v1_WatchNodesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_WatchNodesResponse__Output>;

}

export interface ClusterServiceHandlers extends grpc.UntypedServiceImplementation {
  CordonNode: grpc.handleUnaryCall<_tangram_v1_CordonNodeRequest__Output, _tangram_v1_CordonNodeResponse>;

  DrainNode: grpc.handleUnaryCall<_tangram_v1_DrainNodeRequest__Output, _tangram_v1_DrainNodeResponse>;

  GetCluster: grpc.handleUnaryCall<_tangram_v1_GetClusterRequest__Output, _tangram_v1_GetClusterResponse>;

  GetNode: grpc.handleUnaryCall<_tangram_v1_GetNodeRequest__Output, _tangram_v1_GetNodeResponse>;

  LabelNode: grpc.handleUnaryCall<_tangram_v1_LabelNodeRequest__Output, _tangram_v1_LabelNodeResponse>;

  ListEvents: grpc.handleUnaryCall<_tangram_v1_ListEventsRequest__Output, _tangram_v1_ListEventsResponse>;

  ListNodes: grpc.handleUnaryCall<_tangram_v1_ListNodesRequest__Output, _tangram_v1_ListNodesResponse>;

  RemoveNode: grpc.handleUnaryCall<_tangram_v1_RemoveNodeRequest__Output, _tangram_v1_RemoveNodeResponse>;

  UncordonNode: grpc.handleUnaryCall<_tangram_v1_UncordonNodeRequest__Output, _tangram_v1_UncordonNodeResponse>;

  WatchNodes: grpc.handleServerStreamingCall<_tangram_v1_WatchNodesRequest__Output, _tangram_v1_WatchNodesResponse>;

}

export interface ClusterServiceDefinition extends grpc.ServiceDefinition {
  CordonNode: MethodDefinition<_tangram_v1_CordonNodeRequest, _tangram_v1_CordonNodeResponse, _tangram_v1_CordonNodeRequest__Output, _tangram_v1_CordonNodeResponse__Output>
  DrainNode: MethodDefinition<_tangram_v1_DrainNodeRequest, _tangram_v1_DrainNodeResponse, _tangram_v1_DrainNodeRequest__Output, _tangram_v1_DrainNodeResponse__Output>
  GetCluster: MethodDefinition<_tangram_v1_GetClusterRequest, _tangram_v1_GetClusterResponse, _tangram_v1_GetClusterRequest__Output, _tangram_v1_GetClusterResponse__Output>
  GetNode: MethodDefinition<_tangram_v1_GetNodeRequest, _tangram_v1_GetNodeResponse, _tangram_v1_GetNodeRequest__Output, _tangram_v1_GetNodeResponse__Output>
  LabelNode: MethodDefinition<_tangram_v1_LabelNodeRequest, _tangram_v1_LabelNodeResponse, _tangram_v1_LabelNodeRequest__Output, _tangram_v1_LabelNodeResponse__Output>
  ListEvents: MethodDefinition<_tangram_v1_ListEventsRequest, _tangram_v1_ListEventsResponse, _tangram_v1_ListEventsRequest__Output, _tangram_v1_ListEventsResponse__Output>
  ListNodes: MethodDefinition<_tangram_v1_ListNodesRequest, _tangram_v1_ListNodesResponse, _tangram_v1_ListNodesRequest__Output, _tangram_v1_ListNodesResponse__Output>
  RemoveNode: MethodDefinition<_tangram_v1_RemoveNodeRequest, _tangram_v1_RemoveNodeResponse, _tangram_v1_RemoveNodeRequest__Output, _tangram_v1_RemoveNodeResponse__Output>
  UncordonNode: MethodDefinition<_tangram_v1_UncordonNodeRequest, _tangram_v1_UncordonNodeResponse, _tangram_v1_UncordonNodeRequest__Output, _tangram_v1_UncordonNodeResponse__Output>
  WatchNodes: MethodDefinition<_tangram_v1_WatchNodesRequest, _tangram_v1_WatchNodesResponse, _tangram_v1_WatchNodesRequest__Output, _tangram_v1_WatchNodesResponse__Output>
}
