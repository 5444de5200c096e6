import { cardsOf, model, needs, node } from '../../unit/shared/placement/builders.ts';
import type { BenchRow } from '../bench-row.ts';
import { mean, rounded, type PackingOptions } from './packing-options.ts';
import { playBestFit } from './mig-best-fit.ts';
import { demandOfMix, playStream, poissonStream, type MixPart } from './stream.ts';

const product = 'A100-40GB';
const [nodesCount, cardsPerNode] = [25, 4];
const slicesPerCard = 8;
const arrivalsCount = 20_000;

/** Placement units (memory slices), MiB and the least percent of SMs that no smaller profile has. */
const profiles = [
  { name: '7g', giProfileId: 0, size: 8, memoryMib: 40_192, computePercent: 90 },
  { name: '4g', giProfileId: 5, size: 4, memoryMib: 19_968, computePercent: 51 },
  { name: '3g', giProfileId: 9, size: 4, memoryMib: 19_968, computePercent: 38 },
  { name: '2g', giProfileId: 14, size: 2, memoryMib: 9_856, computePercent: 25 },
  { name: '1g-double', giProfileId: 15, size: 2, memoryMib: 9_856, computePercent: 12 },
  { name: '1g', giProfileId: 19, size: 1, memoryMib: 4_864, computePercent: 12 },
] as const;

/** In percent, in the order of `profiles`. */
const mixes: Readonly<Record<string, readonly number[]>> = {
  uniform: [1, 1, 1, 1, 1, 1],
  skewSmall: [5, 5, 10, 20, 20, 40],
  skewBig: [30, 20, 20, 10, 10, 10],
  bimodal: [30, 10, 10, 5, 5, 40],
  no7: [0, 1, 1, 1, 1, 1],
};

/** `tangram` against best fit where cards are cut into slices that come and go, on 100 cards. */
export async function packingMigRows(options: PackingOptions): Promise<readonly BenchRow[]> {
  const loads = options.quick ? [0.9] : [0.7, 0.9, 1.1];
  const rows: BenchRow[] = [];
  const gains: number[] = [];
  for (const [name, shares] of Object.entries(mixes)) {
    for (const load of loads) {
      const result = compare(shares, load, options);
      gains.push(result.gain);
      rows.push(...rowsOf(`MIG ${name} at ${load}`, result));
      // One turn between the parts, so that a bench beside this one is not starved.
      await Promise.resolve();
    }
  }
  const gain = mean(gains);
  return [
    ...rows,
    {
      metric: 'MIG churn: mean gain over all mixes and loads',
      value: rounded(gain),
      unit: 'points',
      yardstick: 'the better best fit',
      target: '>= 0.5',
      ok: gain >= 0.5,
    },
  ];
}

interface Compared {
  readonly gain: number;
  readonly accepted: Sides;
  readonly large: Sides;
  readonly whole: Sides;
}

interface Sides {
  readonly tangram: number;
  /** The policy of the engine. */
  readonly bestfit: number;
  /** Best fit on slices, written plainly. */
  readonly plain: number;
}

function compare(shares: readonly number[], load: number, options: PackingOptions): Compared {
  const mix = mixOf(shares);
  const offered = {
    load,
    capacity: nodesCount * cardsPerNode * slicesPerCard,
    count: options.quick ? arrivalsCount / 4 : arrivalsCount,
  };
  const seeds = Array.from({ length: options.quick ? 1 : 4 }, (_, at) => at + 1);
  const played = seeds.map((seed) => {
    const stream = poissonStream(mix, offered, seed);
    const play = (policy: 'tangram' | 'bestfit') =>
      playStream({ nodes: nodes(), demand: demandOfMix(mix), policy }, stream);
    return {
      tangram: play('tangram'),
      bestfit: play('bestfit'),
      plain: playBestFit(stream, nodesCount * cardsPerNode, profileOf),
    };
  });
  const sides = (counts: (part: MixPart) => boolean): Sides => ({
    tangram: mean(played.map(({ tangram }) => tangram.percent(counts))),
    bestfit: mean(played.map(({ bestfit }) => bestfit.percent(counts))),
    plain: mean(played.map(({ plain }) => plain.percent(counts))),
  });
  const accepted = sides(() => true);
  return {
    gain: accepted.tangram - Math.max(accepted.bestfit, accepted.plain),
    accepted,
    large: sides(({ size }) => size >= 4),
    whole: sides(({ size }) => size === slicesPerCard),
  };
}

function rowsOf(name: string, { accepted, gain, large, whole }: Compared): BenchRow[] {
  const apart = (what: string, sides: Sides): BenchRow[] =>
    Number.isNaN(sides.tangram)
      ? []
      : [
          {
            metric: `${name}: ${what} accepted`,
            value: rounded(sides.tangram),
            unit: '% of slices',
            yardstick: rivals(sides),
            target: '-',
            ok: true,
          },
        ];
  return [
    {
      metric: `${name}: accepted`,
      value: rounded(accepted.tangram),
      unit: '% of slices',
      yardstick: rivals(accepted),
      target: '>= both',
      ok: gain >= 0,
    },
    ...apart('3g and larger', large),
    ...apart('7g', whole),
  ];
}

function rivals({ bestfit, plain }: Sides): string {
  return `bestfit ${rounded(bestfit)}, on slices ${rounded(plain)}`;
}

function profileOf(part: MixPart): number {
  const found = profiles.find(({ name }) => name === part.name);
  if (found === undefined) throw new Error(`${part.name} is no profile of the mix`);
  return found.giProfileId;
}

function mixOf(shares: readonly number[]): readonly MixPart[] {
  return profiles.flatMap(({ name, size, memoryMib, computePercent }, at) => {
    const share = shares[at] ?? 0;
    const spec = model(`mig-${name}`, needs({ isolation: 'mig', memoryMib, computePercent }));
    return share === 0 ? [] : [{ name, spec, share, size }];
  });
}

function nodes() {
  return Array.from({ length: nodesCount }, (_, at) => {
    const name = `node-${String(at).padStart(3, '0')}`;
    const products = Array.from({ length: cardsPerNode }, () => product);
    return node(name, cardsOf(name, products, { migEnabled: true }));
  });
}
