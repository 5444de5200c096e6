import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nvlinkIslands } from '../../../../shared/domain/nvlink-islands.ts';

test('cards that are joined over others are one island, in the order given', () => {
  const cards = [
    { gpu: 'd', peers: ['b'] },
    { gpu: 'a', peers: [] },
    { gpu: 'b', peers: ['d', 'c'] },
    { gpu: 'c', peers: ['b', 'lost'] },
    { gpu: 'f', peers: ['e'] },
    { gpu: 'e', peers: [] },
  ];
  expect(nvlinkIslands(cards)).toEqual([
    ['d', 'b', 'c'],
    ['f', 'e'],
  ]);
});

test('every link stays within one island, and no card is in two', () => {
  const pairs = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 10 });
  fc.assert(
    fc.property(pairs, (links) => {
      const names = Array.from({ length: 8 }, (_, at) => String(at));
      const cards = names.map((gpu, at) => ({
        gpu,
        peers: links.flatMap(([one, other]) =>
          one === other ? [] : one === at ? [String(other)] : other === at ? [String(one)] : [],
        ),
      }));
      const islands = nvlinkIslands(cards);
      const members = islands.flat();
      expect(new Set(members).size).toBe(members.length);
      for (const { gpu, peers } of cards) {
        const home = islands.find((island) => island.includes(gpu)) ?? [];
        for (const peer of peers) expect(home).toContain(peer);
        expect(home.length === 0).toBe(peers.length === 0);
      }
    }),
  );
});
