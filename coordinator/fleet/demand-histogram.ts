import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type { Demand, DemandShape } from '../../shared/placement/engine.ts';

/** Kinds of request that are told apart. The rarest gives way to a new one. */
const shapesMax = 128;

/** What one request weighs when it comes in: it can be halved that often before it is forgotten. */
const requestWeight = 1_024;

/** The weights of a demand add up to about this. */
const weightTotal = 1_000_000;

/** L1 distance between two demands from which the newer one is worth telling: 2 % of `weightTotal`. */
const distanceMin = 20_000;

type Shape = Omit<DemandShape, 'weight'>;

interface Counted {
  readonly shape: Shape;
  weight: number;
}

/**
 * What the cluster was asked for lately. Older requests count less: every `halfLife` requests all weights are halved,
 * so time needs no clock and decay no `exp`.
 * Invariants: whole numbers only; at most 128 shapes; the same requests in the same order give the same demand.
 */
export class DemandHistogram {
  readonly #halfLife: number;
  readonly #counted = new Map<string, Counted>();
  #sinceHalving = 0;
  #told: ReadonlyMap<string, number> = new Map();

  /** `halfLife`: requests after which a request counts half; a positive whole number. */
  constructor(halfLife: number) {
    this.#halfLife = halfLife;
  }

  /** What is declared stands for what will be asked, until requests come in. Once, before the first `add`. */
  seed(models: readonly ModelSpec[]): void {
    for (const model of models.toSorted(byName)) {
      if (model.replicas > 0) this.#count(model, model.replicas * requestWeight);
    }
    // The declared ones weigh no more than one half-life of requests: soon what is really asked decides.
    while (this.#total() > this.#halfLife * requestWeight) this.#halve();
  }

  add(request: Pick<ModelSpec, 'gpu' | 'workload'>): void {
    this.#count(request, requestWeight);
    this.#sinceHalving += 1;
    if (this.#sinceHalving < this.#halfLife) return;
    this.#sinceHalving = 0;
    this.#halve();
  }

  /** The demand as it is now, when it has moved enough since it was last taken; null: it has not. */
  takeMoved(): Demand | null {
    const shares = this.#shares();
    if (distance(shares, this.#told) <= distanceMin) return null;
    this.#told = shares;
    return this.#demandOf(shares);
  }

  #demandOf(shares: ReadonlyMap<string, number>): Demand {
    const keys = [...shares.keys()].sort();
    return {
      shapes: keys.flatMap((key) => {
        const counted = this.#counted.get(key);
        const weight = shares.get(key) ?? 0;
        return counted === undefined || weight < 1 ? [] : [{ ...counted.shape, weight }];
      }),
    };
  }

  #count({ gpu, workload }: Pick<ModelSpec, 'gpu' | 'workload'>, weight: number): void {
    const shape = { gpu, cpuMillis: workload.cpuMillis, memoryMib: workload.memoryMib };
    const key = canonicalJson(shape);
    const known = this.#counted.get(key);
    if (known !== undefined) {
      known.weight += weight;
      return;
    }
    if (this.#counted.size >= shapesMax) this.#forgetRarest();
    this.#counted.set(key, { shape, weight });
  }

  /** Among the rarest the last in order of its text, so that the order of requests does not matter to ties. */
  #forgetRarest(): void {
    let rarest: { readonly key: string; readonly weight: number } | null = null;
    for (const [key, { weight }] of this.#counted) {
      const rarer =
        rarest === null || weight < rarest.weight || (weight === rarest.weight && key > rarest.key);
      if (rarer) rarest = { key, weight };
    }
    if (rarest !== null) this.#counted.delete(rarest.key);
  }

  #halve(): void {
    for (const [key, counted] of this.#counted) {
      counted.weight = Math.floor(counted.weight / 2);
      if (counted.weight === 0) this.#counted.delete(key);
    }
  }

  #total(): number {
    let total = 0;
    for (const { weight } of this.#counted.values()) total += weight;
    return total;
  }

  #shares(): ReadonlyMap<string, number> {
    const total = this.#total();
    return new Map(
      [...this.#counted].map(([key, { weight }]) => [
        key,
        Math.floor((weight * weightTotal) / total),
      ]),
    );
  }
}

/** Sum of the differences, shape by shape. */
function distance(now: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [key, share] of now) sum += Math.abs(share - (before.get(key) ?? 0));
  for (const [key, share] of before) if (!now.has(key)) sum += share;
  return sum;
}

function byName(left: ModelSpec, right: ModelSpec): number {
  return left.name < right.name ? -1 : 1;
}
