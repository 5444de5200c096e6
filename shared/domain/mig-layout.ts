import { unreachable } from './assert.ts';
import type { BootId, GpuUuid, ReplicaId } from './ids.ts';
import { placementRefusal, type MigGeometry, type MigPlacement } from './mig-profile.ts';

/** One instance of a layout. Its identity on a card is (GPU-instance profile id, start); the name is for people. */
export interface LaidOutInstance extends MigPlacement {
  readonly profile: string;
  /**
   * The names of its compute instances, sorted: `1c.3g.20gb`. null: one over the whole instance, the default.
   * Empty: it has none, so nothing can run in it.
   */
  readonly compute: readonly string[] | null;
}

/** How a card is cut: what a change starts from and leads to. */
export interface CardShape {
  readonly migEnabled: boolean;
  /** By start. */
  readonly instances: readonly LaidOutInstance[];
}

/** One thing that a change does to a card, in the order of the plan. */
export type LayoutStep =
  | { readonly kind: 'stop-replica'; readonly replica: ReplicaId }
  | { readonly kind: 'destroy'; readonly instance: LaidOutInstance }
  | { readonly kind: 'set-mode'; readonly enabled: boolean }
  | { readonly kind: 'create'; readonly instance: LaidOutInstance };

/** An instance that a plan does not touch, as it was when the plan was begun. */
export interface KeptInstance extends MigPlacement {
  readonly gpuInstanceId: number;
  readonly uuid: string | null;
}

/**
 * `running` and `undoing` go on at the next start of the agent; the others are over. `parked`: the mode takes
 * effect at the next reboot, and the wished layout is restored then.
 */
export type LayoutChangeState = 'running' | 'undoing' | 'done' | 'undone' | 'parked' | 'failed';

/** A plan for one card that is being carried out, as the journal keeps it. On disk before the card is touched. */
export interface LayoutChange {
  readonly id: number;
  readonly gpu: GpuUuid;
  /** A change never outlives its boot: no instance does. */
  readonly bootId: BootId;
  readonly startedAtMs: number;
  /** `apply`: asked for by somebody. `restore`: what was asked for earlier and a reboot or reset took away. */
  readonly origin: 'apply' | 'restore';
  readonly planId: string;
  readonly before: CardShape;
  readonly kept: readonly KeptInstance[];
  readonly steps: readonly LayoutStep[];
  /** Steps before this one were read back. */
  readonly cursor: number;
  /** The step at the cursor may have touched the card. */
  readonly begun: boolean;
  /** Of the card, for a mode that waits for one. `impossible`: only a reboot does it. */
  readonly reset: 'untried' | 'failed' | 'impossible';
  /** Failed tries of what is to be done now. */
  readonly failures: number;
  /** DCGM was stopped for it, and is to be started again however it ends. */
  readonly dcgmStopped: boolean;
  readonly state: LayoutChangeState;
  /** Why it is undone or has failed; empty: it has not. */
  readonly detail: string;
}

/** What a card is to look like after a reboot: the last layout that somebody asked this agent for. */
export interface RecordedLayout {
  readonly gpu: GpuUuid;
  readonly shape: CardShape;
  /** The boot in which it was last seen made. */
  readonly bootId: BootId;
}

export function isSamePlacement(a: MigPlacement, b: MigPlacement): boolean {
  return a.giProfileId === b.giProfileId && a.start === b.start;
}

/** The same piece of the card, with the same compute instances. */
export function isSameInstance(a: LaidOutInstance, b: LaidOutInstance): boolean {
  return isSamePlacement(a, b) && computeKey(a.compute) === computeKey(b.compute);
}

function computeKey(compute: LaidOutInstance['compute']): string {
  return compute === null ? 'default' : compute.join(',');
}

/** Whether two cards are cut alike; names do not matter. */
export function isSameShape(a: CardShape, b: CardShape): boolean {
  return (
    a.migEnabled === b.migEnabled &&
    a.instances.length === b.instances.length &&
    a.instances.every((each) => b.instances.some((other) => isSameInstance(each, other)))
  );
}

/** The shape once a step has had its effect. */
export function shapeAfter(shape: CardShape, step: LayoutStep): CardShape {
  switch (step.kind) {
    case 'stop-replica':
      return shape;
    case 'set-mode':
      return { migEnabled: step.enabled, instances: [] };
    case 'destroy':
      return {
        ...shape,
        instances: shape.instances.filter((each) => !isSamePlacement(each, step.instance)),
      };
    case 'create':
      return {
        ...shape,
        instances: [...shape.instances, step.instance].toSorted((a, b) => a.start - b.start),
      };
    default:
      return unreachable(step);
  }
}

/** Why a card cannot be cut so, or null when it can. */
export function layoutRefusal(
  geometry: MigGeometry,
  placements: readonly MigPlacement[],
): string | null {
  for (const [at, placement] of placements.entries()) {
    const refusal = placementRefusal(geometry, placements.slice(0, at), placement);
    if (refusal !== null) return refusal;
  }
  return null;
}
