import type { Plan, PlanKind, PlanPrice, PlanStage } from '../domain/change.ts';
import type { Claim } from '../domain/claim.ts';
import type { Estimates } from '../domain/estimates.ts';
import type { NodeName, PlanId, ReplicaId } from '../domain/ids.ts';
import type { PlacementSnapshot } from './engine.ts';
import { lintPlacement } from './lint.ts';
import { bytesToFetch, timingOf } from './relayout/price.ts';
import { modelsOf, stagesOf, type Wave } from './relayout/stages.ts';
import { strandedMilli } from './relayout/stranded.ts';
import { giveBack } from './relayout/waves.ts';

/** What every plan is made of. */
export interface PlanBase {
  readonly id: PlanId;
  readonly kind: PlanKind;
  /** The world before. */
  readonly snapshot: PlacementSnapshot;
  /** For each new replica the one that it replaces. */
  readonly replaces: ReadonlyMap<ReplicaId, ReplicaId>;
  readonly estimates: Estimates;
  /** The image of a claim's workload; null: it has none, or nobody knows. */
  readonly imageOf: (claim: Claim) => string | null;
  /** Why a replica has to stop, for people. */
  readonly why: ReadonlyMap<ReplicaId, string>;
  readonly unplaced: string;
  /** Revisions of the store that the decision was made from. */
  readonly basis: Readonly<Record<string, string>>;
}

/** A plan from some claims to others. */
export interface PlanInput extends PlanBase {
  /** Claims that are to begin. */
  readonly starts: readonly Claim[];
  /** Claims of the snapshot that are to end. */
  readonly stops: readonly Claim[];
}

/**
 * Plans how to get from some claims to others. New replicas start before old ones stop, so that nothing is
 * interrupted, unless they need the place of the old ones: then these give it back first.
 */
export function planChange(input: PlanInput): Plan {
  const { starts, stops } = input;
  const first = needsRoom(input) ? 'end' : 'begin';
  return planWaves([{ begins: starts, ends: stops, recuts: [], first }], input);
}

/** Puts a plan together from waves that have been decided: stages, price and what it begins and ends. */
export function planWaves(waves: readonly Wave[], base: PlanBase): Plan {
  const { id, kind, estimates, replaces, snapshot, unplaced, basis } = base;
  const touched = touchedBy(waves, snapshot);
  const stages = stagesOf(waves, { ...touched, replaces, estimates });
  return {
    id,
    kind,
    stages,
    price: priceOf(waves, stages, touched, base),
    begins: waves.flatMap(({ begins }) => begins),
    ends: waves.flatMap(({ ends }) => ends.map((claim) => claim.id)),
    unplaced,
    basis,
  };
}

/** The part of a snapshot that waves have to do with. */
function touchedBy(waves: readonly Wave[], snapshot: PlacementSnapshot): Touched {
  const names = new Set<NodeName>(
    waves.flatMap(({ begins, ends, recuts }) =>
      [...begins, ...ends, ...recuts].map(({ node }) => node),
    ),
  );
  return {
    nodes: snapshot.nodes.filter(({ inventory }) => names.has(inventory.node)),
    claims: snapshot.claims.filter(({ node }) => names.has(node)),
  };
}

type Touched = Pick<PlacementSnapshot, 'nodes' | 'claims'>;

function priceOf(
  waves: readonly Wave[],
  stages: readonly PlanStage[],
  touched: Touched,
  base: PlanBase,
): PlanPrice {
  const begins = waves.flatMap((wave) => wave.begins);
  const after = applyWaves(waves, touched);
  const modelOf = modelsOf([...touched.claims, ...begins]);
  const timing = timingOf(stages, base.estimates, { modelOf, why: base.why });
  const ended = timing.interruptions.filter(({ seconds }) => seconds === null).length;
  const { estimates, imageOf } = base;
  return {
    ...timing,
    bytesToFetch: bytesToFetch(begins, { ...touched, estimates, imageOf }),
    strandedBeforeMilli: strandedOn(touched, base.snapshot),
    strandedAfterMilli: strandedOn(after, base.snapshot),
    // In a plan that somebody asked for by name, a replica ends because they said so.
    preemptions: base.kind === 'make-room' ? ended : 0,
  };
}

function strandedOn({ nodes, claims }: Touched, { demand }: PlacementSnapshot): number {
  return nodes.reduce((sum, node) => {
    const own = claims.filter((claim) => claim.node === node.inventory.node);
    return sum + strandedMilli(node, own, demand);
  }, 0);
}

/** The touched nodes as they are once all waves are done. */
function applyWaves(waves: readonly Wave[], { nodes, claims }: Touched): Touched {
  const ended = new Set(waves.flatMap(({ ends }) => ends.map(({ id }) => id)));
  const all = [...claims, ...waves.flatMap(({ begins }) => begins)];
  const recuts = waves.flatMap((wave) => wave.recuts);
  return {
    nodes: giveBack(
      nodes,
      all.filter(({ id }) => ended.has(id)),
      recuts,
    ),
    claims: all.filter(({ id }) => !ended.has(id)),
  };
}

/** Whether the starts only fit once the stops are gone. */
function needsRoom({ starts, stops, snapshot }: PlanInput): boolean {
  if (starts.length === 0 || stops.length === 0) return false;
  const nodes = new Set([...starts, ...stops].map(({ node }) => node));
  const touched = snapshot.nodes.filter(({ inventory }) => nodes.has(inventory.node));
  const before = snapshot.claims.filter((claim) => nodes.has(claim.node));
  const known = lintPlacement({ nodes: touched, claims: before }).length;
  return lintPlacement({ nodes: touched, claims: [...before, ...starts] }).length > known;
}
