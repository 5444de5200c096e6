import type { Coordinator } from '../../coordinator/leader/coordinator.ts';
import { replicaOf } from '../../coordinator/store/values.ts';
import type { Clients } from './clients.ts';
import type { Judge } from './judge.ts';
import type { SimAgent } from './sim-agent.ts';
import type { SimCoordinator } from './sim-coordinator.ts';

export interface Fleet {
  readonly judge: Judge;
  readonly coordinators: readonly SimCoordinator[];
  readonly agents: readonly SimAgent[];
  readonly clients: Clients;
}

/** What is not yet as it should be, once nothing is wrong any more; null: desired and actual agree. */
export function notConverged(fleet: Fleet): string | null {
  const { judge, coordinators, clients } = fleet;
  const leader = coordinators.find((each) => each.leading)?.serving;
  if (leader === undefined || leader === null) return 'nobody leads';
  if (clients.waiting) return 'somebody still waits for an answer';
  const stone = [...judge.tombstones.rows.keys()][0];
  if (stone !== undefined) return `${stone} is not obeyed`;
  const allocation = [...judge.allocations.rows.keys()][0];
  if (allocation !== undefined) return `${allocation} is not over`;
  const change = [...judge.changes.rows.values()].find(
    ({ exact, state }) => exact && state === 'running',
  );
  if (change !== undefined) {
    return `change ${change.id} goes on: ${leader.change(change.id)?.waitsFor ?? ''}`;
  }
  return nodesNotReady(fleet, leader) ?? modelsNotServed(fleet, leader) ?? strangers(fleet);
}

/** What is pending and not explained. Dear: many a re-layout is tried to say why one does not help. */
export function notExplained({ judge, coordinators }: Fleet): string | null {
  const leader = coordinators.find((each) => each.leading)?.serving;
  for (const { spec } of judge.models.rows.values()) {
    if ((leader?.model(spec.name)?.pendingCount ?? 0) === 0) continue;
    if (leader?.explain(spec.name)?.refusal === null)
      return `why ${spec.name} is pending is not explained`;
  }
  return null;
}

function nodesNotReady({ agents }: Fleet, leader: Coordinator): string | null {
  for (const { node } of agents) {
    const view = leader.node(node);
    if (view === undefined) return `${node} is not known`;
    if (view.availability.kind !== 'ready') return `${node} is ${view.availability.kind}`;
    if (view.acceptedGeneration !== view.generation) return `${node} obeys an older generation`;
  }
  return null;
}

function modelsNotServed({ judge, agents }: Fleet, leader: Coordinator): string | null {
  for (const { spec, deleting } of judge.models.rows.values()) {
    if (deleting) return `${spec.name} is not deleted`;
    const view = leader.model(spec.name);
    if (view === undefined) return `${spec.name} is not shown`;
    const claims = [...judge.claims.rows.values()].filter(
      ({ claim }) => claim.holder.kind === 'replica' && claim.holder.model === spec.name,
    );
    if (claims.length + view.pendingCount !== spec.replicas) {
      return `${spec.name}: ${claims.length} claims and ${view.pendingCount} pending for ${spec.replicas} replicas`;
    }
    if (view.pendingCount > 0 && view.pendingReason === '')
      return `${spec.name} is pending, and nobody says why`;
    for (const record of claims) {
      const replica = replicaOf(record);
      const agent = agents.find((each) => each.name === record.claim.node);
      if (replica === null || agent === undefined) return `${record.claim.id} is nowhere`;
      if (agent.fake.replicas.get(replica)?.state !== 'running')
        return `${replica} does not run on ${agent.name}: ${JSON.stringify(agent.core?.lastRound()?.steps)} ${JSON.stringify(agent.core?.status().gpus)}`;
      const status = view.replicas.find(({ claim }) => claim.id === record.claim.id)?.status;
      if (status?.phase !== 'ready')
        return `${replica} is said to be ${status?.phase ?? 'unknown'}`;
    }
  }
  return null;
}

/** What runs and is nobody's. */
function strangers({ judge, agents }: Fleet): string | null {
  const claimed = new Set([...judge.claims.rows.values()].map((record) => replicaOf(record)));
  for (const agent of agents) {
    for (const { replica, state } of agent.fake.replicas.values()) {
      if (state === 'running' && !claimed.has(replica))
        return `${replica} runs on ${agent.name}, and nobody wants it`;
    }
    const wanted = [...judge.claims.rows.values()]
      .filter(({ claim }) => claim.node === agent.node)
      .flatMap(({ claim }) => claim.slices)
      .filter(({ shape }) => shape.kind === 'mig').length;
    const cut = agent.fake.cards.flatMap((card) => card.instances);
    const own = cut.filter(({ uuid }) => uuid?.startsWith('MIG-others-') !== true);
    if (cut.length < wanted || own.length > wanted) {
      return `${agent.name} has ${cut.length} instances, and ${wanted} are claimed`;
    }
  }
  return null;
}
