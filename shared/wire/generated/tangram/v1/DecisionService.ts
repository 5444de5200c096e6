// Original file: tangram/v1/decision_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListDecisionsRequest as _tangram_v1_ListDecisionsRequest, ListDecisionsRequest__Output as _tangram_v1_ListDecisionsRequest__Output } from '../../tangram/v1/ListDecisionsRequest.ts';
import type { ListDecisionsResponse as _tangram_v1_ListDecisionsResponse, ListDecisionsResponse__Output as _tangram_v1_ListDecisionsResponse__Output } from '../../tangram/v1/ListDecisionsResponse.ts';
import type { ReplayDecisionRequest as _tangram_v1_ReplayDecisionRequest, ReplayDecisionRequest__Output as _tangram_v1_ReplayDecisionRequest__Output } from '../../tangram/v1/ReplayDecisionRequest.ts';
import type { ReplayDecisionResponse as _tangram_v1_ReplayDecisionResponse, ReplayDecisionResponse__Output as _tangram_v1_ReplayDecisionResponse__Output } from '../../tangram/v1/ReplayDecisionResponse.ts';
import type { ReplayPolicyRequest as _tangram_v1_ReplayPolicyRequest, ReplayPolicyRequest__Output as _tangram_v1_ReplayPolicyRequest__Output } from '../../tangram/v1/ReplayPolicyRequest.ts';
import type { ReplayPolicyResponse as _tangram_v1_ReplayPolicyResponse, ReplayPolicyResponse__Output as _tangram_v1_ReplayPolicyResponse__Output } from '../../tangram/v1/ReplayPolicyResponse.ts';

export interface DecisionServiceClient extends grpc.Client {
  ListDecisions(argument: _tangram_v1_ListDecisionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListDecisionsResponse__Output>): grpc.ClientUnaryCall;
  ListDecisions(argument: _tangram_v1_ListDecisionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListDecisionsResponse__Output>): grpc.ClientUnaryCall;
  ListDecisions(argument: _tangram_v1_ListDecisionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListDecisionsResponse__Output>): grpc.ClientUnaryCall;
  ListDecisions(argument: _tangram_v1_ListDecisionsRequest, callback: grpc.requestCallback<_tangram_v1_ListDecisionsResponse__Output>): grpc.ClientUnaryCall;
  listDecisions(argument: _tangram_v1_ListDecisionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListDecisionsResponse__Output>): grpc.ClientUnaryCall;
  listDecisions(argument: _tangram_v1_ListDecisionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListDecisionsResponse__Output>): grpc.ClientUnaryCall;
  listDecisions(argument: _tangram_v1_ListDecisionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListDecisionsResponse__Output>): grpc.ClientUnaryCall;
  listDecisions(argument: _tangram_v1_ListDecisionsRequest, callback: grpc.requestCallback<_tangram_v1_ListDecisionsResponse__Output>): grpc.ClientUnaryCall;

  ReplayDecision(argument: _tangram_v1_ReplayDecisionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ReplayDecisionResponse__Output>): grpc.ClientUnaryCall;
  ReplayDecision(argument: _tangram_v1_ReplayDecisionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ReplayDecisionResponse__Output>): grpc.ClientUnaryCall;
  ReplayDecision(argument: _tangram_v1_ReplayDecisionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ReplayDecisionResponse__Output>): grpc.ClientUnaryCall;
  ReplayDecision(argument: _tangram_v1_ReplayDecisionRequest, callback: grpc.requestCallback<_tangram_v1_ReplayDecisionResponse__Output>): grpc.ClientUnaryCall;
  replayDecision(argument: _tangram_v1_ReplayDecisionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ReplayDecisionResponse__Output>): grpc.ClientUnaryCall;
  replayDecision(argument: _tangram_v1_ReplayDecisionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ReplayDecisionResponse__Output>): grpc.ClientUnaryCall;
  replayDecision(argument: _tangram_v1_ReplayDecisionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ReplayDecisionResponse__Output>): grpc.ClientUnaryCall;
  replayDecision(argument: _tangram_v1_ReplayDecisionRequest, callback: grpc.requestCallback<_tangram_v1_ReplayDecisionResponse__Output>): grpc.ClientUnaryCall;

  ReplayPolicy(argument: _tangram_v1_ReplayPolicyRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_ReplayPolicyResponse__Output>;
  ReplayPolicy(argument: _tangram_v1_ReplayPolicyRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_ReplayPolicyResponse__Output>;
  replayPolicy(argument: _tangram_v1_ReplayPolicyRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_ReplayPolicyResponse__Output>;
  replayPolicy(argument: _tangram_v1_ReplayPolicyRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tangram_v1_ReplayPolicyResponse__Output>;

}

export interface DecisionServiceHandlers extends grpc.UntypedServiceImplementation {
  ListDecisions: grpc.handleUnaryCall<_tangram_v1_ListDecisionsRequest__Output, _tangram_v1_ListDecisionsResponse>;

  ReplayDecision: grpc.handleUnaryCall<_tangram_v1_ReplayDecisionRequest__Output, _tangram_v1_ReplayDecisionResponse>;

  ReplayPolicy: grpc.handleServerStreamingCall<_tangram_v1_ReplayPolicyRequest__Output, _tangram_v1_ReplayPolicyResponse>;

}

export interface DecisionServiceDefinition extends grpc.ServiceDefinition {
  ListDecisions: MethodDefinition<_tangram_v1_ListDecisionsRequest, _tangram_v1_ListDecisionsResponse, _tangram_v1_ListDecisionsRequest__Output, _tangram_v1_ListDecisionsResponse__Output>
  ReplayDecision: MethodDefinition<_tangram_v1_ReplayDecisionRequest, _tangram_v1_ReplayDecisionResponse, _tangram_v1_ReplayDecisionRequest__Output, _tangram_v1_ReplayDecisionResponse__Output>
  ReplayPolicy: MethodDefinition<_tangram_v1_ReplayPolicyRequest, _tangram_v1_ReplayPolicyResponse, _tangram_v1_ReplayPolicyRequest__Output, _tangram_v1_ReplayPolicyResponse__Output>
}
