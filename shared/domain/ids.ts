import { err, ok, type Result } from './result.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Lower-case DNS label, at most 63 characters. */
export type NodeName = Branded<'NodeName'>;
/** Lower-case DNS label, at most 63 characters. */
export type ModelName = Branded<'ModelName'>;
/** `GPU-…` as the driver prints it: the only identity of a card. */
export type GpuUuid = Branded<'GpuUuid'>;
/** `<model>-<8 characters>`; also the container's name suffix, so that create is idempotent. */
export type ReplicaId = Branded<'ReplicaId'>;
export type SliceId = Branded<'SliceId'>;
export type ClaimId = Branded<'ClaimId'>;
/** Lower-case DNS label, at most 63 characters; chosen by the client, and free again once the allocation is gone. */
export type AllocationName = Branded<'AllocationName'>;
export type PlanId = Branded<'PlanId'>;
export type ChangeId = Branded<'ChangeId'>;
/** Given once to an empty store; agents refuse the targets of another cluster. */
export type ClusterId = Branded<'ClusterId'>;
/** The kernel's boot id: a new one means that no instance, daemon or process survived. */
export type BootId = Branded<'BootId'>;

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const opaque = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;
const gpuUuid = /^GPU-[0-9a-zA-Z-]{1,96}$/;

function idParser<T extends string>(what: string, pattern: RegExp, rule: string) {
  return (text: string): Result<T> =>
    pattern.test(text)
      ? ok(text as T) // The pattern above is the guard of this brand.
      : err({ code: 'ID_INVALID', message: `${JSON.stringify(text)} is no ${what}`, hint: rule });
}

const labelRule = 'use lower-case letters, digits and dashes, at most 63 characters';
const opaqueRule = 'use letters, digits and . _ : / - , at most 128 characters';

export const parseNodeName = idParser<NodeName>('node name', dnsLabel, labelRule);
export const parseModelName = idParser<ModelName>('model name', dnsLabel, labelRule);
export const parseAllocationName = idParser<AllocationName>('allocation name', dnsLabel, labelRule);
export const parseGpuUuid = idParser<GpuUuid>('GPU UUID', gpuUuid, 'it looks like GPU-1a2b…');
export const parseReplicaId = idParser<ReplicaId>('replica id', opaque, opaqueRule);
export const parseSliceId = idParser<SliceId>('slice id', opaque, opaqueRule);
export const parseClaimId = idParser<ClaimId>('claim id', opaque, opaqueRule);
export const parsePlanId = idParser<PlanId>('plan id', opaque, opaqueRule);
export const parseChangeId = idParser<ChangeId>('change id', opaque, opaqueRule);
export const parseClusterId = idParser<ClusterId>('cluster id', opaque, opaqueRule);
export const parseBootId = idParser<BootId>('boot id', opaque, opaqueRule);
