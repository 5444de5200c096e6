import { unreachable } from '../domain/assert.ts';
import { parseGpuUuid, parseNodeName, parseSliceId } from '../domain/ids.ts';
import type { Result } from '../domain/result.ts';
import type { Slice, SliceShape } from '../domain/slice.ts';
import { decoding, fault, inner, required, whole } from './fields.ts';
import type { Slice as WireSlice, Slice__Output } from './generated/tangram/v1/Slice.ts';
import type {
  SliceShape as WireShape,
  SliceShape__Output,
} from './generated/tangram/v1/SliceShape.ts';

export function encodeSlice(slice: Slice): WireSlice {
  return {
    slice: slice.id,
    incarnation: slice.incarnation,
    node: slice.node,
    gpuUuid: slice.gpu,
    shape: encodeShape(slice.shape),
  };
}

export function decodeSlice(message: Slice__Output): Result<Slice> {
  return decoding(() => ({
    id: inner(parseSliceId(message.slice), 'slice'),
    incarnation: whole(message.incarnation, 'incarnation'),
    node: inner(parseNodeName(message.node), 'node'),
    gpu: inner(parseGpuUuid(message.gpuUuid), 'gpu_uuid'),
    shape: inner(decodeShape(required(message.shape, 'shape')), 'shape'),
  }));
}

export function encodeShape(shape: SliceShape): WireShape {
  switch (shape.kind) {
    case 'whole':
      return { whole: { memoryMib: shape.memoryMib } };
    case 'mig': {
      const { kind: _, ...mig } = shape;
      return { mig };
    }
    case 'mps':
      return { mps: { memoryMib: shape.memoryMib, smPercent: shape.smPercent } };
    case 'timeshare':
      return { timeshare: { memoryMib: shape.memoryMib } };
    default:
      return unreachable(shape);
  }
}

export function decodeShape(message: SliceShape__Output): Result<SliceShape> {
  return decoding((): SliceShape => {
    if (message.whole) {
      return { kind: 'whole', memoryMib: whole(message.whole.memoryMib, 'whole.memory_mib') };
    }
    if (message.mig) {
      return {
        kind: 'mig',
        giProfileId: whole(message.mig.giProfileId, 'mig.gi_profile_id'),
        start: whole(message.mig.start, 'mig.start'),
        profile: message.mig.profile,
        size: whole(message.mig.size, 'mig.size'),
        memoryMib: whole(message.mig.memoryMib, 'mig.memory_mib'),
      };
    }
    if (message.mps) {
      return {
        kind: 'mps',
        memoryMib: whole(message.mps.memoryMib, 'mps.memory_mib'),
        smPercent: whole(message.mps.smPercent, 'mps.sm_percent'),
      };
    }
    if (message.timeshare) {
      return {
        kind: 'timeshare',
        memoryMib: whole(message.timeshare.memoryMib, 'timeshare.memory_mib'),
      };
    }
    throw fault(
      'kind',
      'the shape of the slice is missing or not known here',
      'the peer may be newer: upgrade this side',
    );
  });
}
