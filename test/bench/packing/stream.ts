import { TimeQueue } from '../../../coordinator/simulate/time-queue.ts';
import { Random } from '../../../coordinator/simulate/random.ts';
import { Trial } from '../../../coordinator/simulate/trial.ts';
import type { Claim } from '../../../shared/domain/claim.ts';
import type { ModelSpec } from '../../../shared/domain/model.ts';
import type { Demand, PlacementNode } from '../../../shared/placement/engine.ts';
import type { PolicyName } from '../../../shared/placement/policies/policy-name.ts';
import { systemClock } from '../../../shared/platform/clock.ts';
import { request } from '../../unit/shared/placement/builders.ts';

/** A kind of request in a made-up mix. */
export interface MixPart {
  readonly name: string;
  readonly spec: ModelSpec;
  /** How often, in any common unit. */
  readonly share: number;
  /** What it takes of the cluster, in the unit of its capacity. */
  readonly size: number;
}

export interface Arrival {
  readonly part: MixPart;
  /** In mean lives. */
  readonly time: number;
  readonly life: number;
}

/** Poisson arrivals of a mix with exponential lives, offering `load` of `capacity`. The seed alone decides. */
export function poissonStream(
  mix: readonly MixPart[],
  offered: { readonly load: number; readonly capacity: number; readonly count: number },
  seed: number,
): readonly Arrival[] {
  const random = new Random(seed, 'stream');
  const shares = mix.reduce((sum, part) => sum + part.share, 0);
  const size = mix.reduce((sum, part) => sum + part.share * part.size, 0) / shares;
  const perLife = (offered.load * offered.capacity) / size;
  let time = 0;
  return Array.from({ length: offered.count }, () => {
    time += random.exponential() / perLife;
    return { part: pick(mix, random.unit() * shares), time, life: random.exponential() };
  });
}

function pick(mix: readonly MixPart[], at: number): MixPart {
  let left = at;
  for (const part of mix) {
    left -= part.share;
    if (left < 0) return part;
  }
  const last = mix.at(-1);
  if (last === undefined) throw new Error('a mix has parts');
  return last;
}

/** What a mix leads a cluster to expect. */
export function demandOfMix(mix: readonly MixPart[]): Demand {
  return {
    shapes: mix.map(({ spec, share }) => ({
      gpu: spec.gpu,
      cpuMillis: spec.workload.cpuMillis,
      memoryMib: spec.workload.memoryMib,
      weight: Math.max(1, Math.round(share * 1_000)),
    })),
  };
}

export interface Cluster {
  readonly nodes: readonly PlacementNode[];
  readonly demand: Demand;
  readonly policy: PolicyName;
}

/** Accepted in percent of what was asked for, by size, once the first third has filled the cluster. */
export interface Acceptance {
  /** Of the parts that `counts` admits; NaN: none arrived. */
  percent(counts?: (part: MixPart) => boolean): number;
}

/** Counts what was asked for and accepted, leaving out the first third. */
export function tallyOf(stream: readonly Arrival[]): {
  readonly count: (at: number, part: MixPart, accepted: boolean) => void;
  readonly acceptance: Acceptance;
} {
  const [asked, accepted] = [new Map<MixPart, number>(), new Map<MixPart, number>()];
  return {
    count: (at, part, fits) => {
      if (at * 3 < stream.length) return;
      asked.set(part, (asked.get(part) ?? 0) + part.size);
      if (fits) accepted.set(part, (accepted.get(part) ?? 0) + part.size);
    },
    acceptance: {
      percent: (counts = () => true) => (100 * sumOf(accepted, counts)) / sumOf(asked, counts),
    },
  };
}

/** Plays a stream on a cluster. The linter looks on; a broken promise throws. */
export function playStream(
  { nodes, demand, policy }: Cluster,
  stream: readonly Arrival[],
): Acceptance {
  const trial = new Trial({ nodes, demand, policy, seed: 1, clock: systemClock });
  const leaving = new TimeQueue<Claim>();
  const tally = tallyOf(stream);
  for (const [at, { part, time, life }] of stream.entries()) {
    while (leaving.nextAt() <= time) {
      const over = leaving.take();
      if (over !== undefined) trial.end(over);
    }
    const claim = trial.submit(request(`c${at}`, part.spec));
    if (claim !== null) leaving.add(time + life, claim);
    tally.count(at, part, claim !== null);
  }
  trial.check();
  return tally.acceptance;
}

function sumOf(sizes: ReadonlyMap<MixPart, number>, counts: (part: MixPart) => boolean): number {
  return [...sizes].reduce((sum, [part, size]) => sum + (counts(part) ? size : 0), 0);
}
