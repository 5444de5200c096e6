import { AssertionError } from '../../shared/domain/assert.ts';
import type { ClusterId, ModelName } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import { AppError, errorChain, errorCodes, isAppError } from '../../shared/platform/errors.ts';
import { Wake } from '../../shared/platform/wake.ts';
import { shortSignal } from '../../shared/platform/short-signal.ts';
import { beginLineage, lineageOf } from '../store/lineage.ts';
import type { Leadership } from '../store/store.ts';
import { storeKeys } from '../store/values.ts';
import { abortByName } from './abort-change.ts';
import { createAllocations } from './allocation-desk.ts';
import type { Allocations } from './allocations.ts';
import { AnsweredBefore, type OnceCall } from './answers.ts';
import { decideApply, deleteModel, isApplyAlone, tryApply, unknownModel } from './apply.ts';
import { applyPlan } from './apply-plan.ts';
import { CallTurns } from './call-turns.ts';
import { establishCluster } from './cluster-record.ts';
import type {
  ApplyOptions,
  ApplyResult,
  CoordinatorCore,
  ModelView,
  NodeView,
  PeopledNode,
} from './core.ts';
import { explainModel } from './explain.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import { Watches } from './watches.ts';
import { planDefrag } from './plan-defrag.ts';
import { msToNextSuspect } from './next-suspect.ts';
import { Planner } from './planner.ts';
import type { LiveNode } from './node-registry.ts';
import { removeNode } from './remove-node.ts';
import type { Identity } from './publish.ts';
import { runRound } from './round.ts';
import { Serial } from './serial.ts';
import { Sessions } from './sessions.ts';
import { labelNode, setAvailability, unknownNode } from './set-availability.ts';
import { replicasByClaim, viewChange, viewModel, viewNode } from './views.ts';
import { Sweep } from './sweep.ts';
import { tryModel, tryNodes, tryWithout } from './what-if-desk.ts';
import { World, type CoreDeps } from './world.ts';

/** The core with its loop. */
export interface RunningCore extends CoordinatorCore {
  /** Aborts when this coordinator leads no more, before another can. */
  readonly deposed: AbortSignal;
  /** Plans and publishes until `signal` aborts. Throws NOT_LEADER when another coordinator took over. */
  run(signal: AbortSignal): Promise<void>;
}

/** Rounds that may fail in a row before the process gives up and begins anew. */
const failedRoundsMax = 10;

/** How a coordinator comes to lead. */
export interface Candidacy {
  /** Ends the wait for whoever leads now. */
  readonly signal?: AbortSignal;
  /** Told of every term that begins, before anything is done in it. */
  readonly announce?: (term: Leadership, holder: string) => Promise<void>;
}

/** Between looks that only silence asks for: nodes that fall silent one by one must not keep the planner going round. */
const quietTickMsMin = 100;

/** How long another term may take to come, where we lead already: nobody else stands in the way. */
const outbidMsMax = 10_000;

/** Leads `store` once nobody else does, reads everything, and answers calls at once; `run` makes it act. */
export async function createCoordinatorCore(
  deps: CoreDeps,
  { signal, announce = async () => undefined }: Candidacy = {},
): Promise<RunningCore> {
  const holder = `coordinator-${freshSuffix(deps.random)}`;
  const stop = signal === undefined ? {} : { signal };
  const { firstEpoch } = await lineageOf(deps.store);
  const above = BigInt(Math.max(0, firstEpoch - 1));
  const term = await deps.store.lead('coordinator', { holder, above, ...stop });
  const world = new World(deps);
  world.lineage = await lineageOf(deps.store);
  world.ledger.useStore(deps.store.fenced(term));
  const clusterId = await establishCluster(deps);
  await announce(term, holder);
  await world.reload();
  return new Core(world, { clusterId, holder, term, announce });
}

/**
 * Invariants: one task writes at a time; after a failure that may have left caches ahead of the store, they are read
 * again before anybody uses them to write.
 */
class Core implements RunningCore {
  readonly clusterId: ClusterId;
  readonly allocations: Allocations;
  readonly #world: World;
  readonly #holder: string;
  readonly #planner: Planner;
  readonly #sessions: Sessions;
  readonly #watches: Watches;
  readonly #serial: Serial;
  readonly #calls: CallTurns;
  readonly #sweep: Sweep;
  readonly #wake = new Wake();
  readonly #announce: NonNullable<Candidacy['announce']>;
  readonly #deposed = new AbortController();
  #term: Leadership;
  #outbidding = false;
  #epochToBeat = 0;

  constructor(
    world: World,
    identity: {
      readonly clusterId: ClusterId;
      readonly holder: string;
      readonly term: Leadership;
      readonly announce: NonNullable<Candidacy['announce']>;
    },
  ) {
    const { limits } = world.deps;
    this.clusterId = identity.clusterId;
    this.#world = world;
    this.#holder = identity.holder;
    this.#announce = identity.announce;
    this.#term = identity.term;
    this.#watchTerm(identity.term);
    this.#planner = new Planner(world);
    this.#sweep = new Sweep(world);
    this.#serial = new Serial(limits.writersWaitingMax);
    this.#calls = new CallTurns({
      world,
      identity: () => this.#identity(),
      waitingMax: limits.writersWaitingMax,
      exclusive: (task) => this.#exclusive(task),
      onTurn: () => this.#wake.wake(),
    });
    this.#watches = new Watches(world, {
      models: () => this.eachModel(),
      changes: () => this.changes(),
      allocations: () => this.allocations.list(),
      nodes: () => this.#peopledNodes(),
    });
    this.allocations = {
      ...createAllocations(world, this.#planner, (task, once) => this.#write(task, once)),
      watch: (stop, resume) => this.#watches.allocations(stop, resume),
    };
    this.#watches.useEpoch(this.epoch);
    this.#sessions = new Sessions({
      world,
      clusterId: identity.clusterId,
      wake: () => this.#wake.wake(),
      outbid: (epoch) => {
        this.#epochToBeat = Math.max(this.#epochToBeat, epoch);
      },
    });
  }

  get epoch(): number {
    return Number(this.#term.epoch);
  }

  get deposed(): AbortSignal {
    return this.#deposed.signal;
  }

  applyModel: CoordinatorCore['applyModel'] = (spec, options) =>
    this.#apply(spec.name, () => spec, options);

  deleteModel: CoordinatorCore['deleteModel'] = (name, options) =>
    this.#write(() => deleteModel(this.#world, name, options), options.once);

  scaleModel: CoordinatorCore['scaleModel'] = (
    name,
    replicas,
    options = { validateOnly: false, etag: null },
  ) => {
    const spec = (): ModelSpec => {
      const row = this.#world.ledger.model(name);
      if (row === undefined) throw unknownModel(name);
      return { ...row.value.spec, replicas };
    };
    return this.#apply(name, spec, options);
  };

  /** `spec` as it is when its turn has come. */
  #apply(name: ModelName, spec: () => ModelSpec, options: ApplyOptions): Promise<ApplyResult> {
    const [world, planner, { once }] = [this.#world, this.#planner, options];
    if (options.validateOnly) {
      return this.#write(() => tryApply(world, planner, spec(), options), once);
    }
    return this.#calls.call({
      subject: storeKeys.model(name),
      once,
      alone: () => isApplyAlone(world, name),
      decide: () => decideApply(world, planner, spec(), options),
    });
  }

  applyPlan: CoordinatorCore['applyPlan'] = (id, options = {}) =>
    this.#write(
      async () => viewChange(this.#world, await applyPlan(this.#world, id, options)),
      options.once,
    );

  planDefrag: CoordinatorCore['planDefrag'] = (budget, options = {}) =>
    this.#write(() => planDefrag(this.#world, budget, options), options.once);

  abortChange: CoordinatorCore['abortChange'] = (id, options = {}) =>
    this.#write(async () => {
      const world = this.#world;
      const ended = await abortByName(world, id, (change) =>
        world.answers.record(options.once, viewChange(world, change)),
      );
      return viewChange(world, ended);
    }, options.once);

  tryNodes: CoordinatorCore['tryNodes'] = (nodes) =>
    this.#exclusive(async () => tryNodes(this.#world, nodes));

  tryWithout: CoordinatorCore['tryWithout'] = (name) =>
    this.#exclusive(async () => {
      if (this.#world.registry.get(name) === undefined) throw unknownNode(name);
      return tryWithout(this.#world, name);
    });

  tryModel: CoordinatorCore['tryModel'] = (spec, budget) =>
    this.#exclusive(async () => tryModel(this.#world, spec, budget));

  keptPlan: CoordinatorCore['keptPlan'] = (id) =>
    this.#world.ledger.plans.get(storeKeys.plan(id))?.value.plan;

  changes: CoordinatorCore['changes'] = () =>
    this.#world.ledger.changes
      .values()
      .sort((left, right) => left.startedAtMs - right.startedAtMs)
      .map((change) => viewChange(this.#world, change));

  change: CoordinatorCore['change'] = (id) => {
    const change = this.#world.ledger.changes.get(storeKeys.change(id))?.value;
    return change && viewChange(this.#world, change);
  };

  setAvailability: CoordinatorCore['setAvailability'] = (name, wanted, options = { etag: null }) =>
    this.#write(
      () => setAvailability(this.#world, this.#planner, { name, wanted, ...options }),
      options.once,
    );

  labelNode: CoordinatorCore['labelNode'] = (name, labels, options = { etag: null }) =>
    this.#write(
      () => labelNode(this.#world, this.#planner, { name, labels, ...options }),
      options.once,
    );

  removeNode: CoordinatorCore['removeNode'] = (name, options = {}) =>
    this.#write(() => removeNode(this.#world, name, options), options.once);

  models: CoordinatorCore['models'] = () => [...this.eachModel()];

  *eachModel(): Iterable<ModelView> {
    for (const record of this.#world.ledger.models.values()) {
      const view = viewModel(this.#world, this.#planner, record.spec.name);
      if (view !== undefined) yield view;
    }
  }

  model: CoordinatorCore['model'] = (name) => viewModel(this.#world, this.#planner, name);

  nodes: CoordinatorCore['nodes'] = () => [...this.eachNode()];

  *eachNode(): Iterable<NodeView> {
    for (const { node } of this.#world.registry.all()) {
      // Looked up anew: whoever walks may have rested since.
      const live = this.#world.registry.get(node);
      if (live !== undefined) yield this.#viewNode(live);
    }
  }

  *#peopledNodes(): Iterable<PeopledNode> {
    const all = replicasByClaim(this.eachModel());
    for (const node of this.eachNode()) {
      yield { node, replicas: node.claims.flatMap(({ id }) => all.get(id) ?? []) };
    }
  }

  node: CoordinatorCore['node'] = (name) => {
    const live = this.#world.registry.get(name);
    return live && this.#viewNode(live);
  };

  inventoryOf: CoordinatorCore['inventoryOf'] = (name) =>
    this.#world.registry.get(name)?.inventory ?? undefined;

  #viewNode(live: LiveNode): NodeView {
    const record = this.#world.ledger.node(live.node)?.value;
    return viewNode(this.#world, this.#planner, { live, record });
  }

  heldLosses: CoordinatorCore['heldLosses'] = () => this.#world.heldLosses;

  explain: CoordinatorCore['explain'] = (name) => explainModel(this.#world, this.#planner, name);

  events: CoordinatorCore['events'] = (options) => this.#world.deps.eventLog.list(options);

  watchModels: CoordinatorCore['watchModels'] = (signal, resume) =>
    this.#watches.models(signal, resume);

  watchChanges: CoordinatorCore['watchChanges'] = (signal, resume) =>
    this.#watches.changes(signal, resume);

  watchNodes: CoordinatorCore['watchNodes'] = (signal, resume) =>
    this.#watches.nodes(signal, resume);

  knowsNode: CoordinatorCore['knowsNode'] = (name) =>
    this.#world.registry.get(name)?.connected === true;

  openSession: CoordinatorCore['openSession'] = (inventory, agent, send) =>
    this.#sessions.open(inventory, agent, send);

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#world.deps;
    let failures = 0;
    this.deposed.addEventListener('abort', () => this.#wake.wake(), { once: true });
    while (!signal.aborted) {
      const beganMs = clock.monotonicMs();
      try {
        await this.#exclusive(() => this.#round());
        failures = 0;
      } catch (error) {
        failures += 1;
        const fatal = error instanceof AssertionError || isAppError(error, 'NOT_LEADER');
        if (fatal || failures >= failedRoundsMax) throw error;
        log.error({ failures, err: errorChain(error) }, 'a planner round failed');
      }
      await this.#pause(signal, { failed: failures > 0, roundMs: clock.monotonicMs() - beganMs });
    }
  }

  async #round(): Promise<void> {
    const world = this.#world;
    this.#checkTerm();
    if (this.#epochToBeat > this.epoch) await this.#outbid();
    const [identity, slice] = [this.#identity(), this.#sweep.take()];
    await runRound(world, this.#planner, { identity, slice });
    this.#watches.publish();
  }

  #identity(): Identity {
    return { clusterId: this.clusterId, epoch: this.epoch };
  }

  #checkTerm(): void {
    if (!this.deposed.aborted) return;
    throw new AppError('NOT_LEADER', `the term ${this.epoch} of this coordinator is over`);
  }

  #watchTerm(term: Leadership): void {
    const over = (): void => {
      // A term that we end ourselves, for a higher one, costs nobody the lead.
      if (this.#term === term && !this.#outbidding) this.#deposed.abort();
    };
    term.lost.addEventListener('abort', over, { once: true });
    if (term.lost.aborted) over();
  }

  /**
   * Agents obeyed a later epoch than ours. Either another coordinator leads, and we do not know it yet: then we step
   * down. Or the store says that we do lead: then it is an older copy, and agents must hear a higher epoch.
   */
  async #outbid(): Promise<void> {
    const world = this.#world;
    const { store, clock } = world.deps;
    // A transaction of nothing: it fails with NOT_LEADER unless the store itself says that the term stands.
    await store.fenced(this.#term).txn({ if: [], do: [] });
    const above = BigInt(this.#epochToBeat);
    const patience = new AbortController();
    const timer = clock.sleep(outbidMsMax, patience.signal).then(
      () => patience.abort(new AppError('NOT_LEADER', 'another coordinator came first')),
      () => undefined,
    );
    this.#outbidding = true;
    try {
      const { signal } = patience;
      this.#term = await store.lead('coordinator', { holder: this.#holder, above, signal });
      this.#outbidding = false;
      this.#watchTerm(this.#term);
    } catch (error) {
      this.#deposed.abort();
      throw error;
    } finally {
      patience.abort();
      await timer;
    }
    const fenced = store.fenced(this.#term);
    world.ledger.useStore(fenced);
    const lineage = { firstEpoch: this.epoch, sinceMs: clock.wallMs() };
    await fenced.txn({ if: [], do: [beginLineage(lineage)] });
    world.lineage = lineage;
    await this.#announce(this.#term, this.#holder);
    this.#watches.useEpoch(this.epoch);
    for (const live of world.registry.all()) world.dirtyTargets.add(live.node);
    const message = `agents have seen epoch ${above}: this store is an older copy, and goes on as epoch ${this.epoch}`;
    world.event('store-restored', 'cluster', message);
  }

  async #write<T>(task: () => Promise<T>, once?: OnceCall<T>): Promise<T> {
    const result = await this.#exclusive(async () => {
      const before = once === undefined ? null : this.#world.answers.find(once);
      return before ?? task();
    });
    if (result instanceof AnsweredBefore) throw result;
    this.#wake.wake();
    return result;
  }

  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    return this.#serial.run(async () => {
      this.#checkTerm();
      if (this.#world.ledger.stale) await this.#world.reload();
      try {
        return await task();
      } catch (error) {
        const callers = isAppError(error) && errorCodes[error.code].actor === 'caller';
        if (!callers) this.#world.ledger.distrust();
        throw error;
      }
    });
  }

  /** Until the next slice is due, or a node will have been silent for too long: nobody else tells of that. */
  #quietMs(): number {
    const { deps, registry } = this.#world;
    const { suspectAfterMs } = deps.limits;
    const nowMs = deps.clock.monotonicMs();
    const quietMs = msToNextSuspect(registry.longestSilent(), { nowMs, suspectAfterMs });
    const sliceMs = Math.max(0, this.#sweep.dueAtMs - nowMs);
    return Math.min(sliceMs, Math.max(quietTickMsMin, quietMs));
  }

  /**
   * Until something happens, and for as long as the round took at least: a storm of news must leave half of the time to
   * those who bring it. After a failure a whole tick, because the same thing would only fail again.
   */
  async #pause(
    signal: AbortSignal,
    { failed, roundMs }: { readonly failed: boolean; readonly roundMs: number },
  ): Promise<void> {
    const { clock, limits } = this.#world.deps;
    const restMs = Math.min(Math.floor(roundMs), limits.tickMs);
    if (restMs > 0) await clock.sleep(restMs, signal).catch(() => undefined);
    const rest = shortSignal(signal);
    const woken = failed ? null : this.#wake.wait(rest.signal).then(rest.end);
    const ms = failed ? limits.tickMs : this.#quietMs();
    const slept = clock.sleep(ms, rest.signal).then(rest.end, rest.end);
    await Promise.all([woken, slept]);
  }
}
