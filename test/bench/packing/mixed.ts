import { cardsOf, model, needs, node } from '../../unit/shared/placement/builders.ts';
import type { BenchRow } from '../bench-row.ts';
import { mean, rounded, type PackingOptions } from './packing-options.ts';
import { demandOfMix, playStream, poissonStream, type MixPart } from './stream.ts';

const load = 0.95;
const arrivalsCount = 12_000;

/** Sizes are thousandths of a card, whichever card it is. */
const mix: readonly MixPart[] = [
  {
    name: 'whole',
    share: 12,
    size: 1_000,
    spec: model('whole', needs({ isolation: 'whole' }), cpu(8)),
  },
  {
    name: 'pair',
    share: 4,
    size: 2_000,
    spec: model('pair', needs({ isolation: 'whole', count: 2 }), cpu(16)),
  },
  {
    name: 'four',
    share: 2,
    size: 4_000,
    spec: model('four', needs({ isolation: 'whole', count: 4 }), cpu(32)),
  },
  {
    name: 'eight',
    share: 1,
    size: 8_000,
    spec: model('eight', needs({ isolation: 'whole', count: 8 }), cpu(64)),
  },
  {
    name: 'mig-small',
    share: 20,
    size: 125,
    spec: model('mig-small', needs({ isolation: 'mig', memoryMib: 4_864 }), cpu(2)),
  },
  {
    name: 'mig-half',
    share: 10,
    size: 500,
    spec: model('mig-half', needs({ isolation: 'mig', memoryMib: 19_000 }), cpu(4)),
  },
  {
    name: 'mps-small',
    share: 30,
    size: 120,
    spec: model('mps-small', needs({ isolation: 'mps', memoryMib: 5_000 }), cpu(2)),
  },
  {
    name: 'mps-large',
    share: 20,
    size: 450,
    spec: model(
      'mps-large',
      needs({ isolation: 'mps', memoryMib: 18_000, computePercent: 40 }),
      cpu(4),
    ),
  },
  {
    name: 'any',
    share: 15,
    size: 250,
    spec: model('any', needs({ isolation: 'any', memoryMib: 10_000 }), cpu(2)),
  },
  { name: 'cpu-only', share: 20, size: 0, spec: model('cpu-only', null, cpu(4)) },
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

function cpu(cores: number) {
  return { workload: { cpuMillis: cores * 1_000, memoryMib: cores * 4_096 } };
}
