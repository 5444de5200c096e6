import { parseNodeName, type NodeName } from '../../shared/domain/ids.ts';
import type { Problem } from '../../shared/domain/result.ts';
import type { KeyPath } from '../../shared/manifest/yaml-place.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';
import { makeNode } from './made-node.ts';
import { scenarioLimits, type NodeEntry } from './scenario-schema.ts';

/** Tells a problem at its place in the document. */
export type Tell = (path: KeyPath, problem: Problem) => void;

/** What a node has for each of its cards when nobody says. */
export const perCard = { cpuMillis: 16_000, memoryMib: 128 * 1024 } as const;

/** The nodes of a scenario by name. What is wrong is told, and left out. */
export function readNodes(
  entries: readonly NodeEntry[],
  tell: Tell,
): ReadonlyMap<NodeName, PlacementNode> {
  const nodes = new Map<NodeName, PlacementNode>();
  for (const [at, entry] of entries.entries()) {
    const path = ['spec', 'nodes', at];
    const { nodesMax } = scenarioLimits;
    const count = entry.count ?? 1;
    if (count < 1 || nodes.size + count > nodesMax) {
      const message = `${count} is out of range`;
      const hint = `at least 1, and ${nodesMax} nodes in all`;
      tell([...path, 'count'], { code: 'SCENARIO_INVALID', message, hint });
      continue;
    }
    for (const name of namesOf(entry)) {
      const parsed = parseNodeName(name);
      if (!parsed.ok) {
        tell([...path, 'name'], parsed.problem);
        break;
      }
      if (nodes.has(parsed.value)) {
        const message = `there are two nodes ${name}`;
        const hint = 'give each group of nodes a name of its own';
        tell([...path, 'name'], { code: 'SCENARIO_INVALID', message, hint });
        break;
      }
      nodes.set(parsed.value, nodeOf(entry, parsed.value));
    }
  }
  if (nodes.size === 0 && entries.length === 0) {
    const message = 'there is no node';
    tell(['spec', 'nodes'], { code: 'SCENARIO_INVALID', message, hint: 'list at least one' });
  }
  return nodes;
}

function namesOf({ name, count }: NodeEntry): readonly string[] {
  if (count === undefined) return [name];
  return Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
}

function nodeOf(entry: NodeEntry, name: NodeName): PlacementNode {
  const { cards, labels, zone } = entry;
  return makeNode({
    name,
    cards,
    cpuMillis: entry.cpu ?? perCard.cpuMillis * cards.length,
    memoryMib: entry.memory ?? perCard.memoryMib * cards.length,
    labels: { ...labels, ...(zone === undefined ? {} : { zone }) },
    authority: entry.authority ?? 'cut',
    mpsOffered: entry.mps ?? true,
  });
}
