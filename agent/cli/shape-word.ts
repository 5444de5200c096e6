import { unreachable } from '../../shared/domain/assert.ts';
import type { SliceShape } from '../../shared/domain/slice.ts';

/** `2g.10gb@4`, `mps-25%`, `whole`: a slice in one word; empty when nothing tells how it is cut. */
export function shapeWord(shape: SliceShape | null): string {
  if (shape === null) return '';
  switch (shape.kind) {
    case 'mig':
      return `${shape.profile}@${shape.start}`;
    case 'mps':
      return `mps-${shape.smPercent}%`;
    case 'whole':
    case 'timeshare':
      return shape.kind;
    default:
      return unreachable(shape);
  }
}
