import { assert } from '../../shared/domain/assert.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { GpuUuid, NodeName } from '../../shared/domain/ids.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';
import { shareReserveMib } from '../../shared/placement/cost.ts';
import type { TraceRequest } from './trace.ts';
import { admitsModel } from './trace.ts';
import type { CountedShape } from './trace-requests.ts';
import { countShapes } from './trace-requests.ts';

const typicalPercent = 95;

/**
 * The shortest prefix of the shapes of a list, most frequent first, that covers 95 % of it
 * (Weng et al., USENIX ATC'23; hkust-adsl/kubernetes-scheduler-simulator, pkg/simulator).
 */
export function typicalShapes(requests: readonly TraceRequest[]): readonly CountedShape[] {
  const typical: CountedShape[] = [];
  let covered = 0;
  for (const shape of countShapes(requests)) {
    if (covered * 100 >= requests.length * typicalPercent) break;
    typical.push(shape);
    covered += shape.count;
  }
  return typical;
}

interface NodeLeft {
  readonly typical: readonly TypicalOnNode[];
  readonly indexOf: ReadonlyMap<GpuUuid, number>;
  /** Free thousandths by card. */
  readonly freeMilli: number[];
  cpuFreeMillis: number;
  fragment: number;
}

interface TypicalOnNode extends CountedShape {
  /** It asks for GPUs of a kind that the node has. */
  readonly admitted: boolean;
}

/**
 * The fragment amount of a cluster: the GPU milli that typical requests could not use, F_n of the paper. Follows claims, and
 * computes anew only the node that changed.
 * Invariants: sums are whole numbers (milli times the count of typical requests), so they never drift.
 */
export class FragmentGauge {
  private readonly nodes: ReadonlyMap<NodeName, NodeLeft>;
  private readonly weight: number;
  private total: number;

  constructor(nodes: readonly PlacementNode[], typical: readonly CountedShape[]) {
    this.weight = typical.reduce((sum, { count }) => sum + count, 0);
    const byModel = new Map<string, readonly TypicalOnNode[]>();
    this.nodes = new Map(
      nodes.map((node) => [node.inventory.node, emptyNode(node, typical, byModel)]),
    );
    this.total = [...this.nodes.values()].reduce((sum, node) => sum + node.fragment, 0);
  }

  /** GPU milli. */
  milli(): number {
    return this.total / this.weight;
  }

  add(claim: Claim): void {
    this.change(claim, -1);
  }

  remove(claim: Claim): void {
    this.change(claim, 1);
  }

  private change(claim: Claim, sign: 1 | -1): void {
    const node = this.nodes.get(claim.node);
    assert(node !== undefined, `${claim.node} is a node of the trace`);
    node.cpuFreeMillis += sign * claim.cpuMillis;
    for (const { gpu, shape } of claim.slices) {
      const at = node.indexOf.get(gpu);
      assert(at !== undefined, `${claim.node} has the card ${gpu}`);
      const milli = shape.kind === 'whole' ? 1_000 : shape.memoryMib;
      node.freeMilli[at] = (node.freeMilli[at] ?? 0) + sign * milli;
    }
    this.total -= node.fragment;
    node.fragment = weighFragments(node);
    this.total += node.fragment;
  }
}

function emptyNode(
  { inventory }: PlacementNode,
  typical: readonly CountedShape[],
  byModel: Map<string, readonly TypicalOnNode[]>,
): NodeLeft {
  const model = inventory.gpus[0]?.productName ?? '';
  const known = byModel.get(model) ?? typical.map((shape) => onModel(shape, model));
  byModel.set(model, known);
  const node: NodeLeft = {
    typical: known,
    indexOf: new Map(inventory.gpus.map(({ uuid }, at) => [uuid, at])),
    freeMilli: inventory.gpus.map(({ memoryTotalMib }) => memoryTotalMib - shareReserveMib),
    cpuFreeMillis: inventory.cpuMillis,
    fragment: 0,
  };
  node.fragment = weighFragments(node);
  return node;
}

function onModel(shape: CountedShape, model: string): TypicalOnNode {
  const { gpus, models } = shape.request;
  return { ...shape, admitted: gpus > 0 && admitsModel(models, model) };
}

/** F_n times the count of typical requests: all that is free, or what lies on cards that are too full for one. */
function weighFragments({ typical, freeMilli, cpuFreeMillis }: NodeLeft): number {
  const free = freeMilli.reduce((sum, milli) => sum + milli, 0);
  let weighed = 0;
  for (const { admitted, request, count } of typical) {
    if (!admitted || cpuFreeMillis < request.cpuMillis) {
      weighed += count * free;
      continue;
    }
    let fitting = 0;
    let remainders = 0;
    for (const milli of freeMilli) {
      if (milli >= request.gpuMilli) fitting += 1;
      else remainders += milli;
    }
    weighed += count * (fitting < request.gpus ? free : remainders);
  }
  return weighed;
}
