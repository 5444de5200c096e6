import * as fc from 'fast-check';
import type { PlacementNode, PlacementSnapshot } from '../../../../shared/placement/engine.ts';
import type { Authority, GpuHealth, Isolation } from '../../../../shared/domain/gpu.ts';
import type { GpuInventory } from '../../../../shared/domain/inventory.ts';
import type { ModelSpec } from '../../../../shared/domain/model.ts';
import { gpu, instance, model, modelName, needs, node } from './builders.ts';

const products = ['A30', 'A100-40GB', 'H100-80GB', 'RTX-PRO-6000', 'L40S', 'T4'] as const;

const anyAuthority = fc.constantFrom<Authority>('cut', 'cut', 'cut', 'place', 'observe');
const anyHealth = fc.constantFrom<GpuHealth>(
  { state: 'ok' },
  { state: 'ok' },
  { state: 'ok' },
  { state: 'degraded', reason: 'hot' },
  { state: 'failed', reason: 'Xid 79' },
);

/** A card in any state that an agent could report, before any claim of ours. */
function anyGpu(name: string, at: number): fc.Arbitrary<GpuInventory> {
  return fc
    .record({
      product: fc.constantFrom(...products),
      authority: anyAuthority,
      health: anyHealth,
      state: fc.constantFrom('idle', 'idle', 'idle', 'mig', 'cut', 'foreign', 'unknown-sms'),
    })
    .map(({ product, authority, health, state }) => {
      const plain = gpu(name, at, product, { authority, health });
      if (state === 'foreign')
        return { ...plain, mode: 'foreign' as const, memoryForeignMib: 1_000 };
      if (state === 'unknown-sms') return { ...plain, smCount: 0 };
      if (plain.migEnabled === null || state === 'idle') return plain;
      const instances = state === 'cut' && product === 'A30' ? cutA30 : [];
      return { ...plain, migEnabled: true, mode: 'mig' as const, instances };
    });
}

const cutA30 = [instance('A30', '2g.12gb', 0), instance('A30', '1g.6gb', 3)];

const heldImage = 'registry.local/model:1';

/** Joins the cards of a node by NVLink: two and two, at two NUMA nodes, or all of them. */
function wire(cards: readonly GpuInventory[], wiring: string): readonly GpuInventory[] {
  if (wiring === 'none') return cards;
  return cards.map((card, at) => ({
    ...card,
    numaNode: wiring === 'pairs' ? at >> 1 : null,
    nvlinkPeers: cards
      .filter((other, beside) => other !== card && (wiring === 'all' || beside >> 1 === at >> 1))
      .map(({ uuid }) => ({ gpu: uuid, links: wiring === 'all' ? 12 : 4 })),
  }));
}

function anyNode(name: string): fc.Arbitrary<PlacementNode> {
  return fc
    .record({
      cards: fc
        .integer({ min: 0, max: 4 })
        .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => anyGpu(name, at)))),
      zone: fc.constantFrom('eu-1', 'eu-2', null),
      availability: fc.constantFrom('ready', 'ready', 'ready', 'cordoned'),
      cpuMillis: fc.constantFrom(4_000, 64_000),
      images: fc.constantFrom<readonly string[]>([], ['a/other:1', heldImage]),
      wiring: fc.constantFrom('none', 'pairs', 'all'),
      runtimes: fc.constantFrom(
        ['docker'] as const,
        ['docker', 'process'] as const,
        ['process'] as const,
      ),
    })
    .map(({ cards, zone, availability, cpuMillis, runtimes, images, wiring }) =>
      node(name, wire(cards, wiring), {
        labels: zone === null ? {} : { zone },
        images,
        cpuMillis,
        runtimes,
        availability:
          availability === 'ready' ? { kind: 'ready' } : { kind: 'cordoned', reason: 'by a test' },
      }),
    );
}

/** One to four nodes, without claims. */
export const anyCluster: fc.Arbitrary<PlacementSnapshot> = fc
  .integer({ min: 1, max: 4 })
  .chain((count) => fc.tuple(...['a', 'b', 'c', 'd'].slice(0, count).map(anyNode)))
  .map((nodes) => ({ nodes, claims: [] }));

/** A request of one of three models. */
export function anySpec(countMax = 3): fc.Arbitrary<ModelSpec> {
  return fc
    .record({
      name: fc.constantFrom('m', 'n', 'o'),
      memoryMib: fc.oneof(fc.integer({ min: 1, max: 9_000 }), fc.integer({ min: 1, max: 100_000 })),
      computePercent: fc.constantFrom(0, 0, 0, 10, 25, 50, 100),
      isolation: fc.constantFrom<Isolation>('any', 'mps', 'mig', 'mig', 'whole'),
      count: fc.integer({ min: 1, max: countMax }),
      processes: fc.constantFrom(1, 1, 4, 30),
      products: fc.constantFrom<readonly string[]>([], [], ['L40S'], ['A30', 'H100-80GB']),
      spread: fc.constantFrom('none', 'none', 'node', 'zone'),
      apart: fc.constantFrom<readonly string[]>([], [], ['n'], ['n', 'o']),
      image: fc.constantFrom(heldImage, heldImage, 'registry.local/rare:1'),
      maxPerNode: fc.constantFrom(0, 0, 2),
      constraints: fc.constantFrom<Readonly<Record<string, string>>>({}, {}, { zone: 'eu-1' }),
      cpuMillis: fc.constantFrom(0, 500),
    })
    .map(({ name, products: models, spread, maxPerNode, constraints, cpuMillis, ...rest }) => {
      const { apart, image, ...gpuNeed } = rest;
      const antiAffinity = apart.filter((other) => other !== name).map(modelName);
      return model(name, needs({ ...gpuNeed, models }), {
        placement: { spread, maxPerNode, antiAffinity, constraints },
        workload: { cpuMillis, image },
      });
    });
}

/** What happens to a cluster: a claim comes, is given back or is gone; a node is cordoned or not, or leaves and is back. */
export type Happening =
  | { readonly kind: 'place'; readonly spec: ModelSpec }
  | { readonly kind: 'reclaim' | 'remove' | 'cordon' | 'leave'; readonly which: number };

/** A story of a cluster. */
export function anyStory(countMax = 3): fc.Arbitrary<readonly Happening[]> {
  const place = anySpec(countMax).map((spec): Happening => ({ kind: 'place', spec }));
  const end = fc
    .record({ kind: fc.constantFrom('reclaim', 'remove', 'cordon', 'leave'), which: fc.nat() })
    .map((each): Happening => each);
  return fc.array(fc.oneof({ weight: 3, arbitrary: place }, { weight: 1, arbitrary: end }), {
    maxLength: 40,
  });
}
