import type { ClaimId, ModelName, NodeName, ReplicaId } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type {
  NodeAvailability,
  PlacementNode,
  PlacementSnapshot,
} from '../../shared/placement/engine.ts';
import type { DecisionLog } from '../store/decision-log.ts';
import type { EventLog } from '../store/event-log.ts';
import { firstLineage } from '../store/lineage.ts';
import type { Store } from '../store/store.ts';
import { replicaOf, storeKeys, type ClaimRecord, type NodeRecord } from '../store/values.ts';
import { Answers } from './answers.ts';
import { AllocationTimers } from './allocation-timers.ts';
import { availabilityOf } from './availability.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { holdDownMs, withFlap } from './flapping.ts';
import { holdsOf, noHolds, type ChangeHolds } from './change-holds.ts';
import { ClaimIndex } from './claim-index.ts';
import { EngineDesk, type DeskOptions, type OpenEngine } from './engine-desk.ts';
import { EngineNodes } from './engine-nodes.ts';
import { DeadlineTimers } from './deadline-timers.ts';
import type { SeenStart } from './seen-starts.ts';
import type { FleetLimits } from './limits.ts';
import { Ledger, type LedgerWrite } from './ledger.ts';
import type { Copy } from './model-plan.ts';
import type { HeardUntil } from './heard-until.ts';
import { News } from './news.ts';
import { NodeRegistry, type LiveNode } from './node-registry.ts';
import { claimIdOf } from './names.ts';
import { RunningChanges } from './running-changes.ts';

/** Everything that the core needs from outside. */
export interface CoreDeps {
  readonly store: Store;
  readonly open: OpenEngine;
  readonly placement: DeskOptions;
  readonly clock: Clock;
  /** For id suffixes alone: no decision depends on it. */
  readonly random: () => number;
  readonly log: Log;
  readonly decisionLog: DecisionLog;
  readonly eventLog: EventLog;
  readonly limits: FleetLimits;
  /** Absent: what agents say is heard as they say it. */
  readonly heardUntil?: Pick<HeardUntil, 'ms'>;
}

/** A node as a decision about its copies sees it. */
export interface Host {
  readonly state: Exclude<Copy['node'], 'failed'>;
  /** What it is known to run now; null: it is silent. */
  readonly replicas: LiveNode['replicas'] | null;
}

const startsNotedMax = 10_000;

/**
 * What the coordinator knows: durable records, what agents said, and the engine that mirrors both.
 * Invariants: the engine has every node that ever spoke and every claim; a write that fails leaves `stale`,
 * and `reload` makes all three agree again.
 */
export class World {
  readonly deps: CoreDeps;
  readonly ledger: Ledger;
  readonly answers: Answers;
  readonly registry = new NodeRegistry((node) => this.touchNode(node));
  readonly desk: EngineDesk;
  readonly allocationTimers: AllocationTimers;
  readonly drainTimers: DeadlineTimers;
  /** Nodes whose target may have changed. */
  readonly dirtyTargets = new Set<NodeName>();
  /** Nodes that were suspect in the last round. */
  readonly suspects = new Set<NodeName>();
  /** Nodes that are gone and not replaced, because too many fell silent at once, as of the last round. */
  heldLosses: readonly NodeName[] = [];
  /** Nodes whose link comes and goes, as of the last round. */
  readonly flapping = new Set<NodeName>();
  /** What the next round looks at. */
  news = new News(true);
  /** What this store follows: read before anything else in a term. */
  lineage = firstLineage;
  /** Nodes that have not obeyed this store yet, where it follows another. */
  readonly introducing = new Set<NodeName>();
  /** Nodes that told of what the store may not know, since the last look at that. */
  readonly unknownOn = new Set<NodeName>();
  /** Nodes whose inventory may have changed. */
  readonly dirtyInventories = new Set<NodeName>();
  readonly running: RunningChanges;
  readonly #claims = new ClaimIndex();
  readonly #nodes: EngineNodes;
  /** Nodes whose standing may have changed since they were last refreshed. */
  readonly #unrefreshed = new Set<NodeName>();
  /** All of them are to be refreshed: they were read anew. */
  #refreshAll = true;
  readonly #draining = new Set<NodeName>();
  #commanded = new Set<NodeName>();
  readonly #said = new Map<string, string>();
  /** Labels as an agent sent them, with those on record that say the same. */
  readonly #sameLabels = new WeakMap<object, object>();
  #starts: SeenStart[] = [];

  constructor(deps: CoreDeps) {
    this.deps = deps;
    this.ledger = new Ledger(deps.store);
    this.answers = new Answers({ ledger: this.ledger, clock: deps.clock, limits: deps.limits });
    this.desk = new EngineDesk(deps.open, deps.placement);
    this.#nodes = new EngineNodes({
      desk: this.desk,
      availability: (live) => this.availability(live),
      ownLabels: (node) => this.ledger.node(node)?.value.ownLabels ?? {},
      claimsOn: (node) => this.claimsOnNode(node).map(({ claim }) => claim),
    });
    this.allocationTimers = new AllocationTimers(deps.clock);
    this.drainTimers = new DeadlineTimers(deps.clock);
    const { models, nodes, changes } = this.ledger;
    this.running = new RunningChanges(changes);
    changes.onWritten = (key) => this.running.note(key);
    // The key ends with the name: see `storeKeys`.
    models.onWritten = (key) => this.news.models.add(key.slice(models.prefix.length) as ModelName);
    nodes.onWritten = (key) => {
      const name = key.slice(nodes.prefix.length) as NodeName;
      this.#noteDrain(name, nodes.get(key)?.value);
      this.touchNode(name);
    };
  }

  async reload(): Promise<void> {
    await this.ledger.load();
    this.answers.reload();
    this.running.reload();
    this.#refreshAll = true;
    this.news.all = true;
    this.#draining.clear();
    this.#claims.clear();
    for (const record of this.ledger.claims.values()) this.#index(record);
    for (const record of this.ledger.nodes.values()) {
      this.#noteDrain(record.node, record);
      if (this.registry.get(record.node) === undefined) {
        this.registry.remember(record.node, this.deps.clock.monotonicMs(), record.lastSeenMs);
      }
      this.dirtyTargets.add(record.node);
    }
    const declared = this.ledger.models.values().filter((model) => !model.deleting);
    this.desk.reset(
      this.snapshot(),
      declared.map((model) => model.spec),
    );
  }

  snapshot(): PlacementSnapshot {
    return {
      nodes: this.#nodes.all(),
      claims: [...this.#claims.values()].map((record) => record.claim),
    };
  }

  /** The part of the snapshot that some nodes make up, without the claims `except`. */
  snapshotOf(nodes: Iterable<NodeName>, except: ReadonlySet<ClaimId>): PlacementSnapshot {
    const names = [...nodes];
    return {
      nodes: names.flatMap((name) => this.placementNode(name) ?? []),
      claims: names
        .flatMap((name) => this.claimsOnNode(name))
        .flatMap(({ claim }) => (except.has(claim.id) ? [] : [claim])),
    };
  }

  claimsOnNode(node: NodeName): readonly ClaimRecord[] {
    return this.#claims.onNode(node);
  }

  copyCount(model: ModelName): number {
    return this.#claims.countOfModel(model);
  }

  claimsOfModel(model: ModelName): readonly ClaimRecord[] {
    return this.#claims.ofModel(model);
  }

  /** Ended claims whose slices are not free yet, in order of id. */
  reclaiming(): readonly ClaimRecord[] {
    return this.#claims.reclaiming();
  }

  /** Told to the engine at once, so that the next decision sees it; the caller commits it. */
  putClaim(record: ClaimRecord): LedgerWrite {
    this.#index(record);
    this.desk.apply({ kind: 'claim-set', claim: record.claim });
    this.dirtyTargets.add(record.claim.node);
    return this.ledger.claims.put(storeKeys.claim(record.claim.id), record);
  }

  deleteClaim(record: ClaimRecord): LedgerWrite {
    const { id, node, holder } = record.claim;
    this.#claims.delete(record);
    if (holder.kind === 'replica') this.news.models.add(holder.model);
    this.desk.apply({ kind: 'claim-removed', claim: id });
    this.dirtyTargets.add(node);
    return this.ledger.claims.delete(storeKeys.claim(id));
  }

  /** What running changes keep for themselves, as of the last `refreshNodes`. */
  get holds(): ChangeHolds {
    return this.#nodes.holds;
  }

  /** A node as it is, with what changes keep free for themselves: for them alone. */
  plainNode(name: NodeName): PlacementNode | undefined {
    const live = this.registry.get(name);
    return live && this.#nodes.plain(live);
  }

  /** A node as everybody sees it who is no change. */
  placementNode(name: NodeName): PlacementNode | undefined {
    return this.#nodes.get(name);
  }

  /**
   * Before anything is decided: what agents said since the last look, whom time has changed, and what changes keep for
   * themselves.
   */
  refreshNodes(): void {
    const before = this.holds;
    this.#nodes.holds = holdsOf(this.running.exact(), (claim) => this.#claims.has(claim));
    const held = before !== noHolds || this.holds !== noHolds;
    const touched = [...this.#unrefreshed, ...this.dirtyInventories, ...this.timedNodes()];
    const due =
      held || this.#refreshAll
        ? this.registry.all()
        : touched.flatMap((name) => this.registry.get(name) ?? []);
    this.#refreshAll = false;
    this.#unrefreshed.clear();
    for (const live of due) {
      this.#nodes.refresh(live, this.dirtyInventories.has(live.node));
      if (live.inventory !== null) this.dirtyInventories.delete(live.node);
    }
  }

  /** Nodes whose standing may be another by time alone: of which nothing was heard for too long, or that are held down. */
  timedNodes(): readonly NodeName[] {
    const { clock, limits } = this.deps;
    const nowMs = clock.monotonicMs();
    const timed = [...this.flapping];
    for (const { node, life } of this.registry.longestSilent()) {
      if (nowMs - life.heardAtMs < limits.suspectAfterMs) break;
      timed.push(node);
    }
    return timed;
  }

  /** A node is not as it was: the next look is at it, too. */
  touchNode(name: NodeName): void {
    this.news.nodes.add(name);
    this.#unrefreshed.add(name);
  }

  /** What is claimed of this node has changed, and is still to be checked. */
  noteCommanded(node: NodeName): void {
    this.#commanded.add(node);
  }

  takeCommanded(): ReadonlySet<NodeName> {
    const commanded = this.#commanded;
    this.#commanded = new Set();
    return commanded;
  }

  /** What has come up since this was last asked for. */
  takeNews(): News {
    const { news } = this;
    this.news = new News(false);
    return news;
  }

  /** Compared once for each pair: agents repeat themselves in every round. */
  sameLabels(sent: Inventory['labels'], stored: Inventory['labels']): boolean {
    if (sent === stored || this.#sameLabels.get(sent) === stored) return true;
    if (canonicalJson(sent) !== canonicalJson(stored)) return false;
    this.#sameLabels.set(sent, stored);
    return true;
  }

  /** Starts that agents told of, until a round takes them. More than a round's worth of them teaches nothing new. */
  noteStarts(starts: readonly SeenStart[]): void {
    if (this.#starts.length < startsNotedMax) this.#starts.push(...starts);
  }

  takeStarts(): readonly SeenStart[] {
    const starts = this.#starts;
    this.#starts = [];
    return starts;
  }

  /** Nodes that an operator drains. */
  drains(): readonly NodeRecord[] {
    return [...this.#draining].sort().flatMap((name) => this.ledger.node(name)?.value ?? []);
  }

  #noteDrain(name: NodeName, record: NodeRecord | undefined): void {
    if (record?.wanted === 'draining') this.#draining.add(name);
    else this.#draining.delete(name);
  }

  /** Now, or earlier: what agents said after that is not known yet. */
  heardUntilMs(): number {
    const { clock, heardUntil } = this.deps;
    const nowMs = clock.monotonicMs();
    return heardUntil?.ms(nowMs) ?? nowMs;
  }

  silenceOf(live: LiveNode) {
    const nowMs = this.deps.clock.monotonicMs();
    return {
      node: live.node,
      connected: live.connected,
      silentMs: this.heardUntilMs() - live.life.heardAtMs,
      holdDownMs: holdDownMs(live.flapsAtMs, nowMs, this.deps.limits),
      lost: live.lost,
      wanted: this.ledger.node(live.node)?.value.wanted ?? 'ready',
    };
  }

  availability(live: LiveNode): NodeAvailability {
    return availabilityOf(this.silenceOf(live), this.deps.limits);
  }

  /** Whether what runs on it can be seen: a link that comes and goes says nothing against what it tells while it is there. */
  isSilent(live: LiveNode): 'lost' | 'suspect' | null {
    const steady = { ...this.silenceOf(live), holdDownMs: 0 };
    const { kind } = availabilityOf(steady, this.deps.limits);
    return kind === 'lost' || kind === 'suspect' ? kind : null;
  }

  /** Whether a sign of life, or the lack of one, decides over what is placed there now. */
  isKeptAway({ node, lost, life }: LiveNode): boolean {
    if (lost || this.suspects.has(node) || this.flapping.has(node)) return true;
    return this.heardUntilMs() - life.heardAtMs >= this.deps.limits.suspectAfterMs;
  }

  /** Its link was lost once more. */
  noteFlap(live: LiveNode): void {
    const { clock, limits } = this.deps;
    const flapsAtMs = withFlap(live.flapsAtMs, clock.monotonicMs(), limits);
    this.registry.update(live.node, { flapsAtMs });
  }

  statusOf(record: ClaimRecord): ReplicaStatus | null {
    const replica = replicaOf(record);
    if (replica === null) return null;
    return this.registry.get(record.claim.node)?.replicas.get(replica) ?? null;
  }

  /** `hosts`: given again for each model of one look, so that a node is judged once for all its copies. */
  copiesOf(model: ModelName, hosts = new Map<NodeName, Host>()): readonly Copy[] {
    return this.claimsOfModel(model).map((record) => this.#copyOf(record, hosts));
  }

  replicaTaken(replica: ReplicaId): boolean {
    // A claim has the name of its replica, and its tombstones do not outlive it.
    return this.#claims.has(claimIdOf(replica));
  }

  /** Whether any agent has spoken of a replica of this name: a name is not used for two lives. */
  knowsReplica(replica: ReplicaId): boolean {
    return this.registry.knowsReplica(replica);
  }

  event(kind: string, subject: string, message: string): void {
    this.deps.eventLog.append({ atMs: this.deps.clock.wallMs(), kind, subject, message });
  }

  /** For what is found again in every round: said once, until it changes or is over (`message` null). */
  eventOnce(kind: string, subject: string, message: string | null): void {
    if (message === null && this.#said.size === 0) return;
    const key = `${kind} ${subject}`;
    if (message === null) {
      this.#said.delete(key);
    } else if (this.#said.get(key) !== message) {
      this.#said.set(key, message);
      this.event(kind, subject, message);
    }
  }

  /** Its record and its claims are gone: nothing speaks of it any more. */
  forgetNode(name: NodeName): void {
    this.registry.forget(name);
    this.suspects.delete(name);
    this.flapping.delete(name);
    this.dirtyTargets.delete(name);
    this.dirtyInventories.delete(name);
    this.unknownOn.delete(name);
    this.introducing.delete(name);
    this.drainTimers.forget(name);
    for (const key of this.#said.keys()) {
      if (key.endsWith(` nodes/${name}`)) this.#said.delete(key);
    }
    this.#nodes.forget(name);
  }

  #copyOf(record: ClaimRecord, hosts: Map<NodeName, Host>): Copy {
    const { id, node } = record.claim;
    let host = hosts.get(node);
    if (host === undefined) {
      host = this.#hostOf(node);
      hosts.set(node, host);
    }
    const replica = replicaOf(record);
    const status = replica === null ? undefined : host.replicas?.get(replica);
    const failed = host.state === 'here' && this.#cardFailed(record);
    return {
      record,
      node: failed ? 'failed' : host.state,
      serving: status?.phase === 'ready',
      answered: this.statusOf(record)?.phase === 'ready',
      leaving: this.holds.leaving.has(id),
    };
  }

  #hostOf(node: NodeName): Host {
    const live = this.registry.get(node);
    const silence = live === undefined ? 'suspect' : this.isSilent(live);
    if (silence === 'lost') return { state: 'lost', replicas: null };
    if (live === undefined || silence === 'suspect' || !live.reported) {
      return { state: 'away', replicas: null };
    }
    const draining = this.ledger.node(node)?.value.wanted === 'draining';
    return { state: draining ? 'draining' : 'here', replicas: live.replicas };
  }

  #cardFailed({ claim }: ClaimRecord): boolean {
    const gpus = this.registry.get(claim.node)?.inventory?.gpus ?? [];
    return gpus.some(
      ({ uuid, health }) =>
        health.state === 'failed' && claim.slices.some((slice) => slice.gpu === uuid),
    );
  }

  #index(record: ClaimRecord): void {
    const { holder } = record.claim;
    this.#claims.set(record);
    if (holder.kind === 'replica') this.news.models.add(holder.model);
  }
}
