import type { Authority } from '../domain/gpu.ts';
import type { ModelName } from '../domain/ids.ts';
import type { ModelSpec } from '../domain/model.ts';
import type { Need } from './need.ts';
import { needOf } from './need.ts';
import type { NodeRecord } from './node-record.ts';
import { compareText, replicasOn, servedModel } from './node-record.ts';
import type { RequestSight } from './policies/policy.ts';
import { workBit } from './policies/policy.ts';
import type { Reason } from './reasons.ts';

/** Obstacles that can be thought away. */
export type Waived = 'availability' | 'runtime' | 'affinity';

/** A request as the search sees it. */
export interface Ask {
  readonly spec: ModelSpec;
  readonly need: Need | null;
  readonly sight: RequestSight;
  /** In order of label. */
  readonly constraints: readonly (readonly [string, string])[];
  /** Only nodes of this zone are looked at; null: all. Empty: those that are in none. */
  readonly zone: string | null;
  /** Empty outside what-if questions. */
  readonly waived: ReadonlySet<Waived>;
  /** Asks with equal keys are told apart by nothing but rules on the replicas of models. */
  readonly key: string;
}

const nothing: Ask['waived'] = new Set();

/** Makes the ask of a model. */
export function askOf(
  spec: ModelSpec,
  whatIf: {
    readonly waived?: Ask['waived'];
    readonly authorityFloor?: Authority;
    readonly zone?: string;
  } = {},
): Ask {
  const { workload, placement } = spec;
  const need = spec.gpu === null ? null : needOf(spec.gpu, whatIf.authorityFloor);
  const { cpuMillis, memoryMib } = workload;
  const ask = {
    spec,
    need,
    sight: { need, cpuMillis, memoryMib, work: workOf(need) },
    constraints: Object.entries(placement.constraints).sort(([a], [b]) => compareText(a, b)),
    zone: whatIf.zone ?? null,
    waived: whatIf.waived ?? nothing,
  };
  return { ...ask, key: keyOf(ask) };
}

function keyOf({ spec, need, constraints, zone, waived }: Omit<Ask, 'key'>): string {
  const { image, command, cpuMillis, memoryMib } = spec.workload;
  const runtime = `${image === null ? '' : 'i'}${command === null ? '' : 'c'}`;
  // Labels come from people: quoted, so that no text can pass for two.
  const labels = constraints.length === 0 ? '' : JSON.stringify(constraints);
  const where = zone === null ? '' : JSON.stringify(zone);
  return `${need?.key ?? 'cpu'}|${cpuMillis}|${memoryMib}|${runtime}|${labels}|${where}|${[...waived].sort().join()}`;
}

function workOf(need: Need | null): number {
  if (need === null) return workBit([]);
  const kind = need.isolation === 'whole' ? 'whole' : 'mps';
  return workBit(Array.from({ length: need.count }, () => ({ shape: { kind } })));
}

/** Why nothing of a model can be placed on a node whatever its cards, or null when it may be. */
export function refuseNode(record: NodeRecord, ask: Ask): Reason | null {
  return refuseHost(record, ask) ?? refuseReplicas(record, ask);
}

/** The same without what depends on which models the node has. */
export function refuseHost(record: NodeRecord, ask: Ask): Reason | null {
  const { state } = record;
  if (!record.ready && !ask.waived.has('availability')) {
    const { kind } = record.node.availability;
    if (kind !== 'ready') return kind;
  }
  if (ask.need !== null && state.cardCount === 0) return 'no-gpu';
  if (ask.constraints.length > 0) {
    const { labels } = record.node.inventory;
    for (const [label, value] of ask.constraints) if (labels[label] !== value) return 'label';
  }
  if (ask.zone !== null && zoneOf(record) !== ask.zone) return 'label';
  if (!ask.waived.has('runtime') && !hasRuntime(record, ask)) return 'runtime';
  const { workload } = ask.spec;
  if (workload.cpuMillis > 0 && workload.cpuMillis > state.cpuFreeMillis) return 'cpu';
  if (workload.memoryMib > 0 && workload.memoryMib > state.memoryFreeMib) return 'host-memory';
  return null;
}

function refuseReplicas(record: NodeRecord, ask: Ask): Reason | null {
  const { name, placement } = ask.spec;
  if (placement.maxPerNode > 0 && replicasOn(record, name) >= placement.maxPerNode) return 'spread';
  if (!ask.waived.has('affinity') && unwantedBeside(record, ask) !== null) return 'affinity';
  return null;
}

/** The first model on a node that may not share it with the asking one, whoever says so; null: there is none. */
export function unwantedBeside(record: NodeRecord, ask: Ask): ModelName | null {
  const { name, placement } = ask.spec;
  if (placement.antiAffinity.length === 0 && !record.keepsApart) return null;
  let first: ModelName | null = null;
  for (const claim of record.claims) {
    const other = servedModel(claim);
    if (other === null || other === name) continue;
    const apart =
      placement.antiAffinity.includes(other) || claim.apartFrom?.includes(name) === true;
    if (apart && (first === null || other < first)) first = other;
  }
  return first;
}

/** The node label that says what fails together. Empty: the node is in no zone. */
export function zoneOf(record: NodeRecord): string {
  return record.node.inventory.labels['zone'] ?? '';
}

/** How near a refused node came to fitting: higher is nearer, within one reason. */
export function nodeCloseness(record: NodeRecord, reason: Reason): number {
  if (reason === 'cpu') return record.state.cpuFreeMillis;
  if (reason === 'host-memory') return record.state.memoryFreeMib;
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
  // Nothing of ours runs on an allocation.
  if (image === null && command === null) return true;
  return (image !== null && record.hasDocker) || (command !== null && record.hasProcess);
}
