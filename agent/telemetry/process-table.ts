import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { ComputeProcess, GpuRow, NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';
import type { ProcessUse, SlowQueries } from '../drivers/nvidia-smi/slow-queries.ts';

/** The tool cannot loop over processes, so they are asked for only when somebody looks, and not more often than this. */
const freshMs = 2_000;
/** Nobody who scrapes waits longer than this for them. */
const waitMsMax = 2_000;
/** Older rows than this tell of another time and are not shown… */
const staleMsMin = 5_000;
/** … except where a reading itself takes long (no persistence mode): then they last for so many readings. */
const staleReadings = 3;

/** A process on a card; `smRatio` is of the whole card, null: not told. */
export interface ProcessRow extends ComputeProcess {
  readonly smRatio: number | null;
}

export interface ProcessTableDeps {
  readonly nvidiaSmi: Pick<NvidiaSmi, 'queryProcesses'> & Partial<SlowQueries>;
  /** The cards as they were last sampled. */
  readonly cards: () => readonly GpuRow[];
  readonly clock: Clock;
  readonly log: Log;
  /** Ends a reading that is under way when the agent ends. */
  readonly signal: AbortSignal;
}

/** Invariants: at most one reading at a time, shared by all who wait; what is answered is never stale. */
export class ProcessTable {
  readonly #deps: ProcessTableDeps;
  #rows: {
    readonly rows: readonly ProcessRow[];
    readonly monotonicMs: number;
    readonly staleMs: number;
  } | null = null;
  #reading: Promise<void> | null = null;
  /** Said once, not at every scrape. */
  #lastReason = '';

  constructor(deps: ProcessTableDeps) {
    this.#deps = deps;
  }

  /** null: they could not be read now, which is not "none". */
  async read(): Promise<readonly ProcessRow[] | null> {
    if (this.#ageMs() > freshMs) {
      this.#reading ??= this.#refresh();
      const waiting = new AbortController();
      const limit = this.#deps.clock.sleep(waitMsMax, waiting.signal).catch(() => undefined);
      await Promise.race([this.#reading, limit]);
      waiting.abort();
    }
    return this.#rows !== null && this.#ageMs() <= this.#rows.staleMs ? this.#rows.rows : null;
  }

  async #refresh(): Promise<void> {
    const { clock } = this.#deps;
    const fromMs = clock.monotonicMs();
    try {
      const processes = await this.#deps.nvidiaSmi.queryProcesses(this.#deps.signal);
      const rows = withUses(processes, this.#deps.cards(), await this.#uses(processes));
      const monotonicMs = clock.monotonicMs();
      const staleMs = Math.max(staleMsMin, staleReadings * (monotonicMs - fromMs));
      this.#rows = { rows, monotonicMs, staleMs };
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

  /** Only where it tells more than the card does: a card with one process is used by that one. */
  async #uses(processes: readonly ComputeProcess[]): Promise<readonly ProcessUse[]> {
    const { nvidiaSmi, cards, signal } = this.#deps;
    const shared = cards().some(
      ({ uuid, migEnabled }) =>
        migEnabled !== true && processes.filter((each) => each.gpu === uuid).length > 1,
    );
    if (!shared || nvidiaSmi.readProcessUse === undefined) return [];
    try {
      return await nvidiaSmi.readProcessUse(signal);
    } catch (error) {
      // Who uses how much is then not known; who is there still is.
      this.#deps.log.debug({ reason: errorChain(error) }, 'cannot read the use of the processes');
      return [];
    }
  }

  #ageMs(): number {
    if (this.#rows === null) return Number.POSITIVE_INFINITY;
    return this.#deps.clock.monotonicMs() - this.#rows.monotonicMs;
  }
}

function withUses(
  processes: readonly ComputeProcess[],
  cards: readonly GpuRow[],
  uses: readonly ProcessUse[],
): readonly ProcessRow[] {
  const ratios = new Map(uses.map((use) => [`${use.gpuIndex} ${use.pid}`, use.smRatio]));
  return processes.map((process) => {
    const index = cards.find((card) => card.uuid === process.gpu)?.index;
    return { ...process, smRatio: ratios.get(`${String(index)} ${process.pid}`) ?? null };
  });
}
