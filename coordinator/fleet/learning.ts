import type { Change } from '../../shared/domain/change.ts';
import type { Estimates } from '../../shared/domain/estimates.ts';
import { storeKeys, type EstimateRecord } from '../store/values.ts';
import {
  estimateLimits,
  estimatesOf,
  learn,
  startSubject,
  stepSubject,
  surplusSubjects,
  type EstimateBook,
} from './estimate-book.ts';
import type { Ledger, LedgerWrite } from './ledger.ts';
import type { SeenStart } from './seen-starts.ts';
import type { World } from './world.ts';

interface Learned {
  /** Of the table that it was made from. */
  readonly changes: number;
  readonly book: EstimateBook;
  readonly estimates: Estimates;
}

/** Made once for many calls: a book may have thousands of subjects. */
const learned = new WeakMap<Ledger, Learned>();

/** What has been learned, by subject. */
export function bookOf(world: World): EstimateBook {
  return learnedBy(world.ledger).book;
}

/** What plans are priced with now. */
export function estimatesNow(world: World): Estimates {
  return learnedBy(world.ledger).estimates;
}

function learnedBy(ledger: Ledger): Learned {
  const { changes } = ledger.estimates;
  const known = learned.get(ledger);
  if (known?.changes === changes) return known;
  const prefix = storeKeys.estimate('').length;
  const book: EstimateBook = new Map(
    ledger.estimates.entries().map(([key, record]) => [key.slice(prefix), record]),
  );
  const fresh = { changes, book, estimates: estimatesOf(book) };
  learned.set(ledger, fresh);
  return fresh;
}

/** The writes that keep what the starts taught. One a model, and those that forget what there is no room for. */
export function learnStarts(world: World, starts: readonly SeenStart[]): readonly LedgerWrite[] {
  const fresh = new Map<string, EstimateRecord>();
  for (const { model, ms } of starts) {
    const spec = world.ledger.model(model)?.value.spec;
    if (spec === undefined) continue;
    const image = (spec.workload.image ?? '').slice(0, estimateLimits.imageLengthMax);
    note(world, fresh, { subject: startSubject(model), ms, image });
  }
  const writes = [...fresh].map(([subject, value]) =>
    world.ledger.estimates.put(storeKeys.estimate(subject), value),
  );
  const surplus =
    world.ledger.estimates.size > estimateLimits.subjectsMax ? surplusSubjects(bookOf(world)) : [];
  const forgotten = surplus
    .filter((subject) => !fresh.has(subject))
    .map((subject) => world.ledger.estimates.delete(storeKeys.estimate(subject)));
  return [...writes, ...forgotten];
}

/** What changes that are over taught about stopping replicas. One write for all: they teach the same subject. */
export function learnStops(world: World, changes: readonly Change[]): readonly LedgerWrite[] {
  const fresh = new Map<string, EstimateRecord>();
  const subject = stepSubject('stop-replica');
  for (const { step, atMs, doneAtMs } of changes.flatMap((change) => change.marks)) {
    if (step !== 'stop' || doneAtMs === null) continue;
    note(world, fresh, { subject, ms: doneAtMs - atMs, image: '' });
  }
  return [...fresh].map(([key, value]) =>
    world.ledger.estimates.put(storeKeys.estimate(key), value),
  );
}

function note(
  world: World,
  fresh: Map<string, EstimateRecord>,
  seen: { readonly subject: string; readonly ms: number; readonly image: string },
): void {
  const { subject, ms, image } = seen;
  const before =
    fresh.get(subject) ?? world.ledger.estimates.get(storeKeys.estimate(subject))?.value;
  const after = learn(before, { ms, image, atMs: world.deps.clock.wallMs() });
  if (after !== null) fresh.set(subject, after);
}
