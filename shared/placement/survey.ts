import type { Ask } from './ask.ts';
import { nodeCloseness, refuseNode } from './ask.ts';
import type { CardClass } from './card-class.ts';
import type { Need } from './need.ts';
import type { CardRecord, NodeRecord } from './node-record.ts';
import { Tally } from './tally.ts';

/** Looks at every candidate and counts why each is passed over. `records` come in order of node name. */
export function survey(records: readonly NodeRecord[], ask: Ask): Tally {
  const tally = new Tally();
  for (const record of records) {
    const refusal = refuseNode(record, ask);
    if (refusal !== null) tally.addNode(refusal, nodeCloseness(record, refusal), record);
    else if (ask.need !== null) surveyCards(record, ask.need, tally);
  }
  return tally;
}

function surveyCards(record: NodeRecord, need: Need, tally: Tally): void {
  const alike = new Map<string, number>();
  for (const [cardClass, cards] of groupCards(record.cards)) {
    const verdict = cardClass.judge(need);
    if (verdict.kind === 'refused') tally.addCards(verdict, record, cards);
    else {
      const { productName } = cardClass.view;
      alike.set(productName, (alike.get(productName) ?? 0) + cards.length);
    }
  }
  if (need.count < 2) return;
  const most = Math.max(0, ...alike.values());
  if (most < need.count) tally.addNode('gpu-count', most, record);
}

type SomeCards = [CardRecord, ...CardRecord[]];

/** In the order of their first card. */
function groupCards(cards: readonly CardRecord[]): ReadonlyMap<CardClass, SomeCards> {
  const groups = new Map<CardClass, SomeCards>();
  for (const card of cards) {
    const group = groups.get(card.class);
    if (group === undefined) groups.set(card.class, [card]);
    else group.push(card);
  }
  return groups;
}
