import type { AllocationName, ModelName, ReplicaId } from '../../shared/domain/ids.ts';

/** Whom a slice is given to: a replica that this node runs, or a client that starts what it likes on it. */
export type Holder =
  | { readonly kind: 'replica'; readonly replica: ReplicaId; readonly model: ModelName }
  | { readonly kind: 'allocation'; readonly allocation: AllocationName };

/** Equal for equal holders, and for no others. */
export function holderKey(holder: Holder): string {
  return holder.kind === 'replica'
    ? `replicas/${holder.replica}`
    : `allocations/${holder.allocation}`;
}

/** Nobody is the same as nobody else. */
export function isSameHolder(a: Holder | null, b: Holder | null): boolean {
  return a !== null && b !== null && holderKey(a) === holderKey(b);
}

/** As messages and the labels of metrics name a holder: each kind in its own words, the others empty. */
export interface HolderWords {
  readonly model: string;
  readonly replica: string;
  readonly allocation: string;
}

const nobody: HolderWords = { model: '', replica: '', allocation: '' };

/** null: nobody, all words empty. */
export function holderWords(holder: Holder | null): HolderWords {
  if (holder === null) return nobody;
  return holder.kind === 'replica'
    ? { ...nobody, model: holder.model, replica: holder.replica }
    : { ...nobody, allocation: holder.allocation };
}
