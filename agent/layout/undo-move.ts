import {
  isSameInstance,
  isSamePlacement,
  type LaidOutInstance,
  type LayoutChange,
} from '../../shared/domain/mig-layout.ts';
import { renderHolder, renderInstance, type CardNow } from './card-now.ts';
import { failuresMax, type Move } from './move.ts';

/**
 * Pure: the next move that brings a card back to what it was before the change. Level-triggered: whatever part of
 * the change, or of an earlier undoing, has had its effect.
 */
export function nextUndoMove(change: LayoutChange, now: CardNow): Move {
  const { before } = change;
  if (change.failures > failuresMax) {
    return { kind: 'give-up', why: `cannot undo it: ${change.detail}` };
  }
  const sameMode = (now.migEnabled === true) === before.migEnabled;
  for (const found of now.instances) {
    const was = before.instances.find((each) => isSameInstance(each, found));
    if (was !== undefined && sameMode) continue;
    if (!isOurs(change, found)) {
      return { kind: 'give-up', why: `somebody else has made ${renderInstance(found)}` };
    }
    const holder = found.holders[0];
    if (holder !== undefined) {
      const why = `cannot undo it: ${renderHolder(holder)} uses ${renderInstance(found)}`;
      return { kind: 'give-up', why };
    }
    return { kind: 'do', step: { kind: 'destroy', instance: found } };
  }
  if (!sameMode || now.migPending !== now.migEnabled) {
    return { kind: 'do', step: { kind: 'set-mode', enabled: before.migEnabled } };
  }
  const missing = before.instances.find(
    (each) => !now.instances.some((found) => isSamePlacement(found, each)),
  );
  if (missing !== undefined) return { kind: 'do', step: { kind: 'create', instance: missing } };
  return { kind: 'finish', state: 'undone' };
}

/** What a step of this change has made, whole or half, or has half destroyed. */
function isOurs(change: LayoutChange, found: LaidOutInstance): boolean {
  return change.steps.some(
    (step) =>
      (step.kind === 'create' || step.kind === 'destroy') && isSamePlacement(step.instance, found),
  );
}
