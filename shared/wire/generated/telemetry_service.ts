import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { ListSamplesRequest as _tangram_v1_ListSamplesRequest, ListSamplesRequest__Output as _tangram_v1_ListSamplesRequest__Output } from './tangram/v1/ListSamplesRequest.ts';
import type { ListSamplesResponse as _tangram_v1_ListSamplesResponse, ListSamplesResponse__Output as _tangram_v1_ListSamplesResponse__Output } from './tangram/v1/ListSamplesResponse.ts';
import type { NodeSamples as _tangram_v1_NodeSamples, NodeSamples__Output as _tangram_v1_NodeSamples__Output } from './tangram/v1/NodeSamples.ts';
import type { QuerySamplesRequest as _tangram_v1_QuerySamplesRequest, QuerySamplesRequest__Output as _tangram_v1_QuerySamplesRequest__Output } from './tangram/v1/QuerySamplesRequest.ts';
import type { QuerySamplesResponse as _tangram_v1_QuerySamplesResponse, QuerySamplesResponse__Output as _tangram_v1_QuerySamplesResponse__Output } from './tangram/v1/QuerySamplesResponse.ts';
import type { SamplePoint as _tangram_v1_SamplePoint, SamplePoint__Output as _tangram_v1_SamplePoint__Output } from './tangram/v1/SamplePoint.ts';
import type { SampleSeries as _tangram_v1_SampleSeries, SampleSeries__Output as _tangram_v1_SampleSeries__Output } from './tangram/v1/SampleSeries.ts';
import type { TelemetryServiceClient as _tangram_v1_TelemetryServiceClient, TelemetryServiceDefinition as _tangram_v1_TelemetryServiceDefinition } from './tangram/v1/TelemetryService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    v1: {
      ListSamplesRequest: MessageTypeDefinition<_tangram_v1_ListSamplesRequest, _tangram_v1_ListSamplesRequest__Output>
      ListSamplesResponse: MessageTypeDefinition<_tangram_v1_ListSamplesResponse, _tangram_v1_ListSamplesResponse__Output>
      NodeSamples: MessageTypeDefinition<_tangram_v1_NodeSamples, _tangram_v1_NodeSamples__Output>
      QuerySamplesRequest: MessageTypeDefinition<_tangram_v1_QuerySamplesRequest, _tangram_v1_QuerySamplesRequest__Output>
      QuerySamplesResponse: MessageTypeDefinition<_tangram_v1_QuerySamplesResponse, _tangram_v1_QuerySamplesResponse__Output>
      SamplePoint: MessageTypeDefinition<_tangram_v1_SamplePoint, _tangram_v1_SamplePoint__Output>
      SampleSeries: MessageTypeDefinition<_tangram_v1_SampleSeries, _tangram_v1_SampleSeries__Output>
      TelemetryService: SubtypeConstructor<typeof grpc.Client, _tangram_v1_TelemetryServiceClient> & { service: _tangram_v1_TelemetryServiceDefinition }
    }
  }
}
