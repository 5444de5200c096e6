import { unreachable } from '../../shared/domain/assert.ts';
import type { Plan, PlanPrice, PlanStage, PlanStep } from '../../shared/domain/change.ts';
import type { NodeName } from '../../shared/domain/ids.ts';
import type { CoordinatorCore, PlanNotes } from '../fleet/core.ts';
import type { PlanCard, PlanPiece } from '../fleet/plan-picture.ts';
import type { Plan as WirePlan } from '../../shared/wire/generated/tangram/v1/Plan.ts';
import type { PlanCard as WireCard } from '../../shared/wire/generated/tangram/v1/PlanCard.ts';
import type { PlanPiece as WirePiece } from '../../shared/wire/generated/tangram/v1/PlanPiece.ts';
import type { PlanPrice as WirePrice } from '../../shared/wire/generated/tangram/v1/PlanPrice.ts';

const untils = {
  'replicas-stopped': 'replicas stopped',
  'slices-gone': 'slices gone',
  'slices-ready': 'slices ready',
  'replicas-ready': 'replicas ready',
} as const satisfies Readonly<Record<PlanStage['until'], string>>;

/** What people call a card: `GPU0`. */
export type GpuNames = (node: NodeName, gpu: string) => string;

/** Names cards by their index on the node; a card that is not there now keeps its UUID. */
export function gpuNames(core: Pick<CoordinatorCore, 'inventoryOf'>): GpuNames {
  return (node, uuid) => {
    const gpus = core.inventoryOf(node)?.gpus ?? [];
    const found = gpus.find((gpu) => gpu.uuid === uuid);
    return found === undefined ? uuid : `GPU${found.index}`;
  };
}

const bare: PlanNotes = { cards: [], fitsIf: '', expiresAtMs: null, learnedStarts: 0 };

/** A plan as people read it: every step is one line. `notes`: what is told beside it. */
export function encodePlan(plan: Plan, nameOf: GpuNames, notes: PlanNotes = bare): WirePlan {
  return {
    plan: plan.id,
    kind: plan.kind,
    stages: plan.stages.map((stage) => ({
      title: stage.title,
      steps: stage.steps.map((step) => ({
        kind: step.kind,
        node: step.node,
        text: describeStep(step, nameOf),
      })),
      until: untils[stage.until],
      abortsOn: [...stage.abortsOn],
      deadlineMs: milliseconds(stage.deadlineSeconds),
    })),
    price: { ...encodePrice(plan.price), learnedStarts: notes.learnedStarts },
    unplaced: plan.unplaced,
    cards: notes.cards.map((card) => encodeCard(card, nameOf)),
    fitsIf: notes.fitsIf,
    expiresAtMs: notes.expiresAtMs ?? 0,
  };
}

function encodePrice(price: PlanPrice): WirePrice {
  const { interruptions, seconds, bytesToFetch, ...counts } = price;
  return {
    ...counts,
    interruptions: interruptions.map(({ replica, model, seconds: lasts, why }) => ({
      replica,
      model,
      why,
      ...(lasts === null ? {} : { estimatedMs: milliseconds(lasts) }),
    })),
    estimatedMs: milliseconds(seconds),
    ...(bytesToFetch === null ? {} : { bytesToFetch }),
  };
}

function encodeCard(card: PlanCard, nameOf: GpuNames): WireCard {
  const { node, gpu, product, units } = card;
  return {
    node,
    gpu: nameOf(node, gpu),
    product,
    units,
    before: card.before.map(encodePiece),
    after: card.after.map(encodePiece),
  };
}

function encodePiece(piece: PlanPiece): WirePiece {
  return { ...piece, model: piece.model ?? '', replica: piece.replica ?? '' };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1_000);
}

function describeStep(step: PlanStep, nameOf: GpuNames): string {
  switch (step.kind) {
    case 'set-mode':
      return `set ${nameOf(step.node, step.gpu)} to mode ${step.mode}`;
    case 'create-slice':
      return `create ${step.shape} on ${nameOf(step.node, step.gpu)}`;
    case 'destroy-slice':
      return step.slice === null
        ? `destroy idle ${step.shape} on ${nameOf(step.node, step.gpu)}, made by others`
        : `destroy ${step.shape} on ${nameOf(step.node, step.gpu)}`;
    case 'start-replica':
      return step.replaces === null
        ? `start ${step.replica}`
        : `start ${step.replica} in place of ${step.replaces}`;
    case 'stop-replica':
      return `stop ${step.replica}`;
    default:
      return unreachable(step);
  }
}
