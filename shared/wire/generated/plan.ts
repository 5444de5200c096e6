import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Evidence as _tangram_v1_Evidence, Evidence__Output as _tangram_v1_Evidence__Output } from './tangram/v1/Evidence.ts';
import type { Interruption as _tangram_v1_Interruption, Interruption__Output as _tangram_v1_Interruption__Output } from './tangram/v1/Interruption.ts';
import type { Plan as _tangram_v1_Plan, Plan__Output as _tangram_v1_Plan__Output } from './tangram/v1/Plan.ts';
import type { PlanPrice as _tangram_v1_PlanPrice, PlanPrice__Output as _tangram_v1_PlanPrice__Output } from './tangram/v1/PlanPrice.ts';
import type { PlanStage as _tangram_v1_PlanStage, PlanStage__Output as _tangram_v1_PlanStage__Output } from './tangram/v1/PlanStage.ts';
import type { PlanStep as _tangram_v1_PlanStep, PlanStep__Output as _tangram_v1_PlanStep__Output } from './tangram/v1/PlanStep.ts';


export interface ProtoGrpcType {
  tangram: {
    v1: {
      Evidence: MessageTypeDefinition<_tangram_v1_Evidence, _tangram_v1_Evidence__Output>
      Interruption: MessageTypeDefinition<_tangram_v1_Interruption, _tangram_v1_Interruption__Output>
      Plan: MessageTypeDefinition<_tangram_v1_Plan, _tangram_v1_Plan__Output>
      PlanPrice: MessageTypeDefinition<_tangram_v1_PlanPrice, _tangram_v1_PlanPrice__Output>
      PlanStage: MessageTypeDefinition<_tangram_v1_PlanStage, _tangram_v1_PlanStage__Output>
      PlanStep: MessageTypeDefinition<_tangram_v1_PlanStep, _tangram_v1_PlanStep__Output>
    }
  }
}
