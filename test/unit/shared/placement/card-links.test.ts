import { expect, test } from 'vitest';
import type { GpuInventory } from '../../../../shared/domain/inventory.ts';
import { CardLinks } from '../../../../shared/placement/card-links.ts';
import { gpu } from './builders.ts';

/** Cards of one node of which some are joined: `[[0, 1, 12]]` joins the first two by 12 links. */
function cards(
  count: number,
  joined: readonly (readonly [number, number, number])[] = [],
  numaNodes: readonly number[] = [],
): readonly GpuInventory[] {
  const plain = Array.from({ length: count }, (_, at) => gpu('a', at, 'L40S'));
  return plain.map((card, at) => ({
    ...card,
    numaNode: numaNodes[at] ?? null,
    nvlinkPeers: joined.flatMap(([from, to, links]) => {
      const other = at === from ? plain[to] : at === to ? plain[from] : undefined;
      return other === undefined ? [] : [{ gpu: other.uuid, links }];
    }),
  }));
}

const free = (...places: readonly number[]) => places.map((place) => ({ place, priceMilli: 0 }));

const cases = [
  {
    name: 'neighbours on the bus where nothing else is known',
    cards: cards(4),
    of: free(0, 2, 3),
    want: [2, 3],
  },
  {
    name: 'NVLink before the bus',
    cards: cards(4, [[0, 3, 4]]),
    of: free(0, 1, 2, 3),
    want: [0, 3],
  },
  {
    name: 'more links before fewer',
    cards: cards(4, [
      [0, 1, 2],
      [2, 3, 4],
    ]),
    of: free(0, 1, 2, 3),
    want: [2, 3],
  },
  {
    name: 'one NUMA node before the bus',
    cards: cards(4, [], [0, 1, 1, 0]),
    of: free(0, 2, 3),
    want: [0, 3],
  },
  {
    name: 'the set that leaves the largest island, not the first',
    cards: cards(5, [
      [0, 1, 4],
      [1, 2, 4],
      [0, 2, 4],
      [3, 4, 4],
    ]),
    of: free(0, 1, 2, 3, 4),
    want: [3, 4],
  },
  {
    name: 'a dearer card is left out',
    cards: cards(3),
    of: [{ place: 0, priceMilli: 500 }, ...free(1, 2)],
    want: [1, 2],
  },
] as const;

test.for(cases)('$name', ({ cards: gpus, of, want }) => {
  expect(new CardLinks(gpus).choose(of, 2).places).toEqual(want);
});

test('of many cards a set is grown, and it is one island where there is one', () => {
  const joined = [4, 9, 14, 15].flatMap((a, at, all) =>
    all.slice(at + 1).map((b) => [a, b, 12] as const),
  );
  const links = new CardLinks(cards(16, joined));
  expect(links.choose(free(...Array(16).keys()), 4).places).toEqual([4, 9, 14, 15]);
});
