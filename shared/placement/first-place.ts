import type { Ask } from './ask.ts';
import { refuseNode } from './ask.ts';
import type { NodeRecord, RecordTables } from './node-record.ts';
import type { Policy } from './policies/policy.ts';
import type { Choice } from './rate-node.ts';
import { chooseOn, hasPlace } from './rate-node.ts';

/** What a question beside the indices is asked of. */
export interface Scene {
  /** In order of name. */
  readonly records: readonly NodeRecord[];
  readonly policy: Policy;
  readonly tables: RecordTables;
}

/** A place for one replica. */
export interface Candidate {
  readonly record: NodeRecord;
  /** Empty for a model on CPU. */
  readonly parts: Choice['parts'];
}

/** The first node by name that has a place, and its best place: any that would do is advice enough. */
export function firstPlace({ records, policy }: Scene, ask: Ask): Candidate | null {
  for (const record of records) {
    if (refuseNode(record, ask) !== null || !hasPlace(record, ask)) continue;
    const choice = chooseOn(record, ask, policy, () => 0);
    if (choice !== null) return { record, parts: choice.parts };
  }
  return null;
}
