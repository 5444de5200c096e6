import { renderDuration } from '../../shared/domain/units.ts';
import type { Interruption__Output } from '../../shared/wire/generated/tangram/v1/Interruption.ts';
import type { Plan__Output } from '../../shared/wire/generated/tangram/v1/Plan.ts';
import type { PlanPrice__Output } from '../../shared/wire/generated/tangram/v1/PlanPrice.ts';
import { counted, mibText, minuteText } from './words.ts';

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
  const price = plan === null || stages.length === 0 ? [] : priceLines(plan);
  // A wish is accepted whether or not it fits now.
  const waits = (plan?.unplaced ?? '') === '' ? [] : [`    waits: ${plan?.unplaced}`];
  const fitsIf = (plan?.fitsIf ?? '') === '' ? [] : [`    fits if: ${plan?.fitsIf}`];
  const kept = plan === null ? [] : keptLines(plan);
  const remarks = remark === '' ? [] : [`    ${remark}`];
  const all = [`${mark} ${subject}`, ...lines, ...price, ...waits, ...fitsIf, ...kept, ...remarks];
  return all.join('\n').concat('\n');
}

function priceLines({ price }: Plan__Output): readonly string[] {
  const count = price?.replicasInterrupted ?? 0;
  const interrupted =
    count === 0 ? 'interrupts nothing' : `interrupts ${counted(count, 'replica')}`;
  const estimate = Number(price?.estimatedMs ?? 0);
  const head =
    estimate === 0 ? interrupted : `${interrupted}, about ${renderDuration(estimate)} in all`;
  return [
    `    ${head}`,
    ...(price?.interruptions ?? []).map(interruptionLine),
    ...(price === null ? [] : [`    ${costText(price)}`]),
  ];
}

function interruptionLine({ replica, estimatedMs, why }: Interruption__Output): string {
  const lasts =
    estimatedMs === undefined ? 'ends' : `for about ${renderDuration(Number(estimatedMs))}`;
  return `       ! ${replica}: ${lasts} (${why})`;
}

function costText(price: PlanPrice__Output): string {
  const fetched =
    price.bytesToFetch === undefined
      ? 'bytes to fetch unknown'
      : `fetches ${mibText(Math.ceil(Number(price.bytesToFetch) / 1_048_576))}`;
  const stranded = `stranded ${cards(price.strandedBeforeMilli)} before, ${cards(price.strandedAfterMilli)} after`;
  return `${fetched}; ${stranded} (cards); estimates ${estimatesText(price)}`;
}

function estimatesText({ estimates, learnedStarts }: PlanPrice__Output): string {
  if (learnedStarts === 0) return estimates === 'mixed' ? 'partly learned' : estimates;
  const partly = estimates === 'mixed' ? 'partly ' : '';
  return estimates === 'stated'
    ? 'stated'
    : `${partly}learned from ${counted(learnedStarts, 'start')}`;
}

function cards(milli: string | number): string {
  return (Number(milli) / 1_000).toFixed(2);
}

function keptLines({ plan, expiresAtMs, stages }: Plan__Output): readonly string[] {
  if (Number(expiresAtMs) === 0 || stages.length === 0) return [];
  return [`    good until ${minuteText(expiresAtMs)}: tangram apply --plan ${plan}`];
}
