// Original file: tangram/link/v1/link_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ControlRequest as _tangram_link_v1_ControlRequest, ControlRequest__Output as _tangram_link_v1_ControlRequest__Output } from '../../../tangram/link/v1/ControlRequest.ts';
import type { ControlResponse as _tangram_link_v1_ControlResponse, ControlResponse__Output as _tangram_link_v1_ControlResponse__Output } from '../../../tangram/link/v1/ControlResponse.ts';
import type { RenewRequest as _tangram_link_v1_RenewRequest, RenewRequest__Output as _tangram_link_v1_RenewRequest__Output } from '../../../tangram/link/v1/RenewRequest.ts';
import type { RenewResponse as _tangram_link_v1_RenewResponse, RenewResponse__Output as _tangram_link_v1_RenewResponse__Output } from '../../../tangram/link/v1/RenewResponse.ts';
import type { TelemetryRequest as _tangram_link_v1_TelemetryRequest, TelemetryRequest__Output as _tangram_link_v1_TelemetryRequest__Output } from '../../../tangram/link/v1/TelemetryRequest.ts';
import type { TelemetryResponse as _tangram_link_v1_TelemetryResponse, TelemetryResponse__Output as _tangram_link_v1_TelemetryResponse__Output } from '../../../tangram/link/v1/TelemetryResponse.ts';

export interface LinkServiceClient extends grpc.Client {
  Control(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tangram_link_v1_ControlRequest, _tangram_link_v1_ControlResponse__Output>;
  Control(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tangram_link_v1_ControlRequest, _tangram_link_v1_ControlResponse__Output>;
  control(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tangram_link_v1_ControlRequest, _tangram_link_v1_ControlResponse__Output>;
  control(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tangram_link_v1_ControlRequest, _tangram_link_v1_ControlResponse__Output>;

  Renew(argument: _tangram_link_v1_RenewRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_link_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  Renew(argument: _tangram_link_v1_RenewRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_link_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  Renew(argument: _tangram_link_v1_RenewRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_link_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  Renew(argument: _tangram_link_v1_RenewRequest, callback: grpc.requestCallback<_tangram_link_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  renew(argument: _tangram_link_v1_RenewRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_link_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  renew(argument: _tangram_link_v1_RenewRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_link_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  renew(argument: _tangram_link_v1_RenewRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_link_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  renew(argument: _tangram_link_v1_RenewRequest, callback: grpc.requestCallback<_tangram_link_v1_RenewResponse__Output>): grpc.ClientUnaryCall;

  Telemetry(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tangram_link_v1_TelemetryRequest, _tangram_link_v1_TelemetryResponse__Output>;
  Telemetry(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tangram_link_v1_TelemetryRequest, _tangram_link_v1_TelemetryResponse__Output>;
  telemetry(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tangram_link_v1_TelemetryRequest, _tangram_link_v1_TelemetryResponse__Output>;
  telemetry(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tangram_link_v1_TelemetryRequest, _tangram_link_v1_TelemetryResponse__Output>;

}

export interface LinkServiceHandlers extends grpc.UntypedServiceImplementation {
  Control: grpc.handleBidiStreamingCall<_tangram_link_v1_ControlRequest__Output, _tangram_link_v1_ControlResponse>;

  Renew: grpc.handleUnaryCall<_tangram_link_v1_RenewRequest__Output, _tangram_link_v1_RenewResponse>;

  Telemetry: grpc.handleBidiStreamingCall<_tangram_link_v1_TelemetryRequest__Output, _tangram_link_v1_TelemetryResponse>;

}

export interface LinkServiceDefinition extends grpc.ServiceDefinition {
  Control: MethodDefinition<_tangram_link_v1_ControlRequest, _tangram_link_v1_ControlResponse, _tangram_link_v1_ControlRequest__Output, _tangram_link_v1_ControlResponse__Output>
  Renew: MethodDefinition<_tangram_link_v1_RenewRequest, _tangram_link_v1_RenewResponse, _tangram_link_v1_RenewRequest__Output, _tangram_link_v1_RenewResponse__Output>
  Telemetry: MethodDefinition<_tangram_link_v1_TelemetryRequest, _tangram_link_v1_TelemetryResponse, _tangram_link_v1_TelemetryRequest__Output, _tangram_link_v1_TelemetryResponse__Output>
}
