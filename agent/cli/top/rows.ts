import type { TopRecord } from '../api/top-record.ts';
import { cardNode, type TopNode } from './tree.ts';

export type SortBy = 'name' | 'memory' | 'sm' | 'power';

/** What a person has chosen. */
export interface Choice {
  readonly sortBy: SortBy;
  /** Lower case; empty: everything. */
  readonly filter: string;
  readonly folded: ReadonlySet<string>;
}

/** A node at its place on the screen. */
export interface Row {
  readonly node: TopNode;
  readonly depth: number;
  readonly open: boolean;
}

/** Pure: the lines of the view, top to bottom. Cards keep their order unless something else is asked for. */
export function rowsOf(top: TopRecord, choice: Choice): readonly Row[] {
  const cards = top.gpus.map(cardNode).flatMap((node) => matching(node, choice.filter));
  return sorted(cards, choice.sortBy).flatMap((node) => below(node, 0, choice));
}

function below(node: TopNode, depth: number, choice: Choice): readonly Row[] {
  const open = !choice.folded.has(node.key);
  const children = open ? sorted(node.children, choice.sortBy) : [];
  return [{ node, depth, open }, ...children.flatMap((child) => below(child, depth + 1, choice))];
}

/** A node that matches keeps everything below it; one that does not is kept for what matches below it. */
function matching(node: TopNode, filter: string): readonly TopNode[] {
  if (filter === '' || node.words.includes(filter)) return [node];
  const children = node.children.flatMap((child) => matching(child, filter));
  return children.length === 0 ? [] : [{ ...node, children }];
}

const sizeKeys = { memory: 'memoryMib', sm: 'smRatio', power: 'powerWatts' } as const;

/** The most first, and what is not known last; notes stay at the end. */
function sorted(nodes: readonly TopNode[], sortBy: SortBy): readonly TopNode[] {
  if (sortBy === 'name') return nodes;
  const key = sizeKeys[sortBy];
  const size = (node: TopNode): number => node[key]?.value ?? -1;
  return [...nodes].sort(
    (a, b) => Number(a.kind === 'note') - Number(b.kind === 'note') || size(b) - size(a),
  );
}
