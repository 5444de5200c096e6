import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { Revision, Store } from '../store/store.ts';

const retryMs = 500;
const recordsMax = 10_000;

/**
 * What the store holds below one prefix, kept current by a watch: a change that any coordinator makes is known here
 * within the time of one message.
 * Invariant: `get` never answers what is older than the last `reload` or `run` saw.
 */
export class Mirror {
  readonly #store: Store;
  readonly #prefix: string;
  readonly #entries = new Map<string, Uint8Array>();
  readonly #listeners = new Set<() => void>();
  #revision: Revision = 0n;

  constructor(store: Store, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  get(key: string): Uint8Array | undefined {
    return this.#entries.get(key);
  }

  /** In no order. */
  keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Grows with each change that was seen. */
  get revision(): Revision {
    return this.#revision;
  }

  /** Called after each change; answers how to stop it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads everything anew. */
  async reload(): Promise<void> {
    const { entries, revision } = await this.#store.list(this.#prefix, { limit: recordsMax });
    this.#entries.clear();
    for (const { key, value } of entries) this.#entries.set(key, value);
    this.#revision = revision;
    this.#tell();
  }

  /** Follows the store until `signal` aborts. What cannot be followed any more is read anew. */
  async run(clock: Clock, log: Log, signal: AbortSignal): Promise<void> {
    let complete = true;
    while (!signal.aborted) {
      try {
        if (!complete) await this.reload();
        complete = true;
        await this.#follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ err: errorChain(error), prefix: this.#prefix }, 'cannot follow the store');
      }
      complete = false;
      await clock.sleep(retryMs, signal).catch(() => undefined);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for await (const batch of this.#store.watch(this.#prefix, this.#revision + 1n, signal)) {
      for (const event of batch.events) {
        if (event.kind === 'delete') this.#entries.delete(event.key);
        else this.#entries.set(event.entry.key, event.entry.value);
      }
      this.#revision = batch.revision;
      this.#tell();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
