import {
  asMig,
  stageSet,
  type Placed,
  type StageSet,
} from '../../unit/shared/placement/relayout/stage-set.ts';
import { gpu, migShape, node } from '../../unit/shared/placement/builders.ts';
import { Dice } from './dice.ts';

/** Ways in which a card of 8 units is in use and has no room for 3g any more, though units are free. */
const patterns: readonly [readonly [string, number][], ...(readonly [string, number][])[]] = [
  [
    ['1g.5gb', 0],
    ['1g.5gb', 2],
    ['2g.10gb', 4],
  ],
  [
    ['2g.10gb', 2],
    ['1g.5gb', 5],
  ],
  [
    ['1g.5gb', 1],
    ['1g.5gb', 3],
    ['1g.5gb', 4],
    ['1g.5gb', 6],
  ],
  [
    ['2g.10gb', 0],
    ['2g.10gb', 2],
    ['2g.10gb', 4],
    ['1g.5gb', 6],
  ],
];

/** Full, or with room for nothing but 1g beside replicas of 2g: no re-layout makes room for 3g. */
const fullPatterns: typeof patterns = [
  [
    ['2g.10gb', 0],
    ['2g.10gb', 2],
    ['2g.10gb', 4],
    ['1g.5gb', 6],
  ],
  [
    ['2g.10gb', 0],
    ['2g.10gb', 2],
    ['2g.10gb', 4],
  ],
];

/**
 * A large cluster of A100s, 8 a node, in which `3g` fits nowhere at once; `full`: not even after moves. Replicas
 * of 2g may be interrupted for as long as it takes.
 */
export function largeCluster(nodesCount: number, seed: number, full = false): StageSet {
  const dice = new Dice(seed);
  const choice = full ? fullPatterns : patterns;
  const base = asMig('middle', 9_856, { disruption: { kind: 'budget', seconds: 3_600 } });
  // More SMs than 1g.10gb has.
  const middle = { ...base, gpu: base.gpu && { ...base.gpu, computePercent: 25 } };
  const specs = {
    '1g.5gb': asMig('small', 4_864),
    '2g.10gb': middle,
  } as const;
  const names = Array.from({ length: nodesCount }, (_, at) => `n${String(at).padStart(5, '0')}`);
  const nodes = names.map((name) =>
    node(
      name,
      Array.from({ length: 8 }, (_, at) =>
        gpu(name, at, 'A100-40GB', { migEnabled: true, mode: 'mig' }),
      ),
    ),
  );
  const placed = names.flatMap((name) =>
    Array.from({ length: 8 }, (_, at): readonly Placed[] =>
      dice.pick(choice).map(([profile, start]) => ({
        spec: profile === '2g.10gb' ? specs['2g.10gb'] : specs['1g.5gb'],
        node: name,
        at: [[at, migShape('A100-40GB', profile, start)]],
      })),
    ).flat(),
  );
  return largeSet(nodes, placed);
}

/** `stageSet` looks through all claims for each node; here that would take minutes. */
function largeSet(nodes: Parameters<typeof stageSet>[0], placed: readonly Placed[]): StageSet {
  const byNode = new Map<string, Placed[]>();
  for (const each of placed) byNode.set(each.node, [...(byNode.get(each.node) ?? []), each]);
  const parts = nodes.map((each) => {
    const name = each.inventory.node;
    return stageSet([each], byNode.get(name) ?? [], `${name}-`);
  });
  return {
    snapshot: {
      nodes: parts.flatMap(({ snapshot }) => snapshot.nodes),
      claims: parts.flatMap(({ snapshot }) => snapshot.claims),
    },
    running: new Map(parts.flatMap(({ running }) => [...running])),
  };
}
