import { unreachable } from '../domain/assert.ts';
import type { SliceShape } from '../domain/slice.ts';
import type { Ask } from './ask.ts';
import { runtimesWanted, unwantedBeside } from './ask.ts';
import type { Evidence } from './engine.ts';
import type { Candidate } from './first-place.ts';
import type { CardRecord, NodeRecord } from './node-record.ts';
import { replicasOn } from './node-record.ts';
import type { Reason } from './reasons.ts';
import { reasonRow } from './reasons.ts';
import type { Tally, TallyRow } from './tally.ts';

/** Writes a tally down for people: one row a reason, those that came furthest first. */
export function renderEvidence(tally: Tally, ask: Ask): readonly Evidence[] {
  return tally.sorted().map((row) => ({
    reason: row.reason,
    of: reasonRow(row.reason).of,
    count: row.count,
    example: renderExample(row, ask),
  }));
}

/** One line with the numbers of the candidate that came nearest. */
export function renderExample(row: Readonly<TallyRow>, ask: Ask): string {
  if (row.card === null) return renderNode(row, ask);
  const { refusal, record } = row.card;
  return `${refusal.needs}, ${cardName(row.record, record)} ${refusal.has}`;
}

/** `node-b/GPU0`. */
export function cardName(record: NodeRecord, card: CardRecord): string {
  return `${record.name}/GPU${card.gpu.index}`;
}

/** Where a replica would go: `node-b/GPU0`, or the node where it takes several cards or none. */
export function placeName({ record, parts }: Candidate): string {
  const [first] = parts;
  return first === undefined || parts.length > 1 ? record.name : cardName(record, first.card);
}

type NodeRow = Readonly<TallyRow>;

function renderNode(row: NodeRow, ask: Ask): string {
  const render = nodeTexts[row.reason];
  if (render !== undefined) return render(row, ask);
  const { name, node } = row.record;
  const { availability } = node;
  return availability.kind === 'ready'
    ? `${name} is passed over`
    : `needs a ready node, ${name} is ${availability.kind}: ${availability.reason}`;
}

const nodeTexts: Readonly<Partial<Record<Reason, (row: NodeRow, ask: Ask) => string>>> = {
  'no-gpu': ({ record }) => `needs a GPU, ${record.name} has none`,
  label: ({ record }, ask) => renderLabel(record, ask),
  runtime: ({ record }, ask) => {
    const { runtimes } = record.node.inventory;
    const has = runtimes.length === 0 ? 'none' : runtimes.join(' and ');
    return `needs the runtime ${runtimesWanted(ask).join(' or ')}, ${record.name} has ${has}`;
  },
  cpu: ({ record }, ask) =>
    `needs ${ask.spec.workload.cpuMillis}m CPU, ${record.name} has ${record.state.cpuFreeMillis}m free`,
  'host-memory': ({ record }, ask) =>
    `needs ${ask.spec.workload.memoryMib}MiB of host memory, ${record.name} has ${record.state.memoryFreeMib}MiB free`,
  spread: ({ record }, ask) =>
    `at most ${ask.spec.placement.maxPerNode} on a node, ${record.name} has ${replicasOn(record, ask.spec.name)}`,
  affinity: ({ record }, ask) =>
    `may not be beside ${unwantedBeside(record, ask) ?? 'another'}, which ${record.name} has`,
  'gpu-count': ({ record, closeness }, ask) =>
    `needs ${ask.need?.count ?? 0} cards of one product, ${record.name} has ${closeness} that would do`,
};

function renderLabel(record: NodeRecord, ask: Ask): string {
  const { labels } = record.node.inventory;
  const wrong = ask.constraints.find(([label, value]) => labels[label] !== value);
  if (wrong === undefined) return `${record.name} is passed over`;
  const [label, value] = wrong;
  const has = labels[label];
  return `needs ${label}=${value}, ${record.name} has ${has === undefined ? `no ${label}` : `${label}=${has}`}`;
}

/** A slice's shape in a few words: `2g.10gb at 4`, `mps 2048MiB 5%`. */
export function renderShape(shape: SliceShape): string {
  switch (shape.kind) {
    case 'whole':
      return `whole ${shape.memoryMib}MiB`;
    case 'mig':
      return `${shape.profile} at ${shape.start}`;
    case 'mps':
      return `mps ${shape.memoryMib}MiB ${shape.smPercent}%`;
    case 'timeshare':
      return `timeshare ${shape.memoryMib}MiB`;
    default:
      return unreachable(shape);
  }
}
