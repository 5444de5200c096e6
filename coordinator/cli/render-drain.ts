import { renderTable } from '../../shared/platform/table.ts';
import type { NodeDrain__Output } from '../../shared/wire/generated/tangram/v1/NodeDrain.ts';
import { counted, timeText } from './words.ts';

/** `2 replicas gone, 1 left (1 blocked); deadline 2026-11-23T…`. */
export function drainText({ replicasGone, left, deadlineMs, ...drain }: NodeDrain__Output): string {
  const blocked = left.filter((each) => each.blocked).length;
  const rest = `${left.length} left${blocked === 0 ? '' : ` (${blocked} blocked)`}`;
  const progress = `${counted(replicasGone, 'replica')} gone, ${left.length === 0 ? 'drained' : rest}`;
  if (Number(deadlineMs) === 0) return progress;
  const forced = drain.force ? ', then everything is stopped' : '';
  return `${progress}; deadline ${timeText(deadlineMs)}${drain.overdue ? ' is over' : forced}`;
}

/** What is left on a node that drains, and why. */
export function renderDrain({ left }: NodeDrain__Output): string {
  return renderTable(
    ['LEFT', 'BLOCKED', 'WHY'],
    left.map(({ replica, allocation, blocked, reason }) => [
      replica === '' ? `allocation ${allocation}` : replica,
      blocked ? 'yes' : 'no',
      reason,
    ]),
  );
}
