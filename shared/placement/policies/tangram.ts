import { divFloor } from '../cost.ts';
import type { Demand } from '../engine.ts';
import type { CardShape, Shape } from './demand.ts';
import { asksForCards, mergeShapes, scarcityOne } from './demand.ts';
import { atCopies, atFill, NodeRoom, perShape } from './node-room.ts';
import { takenMilli } from './option-sums.ts';
import type {
  CardSight,
  FleetCards,
  NodeSight,
  Option,
  Outlook,
  Policy,
  PolicyMaker,
  RequestSight,
  SliceOffer,
} from './policy.ts';
import { Potential, valueScale, weighShapes } from './potential.ts';
import { priorDemand } from './prior.ts';
import { scarcityOf } from './scarcity.ts';
import { copyMilli } from './shape-size.ts';
import { usableOne } from './usable.ts';

/** Near-equal nodes tie, so that their order fills them one by one; worth points of allocation (FGD does it too). */
const quantumMilli = 20;

/** CPU that is kept for free cards, against what requests ask for theirs: half as much again. */
const cpuReservePercent = 150;

/** Shapes that are looked at: those that are most of the requests, or of what they ask of cards. */
const shapesLookedAt = 128;

/** Dearer places are alike, so that scores stay below 2^30. */
const priceMilliMax = 500_000;

/**
 * Weights have moved when so much of their sum lies elsewhere. Every board is scored anew then, but at 4 % and above the
 * public trace with sought-after products is packed worse by up to a point (gpuspec33); at 2 % as well as at 0.
 */
const movedPercent = 2;

/**
 * The default: the place after which the requests to come can still use most of what is free. A rating is what the
 * node's potential loses, in milli-GPU, with what its slices and its distances cost.
 */
export const tangram: PolicyMaker = (outlook, previous) =>
  new LookAhead(outlook, previous instanceof LookAhead ? previous : null);

interface Loss {
  readonly node: NodeSight | null;
  readonly option: Option | null;
  readonly ask: RequestSight | null;
  readonly loss: number;
}

class LookAhead implements Policy {
  readonly ties = 'first';
  private readonly outlook: Outlook;
  private readonly shapes: readonly Shape[];
  private readonly looked: readonly CardShape[];
  private readonly room: NodeRoom;
  private readonly potential: Potential;
  private readonly values = new WeakMap<NodeSight, number>();
  private last: Loss = { node: null, option: null, ask: null, loss: 0 };

  constructor(outlook: Outlook, previous: LookAhead | null) {
    const known = mergeShapes(outlook.demand);
    this.outlook = outlook;
    this.shapes = known.some(asksForCards) ? known : mergeShapes(priorDemand(outlook.fleet));
    this.looked = weightiest(this.shapes.filter(asksForCards), outlook.fleet);
    const kept = previous !== null && asksTheSame(previous.looked, this.looked);
    this.room = kept ? previous.room : new NodeRoom(this.looked);
    this.potential = new Potential(
      this.looked,
      outlook.fleet,
      cpuPerThousandMilli(this.looked, outlook.fleet),
    );
  }

  rate(node: NodeSight, option: Option, ask: RequestSight): number {
    const taken = takenMilli(option);
    const waste = this.lossOf(node, option, ask) - taken * this.milliWorth();
    const quantum = quantumMilli * valueScale;
    return quantumMilli * divFloor(waste + quantum / 2, quantum) + taken + option.priceMilli;
  }

  /** The exact loss: within a node there is no order to fall back on. */
  prefer(node: NodeSight, option: Option, ask: RequestSight): number {
    const loss = divFloor(this.lossOf(node, option, ask), valueScale / 1_024);
    return loss + 1_024 * Math.min(option.priceMilli, priceMilliMax);
  }

  /** Of offers that leave as much free, those that leave no less for anybody, at no lower price, are dropped. */
  shortlist(_: CardSight, offers: readonly SliceOffer[]): readonly SliceOffer[] {
    if (offers.length < 2) return offers;
    const kept: SliceOffer[] = [];
    for (const offer of offers) {
      if (kept.some((other) => this.isNoWorse(other, offer))) continue;
      const rest = kept.filter((other) => !this.isNoWorse(offer, other));
      kept.splice(0, kept.length, ...rest, offer);
    }
    return kept;
  }

  reweigh(nodes: Iterable<NodeSight>): Demand | null {
    const { looked, room, outlook, shapes } = this;
    if (!outlook.demand.shapes.some(({ gpu }) => gpu !== null)) return null;
    const scarcity = scarcityOf(room, nodes, outlook.fleet);
    const next = looked.map((shape, at) => ({ ...shape, scarcity: scarcity[at] ?? scarcityOne }));
    if (!hasMoved(weighShapes(looked, outlook.fleet), weighShapes(next, outlook.fleet)))
      return null;
    const found = new Map<Shape, number>(
      looked.map((shape, at) => [shape, scarcity[at] ?? scarcityOne]),
    );
    return {
      shapes: shapes.map((shape) => ({
        ...shape.source,
        weight: shape.weight,
        scarcity: found.get(shape) ?? shape.scarcity,
      })),
    };
  }

  /** What the node's potential loses, in milli-GPU times `valueScale`. Rating and preferring ask for the same. */
  private lossOf(node: NodeSight, option: Option, ask: RequestSight): number {
    const { last } = this;
    if (last.node === node && last.option === option && last.ask === ask) return last.loss;
    const left = {
      freeMilli: node.freeMilli - takenMilli(option),
      cpuFreeMillis: node.cpuFreeMillis - ask.cpuMillis,
    };
    const after = this.potential.valueOf(this.room.after(node, option), left);
    const loss = this.valueOf(node) - after;
    this.last = { node, option, ask, loss };
    return loss;
  }

  private valueOf(node: NodeSight): number {
    const known = this.values.get(node);
    if (known !== undefined) return known;
    const value = this.potential.valueOf(this.room.before(node), node);
    this.values.set(node, value);
    return value;
  }

  /** What a milli-GPU is worth that everybody could use. */
  private milliWorth(): number {
    return usableOne * this.potential.weightTotal;
  }

  private isNoWorse(left: SliceOffer, right: SliceOffer): boolean {
    if (left.after.freeMilli !== right.after.freeMilli || left.priceMilli > right.priceMilli) {
      return false;
    }
    const [roomLeft, roomRight] = [this.room.ofCard(left.after), this.room.ofCard(right.after)];
    // Serving more shapes leaves less that is unfit, so all of it is told by copies and what they fill.
    return this.looked.every((_, shape) => {
      const at = shape * perShape;
      return (
        (roomLeft[at + atCopies] ?? 0) >= (roomRight[at + atCopies] ?? 0) &&
        (roomLeft[at + atFill] ?? 0) >= (roomRight[at + atFill] ?? 0)
      );
    });
  }
}

/** The first few by their part of all requests or of all milli-GPU asked for, whichever is more; in order of `shapes`. */
function weightiest(
  shapes: readonly CardShape[],
  fleet: readonly FleetCards[],
): readonly CardShape[] {
  if (shapes.length <= shapesLookedAt) return shapes;
  const milli = shapes.map((shape) => shape.weight * copyMilli(shape, fleet));
  const [requests, asked] = [sum(shapes.map(({ weight }) => weight)), sum(milli)];
  const parts = shapes.map(({ weight }, at) =>
    Math.max(weight / requests, (milli[at] ?? 0) / asked),
  );
  const kept = new Set(
    [...shapes.keys()]
      .sort((a, b) => (parts[b] ?? 0) - (parts[a] ?? 0) || a - b)
      .slice(0, shapesLookedAt),
  );
  return shapes.filter((_, at) => kept.has(at));
}

/** Thousandths of a CPU to keep for each free card. */
function cpuPerThousandMilli(shapes: readonly CardShape[], fleet: readonly FleetCards[]): number {
  const cpu = sum(shapes.map(({ weight, cpuMillis }) => weight * cpuMillis));
  const milli = sum(shapes.map((shape) => shape.weight * copyMilli(shape, fleet)));
  return milli === 0 ? 0 : divFloor(10 * cpuReservePercent * cpu, milli);
}

function asksTheSame(left: readonly CardShape[], right: readonly CardShape[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ need, cpuMillis }, at) => {
      const other = right[at];
      return other !== undefined && cpuMillis === other.cpuMillis && need.key === other.need.key;
    })
  );
}

function hasMoved(before: Int32Array, after: Int32Array): boolean {
  const moved = before.reduce(
    (total, weight, at) => total + Math.abs(weight - (after[at] ?? 0)),
    0,
  );
  return moved * 100 > movedPercent * sum([...before]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
