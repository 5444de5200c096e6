import { unreachable } from '../../shared/domain/assert.ts';
import type { Plan, PlanStage, PlanStep } from '../../shared/domain/change.ts';
import type { Plan as WirePlan } from '../../shared/wire/generated/tangram/v1/Plan.ts';

const untils = {
  'replicas-stopped': 'replicas stopped',
  'slices-gone': 'slices gone',
  'slices-ready': 'slices ready',
  'replicas-ready': 'replicas ready',
} as const satisfies Readonly<Record<PlanStage['until'], string>>;

/** A plan as people read it: every step is one line. */
export function encodePlan(plan: Plan): WirePlan {
  return {
    plan: plan.id,
    stages: plan.stages.map((stage) => ({
      title: stage.title,
      steps: stage.steps.map((step) => ({
        kind: step.kind,
        node: step.node,
        text: describeStep(step),
      })),
      until: untils[stage.until],
    })),
    replicasInterrupted: plan.price.replicasInterrupted,
    estimatedMs: Math.round(plan.price.seconds * 1_000),
  };
}

function describeStep(step: PlanStep): string {
  switch (step.kind) {
    case 'set-mode':
      return `set ${step.gpu} to mode ${step.mode}`;
    case 'create-slice':
      return `create ${step.shape} on ${step.gpu}`;
    case 'destroy-slice':
      return `destroy ${step.shape} on ${step.gpu}`;
    case 'start-replica':
      return `start ${step.replica}`;
    case 'stop-replica':
      return `stop ${step.replica}`;
    default:
      return unreachable(step);
  }
}
