// Original file: tangram/agent/v1/health_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetHealthRequest as _tangram_agent_v1_GetHealthRequest, GetHealthRequest__Output as _tangram_agent_v1_GetHealthRequest__Output } from '../../../tangram/agent/v1/GetHealthRequest.ts';
import type { GetHealthResponse as _tangram_agent_v1_GetHealthResponse, GetHealthResponse__Output as _tangram_agent_v1_GetHealthResponse__Output } from '../../../tangram/agent/v1/GetHealthResponse.ts';
import type { HealRequest as _tangram_agent_v1_HealRequest, HealRequest__Output as _tangram_agent_v1_HealRequest__Output } from '../../../tangram/agent/v1/HealRequest.ts';
import type { HealResponse as _tangram_agent_v1_HealResponse, HealResponse__Output as _tangram_agent_v1_HealResponse__Output } from '../../../tangram/agent/v1/HealResponse.ts';
import type { InjectXidRequest as _tangram_agent_v1_InjectXidRequest, InjectXidRequest__Output as _tangram_agent_v1_InjectXidRequest__Output } from '../../../tangram/agent/v1/InjectXidRequest.ts';
import type { InjectXidResponse as _tangram_agent_v1_InjectXidResponse, InjectXidResponse__Output as _tangram_agent_v1_InjectXidResponse__Output } from '../../../tangram/agent/v1/InjectXidResponse.ts';
import type { PlanHealRequest as _tangram_agent_v1_PlanHealRequest, PlanHealRequest__Output as _tangram_agent_v1_PlanHealRequest__Output } from '../../../tangram/agent/v1/PlanHealRequest.ts';
import type { PlanHealResponse as _tangram_agent_v1_PlanHealResponse, PlanHealResponse__Output as _tangram_agent_v1_PlanHealResponse__Output } from '../../../tangram/agent/v1/PlanHealResponse.ts';

export interface HealthServiceClient extends grpc.Client {
  GetHealth(argument: _tangram_agent_v1_GetHealthRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  GetHealth(argument: _tangram_agent_v1_GetHealthRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  GetHealth(argument: _tangram_agent_v1_GetHealthRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  GetHealth(argument: _tangram_agent_v1_GetHealthRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  getHealth(argument: _tangram_agent_v1_GetHealthRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  getHealth(argument: _tangram_agent_v1_GetHealthRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  getHealth(argument: _tangram_agent_v1_GetHealthRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;
  getHealth(argument: _tangram_agent_v1_GetHealthRequest, callback: grpc.requestCallback<_tangram_agent_v1_GetHealthResponse__Output>): grpc.ClientUnaryCall;

  Heal(argument: _tangram_agent_v1_HealRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_HealResponse__Output>): grpc.ClientUnaryCall;
  Heal(argument: _tangram_agent_v1_HealRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_HealResponse__Output>): grpc.ClientUnaryCall;
  Heal(argument: _tangram_agent_v1_HealRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_HealResponse__Output>): grpc.ClientUnaryCall;
  Heal(argument: _tangram_agent_v1_HealRequest, callback: grpc.requestCallback<_tangram_agent_v1_HealResponse__Output>): grpc.ClientUnaryCall;
  heal(argument: _tangram_agent_v1_HealRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_HealResponse__Output>): grpc.ClientUnaryCall;
  heal(argument: _tangram_agent_v1_HealRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_HealResponse__Output>): grpc.ClientUnaryCall;
  heal(argument: _tangram_agent_v1_HealRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_HealResponse__Output>): grpc.ClientUnaryCall;
  heal(argument: _tangram_agent_v1_HealRequest, callback: grpc.requestCallback<_tangram_agent_v1_HealResponse__Output>): grpc.ClientUnaryCall;

  InjectXid(argument: _tangram_agent_v1_InjectXidRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_InjectXidResponse__Output>): grpc.ClientUnaryCall;
  InjectXid(argument: _tangram_agent_v1_InjectXidRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_InjectXidResponse__Output>): grpc.ClientUnaryCall;
  InjectXid(argument: _tangram_agent_v1_InjectXidRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_InjectXidResponse__Output>): grpc.ClientUnaryCall;
  InjectXid(argument: _tangram_agent_v1_InjectXidRequest, callback: grpc.requestCallback<_tangram_agent_v1_InjectXidResponse__Output>): grpc.ClientUnaryCall;
  injectXid(argument: _tangram_agent_v1_InjectXidRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_InjectXidResponse__Output>): grpc.ClientUnaryCall;
  injectXid(argument: _tangram_agent_v1_InjectXidRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_InjectXidResponse__Output>): grpc.ClientUnaryCall;
  injectXid(argument: _tangram_agent_v1_InjectXidRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_InjectXidResponse__Output>): grpc.ClientUnaryCall;
  injectXid(argument: _tangram_agent_v1_InjectXidRequest, callback: grpc.requestCallback<_tangram_agent_v1_InjectXidResponse__Output>): grpc.ClientUnaryCall;

  PlanHeal(argument: _tangram_agent_v1_PlanHealRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_PlanHealResponse__Output>): grpc.ClientUnaryCall;
  PlanHeal(argument: _tangram_agent_v1_PlanHealRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_PlanHealResponse__Output>): grpc.ClientUnaryCall;
  PlanHeal(argument: _tangram_agent_v1_PlanHealRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_PlanHealResponse__Output>): grpc.ClientUnaryCall;
  PlanHeal(argument: _tangram_agent_v1_PlanHealRequest, callback: grpc.requestCallback<_tangram_agent_v1_PlanHealResponse__Output>): grpc.ClientUnaryCall;
  planHeal(argument: _tangram_agent_v1_PlanHealRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_PlanHealResponse__Output>): grpc.ClientUnaryCall;
  planHeal(argument: _tangram_agent_v1_PlanHealRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_agent_v1_PlanHealResponse__Output>): grpc.ClientUnaryCall;
  planHeal(argument: _tangram_agent_v1_PlanHealRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_agent_v1_PlanHealResponse__Output>): grpc.ClientUnaryCall;
  planHeal(argument: _tangram_agent_v1_PlanHealRequest, callback: grpc.requestCallback<_tangram_agent_v1_PlanHealResponse__Output>): grpc.ClientUnaryCall;

}

export interface HealthServiceHandlers extends grpc.UntypedServiceImplementation {
  GetHealth: grpc.handleUnaryCall<_tangram_agent_v1_GetHealthRequest__Output, _tangram_agent_v1_GetHealthResponse>;

  Heal: grpc.handleUnaryCall<_tangram_agent_v1_HealRequest__Output, _tangram_agent_v1_HealResponse>;

  InjectXid: grpc.handleUnaryCall<_tangram_agent_v1_InjectXidRequest__Output, _tangram_agent_v1_InjectXidResponse>;

  PlanHeal: grpc.handleUnaryCall<_tangram_agent_v1_PlanHealRequest__Output, _tangram_agent_v1_PlanHealResponse>;

}

export interface HealthServiceDefinition extends grpc.ServiceDefinition {
  GetHealth: MethodDefinition<_tangram_agent_v1_GetHealthRequest, _tangram_agent_v1_GetHealthResponse, _tangram_agent_v1_GetHealthRequest__Output, _tangram_agent_v1_GetHealthResponse__Output>
  Heal: MethodDefinition<_tangram_agent_v1_HealRequest, _tangram_agent_v1_HealResponse, _tangram_agent_v1_HealRequest__Output, _tangram_agent_v1_HealResponse__Output>
  InjectXid: MethodDefinition<_tangram_agent_v1_InjectXidRequest, _tangram_agent_v1_InjectXidResponse, _tangram_agent_v1_InjectXidRequest__Output, _tangram_agent_v1_InjectXidResponse__Output>
  PlanHeal: MethodDefinition<_tangram_agent_v1_PlanHealRequest, _tangram_agent_v1_PlanHealResponse, _tangram_agent_v1_PlanHealRequest__Output, _tangram_agent_v1_PlanHealResponse__Output>
}
