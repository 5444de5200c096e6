import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { ComputeProcess, NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';

/** The tool cannot loop over processes, so they are asked for only when somebody looks, and not more often than this. */
const freshMs = 2_000;
/** Nobody who scrapes waits longer than this for them. */
const waitMsMax = 2_000;
/** Older rows than this tell of another time and are not shown. */
const staleMs = 5_000;

export interface ProcessTableDeps {
  readonly nvidiaSmi: NvidiaSmi;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends a reading that is under way when the agent ends. */
  readonly signal: AbortSignal;
}

/** Invariants: at most one reading at a time, shared by all who wait; what is answered is never older than `staleMs`. */
export class ProcessTable {
  readonly #deps: ProcessTableDeps;
  #rows: { readonly rows: readonly ComputeProcess[]; readonly monotonicMs: number } | null = null;
  #reading: Promise<void> | null = null;
  /** Said once, not at every scrape. */
  #lastReason = '';

  constructor(deps: ProcessTableDeps) {
    this.#deps = deps;
  }

  /** null: they could not be read now, which is not "none". */
  async read(): Promise<readonly ComputeProcess[] | null> {
    if (this.#ageMs() > freshMs) {
      this.#reading ??= this.#refresh();
      const waiting = new AbortController();
      const limit = this.#deps.clock.sleep(waitMsMax, waiting.signal).catch(() => undefined);
      await Promise.race([this.#reading, limit]);
      waiting.abort();
    }
    return this.#rows !== null && this.#ageMs() <= staleMs ? this.#rows.rows : null;
  }

  async #refresh(): Promise<void> {
    try {
      const rows = await this.#deps.nvidiaSmi.queryProcesses(this.#deps.signal);
      this.#rows = { rows, monotonicMs: this.#deps.clock.monotonicMs() };
      this.#lastReason = '';
    } catch (error) {
      const reason = errorChain(error);
      const level = reason === this.#lastReason || this.#deps.signal.aborted ? 'debug' : 'warn';
      this.#lastReason = reason;
      this.#deps.log[level]({ reason }, 'cannot read the processes on the cards');
    } finally {
      this.#reading = null;
    }
  }

  #ageMs(): number {
    if (this.#rows === null) return Number.POSITIVE_INFINITY;
    return this.#deps.clock.monotonicMs() - this.#rows.monotonicMs;
  }
}
