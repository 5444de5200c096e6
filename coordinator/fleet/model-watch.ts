import { AppError } from '../../shared/platform/errors.ts';
import { Wake } from '../../shared/platform/wake.ts';
import type { ModelEvent, ModelView } from './core.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';

interface Watcher {
  readonly queue: ModelEvent[];
  readonly wake: Wake;
  expired: boolean;
}

/**
 * Hands every watcher the models as they are, then what changes.
 * Invariants: a watcher misses nothing or is told WATCH_EXPIRED; its buffer has a limit.
 */
export class ModelWatch {
  readonly #limits: { readonly bufferMax: number; readonly watchersMax: number };
  readonly #watchers = new Set<Watcher>();
  readonly #last = new Map<string, { readonly view: ModelView; readonly text: string }>();
  #revision = 0;
  #prefix = '';

  constructor(limits: { readonly bufferMax: number; readonly watchersMax: number }) {
    this.#limits = limits;
  }

  /** Revisions of different terms do not compare: the epoch is part of them. */
  useEpoch(epoch: number): void {
    this.#prefix = `${epoch}-`;
  }

  /** Called after everything that may have changed a view; `views` are made only for those who look. */
  publish(views: () => readonly ModelView[]): void {
    if (this.#watchers.size > 0) this.#compare(views());
  }

  #compare(views: readonly ModelView[]): void {
    const present = new Set<string>();
    for (const view of views) {
      const { name } = view.spec;
      present.add(name);
      const text = canonicalJson(view);
      if (this.#last.get(name)?.text === text) continue;
      this.#last.set(name, { view, text });
      this.#tell({ kind: 'model', model: view, revision: this.#next() });
    }
    for (const [name, { view }] of this.#last) {
      if (present.has(name)) continue;
      this.#last.delete(name);
      this.#tell({ kind: 'deleted', name: view.spec.name, revision: this.#next() });
    }
  }

  /** `views`: the models of this moment, so that a watcher begins with what a list would show. */
  async *watch(views: () => readonly ModelView[], signal: AbortSignal): AsyncIterable<ModelEvent> {
    if (this.#watchers.size >= this.#limits.watchersMax) {
      throw new AppError('LIMIT_REACHED', `${this.#watchers.size} watchers are open`, {
        hint: 'close some, or poll the list of models',
      });
    }
    this.#compare(views());
    const revision = `${this.#prefix}${this.#revision}`;
    const snapshot = [...this.#last.values()].map(({ view }) => view);
    const watcher: Watcher = { queue: [], wake: new Wake(), expired: false };
    this.#watchers.add(watcher);
    try {
      for (const model of snapshot.sort((a, b) => (a.spec.name < b.spec.name ? -1 : 1))) {
        yield { kind: 'model', model, revision };
      }
      yield { kind: 'synced', revision };
      while (!signal.aborted) {
        if (watcher.expired) {
          throw new AppError('WATCH_EXPIRED', 'this watcher fell too far behind', {
            hint: 'watch again: it begins with everything as it is now',
          });
        }
        const next = watcher.queue.shift();
        if (next === undefined) await watcher.wake.wait(signal);
        else yield next;
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  #next(): string {
    this.#revision += 1;
    return `${this.#prefix}${this.#revision}`;
  }

  #tell(event: ModelEvent): void {
    for (const watcher of this.#watchers) {
      if (watcher.queue.length >= this.#limits.bufferMax) watcher.expired = true;
      else watcher.queue.push(event);
      watcher.wake.wake();
    }
  }
}
