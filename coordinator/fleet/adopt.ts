import type { Claim } from '../../shared/domain/claim.ts';
import { leftClaimsMax, type LeftClaim } from '../../shared/domain/node-target.ts';
import { lintNode } from '../../shared/placement/lint.ts';
import { storeLimits } from '../store/store.ts';
import type { ClaimRecord, ModelRecord } from '../store/values.ts';
import { claimIdOfLeft, readWish, type Wish } from './adoption-wish.ts';
import { forgetClaim } from './claim-life.ts';
import type { LedgerWrite } from './ledger.ts';
import { claimIdOf } from './names.ts';
import type { LiveNode } from './node-registry.ts';
import type { World } from './world.ts';

/** A round lets nobody wait for long: the nodes that are left come with the next. */
const nodesAtOnce = 256;
/** What agents say is believed as long as a fleet needs to come back, and not for ever: a stolen node could invent models. */
const adoptionMsMax = 86_400_000;
/** Leaves room for the last claim that is added. */
const batch = {
  writesMax: storeLimits.txnOpsMax - 20,
  bytesMax: storeLimits.txnBytesMax / 4,
} as const;

/**
 * After a restore, or in an empty store that goes on for one that was lost: claims that agents were given in terms of that store
 * become ours as they are, with their models and allocations. Nothing of them is stopped or started. What cannot be adopted is
 * left running, its cards are used for nobody else, and it is told.
 */
export async function adoptLeft(world: World): Promise<void> {
  if (world.unknownOn.size === 0) return;
  const adoption = new Adoption(world);
  for (const node of [...world.unknownOn].sort().slice(0, nodesAtOnce)) {
    const live = world.registry.get(node);
    world.unknownOn.delete(node);
    if (live === undefined || live.inventory === null || !live.reported) continue;
    // It has not obeyed us yet, so it cannot say what we do not know.
    if ((live.status?.acceptedEpoch ?? 0) < world.lineage.firstEpoch) continue;
    await adoption.judgeNode(live);
  }
  await adoption.flush();
}

/** What is to be done about one claim that its node still has and the store does not. */
type Verdict =
  /** `stale`: claims in its way that ended after the copy of the store was taken. */
  | { readonly kind: 'adopt'; readonly wish: Wish; readonly stale: readonly ClaimRecord[] }
  | { readonly kind: 'unknown'; readonly why: string };

/** Invariants: a claim is committed in one transaction with the model or allocation that it is for. */
class Adoption {
  readonly #world: World;
  /** By key: the newest of each. */
  readonly #writes = new Map<string, LedgerWrite>();
  /** Models as they will be once `#writes` are committed. */
  readonly #models = new Map<string, ModelRecord>();

  constructor(world: World) {
    this.#world = world;
  }

  async judgeNode(live: LiveNode): Promise<void> {
    const world = this.#world;
    const refused = new Map<string, string>();
    let moved = false;
    for (const left of live.status?.left ?? []) {
      const id = claimIdOfLeft(left);
      if (world.ledger.claim(id) !== undefined) continue;
      const verdict = this.#judge(live, left);
      if (verdict.kind === 'unknown') {
        refused.set(id, verdict.why);
        continue;
      }
      moved = true;
      for (const record of verdict.stale) this.#forget(record, id);
      this.#take(verdict.wish);
      if (this.#isFull()) await this.flush();
    }
    // Told once nothing is under way any more.
    if (!moved) tellUnknown(world, live, refused);
  }

  async flush(): Promise<void> {
    const writes = [...this.#writes.values()];
    this.#writes.clear();
    this.#models.clear();
    await this.#world.ledger.commit(writes);
  }

  #take({ record, subject, ...wish }: Wish): void {
    const world = this.#world;
    for (const write of wish.writes) this.#writes.set(write.key, write);
    if (wish.model !== null) this.#models.set(wish.model.spec.name, wish.model);
    const claimed = world.putClaim(record);
    this.#writes.set(claimed.key, claimed);
    const message = `goes on on ${record.claim.node} as it is: its store was lost, or restored from before`;
    world.event('adopted', subject, message);
  }

  #forget(record: ClaimRecord, successor: string): void {
    const { id, node } = record.claim;
    for (const write of forgetClaim(this.#world, record)) this.#writes.set(write.key, write);
    const message = `it had ended on ${node} before the store was restored: ${successor} runs in its place`;
    this.#world.event('forgotten', `replicas/${id}`, message);
  }

  #isFull(): boolean {
    const writes = [...this.#writes.values()];
    const bytes = writes.reduce(
      (sum, { op }) => sum + (op?.op === 'put' ? op.value.byteLength : 0),
      0,
    );
    return writes.length >= batch.writesMax || bytes >= batch.bytesMax;
  }

  #judge(live: LiveNode, left: LeftClaim): Verdict {
    const world = this.#world;
    const { firstEpoch, sinceMs } = world.lineage;
    // An operator has removed its node: only a lost store is made up for.
    if (left.epoch >= firstEpoch) return { kind: 'unknown', why: 'this store gave it up' };
    if (world.deps.clock.wallMs() - sinceMs > adoptionMsMax) {
      return { kind: 'unknown', why: 'its node came back too late' };
    }
    const wish = readWish(world, live.node, left, (name) => this.#models.get(name));
    if (typeof wish === 'string') return { kind: 'unknown', why: wish };
    const others = world.claimsOnNode(live.node);
    const { claim } = wish.record;
    const problems = newProblems(live, others, claim);
    if (problems.length === 0) return { kind: 'adopt', wish, stale: [] };
    const cards = new Set(claim.slices.map(({ gpu }) => gpu));
    const stale = others.filter(
      (other) => other.claim.slices.some(({ gpu }) => cards.has(gpu)) && isGone(live, other),
    );
    const without = others.filter((other) => !stale.includes(other));
    if (newProblems(live, without, claim).length === 0) return { kind: 'adopt', wish, stale };
    return { kind: 'unknown', why: problems[0] ?? '' };
  }
}

/** What `claim` would break beside `others`, by the checker that shares nothing with the search. */
function newProblems(
  { inventory }: LiveNode,
  others: readonly ClaimRecord[],
  claim: Claim,
): readonly string[] {
  if (inventory === null) return [];
  const node = { inventory, availability: { kind: 'ready' } } as const;
  const beside = others.map((other) => other.claim);
  const before = new Set(lintNode(node, beside).map(({ message }) => message));
  return lintNode(node, [...beside, claim])
    .map(({ message }) => message)
    .filter((message) => !before.has(message));
}

/** Its node tells all that it was given, nothing that it has not heard is under way to it, and this is not among it. */
function isGone({ sent, status, replicas }: LiveNode, { claim }: ClaimRecord): boolean {
  if (status === null || sent === null || claim.holder.kind !== 'replica') return false;
  const told = status.left ?? [];
  const complete = sent.generation === status.acceptedGeneration && told.length < leftClaimsMax;
  const has =
    replicas.has(claim.holder.replica) || told.some((each) => claimIdOfLeft(each) === claim.id);
  return complete && !has;
}

/** `refused`: why, by claim. */
function tellUnknown(world: World, live: LiveNode, refused: ReadonlyMap<string, string>): void {
  const known = new Set<string>([
    ...world.claimsOnNode(live.node).map(({ claim }) => claim.id),
    ...(live.status?.left ?? []).map(claimIdOfLeft),
  ]);
  const strays = [...live.replicas.values()]
    .filter(({ replica, phase }) => phase !== 'stopped' && !known.has(claimIdOf(replica)))
    .map(({ replica }) => replica);
  const names = [...refused.keys(), ...strays].sort();
  const why = refused.size === 0 ? '' : ` (${[...new Set(refused.values())].join('; ')})`;
  const message = `runs ${names.join(', ')}, which this store does not know${why}; left running, and its cards are not used`;
  world.eventOnce('unknown-replicas', `nodes/${live.node}`, names.length === 0 ? null : message);
}
