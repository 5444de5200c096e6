import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { backupName, isBackupOf, type BackupPlace } from './backup-place.ts';

/** After a failure sooner than the next turn, but not at once: what failed is mostly still so. */
const retryMs = 300_000;
/** How often a standby looks whether it leads by now. */
const standbyMs = 1_000;

/** How the backups are doing, for metrics and events. */
export interface BackupState {
  /** Wall clock of the last good one; null: none since this start. */
  readonly lastSuccessMs: number | null;
  readonly failuresTotal: number;
  /** Empty: the last one was good, or there was none yet. */
  readonly lastError: string;
}

export interface BackupDeps {
  readonly place: BackupPlace;
  readonly clusterId: string;
  readonly take: () => AsyncIterable<string>;
  /** The leader takes the snapshots. */
  readonly leads: () => boolean;
  readonly everyMs: number;
  readonly keep: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Takes snapshots as long as this coordinator leads, and removes the oldest ones of this cluster. */
export class BackupKeeper {
  readonly #deps: BackupDeps;
  #state: BackupState = { lastSuccessMs: null, failuresTotal: 0, lastError: '' };

  constructor(deps: BackupDeps) {
    this.#deps = deps;
  }

  state(): BackupState {
    return this.#state;
  }

  /** The first one at once: a start is when things were changed. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, everyMs, leads } = this.#deps;
    while (!signal.aborted) {
      let waitMs = standbyMs;
      if (leads()) waitMs = (await this.#turn()) ? everyMs : Math.min(retryMs, everyMs);
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  async #turn(): Promise<boolean> {
    const { place, clusterId, take, clock, log } = this.#deps;
    const atMs = clock.wallMs();
    const name = backupName(clusterId, atMs);
    try {
      await place.put(name, take());
      this.#state = { ...this.#state, lastSuccessMs: atMs, lastError: '' };
      log.info({ place: place.name, name }, 'a snapshot was taken');
      await this.#removeOldest();
      return true;
    } catch (error) {
      const { failuresTotal } = this.#state;
      const lastError = errorChain(error);
      this.#state = { ...this.#state, failuresTotal: failuresTotal + 1, lastError };
      log.error({ place: place.name, err: lastError }, 'a backup failed; the cluster goes on');
      return false;
    }
  }

  async #removeOldest(): Promise<void> {
    const { place, clusterId, keep } = this.#deps;
    const ours = (await place.list()).filter((name) => isBackupOf(clusterId, name)).toSorted();
    for (const name of ours.slice(0, Math.max(0, ours.length - keep))) await place.remove(name);
  }
}
