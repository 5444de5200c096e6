import type { Txn } from '../../coordinator/store/store.ts';
import {
  changeCodec,
  decodeValue,
  planCodec,
  replicaOf,
  type ClaimRecord,
  type ModelRecord,
} from '../../coordinator/store/values.ts';
import type { Change, Plan } from '../../shared/domain/change.ts';

type Rows<T> = ReadonlyMap<string, T>;

/** What the store holds of whatever a plan may touch. */
export interface PlannedWorld {
  readonly models: Rows<ModelRecord>;
  readonly claims: Rows<ClaimRecord>;
  readonly changes: Rows<Change>;
}

/**
 * What whoever reads a plan is promised: that it is carried out on what it was made from, or not at all, and that what it
 * will use stays free for it.
 */
export class PlanRules {
  readonly #world: PlannedWorld;
  readonly #say: (rule: string, what: string) => void;
  /** By plan, as it was kept: what it rests on. */
  readonly #basis = new Map<string, ReadonlyMap<string, string>>();

  constructor(world: PlannedWorld, say: (rule: string, what: string) => void) {
    this.#world = world;
    this.#say = say;
  }

  /** Before anything of the transaction is taken down: plans rest on what was there. */
  before(txn: Txn): void {
    for (const op of txn.do) {
      if (op.op !== 'put') continue;
      const { key, value } = op;
      if (key.startsWith('plans/')) {
        const { plan } = decodeValue(planCodec, key, value);
        this.#basis.set(plan.id, this.#basisOf(plan));
      }
      if (key.startsWith('changes/') && !this.#world.changes.has(key)) {
        this.#judgeBegun(key, decodeValue(changeCodec, key, value).plan);
      }
    }
  }

  #judgeBegun(key: string, plan: Plan): void {
    const basis = this.#basis.get(plan.id);
    if (basis === undefined) return;
    const now = this.#basisOf(plan);
    const moved = [...now.keys()].find((each) => basis.get(each) !== now.get(each));
    if (moved !== undefined) this.#say('I2', `${key} begins, and ${moved} is not as it was read`);
  }

  /** After a transaction in which it appears. */
  claimed({ claim }: ClaimRecord): void {
    const cards = new Set(claim.slices.map(({ gpu }) => gpu));
    for (const change of this.#world.changes.values()) {
      if (!change.exact || change.state !== 'running') continue;
      if (change.plan.begins.some(({ id }) => id === claim.id)) continue;
      const gpu = this.#comingOf(change).find((each) => cards.has(each));
      if (gpu !== undefined)
        this.#say('I1', `${claim.id} is put on ${gpu}, which ${change.id} keeps`);
    }
  }

  /** The cards of what the change is still to begin. */
  #comingOf({ plan, marks }: Change) {
    const begun = new Set(
      marks.filter(({ step }) => step === 'start').map(({ replica }) => replica),
    );
    return plan.begins
      .filter(({ id, holder }) => {
        const started = holder.kind === 'replica' && begun.has(holder.replica);
        return !started && !this.#world.claims.has(`claims/${id}`);
      })
      .flatMap(({ slices }) => slices.map(({ gpu }) => gpu));
  }

  /** Its models, the claims that it ends, and who is on its cards. */
  #basisOf(plan: Plan): ReadonlyMap<string, string> {
    const { models, claims } = this.#world;
    const basis = new Map<string, string>();
    const names = plan.begins.flatMap(({ holder }) =>
      holder.kind === 'replica' ? [`models/${holder.model}`] : [],
    );
    for (const key of names) basis.set(key, JSON.stringify(models.get(key) ?? null));
    for (const id of plan.ends) {
      const key = `claims/${id}`;
      basis.set(key, JSON.stringify(claims.get(key) ?? null));
    }
    for (const step of plan.stages.flatMap(({ steps }) => steps)) {
      if (!('gpu' in step)) continue;
      const holders = [...claims.values()]
        .filter(({ claim }) => claim.slices.some(({ gpu }) => gpu === step.gpu))
        .map((record) => replicaOf(record) ?? record.claim.id);
      basis.set(step.gpu, holders.sort().join(' '));
    }
    return basis;
  }
}
