import { AssertionError, assert } from '../../shared/domain/assert.ts';
import { parseClusterId, type ClusterId, type NodeName } from '../../shared/domain/ids.ts';
import { AppError, errorChain, errorCodes, isAppError } from '../../shared/platform/errors.ts';
import { Wake } from '../../shared/platform/wake.ts';
import type { Leadership } from '../store/store.ts';
import { clusterCodec, decodeValue, encodeValue, storeKeys } from '../store/values.ts';
import { abortByName } from './abort-change.ts';
import { applyModel, deleteModel, unknownModel } from './apply.ts';
import { applyPlan } from './apply-plan.ts';
import type { CoordinatorCore, NodeView } from './core.ts';
import { explainModel } from './explain.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import { ModelWatch } from './model-watch.ts';
import { planDefrag } from './plan-defrag.ts';
import { Planner } from './planner.ts';
import { nodeRecordOf, runRound } from './round.ts';
import { Serial } from './serial.ts';
import { Sessions } from './sessions.ts';
import { viewChange, viewModel, viewNode } from './views.ts';
import { tryModel, tryNodes, tryWithout } from './what-if-desk.ts';
import { World, type CoreDeps } from './world.ts';

/** The core with its loop. */
export interface RunningCore extends CoordinatorCore {
  /** Plans and publishes until `signal` aborts. Throws NOT_LEADER when another coordinator took over. */
  run(signal: AbortSignal): Promise<void>;
}

/** Rounds that may fail in a row before the process gives up and begins anew. */
const failedRoundsMax = 10;

/** Takes the lead in `store`, reads everything, and answers calls at once; `run` makes it act. */
export async function createCoordinatorCore(deps: CoreDeps): Promise<RunningCore> {
  const holder = `coordinator-${freshSuffix(deps.random)}`;
  const term = await deps.store.lead('coordinator', { holder });
  const world = new World(deps);
  world.ledger.useStore(deps.store.fenced(term));
  const clusterId = await adoptCluster(deps, term);
  await world.reload();
  return new Core(world, { clusterId, holder, term });
}

/** The cluster's name: given once, to an empty store. */
async function adoptCluster(deps: CoreDeps, term: Leadership): Promise<ClusterId> {
  const entry = await deps.store.get(storeKeys.cluster);
  if (entry !== null) return decodeValue(clusterCodec, storeKeys.cluster, entry.value).clusterId;
  const clusterId = parseClusterId(`cluster-${freshSuffix(deps.random)}`);
  assert(clusterId.ok, 'a fresh cluster id is valid');
  const record = { clusterId: clusterId.value, createdAtMs: deps.clock.wallMs() };
  await deps.store.fenced(term).txn({
    if: [{ key: storeKeys.cluster, target: 'mod', equals: 0n }],
    do: [{ op: 'put', key: storeKeys.cluster, value: encodeValue(clusterCodec, record) }],
  });
  deps.eventLog.append({
    atMs: deps.clock.wallMs(),
    kind: 'cluster-created',
    subject: 'cluster',
    message: `the store was empty: this is ${clusterId.value}; what agents run is left alone`,
  });
  return clusterId.value;
}

/**
 * Invariants: one task writes at a time; after a failure that may have left caches ahead of the store, they are read
 * again before anybody uses them to write.
 */
class Core implements RunningCore {
  readonly clusterId: ClusterId;
  readonly #world: World;
  readonly #holder: string;
  readonly #planner: Planner;
  readonly #sessions: Sessions;
  readonly #watch: ModelWatch;
  readonly #serial: Serial;
  readonly #wake = new Wake();
  #term: Leadership;
  #epochToBeat = 0;

  constructor(
    world: World,
    identity: { readonly clusterId: ClusterId; readonly holder: string; readonly term: Leadership },
  ) {
    const { limits } = world.deps;
    this.clusterId = identity.clusterId;
    this.#world = world;
    this.#holder = identity.holder;
    this.#term = identity.term;
    this.#planner = new Planner(world);
    this.#serial = new Serial(limits.writersWaitingMax);
    this.#watch = new ModelWatch({
      bufferMax: limits.watchBufferMax,
      watchersMax: limits.watchersMax,
    });
    this.#watch.useEpoch(this.epoch);
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

  applyModel: CoordinatorCore['applyModel'] = (spec, options) =>
    this.#write(() => applyModel(this.#world, this.#planner, spec, options));

  deleteModel: CoordinatorCore['deleteModel'] = (name, options) =>
    this.#write(() => deleteModel(this.#world, name, options));

  scaleModel: CoordinatorCore['scaleModel'] = (name, replicas) =>
    this.#write(() => {
      const row = this.#world.ledger.model(name);
      if (row === undefined) throw unknownModel(name);
      const options = { validateOnly: false, etag: null };
      return applyModel(this.#world, this.#planner, { ...row.value.spec, replicas }, options);
    });

  applyPlan: CoordinatorCore['applyPlan'] = (id) =>
    this.#write(async () => viewChange(this.#world, await applyPlan(this.#world, id)));

  planDefrag: CoordinatorCore['planDefrag'] = (budget) =>
    this.#write(() => planDefrag(this.#world, budget));

  abortChange: CoordinatorCore['abortChange'] = (id) =>
    this.#write(async () => viewChange(this.#world, await abortByName(this.#world, id)));

  tryNodes: CoordinatorCore['tryNodes'] = (nodes) =>
    this.#exclusive(async () => tryNodes(this.#world, nodes));

  tryWithout: CoordinatorCore['tryWithout'] = (name) =>
    this.#exclusive(async () => {
      if (this.#world.registry.get(name) === undefined) throw unknownNode(name);
      return tryWithout(this.#world, name);
    });

  tryModel: CoordinatorCore['tryModel'] = (spec, budget) =>
    this.#exclusive(async () => tryModel(this.#world, spec, budget));

  changes: CoordinatorCore['changes'] = () =>
    this.#world.ledger.changes
      .values()
      .sort((left, right) => left.startedAtMs - right.startedAtMs)
      .map((change) => viewChange(this.#world, change));

  change: CoordinatorCore['change'] = (id) => {
    const change = this.#world.ledger.changes.get(storeKeys.change(id))?.value;
    return change && viewChange(this.#world, change);
  };

  setAvailability: CoordinatorCore['setAvailability'] = (name, wanted) =>
    this.#write(async (): Promise<NodeView> => {
      const world = this.#world;
      const live = world.registry.get(name);
      if (live === undefined) throw unknownNode(name);
      // A node that has just joined may not be on record yet.
      const record = nodeRecordOf(world, live, world.ledger.node(name)?.value);
      if (record === undefined) throw unknownNode(name);
      if (record.wanted !== wanted) {
        await world.ledger.commit([
          world.ledger.nodes.put(storeKeys.node(name), { ...record, wanted }),
        ]);
        world.event(wanted === 'ready' ? 'uncordoned' : wanted, `nodes/${name}`, 'by an operator');
      }
      return viewNode(world, live);
    });

  models: CoordinatorCore['models'] = () =>
    this.#world.ledger.models
      .values()
      .map((record) => viewModel(this.#world, this.#planner, record.spec.name))
      .filter((view) => view !== undefined);

  model: CoordinatorCore['model'] = (name) => viewModel(this.#world, this.#planner, name);

  nodes: CoordinatorCore['nodes'] = () =>
    this.#world.registry.all().map((live) => viewNode(this.#world, live));

  node: CoordinatorCore['node'] = (name) => {
    const live = this.#world.registry.get(name);
    return live && viewNode(this.#world, live);
  };

  explain: CoordinatorCore['explain'] = (name) => explainModel(this.#world, this.#planner, name);

  events: CoordinatorCore['events'] = (options) => this.#world.deps.eventLog.list(options);

  watchModels: CoordinatorCore['watchModels'] = (signal) =>
    this.#watch.watch(() => this.models(), signal);

  openSession: CoordinatorCore['openSession'] = (inventory, agent, send) =>
    this.#sessions.open(inventory, agent, send);

  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.#world.deps;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#exclusive(() => this.#round());
        failures = 0;
      } catch (error) {
        failures += 1;
        const fatal = error instanceof AssertionError || isAppError(error, 'NOT_LEADER');
        if (fatal || failures >= failedRoundsMax) throw error;
        log.error({ failures, err: errorChain(error) }, 'a planner round failed');
      }
      await this.#pause(signal, failures > 0);
    }
  }

  async #round(): Promise<void> {
    const world = this.#world;
    if (this.#term.lost.aborted) {
      throw new AppError('NOT_LEADER', `the term ${this.epoch} of this coordinator is over`);
    }
    if (this.#epochToBeat > this.epoch) await this.#outbid();
    await runRound(world, this.#planner, { clusterId: this.clusterId, epoch: this.epoch });
    this.#watch.publish(() => this.models());
  }

  /** Agents obeyed a later epoch than ours, so this store is an older copy: they must hear a higher one. */
  async #outbid(): Promise<void> {
    const world = this.#world;
    const above = BigInt(this.#epochToBeat);
    this.#term = await world.deps.store.lead('coordinator', { holder: this.#holder, above });
    world.ledger.useStore(world.deps.store.fenced(this.#term));
    this.#watch.useEpoch(this.epoch);
    for (const live of world.registry.all()) world.dirtyTargets.add(live.node);
    const message = `agents have seen epoch ${above}: this store is an older copy, and goes on as epoch ${this.epoch}`;
    world.event('store-restored', 'cluster', message);
  }

  async #write<T>(task: () => Promise<T>): Promise<T> {
    const result = await this.#exclusive(task);
    this.#wake.wake();
    return result;
  }

  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    return this.#serial.run(async () => {
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

  /** Until something happens; after a failure a whole tick, because the same thing would only fail again. */
  async #pause(signal: AbortSignal, failed: boolean): Promise<void> {
    const { clock, limits } = this.#world.deps;
    // By hand and not AbortSignal.any: on Node 20 that keeps every short signal alive as long as the long one.
    const either = new AbortController();
    const stop = (): void => either.abort();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const woken = failed ? null : this.#wake.wait(either.signal).then(stop);
    const slept = clock.sleep(limits.tickMs, either.signal).then(stop, () => undefined);
    await Promise.all([woken, slept]);
    signal.removeEventListener('abort', stop);
  }
}

function unknownNode(name: NodeName): AppError {
  return new AppError('NODE_UNKNOWN', `there is no node ${name}`, {
    hint: 'tangram get nodes lists what there is; a node appears when its agent connects',
  });
}
