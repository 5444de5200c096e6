import { renderDuration } from '../../shared/domain/units.ts';
import type { Plan__Output } from '../../shared/wire/generated/tangram/v1/Plan.ts';
import { counted } from './words.ts';

const marks: Readonly<Record<string, string>> = {
  'create-slice': '+',
  'start-replica': '+',
  'destroy-slice': '-',
  'stop-replica': '-',
  'set-mode': '~',
};

/** What a change does to one thing, as a heading: `+ model sentiment: create`. */
export interface PlannedChange {
  readonly mark: '+' | '~' | '-' | '=';
  readonly subject: string;
  readonly plan: Plan__Output | null;
  /** Said below the steps: why part of the wish waits. Empty: nothing to say. */
  readonly remark: string;
}

/** A plan with its price, before anything is done. */
export function renderPlan(changes: readonly PlannedChange[]): string {
  return changes.map(renderChange).join('');
}

function renderChange({ mark, subject, plan, remark }: PlannedChange): string {
  const stages = plan?.stages ?? [];
  const lines = stages.flatMap((stage, at) => [
    `    ${at + 1}. ${stage.title}`,
    ...stage.steps.map((step) => `       ${marks[step.kind] ?? '?'} ${step.node}: ${step.text}`),
  ]);
  const price = plan === null || stages.length === 0 ? [] : [`    ${priceText(plan)}`];
  // A wish is accepted whether or not it fits now.
  const waits = (plan?.unplaced ?? '') === '' ? [] : [`    waits: ${plan?.unplaced}`];
  const remarks = remark === '' ? [] : [`    ${remark}`];
  return [`${mark} ${subject}`, ...lines, ...price, ...waits, ...remarks].join('\n').concat('\n');
}

function priceText({ price }: Plan__Output): string {
  const count = price?.replicasInterrupted ?? 0;
  const interrupted =
    count === 0 ? 'interrupts nothing' : `interrupts ${counted(count, 'replica')}`;
  const estimate = Number(price?.estimatedMs ?? 0);
  return estimate === 0 ? interrupted : `${interrupted}, about ${renderDuration(estimate)}`;
}
