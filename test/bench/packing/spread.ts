import { join } from 'node:path';
import { TimeQueue } from '../../../coordinator/simulate/time-queue.ts';
import { Trial } from '../../../coordinator/simulate/trial.ts';
import type { Claim } from '../../../shared/domain/claim.ts';
import type { ModelSpec } from '../../../shared/domain/model.ts';
import type { PlacementNode } from '../../../shared/placement/engine.ts';
import type { PolicyName } from '../../../shared/placement/policies/policy-name.ts';
import { systemClock } from '../../../shared/platform/clock.ts';
import { cardsOf, model, needs, node, request } from '../../unit/shared/placement/builders.ts';
import type { BenchRow } from '../bench-row.ts';
import { readDlrm, type DlrmInstance } from './dlrm-trace.ts';
import { tracesFolder, type PackingOptions } from './packing-options.ts';

/** The trace names no nodes: these, and as many as its peak asks for with this much to spare. */
const gpuNode = { cards: 8, cpuMillis: 192_000, memoryMib: 2_097_152 } as const;
const cpuNode = { cpuMillis: 192_000, memoryMib: 1_572_864 } as const;
const spare = 1.15;

/** A real workload of limits per node that comes and goes: no limit may ever be broken. */
export async function packingSpreadRows(options: PackingOptions): Promise<readonly BenchRow[]> {
  const folder = tracesFolder('DLRM spread');
  if (folder === null) return [];
  const all = readDlrm(join(folder, 'alibaba-gpu-2025-2026', 'dlrm_instances_2025.csv'));
  const instances = options.quick ? all.filter((_, at) => at % 8 === 0) : all;
  const nodes = nodesFor(instances);
  await Promise.resolve();
  const [tangram, bestfit] = [play(instances, nodes, 'tangram'), play(instances, nodes, 'bestfit')];
  const name = `DLRM, ${instances.length} instances on ${nodes.length} nodes`;
  return [
    {
      metric: `${name}: limits per node broken`,
      value: tangram.violations,
      unit: 'placements',
      yardstick: `bestfit ${bestfit.violations}`,
      target: 0,
      ok: tangram.violations === 0,
    },
    {
      metric: `${name}: instances lost`,
      value: tangram.lost,
      unit: 'instances',
      yardstick: `bestfit ${bestfit.lost}`,
      target: '<= bestfit',
      ok: tangram.lost <= bestfit.lost,
    },
    {
      metric: `${name}: most nodes in use at once`,
      value: tangram.nodesMost,
      unit: 'nodes',
      yardstick: `bestfit ${bestfit.nodesMost}`,
      target: '-',
      ok: true,
    },
  ];
}

interface Played {
  readonly violations: number;
  readonly lost: number;
  readonly nodesMost: number;
}

function play(
  instances: readonly DlrmInstance[],
  nodes: readonly PlacementNode[],
  policy: PolicyName,
): Played {
  const trial = new Trial({ nodes, demand: { shapes: [] }, policy, seed: 1, clock: systemClock });
  const leaving = new TimeQueue<readonly [Claim, DlrmInstance]>();
  const tally = new NodeTally();
  const specs = new Map<string, ModelSpec>();
  let [violations, lost] = [0, 0];
  const arrivals = instances.toSorted(
    (a, b) => a.createdS - b.createdS || Number(a.id) - Number(b.id),
  );
  for (const instance of arrivals) {
    while (leaving.nextAt() <= instance.createdS) {
      const over = leaving.take();
      if (over === undefined) break;
      trial.end(over[0]);
      tally.remove(over[0].node, over[1].app);
    }
    const claim = trial.submit(request(`i${instance.id}`, specOf(instance, specs)));
    if (claim === null) {
      lost += 1;
      continue;
    }
    const together = tally.add(claim.node, instance.app);
    if (instance.perNodeMax !== null && together > instance.perNodeMax) violations += 1;
    if (instance.deletedS !== Infinity) leaving.add(instance.deletedS, [claim, instance]);
  }
  trial.check();
  return { violations, lost, nodesMost: tally.most };
}

/** How many instances of an app a node has: counted here, so that the engine is not its own judge. */
class NodeTally {
  most = 0;
  private readonly apps = new Map<string, Map<string, number>>();

  add(nodeName: string, app: string): number {
    const own = this.apps.get(nodeName) ?? new Map<string, number>();
    this.apps.set(nodeName, own);
    const count = (own.get(app) ?? 0) + 1;
    own.set(app, count);
    this.most = Math.max(this.most, this.apps.size);
    return count;
  }

  remove(nodeName: string, app: string): void {
    const own = this.apps.get(nodeName);
    const left = (own?.get(app) ?? 0) - 1;
    if (left > 0) own?.set(app, left);
    else own?.delete(app);
    if (own?.size === 0) this.apps.delete(nodeName);
  }
}

function specOf(instance: DlrmInstance, known: Map<string, ModelSpec>): ModelSpec {
  const { app, gpus, cpuMillis, memoryMib, perNodeMax } = instance;
  const key = [app, gpus, cpuMillis, memoryMib, perNodeMax].join('/');
  const found = known.get(key);
  if (found !== undefined) return found;
  const wanted = gpus === 0 ? null : needs({ isolation: 'whole', memoryMib: 1_024 });
  const spec = model(`app-${app}`, wanted, {
    workload: { cpuMillis, memoryMib },
    placement: { spread: 'none', maxPerNode: perNodeMax ?? 0, antiAffinity: [], constraints: {} },
  });
  known.set(key, spec);
  return spec;
}

function nodesFor(instances: readonly DlrmInstance[]): readonly PlacementNode[] {
  const withGpu = instances.filter(({ gpus }) => gpus > 0);
  const without = instances.filter(({ gpus }) => gpus === 0);
  const gpuCount = Math.ceil((spare * peakOf(withGpu, ({ gpus }) => gpus)) / gpuNode.cards);
  const cpuCount = Math.ceil(
    spare *
      Math.max(
        peakOf(without, (each) => each.cpuMillis) / cpuNode.cpuMillis,
        peakOf(without, (each) => each.memoryMib) / cpuNode.memoryMib,
      ),
  );
  const { cards, ...gpuHost } = gpuNode;
  return [
    ...Array.from({ length: gpuCount }, (_, at) => {
      const name = `gpu-${String(at).padStart(4, '0')}`;
      const products = Array.from({ length: cards }, () => 'L40S');
      return node(name, cardsOf(name, products), gpuHost);
    }),
    ...Array.from({ length: cpuCount }, (_, at) =>
      node(`cpu-${String(at).padStart(4, '0')}`, [], cpuNode),
    ),
  ];
}

function peakOf(
  instances: readonly DlrmInstance[],
  amount: (instance: DlrmInstance) => number,
): number {
  const changes = instances
    .flatMap((each) => [
      { at: each.createdS, by: amount(each) },
      { at: each.deletedS, by: -amount(each) },
    ])
    // Infinities are equal to themselves, and their difference is no number.
    .sort((a, b) => (a.at === b.at ? a.by - b.by : a.at - b.at));
  let [now, most] = [0, 0];
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
