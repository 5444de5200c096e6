import type { CardRecord, NodeRecord } from './node-record.ts';
import { compareText } from './node-record.ts';
import type { Reason } from './reasons.ts';
import { reasonRow } from './reasons.ts';
import type { CardRefusal } from './verdict.ts';

/** All candidates that one reason stopped, with the one that came nearest. */
export interface TallyRow {
  readonly reason: Reason;
  count: number;
  closeness: number;
  record: NodeRecord;
  /** null where nodes are counted. */
  card: { readonly record: CardRecord; readonly refusal: CardRefusal } | null;
}

/** The card that could be given most memory now, among those that refused. */
export interface Roomiest {
  readonly fitsMib: number;
  readonly record: NodeRecord;
  readonly card: CardRecord;
}

/** Counts why candidates were passed over. Candidates come in order of name, and ties keep the first. */
export class Tally {
  private readonly rows = new Map<Reason, TallyRow>();
  private roomiestCard: Roomiest | null = null;

  addNode(reason: Reason, closeness: number, record: NodeRecord): void {
    const row = this.rows.get(reason);
    if (row === undefined) {
      this.rows.set(reason, { reason, count: 1, closeness, record, card: null });
      return;
    }
    row.count += 1;
    if (closeness > row.closeness) {
      row.closeness = closeness;
      row.record = record;
    }
  }

  addCards(
    refusal: CardRefusal,
    record: NodeRecord,
    cards: readonly [CardRecord, ...CardRecord[]],
  ) {
    const [first] = cards;
    if (refusal.fitsMib > (this.roomiestCard?.fitsMib ?? 0)) {
      this.roomiestCard = { fitsMib: refusal.fitsMib, record, card: first };
    }
    const { reason, closeness } = refusal;
    const row = this.rows.get(reason);
    if (row === undefined) {
      const card = { record: first, refusal };
      this.rows.set(reason, { reason, count: cards.length, closeness, record, card });
      return;
    }
    row.count += cards.length;
    if (closeness > row.closeness) {
      row.closeness = closeness;
      row.record = record;
      row.card = { record: first, refusal };
    }
  }

  get roomiest(): Roomiest | null {
    return this.roomiestCard;
  }

  row(reason: Reason): Readonly<TallyRow> | undefined {
    return this.rows.get(reason);
  }

  /** Those that came furthest first; then the most frequent. */
  sorted(): readonly Readonly<TallyRow>[] {
    return [...this.rows.values()].sort(
      (a, b) =>
        reasonRow(b.reason).progress - reasonRow(a.reason).progress ||
        b.count - a.count ||
        compareText(a.reason, b.reason),
    );
  }
}
