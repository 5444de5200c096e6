import type {
  PlacementDelta,
  PlacementRequest,
  PlacementSnapshot,
} from '../../shared/placement/engine.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { DecisionLog, LoggedDecision } from '../store/decision-log.ts';
import type { Breathe } from '../../shared/platform/breather.ts';
import { InputsDecoder } from './inputs-codec.ts';
import type { Outcome } from './outcome.ts';

/** One row of the log, read. */
export type LoggedStep =
  | {
      readonly kind: 'snapshot';
      readonly row: LoggedDecision;
      readonly snapshot: PlacementSnapshot;
    }
  | {
      readonly kind: 'decision';
      readonly row: LoggedDecision;
      readonly deltas: readonly PlacementDelta[];
      readonly request: PlacementRequest;
      readonly outcome: Outcome;
    };

const rowsAtOnce = 64;

/**
 * The rows from a snapshot on, up to row `to`, in order. Rows that are dropped meanwhile because the log is full are
 * missing. Throws STORE_UNREADABLE for a row that is not as this program writes it.
 */
export async function* readRows(
  log: Pick<DecisionLog, 'after'>,
  range: { readonly snapshot: LoggedDecision; readonly to: number },
  breathe: Breathe,
): AsyncIterable<LoggedStep> {
  const decoder = new InputsDecoder();
  yield read(range.snapshot, decoder);
  let at = range.snapshot.id;
  for (;;) {
    const rows = log.after(at, rowsAtOnce);
    for (const row of rows) {
      if (row.id > range.to) return;
      await breathe();
      yield read(row, decoder);
      at = row.id;
    }
    if (rows.length === 0) return;
  }
}

function read(row: LoggedDecision, decoder: InputsDecoder): LoggedStep {
  try {
    if (row.kind === 'snapshot') {
      return { kind: 'snapshot', row, snapshot: decoder.snapshot(row.inputs) };
    }
    return {
      kind: 'decision',
      row,
      deltas: decoder.deltas(row.inputs),
      request: JSON.parse(row.request) as PlacementRequest, // our own log wrote it
      outcome: JSON.parse(row.outcome) as Outcome, // our own log wrote it
    };
  } catch (cause) {
    throw new AppError('STORE_UNREADABLE', `row ${row.id} of the decision log cannot be read`, {
      cause,
      hint: 'it was written by another version, or damaged; decisions after the next snapshot can be replayed',
    });
  }
}
