import { unreachable } from '../../../shared/domain/assert.ts';
import { renderTable } from '../../../shared/platform/table.ts';
import type { SliceShape } from '../../../shared/domain/slice.ts';
import { renderMib } from '../../../shared/domain/units.ts';
import type { LocalPlan, LocalRefusal } from '../../local/local-plan.ts';
import type { GpuRecord } from '../api/agent-api.ts';

/** What a launch starts and where, and what it stops. */
export function renderLaunch(plan: LocalPlan, gpus: readonly GpuRecord[]): string {
  const card = (uuid: string): string => {
    const found = gpus.find((each) => each.uuid === uuid);
    return found === undefined ? uuid : `GPU ${found.index} (${found.productName})`;
  };
  const starts = plan.starts.map(({ replica, placement }) => [
    'start',
    replica,
    placement.slices.length === 0
      ? 'on CPU'
      : placement.slices.map(({ gpu, shape }) => `${card(gpu)}: ${shapeText(shape)}`).join('; '),
  ]);
  const stops = plan.stops.map((replica) => ['stop', replica, '']);
  return renderTable(['STEP', 'REPLICA', 'WHERE'], [...stops, ...starts]);
}

/** Why a model has no place here, and what would help. */
export function renderRefused({ summary, nearest, evidence }: LocalRefusal): string {
  const rows = evidence.map((each) => [each.reason, `${each.count} ${each.of}`, each.example]);
  return [
    `refused: ${summary}`,
    ...(nearest === '' ? [] : [`nearest: ${nearest}`]),
    ...(rows.length === 0 ? [''] : [renderTable(['REASON', 'OF', 'EXAMPLE'], rows)]),
  ].join('\n');
}

function shapeText(shape: SliceShape): string {
  switch (shape.kind) {
    case 'mig':
      return `MIG ${shape.profile} at ${shape.start}`;
    case 'mps':
      return `MPS share of ${renderMib(shape.memoryMib)} and ${shape.smPercent}% of the SMs`;
    case 'timeshare':
      return `timeshare of ${renderMib(shape.memoryMib)}, which nobody enforces`;
    case 'whole':
      return 'the whole card';
    default:
      return unreachable(shape);
  }
}
