import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { FieldMask as _google_protobuf_FieldMask, FieldMask__Output as _google_protobuf_FieldMask__Output } from './google/protobuf/FieldMask.ts';
import type { AbortChangeRequest as _tangram_v1_AbortChangeRequest, AbortChangeRequest__Output as _tangram_v1_AbortChangeRequest__Output } from './tangram/v1/AbortChangeRequest.ts';
import type { AbortChangeResponse as _tangram_v1_AbortChangeResponse, AbortChangeResponse__Output as _tangram_v1_AbortChangeResponse__Output } from './tangram/v1/AbortChangeResponse.ts';
import type { ApplyPlanRequest as _tangram_v1_ApplyPlanRequest, ApplyPlanRequest__Output as _tangram_v1_ApplyPlanRequest__Output } from './tangram/v1/ApplyPlanRequest.ts';
import type { ApplyPlanResponse as _tangram_v1_ApplyPlanResponse, ApplyPlanResponse__Output as _tangram_v1_ApplyPlanResponse__Output } from './tangram/v1/ApplyPlanResponse.ts';
import type { Change as _tangram_v1_Change, Change__Output as _tangram_v1_Change__Output } from './tangram/v1/Change.ts';
import type { ChangeProgress as _tangram_v1_ChangeProgress, ChangeProgress__Output as _tangram_v1_ChangeProgress__Output } from './tangram/v1/ChangeProgress.ts';
import type { ChangeServiceClient as _tangram_v1_ChangeServiceClient, ChangeServiceDefinition as _tangram_v1_ChangeServiceDefinition } from './tangram/v1/ChangeService.ts';
import type { Evidence as _tangram_v1_Evidence, Evidence__Output as _tangram_v1_Evidence__Output } from './tangram/v1/Evidence.ts';
import type { GetChangeRequest as _tangram_v1_GetChangeRequest, GetChangeRequest__Output as _tangram_v1_GetChangeRequest__Output } from './tangram/v1/GetChangeRequest.ts';
import type { GetChangeResponse as _tangram_v1_GetChangeResponse, GetChangeResponse__Output as _tangram_v1_GetChangeResponse__Output } from './tangram/v1/GetChangeResponse.ts';
import type { Interruption as _tangram_v1_Interruption, Interruption__Output as _tangram_v1_Interruption__Output } from './tangram/v1/Interruption.ts';
import type { ListChangesRequest as _tangram_v1_ListChangesRequest, ListChangesRequest__Output as _tangram_v1_ListChangesRequest__Output } from './tangram/v1/ListChangesRequest.ts';
import type { ListChangesResponse as _tangram_v1_ListChangesResponse, ListChangesResponse__Output as _tangram_v1_ListChangesResponse__Output } from './tangram/v1/ListChangesResponse.ts';
import type { Plan as _tangram_v1_Plan, Plan__Output as _tangram_v1_Plan__Output } from './tangram/v1/Plan.ts';
import type { PlanBudget as _tangram_v1_PlanBudget, PlanBudget__Output as _tangram_v1_PlanBudget__Output } from './tangram/v1/PlanBudget.ts';
import type { PlanCard as _tangram_v1_PlanCard, PlanCard__Output as _tangram_v1_PlanCard__Output } from './tangram/v1/PlanCard.ts';
import type { PlanDefragRequest as _tangram_v1_PlanDefragRequest, PlanDefragRequest__Output as _tangram_v1_PlanDefragRequest__Output } from './tangram/v1/PlanDefragRequest.ts';
import type { PlanDefragResponse as _tangram_v1_PlanDefragResponse, PlanDefragResponse__Output as _tangram_v1_PlanDefragResponse__Output } from './tangram/v1/PlanDefragResponse.ts';
import type { PlanPiece as _tangram_v1_PlanPiece, PlanPiece__Output as _tangram_v1_PlanPiece__Output } from './tangram/v1/PlanPiece.ts';
import type { PlanPrice as _tangram_v1_PlanPrice, PlanPrice__Output as _tangram_v1_PlanPrice__Output } from './tangram/v1/PlanPrice.ts';
import type { PlanStage as _tangram_v1_PlanStage, PlanStage__Output as _tangram_v1_PlanStage__Output } from './tangram/v1/PlanStage.ts';
import type { PlanStep as _tangram_v1_PlanStep, PlanStep__Output as _tangram_v1_PlanStep__Output } from './tangram/v1/PlanStep.ts';
import type { ReceiptLine as _tangram_v1_ReceiptLine, ReceiptLine__Output as _tangram_v1_ReceiptLine__Output } from './tangram/v1/ReceiptLine.ts';
import type { WaitChangeRequest as _tangram_v1_WaitChangeRequest, WaitChangeRequest__Output as _tangram_v1_WaitChangeRequest__Output } from './tangram/v1/WaitChangeRequest.ts';
import type { WaitChangeResponse as _tangram_v1_WaitChangeResponse, WaitChangeResponse__Output as _tangram_v1_WaitChangeResponse__Output } from './tangram/v1/WaitChangeResponse.ts';
import type { WatchChangesRequest as _tangram_v1_WatchChangesRequest, WatchChangesRequest__Output as _tangram_v1_WatchChangesRequest__Output } from './tangram/v1/WatchChangesRequest.ts';
import type { WatchChangesResponse as _tangram_v1_WatchChangesResponse, WatchChangesResponse__Output as _tangram_v1_WatchChangesResponse__Output } from './tangram/v1/WatchChangesResponse.ts';

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
      AbortChangeRequest: MessageTypeDefinition<_tangram_v1_AbortChangeRequest, _tangram_v1_AbortChangeRequest__Output>
      AbortChangeResponse: MessageTypeDefinition<_tangram_v1_AbortChangeResponse, _tangram_v1_AbortChangeResponse__Output>
      ApplyPlanRequest: MessageTypeDefinition<_tangram_v1_ApplyPlanRequest, _tangram_v1_ApplyPlanRequest__Output>
      ApplyPlanResponse: MessageTypeDefinition<_tangram_v1_ApplyPlanResponse, _tangram_v1_ApplyPlanResponse__Output>
      Change: MessageTypeDefinition<_tangram_v1_Change, _tangram_v1_Change__Output>
      ChangeProgress: MessageTypeDefinition<_tangram_v1_ChangeProgress, _tangram_v1_ChangeProgress__Output>
      ChangeService: SubtypeConstructor<typeof grpc.Client, _tangram_v1_ChangeServiceClient> & { service: _tangram_v1_ChangeServiceDefinition }
      ChangeState: EnumTypeDefinition
      Evidence: MessageTypeDefinition<_tangram_v1_Evidence, _tangram_v1_Evidence__Output>
      GetChangeRequest: MessageTypeDefinition<_tangram_v1_GetChangeRequest, _tangram_v1_GetChangeRequest__Output>
      GetChangeResponse: MessageTypeDefinition<_tangram_v1_GetChangeResponse, _tangram_v1_GetChangeResponse__Output>
      Interruption: MessageTypeDefinition<_tangram_v1_Interruption, _tangram_v1_Interruption__Output>
      ListChangesRequest: MessageTypeDefinition<_tangram_v1_ListChangesRequest, _tangram_v1_ListChangesRequest__Output>
      ListChangesResponse: MessageTypeDefinition<_tangram_v1_ListChangesResponse, _tangram_v1_ListChangesResponse__Output>
      Plan: MessageTypeDefinition<_tangram_v1_Plan, _tangram_v1_Plan__Output>
      PlanBudget: MessageTypeDefinition<_tangram_v1_PlanBudget, _tangram_v1_PlanBudget__Output>
      PlanCard: MessageTypeDefinition<_tangram_v1_PlanCard, _tangram_v1_PlanCard__Output>
      PlanDefragRequest: MessageTypeDefinition<_tangram_v1_PlanDefragRequest, _tangram_v1_PlanDefragRequest__Output>
      PlanDefragResponse: MessageTypeDefinition<_tangram_v1_PlanDefragResponse, _tangram_v1_PlanDefragResponse__Output>
      PlanPiece: MessageTypeDefinition<_tangram_v1_PlanPiece, _tangram_v1_PlanPiece__Output>
      PlanPrice: MessageTypeDefinition<_tangram_v1_PlanPrice, _tangram_v1_PlanPrice__Output>
      PlanStage: MessageTypeDefinition<_tangram_v1_PlanStage, _tangram_v1_PlanStage__Output>
      PlanStep: MessageTypeDefinition<_tangram_v1_PlanStep, _tangram_v1_PlanStep__Output>
      ReceiptLine: MessageTypeDefinition<_tangram_v1_ReceiptLine, _tangram_v1_ReceiptLine__Output>
      WaitChangeRequest: MessageTypeDefinition<_tangram_v1_WaitChangeRequest, _tangram_v1_WaitChangeRequest__Output>
      WaitChangeResponse: MessageTypeDefinition<_tangram_v1_WaitChangeResponse, _tangram_v1_WaitChangeResponse__Output>
      WatchChangesRequest: MessageTypeDefinition<_tangram_v1_WatchChangesRequest, _tangram_v1_WatchChangesRequest__Output>
      WatchChangesResponse: MessageTypeDefinition<_tangram_v1_WatchChangesResponse, _tangram_v1_WatchChangesResponse__Output>
    }
  }
}
