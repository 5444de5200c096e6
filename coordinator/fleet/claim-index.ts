import type { ClaimId, ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { ClaimRecord } from '../store/values.ts';

type Claims = Map<ClaimId, ClaimRecord>;

/** Every claim as the engine has it, decided and not yet committed ones included, by whose it is and where it lies. */
export class ClaimIndex {
  readonly #claims: Claims = new Map();
  readonly #byNode = new Map<NodeName, Claims>();
  readonly #byModel = new Map<ModelName, Claims>();
  readonly #reclaiming = new Set<ClaimId>();

  clear(): void {
    this.#claims.clear();
    this.#byNode.clear();
    this.#byModel.clear();
    this.#reclaiming.clear();
  }

  set(record: ClaimRecord): void {
    const { id, node, holder, state } = record.claim;
    this.#claims.set(id, record);
    if (state === 'reclaiming') this.#reclaiming.add(id);
    else this.#reclaiming.delete(id);
    setIn(this.#byNode, node, record);
    if (holder.kind === 'replica') setIn(this.#byModel, holder.model, record);
  }

  delete({ claim: { id, node, holder } }: ClaimRecord): void {
    this.#claims.delete(id);
    this.#reclaiming.delete(id);
    this.#byNode.get(node)?.delete(id);
    if (holder.kind === 'replica') this.#byModel.get(holder.model)?.delete(id);
  }

  has(id: ClaimId): boolean {
    return this.#claims.has(id);
  }

  values(): Iterable<ClaimRecord> {
    return this.#claims.values();
  }

  onNode(node: NodeName): readonly ClaimRecord[] {
    return [...(this.#byNode.get(node)?.values() ?? [])];
  }

  ofModel(model: ModelName): readonly ClaimRecord[] {
    return [...(this.#byModel.get(model)?.values() ?? [])];
  }

  countOfModel(model: ModelName): number {
    return this.#byModel.get(model)?.size ?? 0;
  }

  /** Ended claims whose slices are not free yet, in order of id. */
  reclaiming(): readonly ClaimRecord[] {
    return [...this.#reclaiming]
      .flatMap((id) => this.#claims.get(id) ?? [])
      .sort((left, right) => (left.claim.id < right.claim.id ? -1 : 1));
  }
}

function setIn<K>(index: Map<K, Claims>, key: K, record: ClaimRecord): void {
  const inner = index.get(key) ?? new Map<ClaimId, ClaimRecord>();
  inner.set(record.claim.id, record);
  index.set(key, inner);
}
