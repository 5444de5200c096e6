/** One card as the question sees it: any text that names a card will do. */
export interface JoinedCard {
  readonly gpu: string;
  readonly peers: readonly string[];
}

/** Cards that NVLink joins, directly or over others: each island in the order given. A card without links is in none. */
export function nvlinkIslands(cards: readonly JoinedCard[]): readonly (readonly string[])[] {
  const peersOf = new Map(cards.map(({ gpu, peers }) => [gpu, peers]));
  const islands: string[][] = [];
  const met = new Set<string>();
  for (const { gpu } of cards) {
    if (met.has(gpu)) continue;
    const island = new Set([gpu]);
    // What is added while the set is walked is walked, too.
    for (const member of island) {
      for (const peer of peersOf.get(member) ?? []) if (peersOf.has(peer)) island.add(peer);
    }
    for (const member of island) met.add(member);
    if (island.size > 1)
      islands.push(cards.map((card) => card.gpu).filter((each) => island.has(each)));
  }
  return islands;
}
