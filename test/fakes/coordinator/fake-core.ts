import { noAllocations } from './no-allocations.ts';
import {
  parseClaimId,
  parseClusterId,
  parsePlanId,
  parseReplicaId,
  parseSliceId,
  type ChangeId,
  type ModelName,
  type NodeName,
  type PlanId,
} from '../../../shared/domain/ids.ts';
import type { Plan } from '../../../shared/domain/change.ts';
import type { Claim } from '../../../shared/domain/claim.ts';
import type { Inventory } from '../../../shared/domain/inventory.ts';
import type { ModelSpec } from '../../../shared/domain/model.ts';
import type { NodeStatus, NodeTarget } from '../../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../../shared/domain/replica-state.ts';
import type { Result } from '../../../shared/domain/result.ts';
import { BoundedQueue } from '../../../shared/platform/bounded-queue.ts';
import type { ThoughtCluster } from '../../../coordinator/whatif/try-nodes.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import type {
  ApplyOptions,
  ApplyResult,
  ChangeEvent,
  ChangeView,
  CoordinatorCore,
  DeleteResult,
  Explanation,
  FleetEvent,
  KeptPlan,
  ModelEvent,
  ModelView,
  NodeEvent,
  NodeSession,
  NodeView,
  RemovedNode,
  PlanBudget,
  TriedModel,
} from '../../../coordinator/fleet/core.ts';

interface StoredModel {
  readonly spec: ModelSpec;
  readonly version: number;
  readonly revision: number;
}

interface LiveNode {
  inventory: Inventory;
  status: NodeStatus | null;
  replicas: readonly ReplicaStatus[];
  connected: boolean;
  cordoned: 'ready' | 'cordoned' | 'draining';
  ownLabels: Readonly<Record<string, string>>;
  generation: number;
  send: (target: NodeTarget) => void;
}

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problem.message);
}

/**
 * The core as its doors need it: keeps models, puts each replica on an MPS share of the first card of the first
 * connected node, sends targets, and takes reports. No store, no placement, no re-planning.
 */
export class FakeCore implements CoordinatorCore {
  readonly clusterId = must(parseClusterId('cluster-of-tests'));
  readonly epoch = 1;
  readonly allocations = noAllocations();
  /** What reached the core, in order: for tests of the link. */
  readonly calls: string[] = [];
  readonly #models = new Map<ModelName, StoredModel>();
  readonly #nodes = new Map<NodeName, LiveNode>();
  readonly #claims = new Map<string, Claim>();
  readonly #watchers = new Set<BoundedQueue<ModelEvent>>();
  readonly #events: FleetEvent[] = [];
  #revision = 0;

  async applyModel(spec: ModelSpec, options: ApplyOptions): Promise<ApplyResult> {
    const present = this.#models.get(spec.name);
    if (options.etag !== null && options.etag !== String(present?.revision ?? 0)) {
      throw new AppError('MODEL_CONFLICT', `model ${spec.name} was changed by somebody else`, {
        hint: 'read it again',
      });
    }
    const unchanged =
      present !== undefined && JSON.stringify(present.spec) === JSON.stringify(spec);
    const outcome = present === undefined ? 'created' : unchanged ? 'unchanged' : 'updated';
    const next = {
      spec,
      version: unchanged ? present.version : (present?.version ?? 0) + 1,
      revision: this.#revision + 1,
    };
    const plan = this.#plan(unchanged ? [] : [`start ${spec.replicas}`]);
    const notes = { cards: [], fitsIf: '', expiresAtMs: null, learnedStarts: 0 };
    if (options.validateOnly) {
      return { outcome, model: this.#view(present ?? next), plan, notes, change: null };
    }
    if (!unchanged) {
      this.#revision += 1;
      this.#models.set(spec.name, next);
      this.#place();
      this.#note('model-applied', `models/${spec.name}`, `version ${next.version}`);
      this.#tell(spec.name);
    }
    const model = this.#view(this.#models.get(spec.name) ?? next);
    return { outcome, model, plan, notes, change: null };
  }

  async deleteModel(
    name: ModelName,
    options: { readonly validateOnly: boolean },
  ): Promise<DeleteResult> {
    if (!this.#models.has(name)) throw new AppError('MODEL_UNKNOWN', `no model ${name}`);
    const plan = this.#plan([`stop ${name}`]);
    if (options.validateOnly) return { plan, change: null };
    this.#revision += 1;
    this.#models.delete(name);
    for (const [id, claim] of this.#claims) {
      if (claim.holder.kind === 'replica' && claim.holder.model === name) this.#claims.delete(id);
    }
    for (const queue of this.#watchers) {
      queue.push({ kind: 'deleted', name, revision: String(this.#revision) });
    }
    return { plan, change: null };
  }

  async scaleModel(name: ModelName, replicas: number): Promise<ApplyResult> {
    const present = this.#models.get(name);
    if (present === undefined) throw new AppError('MODEL_UNKNOWN', `no model ${name}`);
    return this.applyModel({ ...present.spec, replicas }, { validateOnly: false, etag: null });
  }

  /** It keeps no plans. */
  async applyPlan(id: PlanId): Promise<ChangeView> {
    throw new AppError('PLAN_UNKNOWN', `no plan ${id} is kept`);
  }

  /** Nothing is ever worth moving here. */
  async planDefrag(_budget: PlanBudget): Promise<KeptPlan> {
    const notes = { cards: [], fitsIf: '', expiresAtMs: null, learnedStarts: 0 };
    return { plan: { ...this.#plan([]), kind: 'defrag', stages: [] }, notes };
  }

  keptPlan(_id: PlanId): Plan | undefined {
    return undefined;
  }

  changes(): readonly ChangeView[] {
    return [];
  }

  change(_id: ChangeId): ChangeView | undefined {
    return undefined;
  }

  async abortChange(id: ChangeId): Promise<ChangeView> {
    throw new AppError('CHANGE_UNKNOWN', `there is no change ${id}`);
  }

  /** It has no engine to think with. */
  async tryNodes(): Promise<ThoughtCluster> {
    return { before: [], after: [], placed: [], waiting: [], nodes: [] };
  }

  async tryWithout(node: NodeName): Promise<ThoughtCluster> {
    if (!this.#nodes.has(node)) throw new AppError('NODE_UNKNOWN', `no node ${node}`);
    return this.tryNodes();
  }

  async tryModel(spec: ModelSpec): Promise<TriedModel> {
    const { plan, notes } = await this.applyModel(spec, { validateOnly: true, etag: null });
    const none = { replicas: 0, gpuMemoryMib: 0, cards: 0, cpuMillis: 0, memoryMib: 0 };
    const course = { before: none, peak: none, after: none };
    return { plan, notes, course, surgeFits: true, rollback: null };
  }

  eachModel(): Iterable<ModelView> {
    return this.models();
  }

  eachNode(): Iterable<NodeView> {
    return this.nodes();
  }

  models(): readonly ModelView[] {
    return [...this.#models.values()].map((model) => this.#view(model));
  }

  model(name: ModelName): ModelView | undefined {
    const found = this.#models.get(name);
    return found === undefined ? undefined : this.#view(found);
  }

  nodes(): readonly NodeView[] {
    return [...this.#nodes.keys()].flatMap((name) => this.node(name) ?? []);
  }

  inventoryOf(name: NodeName): Inventory | undefined {
    return this.#nodes.get(name)?.inventory ?? undefined;
  }

  node(name: NodeName): NodeView | undefined {
    const live = this.#nodes.get(name);
    if (live === undefined) return undefined;
    return {
      node: name,
      inventory: live.inventory,
      availability:
        live.cordoned === 'ready'
          ? { kind: 'ready' }
          : { kind: live.cordoned, reason: 'an operator asked for it' },
      connected: live.connected,
      lastSeenMs: 1_000,
      generation: live.generation,
      acceptedGeneration: live.status?.acceptedGeneration ?? 0,
      etag: live.cordoned,
      status: live.status,
      claims: [...this.#claims.values()].filter((claim) => claim.node === name),
      labels: { ...live.inventory?.labels, ...live.ownLabels },
      drain: null,
    };
  }

  explain(name: ModelName): Explanation | undefined {
    const view = this.model(name);
    if (view === undefined) return undefined;
    return {
      model: name,
      replicasWanted: view.spec.replicas,
      replicasPlaced: view.replicas.length,
      replicasReady: view.replicas.filter((each) => each.status?.phase === 'ready').length,
      placed: view.replicas.map((each) => `${each.claim.id} on ${each.claim.node}`),
      places: [],
      refusal:
        view.pendingCount === 0 ? null : { summary: view.pendingReason, nearest: 'connect a node' },
      evidence:
        view.pendingCount === 0
          ? []
          : [{ reason: 'availability', of: 'node', count: 0, example: 'there is no node' }],
    };
  }

  async setAvailability(
    name: NodeName,
    wanted: 'ready' | 'cordoned' | 'draining',
  ): Promise<NodeView> {
    const live = this.#nodes.get(name);
    if (live === undefined) {
      throw new AppError('NODE_UNKNOWN', `no node ${JSON.stringify(name)}`);
    }
    live.cordoned = wanted;
    this.#note('availability', `nodes/${name}`, wanted);
    const view = this.node(name);
    if (view === undefined) throw new Error('unreachable');
    return view;
  }

  /** No node is ever declared lost here. */
  heldLosses(): readonly NodeName[] {
    return [];
  }

  async labelNode(name: NodeName, labels: Readonly<Record<string, string>>): Promise<NodeView> {
    const live = this.#nodes.get(name);
    const view = this.node(name);
    if (live === undefined || view === undefined) {
      throw new AppError('NODE_UNKNOWN', `no node ${JSON.stringify(name)}`);
    }
    live.ownLabels = { ...live.ownLabels, ...labels };
    return { ...view, labels: { ...view.labels, ...labels } };
  }

  async removeNode(name: NodeName): Promise<RemovedNode> {
    const live = this.#nodes.get(name);
    if (live === undefined) throw new AppError('NODE_UNKNOWN', `no node ${JSON.stringify(name)}`);
    if (live.connected) throw new AppError('NODE_IN_USE', `the agent of ${name} is connected`);
    this.#nodes.delete(name);
    return { replicas: 0, allocations: [] };
  }

  events(options: {
    readonly limit: number;
    readonly subject: string | null;
  }): readonly FleetEvent[] {
    return this.#events
      .filter((event) => options.subject === null || event.subject === options.subject)
      .slice(-options.limit);
  }

  async *watchModels(signal: AbortSignal): AsyncIterable<ModelEvent> {
    const queue = new BoundedQueue<ModelEvent>(100);
    const end = (): void => queue.end();
    signal.addEventListener('abort', end, { once: true });
    this.#watchers.add(queue);
    try {
      const revision = String(this.#revision);
      for (const model of this.models()) yield { kind: 'model', model, revision };
      yield { kind: 'synced', revision };
      yield* queue;
    } finally {
      this.#watchers.delete(queue);
    }
  }

  /** What there is; what happens to them later is told by nobody here. */
  async *watchNodes(signal: AbortSignal): AsyncIterable<NodeEvent> {
    const revision = '1-0-0';
    for (const node of this.nodes()) yield { kind: 'node', node, replicas: [], revision };
    yield { kind: 'synced', revision };
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
  }

  /** Nothing is carried out here, so nothing happens to changes. */
  async *watchChanges(signal: AbortSignal): AsyncIterable<ChangeEvent> {
    yield { kind: 'synced', revision: '1-0-0' };
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
  }

  knowsNode(name: NodeName): boolean {
    return this.#nodes.get(name)?.connected === true;
  }

  openSession(
    inventory: Inventory,
    agent: { readonly clusterId: string | null; readonly epochSeen: number },
    send: (target: NodeTarget) => void,
  ): NodeSession {
    const name = inventory.node;
    if (agent.clusterId !== null && agent.clusterId !== this.clusterId) {
      throw new AppError('CLUSTER_MISMATCH', `node ${name} belongs to cluster ${agent.clusterId}`);
    }
    const present = this.#nodes.get(name);
    if (present?.connected === true) {
      throw new AppError('NODE_DUPLICATE', `another agent speaks for node ${name}`, {
        hint: 'give each host a name of its own',
      });
    }
    const live: LiveNode = {
      inventory,
      status: null,
      replicas: [],
      connected: true,
      cordoned: present?.cordoned ?? 'ready',
      ownLabels: present?.ownLabels ?? {},
      generation: present?.generation ?? 0,
      send,
    };
    this.#nodes.set(name, live);
    this.calls.push(`open ${name}`);
    this.#place();
    return {
      inventory: (next) => {
        this.calls.push(`inventory ${name}`);
        live.inventory = next;
      },
      status: (status, replicas) => {
        this.calls.push(`status ${name} ${status.acceptedGeneration}`);
        live.status = status;
        live.replicas = replicas;
        for (const model of this.#models.keys()) this.#tell(model);
      },
      heartbeat: () => {
        this.calls.push(`heartbeat ${name}`);
      },
      closed: (reason) => {
        this.calls.push(`closed ${name}: ${reason}`);
        live.connected = false;
      },
    };
  }

  #place(): void {
    const node = [...this.#nodes.values()].find((each) => each.connected);
    const gpu = node?.inventory.gpus[0];
    if (node === undefined || gpu === undefined) return;
    for (const model of this.#models.values()) {
      for (let copy = 0; copy < model.spec.replicas; copy += 1) {
        const id = `${model.spec.name}-${copy}`;
        if (this.#claims.has(id)) continue;
        this.#claims.set(id, {
          id: must(parseClaimId(id)),
          holder: {
            kind: 'replica',
            replica: must(parseReplicaId(id)),
            model: model.spec.name,
            modelVersion: model.version,
          },
          node: node.inventory.node,
          slices: [
            {
              id: must(parseSliceId(`${id}.0`)),
              incarnation: 1,
              node: node.inventory.node,
              gpu: gpu.uuid,
              shape: { kind: 'mps', memoryMib: model.spec.gpu?.memoryMib ?? 1, smPercent: 100 },
            },
          ],
          cpuMillis: 0,
          memoryMib: 0,
          state: 'held',
          createdAtMs: 1_000,
        });
      }
    }
    this.#publish(node);
  }

  #publish(live: LiveNode): void {
    const name = live.inventory.node;
    const claims = [...this.#claims.values()].filter((claim) => claim.node === name);
    live.generation += 1;
    live.send({
      clusterId: this.clusterId,
      epoch: this.epoch,
      generation: live.generation,
      node: name,
      gpus: live.inventory.gpus.slice(0, 1).map((gpu) => ({
        gpu: gpu.uuid,
        layoutRevision: gpu.layoutRevision,
        mode: 'mps',
        slices: claims.flatMap((claim) => claim.slices),
      })),
      replicas: claims.flatMap((claim) => {
        const model =
          claim.holder.kind === 'replica' ? this.#models.get(claim.holder.model) : undefined;
        if (claim.holder.kind !== 'replica' || model === undefined) return [];
        return [
          {
            replica: claim.holder.replica,
            model: claim.holder.model,
            modelVersion: model.version,
            workload: model.spec.workload,
            slices: claim.slices.map((slice) => slice.id),
            processes: 1,
          },
        ];
      }),
      tombstones: [],
    });
  }

  #view(model: StoredModel): ModelView {
    const statuses = [...this.#nodes.values()].flatMap((node) => node.replicas);
    const replicas = [...this.#claims.values()].flatMap((claim) => {
      if (claim.holder.kind !== 'replica' || claim.holder.model !== model.spec.name) return [];
      const { replica } = claim.holder;
      const status = statuses.find((each) => each.replica === replica) ?? null;
      return [{ claim, status, retiring: false }];
    });
    const pendingCount = model.spec.replicas - replicas.length;
    return {
      spec: model.spec,
      version: model.version,
      rolloutVersion: model.version,
      etag: String(model.revision),
      createdAtMs: 1_000,
      updatedAtMs: 2_000,
      deleting: false,
      replicas,
      pendingCount,
      pendingReason: pendingCount === 0 ? '' : 'no node is connected',
    };
  }

  #plan(titles: readonly string[]): Plan {
    return {
      id: must(parsePlanId(`plan-${this.#revision}`)),
      kind: 'apply',
      stages: titles.map((title) => ({
        title,
        steps: [],
        until: 'replicas-ready',
        abortsOn: ['deadline'],
        deadlineSeconds: 60,
      })),
      price: {
        replicasInterrupted: 0,
        interruptions: [],
        seconds: titles.length * 2,
        estimates: 'stated',
        bytesToFetch: null,
        strandedBeforeMilli: 0,
        strandedAfterMilli: 0,
        moves: 0,
        preemptions: 0,
      },
      begins: [],
      ends: [],
      unplaced: '',
      basis: {},
    };
  }

  #tell(name: ModelName): void {
    const model = this.model(name);
    if (model === undefined) return;
    for (const queue of this.#watchers) {
      queue.push({ kind: 'model', model, revision: String(this.#revision) });
    }
  }

  #note(kind: string, subject: string, message: string): void {
    this.#events.push({ id: this.#events.length + 1, atMs: 1_000, kind, subject, message });
  }
}
