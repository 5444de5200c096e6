// Original file: tangram/v1/telemetry_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListSamplesRequest as _tangram_v1_ListSamplesRequest, ListSamplesRequest__Output as _tangram_v1_ListSamplesRequest__Output } from '../../tangram/v1/ListSamplesRequest.ts';
import type { ListSamplesResponse as _tangram_v1_ListSamplesResponse, ListSamplesResponse__Output as _tangram_v1_ListSamplesResponse__Output } from '../../tangram/v1/ListSamplesResponse.ts';
import type { QuerySamplesRequest as _tangram_v1_QuerySamplesRequest, QuerySamplesRequest__Output as _tangram_v1_QuerySamplesRequest__Output } from '../../tangram/v1/QuerySamplesRequest.ts';
import type { QuerySamplesResponse as _tangram_v1_QuerySamplesResponse, QuerySamplesResponse__Output as _tangram_v1_QuerySamplesResponse__Output } from '../../tangram/v1/QuerySamplesResponse.ts';

export interface TelemetryServiceClient extends grpc.Client {
  ListSamples(argument: _tangram_v1_ListSamplesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListSamplesResponse__Output>): grpc.ClientUnaryCall;
  ListSamples(argument: _tangram_v1_ListSamplesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListSamplesResponse__Output>): grpc.ClientUnaryCall;
  ListSamples(argument: _tangram_v1_ListSamplesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListSamplesResponse__Output>): grpc.ClientUnaryCall;
  ListSamples(argument: _tangram_v1_ListSamplesRequest, callback: grpc.requestCallback<_tangram_v1_ListSamplesResponse__Output>): grpc.ClientUnaryCall;
  listSamples(argument: _tangram_v1_ListSamplesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListSamplesResponse__Output>): grpc.ClientUnaryCall;
  listSamples(argument: _tangram_v1_ListSamplesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListSamplesResponse__Output>): grpc.ClientUnaryCall;
  listSamples(argument: _tangram_v1_ListSamplesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListSamplesResponse__Output>): grpc.ClientUnaryCall;
  listSamples(argument: _tangram_v1_ListSamplesRequest, callback: grpc.requestCallback<_tangram_v1_ListSamplesResponse__Output>): grpc.ClientUnaryCall;

  QuerySamples(argument: _tangram_v1_QuerySamplesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  QuerySamples(argument: _tangram_v1_QuerySamplesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  QuerySamples(argument: _tangram_v1_QuerySamplesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  QuerySamples(argument: _tangram_v1_QuerySamplesRequest, callback: grpc.requestCallback<_tangram_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  querySamples(argument: _tangram_v1_QuerySamplesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  querySamples(argument: _tangram_v1_QuerySamplesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  querySamples(argument: _tangram_v1_QuerySamplesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  querySamples(argument: _tangram_v1_QuerySamplesRequest, callback: grpc.requestCallback<_tangram_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;

}

export interface TelemetryServiceHandlers extends grpc.UntypedServiceImplementation {
  ListSamples: grpc.handleUnaryCall<_tangram_v1_ListSamplesRequest__Output, _tangram_v1_ListSamplesResponse>;

  QuerySamples: grpc.handleUnaryCall<_tangram_v1_QuerySamplesRequest__Output, _tangram_v1_QuerySamplesResponse>;

}

export interface TelemetryServiceDefinition extends grpc.ServiceDefinition {
  ListSamples: MethodDefinition<_tangram_v1_ListSamplesRequest, _tangram_v1_ListSamplesResponse, _tangram_v1_ListSamplesRequest__Output, _tangram_v1_ListSamplesResponse__Output>
  QuerySamples: MethodDefinition<_tangram_v1_QuerySamplesRequest, _tangram_v1_QuerySamplesResponse, _tangram_v1_QuerySamplesRequest__Output, _tangram_v1_QuerySamplesResponse__Output>
}
