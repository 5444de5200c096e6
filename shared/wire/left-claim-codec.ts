import type { LeftClaim } from '../domain/node-target.ts';
import type { Result } from '../domain/result.ts';
import { decodeAllocationTarget, encodeAllocationTarget } from './allocation-link-codec.ts';
import { decoding, emptyAsNull, fault, inner, whole } from './fields.ts';
import type {
  LeftClaim as WireLeft,
  LeftClaim__Output,
} from './generated/tangram/link/v1/LeftClaim.ts';
import { decodeSlice, encodeSlice } from './slice-codec.ts';
import { decodeReplicaTarget, encodeReplicaTarget } from './target-codec.ts';

export function encodeLeftClaim({ epoch, holder, slices, declaration }: LeftClaim): WireLeft {
  return {
    epoch,
    slices: slices.map(encodeSlice),
    declaration: declaration ?? '',
    ...(holder.kind === 'replica'
      ? { replica: encodeReplicaTarget(holder.target) }
      : { allocation: encodeAllocationTarget(holder.target) }),
  };
}

export function decodeLeftClaim(message: LeftClaim__Output): Result<LeftClaim> {
  return decoding(() => ({
    epoch: whole(message.epoch, 'epoch'),
    holder: decodeHolder(message),
    slices: message.slices.map((slice, at) => inner(decodeSlice(slice), `slices[${at}]`)),
    declaration: emptyAsNull(message.declaration),
  }));
}

function decodeHolder(message: LeftClaim__Output): LeftClaim['holder'] {
  if (message.replica) {
    return { kind: 'replica', target: inner(decodeReplicaTarget(message.replica), 'replica') };
  }
  if (message.allocation) {
    const target = inner(decodeAllocationTarget(message.allocation), 'allocation');
    return { kind: 'allocation', target };
  }
  throw fault('holder', 'nobody known here holds it', 'the peer may be newer: upgrade this side');
}
