import { renderDuration } from '../../shared/domain/units.ts';
import { renderTable } from '../../shared/platform/table.ts';
import type {
  CardHealthRecord,
  HealPlanRecord,
  InjectionRecord,
  NodeHealthRecord,
  ReasonRecord,
  RecoveryRecord,
  SliceHealthRecord,
  VerdictRecord,
} from './api/health-api.ts';

const lineShownMax = 160;

/** One line a card and one for each slice of its own, then what speaks against them and what to do. */
export function renderHealth({ cards, kernelLog }: NodeHealthRecord, nowMs: number): string {
  if (cards.length === 0) return 'no cards, or not looked at yet\n';
  const rows = cards.flatMap((card) => [
    [String(card.index), '', ...summary(card, nowMs), card.uuid],
    ...card.slices.map((slice) => [
      String(card.index),
      `gi ${slice.gpuInstanceId}`,
      ...summary(slice, nowMs),
      card.uuid,
    ]),
  ]);
  const table = renderTable(['GPU', 'SLICE', 'STATE', 'SINCE', 'ACTION', 'WHY', 'UUID'], rows);
  const blind = kernelLog === null ? '\nXids are not seen: no kernel log may be read here\n' : '';
  return [table, ...cards.map((card) => renderDetails(card, nowMs)), blind].join('');
}

function summary(verdict: VerdictRecord, nowMs: number): readonly string[] {
  const worst = verdict.reasons.find((each) => each.state === verdict.state);
  const since = verdict.sinceMs === null ? '' : age(verdict.sinceMs, nowMs);
  const action = verdict.state === 'ok' && verdict.action === 'record' ? '' : verdict.action;
  return [verdict.state, since, action, verdict.state === 'ok' ? '' : (worst?.message ?? '')];
}

function renderDetails(card: CardHealthRecord, nowMs: number): string {
  const lines = [
    ...card.reasons.flatMap((reason) => reasonLines(reason, nowMs)),
    ...card.slices.flatMap((slice) => sliceLines(slice, nowMs)),
    ...(card.recovery === null ? [] : [recoveryLine(card.recovery, nowMs)]),
    ...(card.state === 'ok' || card.users.length === 0 ? [] : [`runs: ${card.users.join(', ')}`]),
    ...(card.advice === '' ? [] : [`what to do: ${card.advice}`]),
  ];
  if (lines.length === 0) return '';
  return `\nGPU ${card.index}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function sliceLines(slice: SliceHealthRecord, nowMs: number): readonly string[] {
  return slice.reasons
    .flatMap((reason) => reasonLines(reason, nowMs))
    .map((line) => `gi ${slice.gpuInstanceId}: ${line}`);
}

function reasonLines(reason: ReasonRecord, nowMs: number): readonly string[] {
  const often = reason.count > 1 ? `, ${reason.count} times` : '';
  const head = `${reason.state}: ${reason.message} (${age(reason.lastMs, nowMs)} ago${often})`;
  return reason.line === null ? [head] : [head, `  ${plain(reason.line)}`];
}

function recoveryLine(recovery: RecoveryRecord, nowMs: number): string {
  const { state, askedBy, cause, detail, sinceMs } = recovery;
  const more = detail === '' ? '' : `; ${detail}`;
  return `recovery: ${state} for ${age(sinceMs, nowMs)}, asked by ${askedBy}, for ${cause}${more}`;
}

/** What an event leads to, and every step of it. */
export function renderInjection(outcome: InjectionRecord, dryRun: boolean): string {
  const { action, scope, description, configured, before, after, slicesAfter, victim } = outcome;
  const source = configured ? 'the configuration' : 'the catalogue';
  const lines = [
    `${description}: ${source} says ${action}, at most about the ${scope}`,
    `hits: ${victim ?? 'nobody that can be told'}`,
    `card: ${before.state} -> ${after.state}`,
    ...slicesAfter.map((slice) => `GPU instance ${slice.gpuInstanceId}: ${slice.state}`),
    dryRun ? 'would then:' : 'then:',
    ...outcome.steps.map((step) => `  - ${step}`),
    ...(dryRun ? ['nothing was changed'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

export function renderHealPlan({ steps, notes }: HealPlanRecord): string {
  const numbered = steps.map((step, at) => `${String(at + 1).padStart(3)}. ${step}`);
  return `${[...numbered, ...notes.map((note) => `note: ${note}`)].join('\n')}\n`;
}

/** One line of a recovery that somebody follows; null: there is none. */
export function renderRecovery(recovery: RecoveryRecord | null): string | null {
  if (recovery === null) return null;
  return recovery.detail === '' ? recovery.state : `${recovery.state}: ${recovery.detail}`;
}

function age(atMs: number, nowMs: number): string {
  return renderDuration(Math.max(0, nowMs - atMs));
}

/** Lines of a log are somebody else's text. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, lineShownMax);
}
