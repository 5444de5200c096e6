import type { Authority } from '../domain/gpu.ts';
import type { ModelSpec } from '../domain/model.ts';
import type { Need } from './need.ts';
import { needOf } from './need.ts';
import type { NodeRecord } from './node-record.ts';
import type { Reason } from './reasons.ts';

/** A request as the search sees it. */
export interface Ask {
  readonly spec: ModelSpec;
  readonly need: Need | null;
  readonly constraints: readonly (readonly [string, string])[];
  /** Obstacles that are thought away: empty outside what-if questions. */
  readonly waived: ReadonlySet<'availability' | 'runtime'>;
}

const nothing: Ask['waived'] = new Set();

/** Makes the ask of a model. */
export function askOf(
  spec: ModelSpec,
  whatIf: { readonly waived?: Ask['waived']; readonly authorityFloor?: Authority } = {},
): Ask {
  return {
    spec,
    need: spec.gpu === null ? null : needOf(spec.gpu, whatIf.authorityFloor),
    constraints: Object.entries(spec.placement.constraints),
    waived: whatIf.waived ?? nothing,
  };
}

/** Why nothing of a model can be placed on a node whatever its cards, or null when it may be. */
export function refuseNode(record: NodeRecord, ask: Ask): Reason | null {
  const { availability, inventory } = record.node;
  if (availability.kind !== 'ready' && !ask.waived.has('availability')) return availability.kind;
  if (ask.need !== null && inventory.gpus.length === 0) return 'no-gpu';
  for (const [label, value] of ask.constraints) {
    if (inventory.labels[label] !== value) return 'label';
  }
  if (!ask.waived.has('runtime') && !hasRuntime(record, ask)) return 'runtime';
  const { workload, placement } = ask.spec;
  if (workload.cpuMillis > 0 && workload.cpuMillis > record.cpuFreeMillis) return 'cpu';
  if (workload.memoryMib > 0 && workload.memoryMib > record.memoryFreeMib) return 'host-memory';
  if (placement.maxPerNode > 0 && replicasOn(record, ask) >= placement.maxPerNode) return 'spread';
  return null;
}

/** How near a refused node came to fitting: higher is nearer, within one reason. */
export function nodeCloseness(record: NodeRecord, reason: Reason): number {
  if (reason === 'cpu') return record.cpuFreeMillis;
  if (reason === 'host-memory') return record.memoryFreeMib;
  return 0;
}

/** An image needs Docker, a command needs the process runtime; with both given either will do. */
export function runtimesWanted(ask: Ask): readonly ('docker' | 'process')[] {
  const { image, command } = ask.spec.workload;
  return [
    ...(image === null ? [] : ['docker' as const]),
    ...(command === null ? [] : ['process' as const]),
  ];
}

function hasRuntime(record: NodeRecord, ask: Ask): boolean {
  const { image, command } = ask.spec.workload;
  const { runtimes } = record.node.inventory;
  return (
    (image !== null && runtimes.includes('docker')) ||
    (command !== null && runtimes.includes('process'))
  );
}

/** Replicas of the asking model that serve on a node. */
export function replicasOn(record: NodeRecord, ask: Ask): number {
  return record.replicas.get(ask.spec.name) ?? 0;
}
