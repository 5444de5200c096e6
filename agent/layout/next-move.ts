import {
  isSameInstance,
  isSamePlacement,
  isSameShape,
  type CardShape,
  type LaidOutInstance,
  type LayoutChange,
  type LayoutStep,
} from '../../shared/domain/mig-layout.ts';
import type { BootId } from '../../shared/domain/ids.ts';
import {
  allHolders,
  renderHolder,
  renderInstance,
  shapeOf,
  type CardNow,
  type InstanceNow,
} from './card-now.ts';
import { failuresMax, type Move } from './move.ts';
import { shapesOf } from './plan-card.ts';
import { nextUndoMove } from './undo-move.ts';

/**
 * Pure: the next move of a change on a card as it is now. The same for a change that goes on and for one that a
 * crash cut short at any point: only what is read from the card and from the journal counts.
 */
export function nextMove(change: LayoutChange, now: CardNow, boot: BootId): Move {
  if (change.bootId !== boot) return rebooted(change);
  if (now.error !== null) return { kind: 'wait', why: now.error };
  const lost = change.kept.find((kept) => !isStillThere(kept, now));
  if (lost !== undefined) {
    const name = change.before.instances.find((each) => isSamePlacement(each, lost));
    const what = name === undefined ? `profile ${lost.giProfileId}` : renderInstance(name);
    return { kind: 'give-up', why: `${what}, which was to stay, was changed by somebody else` };
  }
  if (change.state === 'undoing') return nextUndoMove(change, now);
  return forward(change, now);
}

/** No instance outlives a reboot, so nothing is left to take back; what was asked for earlier is restored. */
function rebooted(change: LayoutChange): Move {
  return change.state === 'undoing'
    ? { kind: 'finish', state: 'undone' }
    : { kind: 'turn-back', why: 'the host was rebooted in between' };
}

function isStillThere(kept: LayoutChange['kept'][number], now: CardNow): boolean {
  const found = now.instances.find((each) => isSamePlacement(each, kept));
  return found?.gpuInstanceId === kept.gpuInstanceId && found.uuid === kept.uuid;
}

function forward(change: LayoutChange, now: CardNow): Move {
  const shapes = shapesOf(change.before, change.steps);
  const step = change.steps[change.cursor];
  const from = shapes[change.cursor];
  const to = shapes[change.cursor + 1];
  const actual = shapeOf(now);
  if (step === undefined || from === undefined || to === undefined) {
    return isSameShape(actual, change.steps.length === 0 ? change.before : lastOf(shapes, change))
      ? { kind: 'finish', state: 'done' }
      : foreign(actual);
  }
  if (change.failures >= failuresMax) return { kind: 'turn-back', why: change.detail };
  if (step.kind === 'stop-replica') {
    if (!isSameShape(actual, from)) return foreign(actual);
    const runs = allHolders(now).some(
      (each) => each.kind === 'replica' && each.replica === step.replica,
    );
    return runs ? { kind: 'do', step } : { kind: 'confirm' };
  }
  if (step.kind === 'set-mode') return modeMove(change, now, step, { from, to });
  if (isSameShape(actual, to)) return { kind: 'confirm' };
  const half = halfOf(now, step.instance);
  if (step.kind === 'destroy') {
    if (!isSameShape(withoutHalf(actual, half, step.instance), from)) return foreign(actual);
    return taken(now, step.instance) ?? { kind: 'do', step };
  }
  if (half !== undefined && change.begun && isSameShape(without(actual, half), from)) {
    return { kind: 'tidy', instance: half };
  }
  return isSameShape(actual, from) ? { kind: 'do', step } : foreign(actual);
}

function lastOf(shapes: readonly CardShape[], change: LayoutChange): CardShape {
  return shapes.at(-1) ?? change.before;
}

function modeMove(
  change: LayoutChange,
  now: CardNow,
  step: Extract<LayoutStep, { kind: 'set-mode' }>,
  { from, to }: { readonly from: CardShape; readonly to: CardShape },
): Move {
  const actual = shapeOf(now);
  if (isSameShape(actual, to)) return { kind: 'confirm' };
  if (!isSameShape(actual, from)) return foreign(actual);
  const holder = allHolders(now)[0];
  if (holder !== undefined) {
    return { kind: 'turn-back', why: `${renderHolder(holder)} has come to use the card` };
  }
  if (!change.begun || now.migPending !== step.enabled) return { kind: 'do', step };
  // It was accepted, and waits. Where a reset cannot be had, the next reboot does it.
  if (now.passedThrough || change.reset === 'impossible') {
    return { kind: 'finish', state: 'parked' };
  }
  return change.reset === 'failed' ? { kind: 'do', step } : { kind: 'reset' };
}

/** An instance that has lost, or not got yet, its compute instances. */
function halfOf(now: CardNow, wanted: LaidOutInstance): InstanceNow | undefined {
  const found = now.instances.find((each) => isSamePlacement(each, wanted));
  return found === undefined || isSameInstance(found, wanted) ? undefined : found;
}

function without(shape: CardShape, half: LaidOutInstance): CardShape {
  return { ...shape, instances: shape.instances.filter((each) => !isSamePlacement(each, half)) };
}

/** The shape as if a half-destroyed instance were whole. */
function withoutHalf(
  shape: CardShape,
  half: InstanceNow | undefined,
  whole: LaidOutInstance,
): CardShape {
  if (half === undefined) return shape;
  return { ...shape, instances: [...without(shape, half).instances, whole] };
}

function taken(now: CardNow, instance: LaidOutInstance): Move | null {
  const found = now.instances.find((each) => isSamePlacement(each, instance));
  const holder = found?.holders[0];
  if (holder === undefined) return null;
  const why = `${renderHolder(holder)} has come to use ${renderInstance(instance)}`;
  return { kind: 'turn-back', why };
}

function foreign(actual: CardShape): Move {
  const list = actual.instances.map(renderInstance).join(', ') || 'no instance';
  const mode = `MIG ${actual.migEnabled ? 'on' : 'off'}`;
  return { kind: 'give-up', why: `somebody else has changed the card: ${mode}, ${list}` };
}
