import type { Ask } from './ask.ts';
import type { Refusal } from './engine.ts';
import { cardName, renderExample } from './evidence.ts';
import type { Scene } from './first-place.ts';
import { findRemedies } from './nearest.ts';
import type { CardRecord, NodeRecord } from './node-record.ts';
import { reasonRow } from './reasons.ts';
import type { Tally } from './tally.ts';
import { findVacancy } from './vacancy.ts';

/** How many remedies are named: more than that is no advice. */
const remediesMax = 3;

/** Explains why there is no place: one dominant reason with its numbers, and what would help, tried out. */
export function explainRefusal(scene: Scene, ask: Ask, tally: Tally): Refusal {
  const { records } = scene;
  const remedies = findRemedies(scene, ask, tally);
  const impossible = findImpossible(records, ask);
  // The dominant reason is the one that came furthest among those which a single change would mend.
  const rows = tally.sorted();
  const dominant = rows.find((row) => row.reason === remedies[0]?.reason) ?? rows[0];
  const vacancy = impossible === '' ? findVacancy(scene, ask) : '';
  const helps = [...remedies.map(({ text }) => text), vacancy].filter((text) => text !== '');
  return {
    summary:
      impossible ||
      (dominant === undefined ? 'no node has a place' : summarise(dominant, rows, ask)),
    nearest: helps.slice(0, remediesMax).join('; or '),
  };
}

function summarise(
  dominant: ReturnType<Tally['sorted']>[number],
  rows: ReturnType<Tally['sorted']>,
  ask: Ask,
): string {
  const { of, headline } = reasonRow(dominant.reason);
  const total = rows
    .filter(({ reason }) => reasonRow(reason).of === of)
    .reduce((sum, { count }) => sum + count, 0);
  const what = of === 'gpu' ? 'GPUs' : 'nodes';
  return `${headline}: ${renderExample(dominant, ask)} (${dominant.count} of ${total} ${what} passed over)`;
}

/** A request that no state of this cluster could serve, said in full; empty when it is not one. */
function findImpossible(records: readonly NodeRecord[], ask: Ask): string {
  const { need } = ask;
  if (records.length === 0) return 'the cluster has no node yet';
  if (need === null) return '';
  const products = biggestOfProducts(records);
  if (products.size === 0) return 'no node of the cluster has a GPU';
  const named = [...products].filter(([name]) => need.admits(name));
  if (named.length === 0) {
    const names = [...products.keys()].sort();
    return `no card of the cluster is ${need.models.join(' or ')}; it has ${names.join(', ')}`;
  }
  const [, biggest] = named.reduce((best, next) => (bigger(next[1], best[1]) ? next : best));
  const { gpu } = biggest.card;
  if (gpu.memoryTotalMib < need.memoryMib) {
    return `no card is that big: ${need.memoryMib}MiB is asked of one card, and the biggest is ${cardName(biggest.record, biggest.card)} (${gpu.productName}, ${gpu.memoryTotalMib}MiB)`;
  }
  return tooMany(records, need.count);
}

interface PlacedCard {
  readonly record: NodeRecord;
  readonly card: CardRecord;
}

/** The biggest card of each product: the first by node and UUID where several are as big. */
function biggestOfProducts(records: readonly NodeRecord[]): ReadonlyMap<string, PlacedCard> {
  const found = new Map<string, PlacedCard>();
  for (const record of records) {
    for (const card of record.cards) {
      const next = { record, card };
      const known = found.get(card.gpu.productName);
      if (known === undefined || bigger(next, known)) found.set(card.gpu.productName, next);
    }
  }
  return found;
}

function bigger(next: PlacedCard, best: PlacedCard): boolean {
  return next.card.gpu.memoryTotalMib > best.card.gpu.memoryTotalMib;
}

function tooMany(records: readonly NodeRecord[], count: number): string {
  const most = records.reduce((best, record) =>
    record.node.inventory.gpus.length > best.node.inventory.gpus.length ? record : best,
  );
  const cards = most.node.inventory.gpus.length;
  return cards >= count
    ? ''
    : `no node has that many cards: ${count} are asked of one node, and ${most.name} has the most (${cards})`;
}
