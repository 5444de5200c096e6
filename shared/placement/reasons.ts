/** Why a node or a card was passed over: the stable words of `Evidence.reason`. */
export type Reason = keyof typeof reasonTable;

interface ReasonRow {
  readonly of: 'node' | 'gpu';
  /** How far a candidate came before this stopped it: the furthest is the one worth mending. */
  readonly progress: number;
  readonly headline: string;
}

function row(of: 'node' | 'gpu', progress: number, headline: string): ReasonRow {
  return { of, progress, headline };
}

const reasonTable = {
  lost: row('node', 1, 'the node is lost'),
  suspect: row('node', 2, 'the node has not been heard of lately'),
  'no-gpu': row('node', 3, 'the node has no GPU'),
  label: row('node', 4, 'no node has the wanted labels'),
  runtime: row('node', 5, 'no node has a runtime for this workload'),
  draining: row('node', 6, 'the nodes that could be used are draining'),
  cordoned: row('node', 7, 'the nodes that could be used are cordoned'),
  'card-model': row('gpu', 8, 'no card of the wanted product is free'),
  health: row('gpu', 9, 'the cards that would do are out of use'),
  isolation: row('gpu', 10, 'no card can give that isolation'),
  size: row('gpu', 11, 'every card is too small'),
  foreign: row('gpu', 12, 'processes that are not ours hold the cards'),
  mode: row('gpu', 13, 'the cards that could be used are used otherwise'),
  clients: row('gpu', 14, 'no card can take that many MPS clients'),
  compute: row('gpu', 15, 'no card has that share of its SMs free'),
  memory: row('gpu', 16, 'no card has enough free memory'),
  layout: row('gpu', 17, 'no legal MIG placement is left'),
  'gpu-count': row('node', 18, 'no node has enough idle cards'),
  authority: row('gpu', 19, 'the cards that would fit may not be changed'),
  cpu: row('node', 20, 'no node has enough free CPU'),
  'host-memory': row('node', 21, 'no node has enough free host memory'),
  spread: row('node', 22, 'every node that could be used has its maximum of replicas'),
  affinity: row(
    'node',
    23,
    'every node that could be used has a model that may not be beside this one',
  ),
} as const satisfies Readonly<Record<string, ReasonRow>>;

/** What is counted, how far it came, and its headline. */
export function reasonRow(reason: Reason): ReasonRow {
  return reasonTable[reason];
}
