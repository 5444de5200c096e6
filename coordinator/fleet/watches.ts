import {
  parseAllocationName,
  parseChangeId,
  parseModelName,
  parseNodeName,
} from '../../shared/domain/ids.ts';
import type { AllocationEvent, AllocationView } from './allocations.ts';
import type {
  ChangeEvent,
  ChangeView,
  ModelEvent,
  ModelView,
  NodeEvent,
  PeopledNode,
} from './core.ts';
import { ViewWatch, type ViewEvent } from './view-watch.ts';
import type { World } from './world.ts';

/** What can be watched of the fleet. */
export class Watches {
  readonly #models: ViewWatch<ModelView>;
  readonly #changes: ViewWatch<ChangeView>;
  readonly #allocations: ViewWatch<AllocationView>;
  readonly #nodes: ViewWatch<PeopledNode>;

  constructor(
    world: World,
    views: {
      readonly models: () => Iterable<ModelView>;
      readonly changes: () => Iterable<ChangeView>;
      readonly allocations: () => Iterable<AllocationView>;
      readonly nodes: () => Iterable<PeopledNode>;
    },
  ) {
    const { ledger, deps } = world;
    const storeRevision = (): bigint => ledger.revision;
    this.#models = new ViewWatch(
      {
        nameOf: ({ spec }) => spec.name,
        views: views.models,
        storeRevision,
        namesAt: async (revision) => ledger.keysAt(ledger.models.prefix, revision),
      },
      deps,
    );
    this.#changes = new ViewWatch(
      {
        nameOf: ({ change }) => change.id,
        views: views.changes,
        storeRevision,
        namesAt: async (revision) => ledger.keysAt(ledger.changes.prefix, revision),
      },
      deps,
    );
    this.#allocations = new ViewWatch(
      {
        nameOf: ({ spec }) => spec.name,
        views: views.allocations,
        storeRevision,
        namesAt: async (revision) => ledger.keysAt(ledger.allocations.prefix, revision),
      },
      deps,
    );
    this.#nodes = new ViewWatch(
      {
        nameOf: ({ node }) => node.node,
        views: views.nodes,
        // Each heartbeat of each node would be an event.
        told: ({ node, replicas }) => ({ node: { ...node, lastSeenMs: 0 }, replicas }),
        storeRevision,
        namesAt: async (revision) => ledger.keysAt(ledger.nodes.prefix, revision),
      },
      deps,
    );
  }

  useEpoch(epoch: number): void {
    this.#models.useEpoch(epoch);
    this.#changes.useEpoch(epoch);
    this.#allocations.useEpoch(epoch);
    this.#nodes.useEpoch(epoch);
  }

  publish(): void {
    this.#models.publish();
    this.#changes.publish();
    this.#allocations.publish();
    this.#nodes.publish();
  }

  async *models(signal: AbortSignal, resume?: string): AsyncIterable<ModelEvent> {
    for await (const event of this.#models.watch(signal, resume)) yield* modelEvent(event);
  }

  async *changes(signal: AbortSignal, resume?: string): AsyncIterable<ChangeEvent> {
    for await (const event of this.#changes.watch(signal, resume)) yield* changeEvent(event);
  }

  async *allocations(signal: AbortSignal, resume?: string): AsyncIterable<AllocationEvent> {
    for await (const event of this.#allocations.watch(signal, resume))
      yield* allocationEvent(event);
  }

  async *nodes(signal: AbortSignal, resume?: string): AsyncIterable<NodeEvent> {
    for await (const event of this.#nodes.watch(signal, resume)) yield* nodeEvent(event);
  }
}

function allocationEvent(event: ViewEvent<AllocationView>): readonly AllocationEvent[] {
  const { revision } = event;
  if (event.kind === 'view') return [{ kind: 'allocation', allocation: event.view, revision }];
  if (event.kind !== 'gone') return [{ kind: event.kind, revision }];
  const name = parseAllocationName(event.name);
  return name.ok ? [{ kind: 'deleted', name: name.value, revision }] : [];
}

function modelEvent(event: ViewEvent<ModelView>): readonly ModelEvent[] {
  const { revision } = event;
  if (event.kind === 'view') return [{ kind: 'model', model: event.view, revision }];
  if (event.kind !== 'gone') return [{ kind: event.kind, revision }];
  const name = parseModelName(event.name);
  return name.ok ? [{ kind: 'deleted', name: name.value, revision }] : [];
}

function changeEvent(event: ViewEvent<ChangeView>): readonly ChangeEvent[] {
  const { revision } = event;
  if (event.kind === 'view') return [{ kind: 'change', change: event.view, revision }];
  if (event.kind !== 'gone') return [{ kind: event.kind, revision }];
  const id = parseChangeId(event.name);
  return id.ok ? [{ kind: 'forgotten', id: id.value, revision }] : [];
}

function nodeEvent(event: ViewEvent<PeopledNode>): readonly NodeEvent[] {
  const { revision } = event;
  if (event.kind === 'view') return [{ kind: 'node', ...event.view, revision }];
  if (event.kind !== 'gone') return [{ kind: event.kind, revision }];
  const name = parseNodeName(event.name);
  return name.ok ? [{ kind: 'deleted', name: name.value, revision }] : [];
}
