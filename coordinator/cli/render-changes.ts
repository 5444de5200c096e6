import { renderDuration } from '../../shared/domain/units.ts';
import { renderTable } from '../../shared/platform/table.ts';
import type { Change__Output } from '../../shared/wire/generated/tangram/v1/Change.ts';
import type { ReceiptLine__Output } from '../../shared/wire/generated/tangram/v1/ReceiptLine.ts';
import { renderPlan } from './render-plan.ts';
import { agoText, enumWord } from './words.ts';

export function changeWord(change: Change__Output): string {
  return enumWord('CHANGE_STATE_', change.state);
}

/** One line a change, oldest first. */
export function renderChanges(changes: readonly Change__Output[], nowMs: number): string {
  const rows = changes.map((change) => [
    change.change,
    change.plan?.kind ?? '',
    changeWord(change),
    stageText(change),
    agoText(change.startedAtMs, nowMs),
    change.reason,
  ]);
  return renderTable(['CHANGE', 'KIND', 'STATE', 'STAGE', 'AGE', 'REASON'], rows);
}

/** A change with its plan, and once it is over what it cost beside what was predicted. */
export function renderChange(change: Change__Output): string {
  const plan = renderPlan([
    { mark: '~', subject: `${change.change}: ${headText(change)}`, plan: change.plan, remark: '' },
  ]);
  return `${plan}${renderReceipt(change.receipt)}`;
}

/** One line: `running, stage 2 of 4 (start replicas); waits: ocr-x is busy`. */
export function headText(change: Change__Output): string {
  const word = changeWord(change);
  const reason =
    change.reason === '' ? '' : `; ${word === 'running' ? 'waits: ' : ''}${change.reason}`;
  if (word !== 'running') return `${word}${reason}`;
  const title = change.plan?.stages[change.stage]?.title ?? '';
  return `${word}, stage ${stageText(change)} (${title})${reason}`;
}

function stageText({ stage, plan }: Change__Output): string {
  const all = plan?.stages.length ?? 0;
  return `${Math.min(stage + 1, all)} of ${all}`;
}

function renderReceipt(lines: readonly ReceiptLine__Output[]): string {
  if (lines.length === 0) return '';
  const rows = lines.map((line) => [
    line.kind,
    line.replica,
    lasting(line.predictedMs, line.kind === 'interruption' ? 'ends' : 'unknown'),
    lasting(line.actualMs, line.predictedMs === undefined ? '-' : 'not seen'),
  ]);
  return `\n${renderTable(['RECEIPT', 'REPLICA', 'PREDICTED', 'ACTUAL'], rows)}`;
}

function lasting(ms: string | number | undefined, absent: string): string {
  return ms === undefined ? absent : renderDuration(Number(ms));
}
