import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError, isAppError } from '../../shared/platform/errors.ts';
import { Wake } from '../../shared/platform/wake.ts';
import { renderPosition, parsePosition, type WatchPosition } from './watch-position.ts';

/** `view`: it came or is another now; `gone`: it is no more; the others as WatchMark says. */
export type ViewEvent<V> =
  | { readonly kind: 'view'; readonly view: V; readonly revision: string }
  | { readonly kind: 'gone'; readonly name: string; readonly revision: string }
  | { readonly kind: 'synced' | 'bookmark'; readonly revision: string };

export interface WatchSource<V> {
  readonly nameOf: (view: V) => string;
  readonly views: () => Iterable<V>;
  /** What of a view is told when it changes; absent: all of it. Equal parts that are the same object compare at once. */
  readonly told?: (view: V) => unknown;
  /** The store's revision that `views` shows at this moment. */
  readonly storeRevision: () => bigint;
  /** Who there was at an older revision of the store. Throws STORE_COMPACTED, REQUEST_INVALID. */
  readonly namesAt: (revision: bigint) => Promise<readonly string[]>;
}

export interface WatchLimits {
  /** Events that a slow watcher may lag behind. */
  readonly watchBufferMax: number;
  readonly watchersMax: number;
  /** Events that are kept for watchers that come back. */
  readonly watchHistoryMax: number;
  /** After so long without an event a watcher is given a bookmark. */
  readonly watchBookmarkMs: number;
}

interface Watcher<V> {
  readonly queue: ViewEvent<V>[];
  readonly wake: Wake;
  expired: boolean;
  toldAtMs: number;
}

/**
 * Hands every watcher what there is, then what changes.
 * Invariants: a watcher misses nothing or is told WATCH_EXPIRED, also when it resumes under another leader; buffers and
 * history have limits. An event's revision never claims more than was told: of one look's events only the last has the
 * revision of that look.
 */
export class ViewWatch<V> {
  readonly #source: WatchSource<V>;
  readonly #limits: WatchLimits;
  readonly #clock: Clock;
  readonly #watchers = new Set<Watcher<V>>();
  readonly #last = new Map<string, V>();
  #history: { readonly at: number; readonly event: ViewEvent<V> }[] = [];
  #at = 0;
  #epoch = 0;
  #store = 0n;

  constructor(
    source: WatchSource<V>,
    deps: { readonly limits: WatchLimits; readonly clock: Clock },
  ) {
    this.#source = source;
    this.#limits = deps.limits;
    this.#clock = deps.clock;
  }

  /** Counts of different terms do not compare. */
  useEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#history = [];
  }

  /** Called after everything that may have changed a view; views are made only while somebody looks. */
  publish(): void {
    if (this.#watchers.size === 0) return;
    this.#compare();
    const nowMs = this.#clock.monotonicMs();
    for (const watcher of this.#watchers) {
      if (nowMs - watcher.toldAtMs < this.#limits.watchBookmarkMs) continue;
      if (watcher.queue.length === 0) this.#push(watcher, this.#mark('bookmark'));
    }
  }

  /** `resume`: the revision of the last event that was seen; empty: from the beginning. */
  async *watch(signal: AbortSignal, resume = ''): AsyncIterable<ViewEvent<V>> {
    const from = resume === '' ? null : parsePosition(resume);
    this.#refuseCrowd();
    this.#compare();
    const watcher = this.#join();
    // As of now: what is told while the first of it is read is in the watcher's queue, and comes after this mark.
    const caughtUp = this.#mark(from === null ? 'synced' : 'bookmark');
    try {
      const known = from === null ? null : this.#since(from);
      if (known === null) yield* this.#all(from);
      else yield* known;
      yield caughtUp;
      yield* this.#follow(watcher, signal);
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  #refuseCrowd(): void {
    if (this.#watchers.size < this.#limits.watchersMax) return;
    throw new AppError('LIMIT_REACHED', `${this.#watchers.size} watchers are open`, {
      hint: 'close some, or poll the list',
    });
  }

  #join(): Watcher<V> {
    const toldAtMs = this.#clock.monotonicMs();
    const watcher: Watcher<V> = { queue: [], wake: new Wake(), expired: false, toldAtMs };
    this.#watchers.add(watcher);
    return watcher;
  }

  /** Exactly what came after a place of this term; null: that is not kept. */
  #since({ epoch, at }: WatchPosition): readonly ViewEvent<V>[] | null {
    const first = this.#history[0]?.at ?? this.#at + 1;
    if (epoch !== this.#epoch || at + 1 < first || at > this.#at) return null;
    return this.#history.filter((each) => each.at > at).map(({ event }) => event);
  }

  /** Everything as it is. `from`: for somebody who has seen an older state, who is told what is gone since. */
  async *#all(from: WatchPosition | null): AsyncIterable<ViewEvent<V>> {
    // As of now: what happens while this is read waits in the watcher's queue.
    const present = new Map(this.#last);
    // No place to resume from before all of it was told.
    const revision = '';
    const before = from === null ? [] : await this.#namesAt(from);
    for (const name of before) if (!present.has(name)) yield { kind: 'gone', name, revision };
    const sorted = [...present].sort(([left], [right]) => (left < right ? -1 : 1));
    for (const [, view] of sorted) yield { kind: 'view', view, revision };
  }

  async #namesAt({ store }: WatchPosition): Promise<readonly string[]> {
    try {
      return await this.#source.namesAt(store);
    } catch (error) {
      if (!isAppError(error, 'STORE_COMPACTED') && !isAppError(error, 'REQUEST_INVALID'))
        throw error;
      throw new AppError('WATCH_EXPIRED', 'what happened since this revision is no longer known', {
        hint: 'watch again without resume_revision: it begins with everything as it is now',
      });
    }
  }

  async *#follow(watcher: Watcher<V>, signal: AbortSignal): AsyncIterable<ViewEvent<V>> {
    while (!signal.aborted) {
      if (watcher.expired) {
        throw new AppError('WATCH_EXPIRED', 'this watcher fell too far behind', {
          hint: 'watch again with resume_revision, or without it to begin with everything as it is now',
        });
      }
      const next = watcher.queue.shift();
      if (next === undefined) await watcher.wake.wait(signal);
      else yield next;
    }
  }

  #compare(): void {
    const store = this.#source.storeRevision();
    const { told = (view: V): unknown => view } = this.#source;
    const fresh: ((revision: string) => ViewEvent<V>)[] = [];
    const present = new Set<string>();
    for (const view of this.#source.views()) {
      const name = this.#source.nameOf(view);
      present.add(name);
      const before = this.#last.get(name);
      if (before !== undefined && isDeepStrictEqual(told(before), told(view))) continue;
      this.#last.set(name, view);
      fresh.push((revision) => ({ kind: 'view', view, revision }));
    }
    for (const name of this.#last.keys()) {
      if (present.has(name)) continue;
      this.#last.delete(name);
      fresh.push((revision) => ({ kind: 'gone', name, revision }));
    }
    for (const [index, make] of fresh.entries()) {
      if (index === fresh.length - 1) this.#store = store;
      this.#at += 1;
      this.#tell(make(this.#position()));
    }
    this.#store = store;
  }

  #tell(event: ViewEvent<V>): void {
    this.#history.push({ at: this.#at, event });
    if (this.#history.length > this.#limits.watchHistoryMax) this.#history.shift();
    for (const watcher of this.#watchers) this.#push(watcher, event);
  }

  #push(watcher: Watcher<V>, event: ViewEvent<V>): void {
    if (watcher.queue.length >= this.#limits.watchBufferMax) watcher.expired = true;
    else watcher.queue.push(event);
    watcher.toldAtMs = this.#clock.monotonicMs();
    watcher.wake.wake();
  }

  #mark(kind: 'synced' | 'bookmark'): ViewEvent<V> {
    return { kind, revision: this.#position() };
  }

  #position(): string {
    return renderPosition({ epoch: this.#epoch, at: this.#at, store: this.#store });
  }
}
