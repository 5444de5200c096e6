import { explainModel } from '../../coordinator/fleet/explain.ts';
import { fleetLimits } from '../../coordinator/fleet/limits.ts';
import { Planner } from '../../coordinator/fleet/planner.ts';
import { noBudget } from '../../coordinator/fleet/plan-wish.ts';
import { tryModel, tryNodes, tryWithout } from '../../coordinator/fleet/what-if-desk.ts';
import { World } from '../../coordinator/fleet/world.ts';
import { openDecisionLog } from '../../coordinator/store/decision-log.ts';
import { openEventLog } from '../../coordinator/store/event-log.ts';
import { MemoryStore } from '../../coordinator/store/memory-store.ts';
import { storeKeys, type ModelRecord } from '../../coordinator/store/values.ts';
import { parseModelName, parseReplicaId, type NodeName } from '../../shared/domain/ids.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';
import { silentLog } from '../../shared/platform/log.ts';
import { open } from '../../shared/placement/open.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { cardsOf, node, sure } from '../unit/shared/placement/builders.ts';
import { asMig } from '../unit/shared/placement/relayout/stage-set.ts';
import type { BenchRow } from './bench-row.ts';
import { Dice } from './exact/dice.ts';
import { largeCluster } from './exact/large-cluster.ts';
import { percentile, renderSpread, timed } from './took.ts';

const nodesCount = 5_000;
/** So many replicas are one model's. */
const replicasEach = 20;
const timesEach = 5;
const mostMs = 1_000;

/** What people ask a coordinator of 5,000 nodes of 8 cards in which something waits, as the coordinator answers it. */
export async function fleetAnswerRows(): Promise<readonly BenchRow[]> {
  await Promise.resolve();
  return [...answersOf('a move would help', false), ...answersOf('nothing helps', true)];
}

function answersOf(words: string, full: boolean): readonly BenchRow[] {
  const wanted = asMig('wanted', 19_000);
  const world = worldOf(full, wanted);
  const planner = new Planner(world);
  const first = world.snapshot().nodes[0]?.inventory.node;
  const added = ['x-1', 'x-2'].map((name) => {
    const cards = cardsOf(
      name,
      Array.from({ length: 8 }, () => 'A100-40GB'),
    );
    return node(name, cards);
  });
  const ask = (metric: string, question: () => void) => row(`${metric}, ${words}`, question);
  return [
    ask('why of a model that waits', () => explainModel(world, planner, wanted.name)),
    ask('plan -f', () => tryModel(world, { ...asMig('other', 19_500) }, noBudget)),
    ask('whatif -f', () => tryModel(world, { ...wanted, replicas: 2 }, noBudget)),
    ask('whatif --add-node', () => tryNodes(world, added)),
    ...(first === undefined ? [] : [ask('whatif --remove-node', () => tryWithout(world, first))]),
  ];
}

function row(metric: string, question: () => void): BenchRow {
  const took = Array.from({ length: timesEach }, () => timed(question));
  const value = percentile(
    took.map(({ wallMs }) => wallMs),
    100,
  );
  return {
    metric: `${metric}, max`,
    value,
    unit: 'ms',
    yardstick: `${renderSpread(took, 'wallMs')}; of the processor ${renderSpread(took, 'cpuMs')}`,
    target: `<= ${mostMs}`,
    ok: value <= mostMs,
  };
}

/** A coordinator's view of the large cluster, in which every replica serves and one model waits. */
function worldOf(full: boolean, wanted: ModelSpec): World {
  const set = largeCluster(nodesCount, 1, full);
  const clock = new ManualClock();
  const dice = new Dice(1);
  const world = new World({
    store: new MemoryStore(),
    open,
    placement: { policy: 'tangram', seed: 1, demandHalfLife: 1_000 },
    clock,
    random: () => dice.below(1_000_000) / 1_000_000,
    log: silentLog,
    decisionLog: openDecisionLog(':memory:', { rowsMax: 10 }),
    eventLog: openEventLog(':memory:', { rowsMax: 10 }),
    limits: fleetLimits,
  });
  const byNode = new Map<NodeName, Claim[]>();
  const models = new Map<string, ModelSpec>();
  for (const [at, claim] of set.snapshot.claims.entries()) {
    const { holder } = claim;
    if (holder.kind !== 'replica') continue;
    const name = sure(parseModelName(`${holder.model}-${Math.floor(at / replicasEach)}`));
    const spec = set.running.get(holder.model)?.spec;
    if (spec === undefined) continue;
    const known = models.get(name);
    models.set(name, { ...spec, name, replicas: (known?.replicas ?? 0) + 1 });
    // A claim has the name of its replica.
    const replica = sure(parseReplicaId(claim.id));
    const own = byNode.get(claim.node) ?? [];
    own.push({ ...claim, holder: { ...holder, model: name, replica } });
    byNode.set(claim.node, own);
  }
  for (const { inventory } of set.snapshot.nodes) {
    const name = inventory.node;
    const claims = byNode.get(name) ?? [];
    const replicas = new Map(claims.flatMap((each) => statusOf(each) ?? []));
    world.registry.remember(name, clock.monotonicMs(), clock.wallMs());
    world.registry.update(name, { inventory, replicas, connected: true, reported: true });
    world.dirtyInventories.add(name);
  }
  for (const spec of [...models.values(), wanted]) declare(world, spec);
  world.desk.reset({ nodes: [], claims: [] }, [...models.values()]);
  world.refreshNodes();
  for (const claim of [...byNode.values()].flat()) {
    const spec = claim.holder.kind === 'replica' ? models.get(claim.holder.model) : undefined;
    if (spec === undefined) continue;
    const { workload } = spec;
    world.putClaim({ claim, workload, processes: 1, superseded: false }).done(1n);
  }
  return world;
}

/** Known as if it had been read from the store. */
function declare(world: World, spec: ModelSpec): void {
  const record: ModelRecord = {
    spec,
    version: 1,
    rolloutVersion: 1,
    createdAtMs: 0,
    updatedAtMs: 0,
    deleting: false,
  };
  world.ledger.models.put(storeKeys.model(spec.name), record).done(1n);
}

function statusOf({
  holder,
  id,
}: Claim): readonly [readonly [ReplicaStatus['replica'], ReplicaStatus]] | null {
  if (holder.kind !== 'replica') return null;
  const { replica, model } = holder;
  const status: ReplicaStatus = {
    replica,
    model,
    generation: 1,
    phase: 'ready',
    reason: '',
    runtime: 'process',
    runtimeId: id,
    address: null,
    restarts: 0,
    startedAtMs: 0,
    readyAtMs: 0,
    idleSeconds: 0,
  };
  return [[replica, status]];
}
