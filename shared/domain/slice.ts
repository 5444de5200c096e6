import type { Enforcement, Isolation } from './gpu.ts';
import type { GpuUuid, NodeName, SliceId } from './ids.ts';
import { unreachable } from './assert.ts';

/** A piece of a card, by how it is cut. Memory is what the holder may use, in MiB. */
export type SliceShape =
  | { readonly kind: 'whole'; readonly memoryMib: number }
  | {
      readonly kind: 'mig';
      /** With `start`, the identity of the instance on its card. */
      readonly giProfileId: number;
      readonly start: number;
      /** What this driver calls the profile. For people. */
      readonly profile: string;
      /** In placement units. */
      readonly size: number;
      readonly memoryMib: number;
    }
  | {
      readonly kind: 'mps';
      readonly memoryMib: number;
      /** Upper bound of the SMs of the card that a client may use, in percent. */
      readonly smPercent: number;
    }
  | { readonly kind: 'timeshare'; readonly memoryMib: number };

export type SliceKind = SliceShape['kind'];

/**
 * A slice's identity is given by the coordinator. It is bound to (GPU UUID, shape) and an incarnation, which
 * grows each time the same slice is made anew; a report of an older incarnation is dropped.
 */
export interface Slice {
  readonly id: SliceId;
  readonly incarnation: number;
  readonly node: NodeName;
  readonly gpu: GpuUuid;
  readonly shape: SliceShape;
}

export function sliceEnforcement(kind: SliceKind): Enforcement {
  switch (kind) {
    case 'whole':
    case 'mig':
      return 'hardware';
    case 'mps':
      return 'process';
    case 'timeshare':
      return 'none';
    default:
      return unreachable(kind);
  }
}

/** The isolation that a slice of this kind gives its holder. */
export function sliceIsolation(kind: SliceKind): Isolation {
  return kind === 'timeshare' ? 'any' : kind;
}
