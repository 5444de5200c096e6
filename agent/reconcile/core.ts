import type { Authority } from '../../shared/domain/gpu.ts';
import type { ClusterId, GpuUuid, NodeName, ReplicaId } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { RecordedLayout } from '../../shared/domain/mig-layout.ts';
import type { NodeStatus, NodeTarget } from '../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { createLedger, isFree, type AcceptOutcome } from '../target/ledger.ts';
import { attributionOf, type Attribution } from './attribution.ts';
import type { AgentCoreDeps, CoreMetrics, RoundView } from './core-deps.ts';
import type { Hold } from './execute.ts';
import { note } from './handler-deps.ts';
import { ReconcileLoop } from './loop.ts';
import { mpsViews, type MpsCardView } from './mps-view.ts';
import { nodeStatus, replicaStatuses } from './status.ts';

// The doors see one contract: these are parts of it that are told elsewhere.
export type { AcceptOutcome } from '../target/ledger.ts';
export type { Attribution } from './attribution.ts';
export type { AgentCoreDeps, CoreMetrics, RoundView } from './core-deps.ts';

export interface AgentEvent {
  readonly id: number;
  readonly atMs: number;
  /** Stable word: `replica-started`, `replica-ready`, `slice-created`, `target-accepted`, … */
  readonly kind: string;
  /** `replicas/x`, `gpus/GPU-…`, `slices/y`, `node`. */
  readonly subject: string;
  readonly message: string;
}

/** What has changed since the last call; the listener reads the views it needs. */
export interface CoreChange {
  readonly inventory: boolean;
  readonly status: boolean;
}

/** The agent's core as its doors (link, local API, metrics, CLI) see it. All views are values, never live. */
export interface AgentCore {
  /** Reconciles until `signal` aborts. Resolves then; running replicas stay. Call once. */
  run(signal: AbortSignal): Promise<void>;
  /** Durable before it answers; acted on by the next round. */
  acceptTarget(target: NodeTarget): AcceptOutcome;
  /** The accepted target; null: none yet. */
  target(): NodeTarget | null;
  /** For the link's hello: whose commands this node takes, and the newest version that it has seen. */
  allegiance(): {
    readonly clusterId: ClusterId | null;
    readonly epoch: number;
    readonly generation: number;
  };
  /** null until the host and its cards have been read once. */
  inventory(): Inventory | null;
  status(): NodeStatus;
  /** Every replica of the target, and those that still run without being in it. */
  replicas(): readonly ReplicaStatus[];
  attribution(): readonly Attribution[];
  /** Oldest first, the last `limit` of them. */
  events(options: {
    readonly limit: number;
    readonly subject: string | null;
  }): readonly AgentEvent[];
  /** Throws REPLICA_UNKNOWN. */
  logs(replica: ReplicaId, tailLines: number, signal: AbortSignal): Promise<string>;
  /** The layouts that somebody asked this agent for. */
  recordedLayouts(): readonly RecordedLayout[];
  lastRound(): RoundView | null;
  metrics(): CoreMetrics;
  /** Every card with its MPS daemon, as the last round saw it; empty before the first. */
  mps(): readonly MpsCardView[];
  /** Durable before it answers; null: what the configuration says. Answers what holds now. Throws GPU_UNKNOWN. */
  setAuthority(gpu: GpuUuid, authority: Authority | null): Authority;
  /** From now on the core does nothing on this card, until the hold is released; then it looks at it anew. */
  holdCard(gpu: GpuUuid): Hold;
  /** Stops a replica because what it runs on is changed. What does not run is left alone. */
  stopReplica(replica: ReplicaId, signal: AbortSignal): Promise<void>;
  /** Looks again at once: something outside has happened. */
  poke(): void;
  /** Called after a round that changed what the core tells, and after a target was accepted. Answers how to stop listening. */
  onChange(listener: (change: CoreChange) => void): () => void;
}

/** Puts the core together. Opens nothing and starts nothing: `run` does. */
export function createAgentCore(deps: AgentCoreDeps): AgentCore {
  const { store, config } = deps;
  const ledger = createLedger(store, config.node);
  const listeners = new Set<(change: CoreChange) => void>();
  const told = { inventory: '', status: '' };
  const publish = (): void => {
    const inventory = JSON.stringify(core.inventory());
    const status = JSON.stringify([core.status(), core.replicas()]);
    const change = { inventory: inventory !== told.inventory, status: status !== told.status };
    told.inventory = inventory;
    told.status = status;
    if (change.inventory || change.status) for (const listener of listeners) listener(change);
  };
  const loop = new ReconcileLoop(deps, ledger, publish);
  const core: AgentCore = {
    run: (signal) => loop.run(signal),
    acceptTarget: (target) => {
      const outcome = ledger.accept(target);
      noteAccept(deps, target, outcome);
      const refusals = outcome.kind === 'accepted' ? (ledger.accepted()?.refusals ?? []) : [];
      for (const { gpu, detail } of refusals) note(deps, 'target-refused', `gpus/${gpu}`, detail);
      if (outcome.kind === 'accepted') loop.poke();
      return outcome;
    },
    target: () => ledger.accepted()?.target ?? null,
    allegiance: () => {
      const accepted = ledger.accepted()?.target;
      // Whoever has nothing left of its own is free to join.
      const last =
        accepted !== undefined && isFree(accepted, store.tombstonesDone()) ? undefined : accepted;
      return {
        clusterId: last?.clusterId ?? null,
        epoch: last?.epoch ?? 0,
        generation: last?.generation ?? 0,
      };
    },
    inventory: () => loop.world?.inventory ?? null,
    status: () => {
      const input = loop.statusInput();
      return input === null ? emptyStatus(config.node) : nodeStatus(input);
    },
    replicas: () => {
      const input = loop.statusInput();
      return input === null ? [] : replicaStatuses(input);
    },
    attribution: () => (loop.planInput === null ? [] : attributionOf(loop.planInput)),
    events: (options) => store.events(options),
    logs: (replica, tailLines, signal) => readLogs(deps, loop, { replica, tailLines, signal }),
    recordedLayouts: () => store.recordedLayouts(),
    lastRound: () => loop.lastRound,
    metrics: () => loop.metrics(),
    mps: () => (loop.planInput === null ? [] : mpsViews(loop.planInput)),
    setAuthority: (gpu, authority) => setAuthority(deps, loop, { gpu, authority }),
    holdCard: (gpu) => loop.hold(gpu),
    stopReplica: (replica, signal) => loop.stopReplica(replica, signal),
    poke: () => {
      loop.poke();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
  return core;
}

function setAuthority(
  deps: AgentCoreDeps,
  loop: ReconcileLoop,
  { gpu, authority }: { readonly gpu: GpuUuid; readonly authority: Authority | null },
): Authority {
  const { store, config } = deps;
  if (loop.world?.gpus.some((each) => each.uuid === gpu) !== true) {
    throw new AppError('GPU_UNKNOWN', `no card ${gpu} on this node`);
  }
  const held = authority ?? config.authorityByGpu[gpu] ?? config.authority;
  store.saveAuthority(gpu, authority);
  note(deps, 'authority-set', `gpus/${gpu}`, `${held} from now on`);
  loop.poke();
  return held;
}

function emptyStatus(node: NodeName): NodeStatus {
  return {
    node,
    acceptedEpoch: 0,
    acceptedGeneration: 0,
    gpus: [],
    slices: [],
    tombstonesDone: [],
  };
}

function noteAccept(deps: AgentCoreDeps, target: NodeTarget, outcome: AcceptOutcome): void {
  if (outcome.kind === 'unchanged') return;
  const version = `${target.epoch}.${target.generation}`;
  if (outcome.kind === 'accepted') {
    note(deps, 'target-accepted', 'node', `target ${version} of cluster ${target.clusterId}`);
    return;
  }
  deps.log.warn({ version, problem: outcome.problem }, 'target refused');
  note(deps, 'target-refused', 'node', outcome.problem.message);
}

async function readLogs(
  deps: AgentCoreDeps,
  loop: ReconcileLoop,
  asked: {
    readonly replica: ReplicaId;
    readonly tailLines: number;
    readonly signal: AbortSignal;
  },
): Promise<string> {
  const { replica, tailLines, signal } = asked;
  const kind =
    loop.world?.running.find((each) => each.replica === replica)?.runtime ??
    deps.store.replicas().find((each) => each.replica === replica)?.runtime;
  const runtime = deps.runtimes.find((each) => each.kind === kind);
  if (runtime === undefined) {
    throw new AppError('REPLICA_UNKNOWN', `no replica ${JSON.stringify(replica)} on this node`);
  }
  return runtime.logs(replica, { tailLines }, signal);
}
