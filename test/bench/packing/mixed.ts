import { cardsOf, model, needs, node } from '../../unit/shared/placement/builders.ts';
import type { BenchRow } from '../bench-row.ts';
import { mean, rounded, type PackingOptions } from './packing-options.ts';
import { demandOfMix, playStream, poissonStream, type MixPart } from './stream.ts';

const load = 0.95;
const arrivalsCount = 12_000;

/** Sizes are thousandths of a card, whichever card it is. */
const mix: readonly MixPart[] = [
  part('whole', 12, { size: 1_000, cores: 8 }, { isolation: 'whole' }),
  part('pair', 4, { size: 2_000, cores: 16 }, { isolation: 'whole', count: 2 }),
  part('four', 2, { size: 4_000, cores: 32 }, { isolation: 'whole', count: 4 }),
  part('eight', 1, { size: 8_000, cores: 64 }, { isolation: 'whole', count: 8 }),
  part('mig-small', 20, { size: 125, cores: 2 }, { isolation: 'mig', memoryMib: 4_864 }),
  part('mig-half', 10, { size: 500, cores: 4 }, { isolation: 'mig', memoryMib: 19_000 }),
  part('mps-small', 30, { size: 120, cores: 2 }, { isolation: 'mps', memoryMib: 5_000 }),
  part(
    'mps-large',
    20,
    { size: 450, cores: 4 },
    { isolation: 'mps', memoryMib: 18_000, computePercent: 40 },
  ),
  part('any', 15, { size: 250, cores: 2 }, { isolation: 'any', memoryMib: 10_000 }),
  part('cpu-only', 20, { size: 0, cores: 4 }, null),
];

/** Whole cards, several cards, MIG, MPS and CPU side by side on cards of three kinds, coming and going. */
export async function packingMixedRows(options: PackingOptions): Promise<readonly BenchRow[]> {
  const nodes = clusterNodes();
  const capacity = nodes.reduce((sum, each) => sum + each.inventory.gpus.length * 1_000, 0);
  const count = options.quick ? arrivalsCount / 4 : arrivalsCount;
  const seeds = Array.from({ length: options.quick ? 1 : 4 }, (_, at) => at + 1);
  await Promise.resolve();
  const played = seeds.map((seed) => {
    const stream = poissonStream(mix, { load, capacity, count }, seed);
    const play = (policy: 'tangram' | 'bestfit') =>
      playStream({ nodes, demand: demandOfMix(mix), policy }, stream);
    return { tangram: play('tangram'), bestfit: play('bestfit') };
  });
  const kinds: readonly (readonly [string, (part: MixPart) => boolean])[] = [
    ['all', () => true],
    ['several whole cards', ({ size }) => size > 1_000],
    ['MIG', ({ name }) => name.startsWith('mig')],
    ['MPS', ({ name }) => name.startsWith('mps')],
  ];
  return kinds.map(([what, counts], at) => {
    const tangram = mean(played.map((each) => each.tangram.percent(counts)));
    const bestfit = mean(played.map((each) => each.bestfit.percent(counts)));
    return {
      metric: `mixed cluster at ${load}: accepted, ${what}`,
      value: rounded(tangram),
      unit: '% of cards',
      yardstick: `bestfit ${rounded(bestfit)}`,
      target: at === 0 ? '>= bestfit' : '-',
      ok: at > 0 || tangram >= bestfit,
    };
  });
}

function clusterNodes() {
  const kinds = [
    { product: 'A100-40GB', cards: 8, count: 8 },
    { product: 'H100-80GB', cards: 8, count: 4 },
    { product: 'L40S', cards: 4, count: 8 },
  ] as const;
  return kinds.flatMap(({ product, cards, count }) =>
    Array.from({ length: count }, (_, at) => {
      const name = `${product.toLowerCase()}-${at}`;
      const products = Array.from({ length: cards }, () => product);
      return node(name, cardsOf(name, products), { cpuMillis: 128_000, memoryMib: 1_048_576 });
    }),
  );
}

/** `gpu`: null on CPU alone. */
function part(
  name: string,
  share: number,
  { size, cores }: { readonly size: number; readonly cores: number },
  gpu: Parameters<typeof needs>[0] | null,
): MixPart {
  const workload = { cpuMillis: cores * 1_000, memoryMib: cores * 4_096 };
  return { name, share, size, spec: model(name, gpu === null ? null : needs(gpu), { workload }) };
}
