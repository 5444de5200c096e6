import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import { openHistory, type History, type HistoryOptions } from './history.ts';
import { LoadGate } from './load-gate.ts';
import { Samples } from './samples.ts';

/** A quarter of an hour for each of 40,000 cards is some 1.2 MiB a row of time. */
const historyKept: HistoryOptions = { keptMs: 90 * 86_400_000, bytesMax: 1024 * 1024 * 1024 };

const turnMs = 100;
/** Nodes that one turn looks after: 10,000 take twenty seconds. */
const nodesPerTurn = 50;

/** What the coordinator keeps of its nodes' samples: the last hours in memory, quarters of an hour on disk. */
export interface Telemetry {
  readonly samples: Samples;
  readonly history: History;
  readonly gate: LoadGate;
  /** Closes what is over and writes it down, a little in each turn, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** `path`: the file of the history, or `:memory:`. Throws STORE_UNREADABLE. */
export function openTelemetry(
  path: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Telemetry {
  const history = openHistory(path, historyKept);
  const samples = new Samples({ clock, onCoarse: (node, row) => history.add(node, row) });
  return {
    samples,
    history,
    gate: new LoadGate(clock),
    run: async (signal) => {
      const writer = new HistoryWriter(history, log);
      let nodes = samples.nodes();
      while (!signal.aborted) {
        for (let done = 0; done < nodesPerTurn; done += 1) {
          const next = nodes.next();
          if (next.done === true) {
            nodes = samples.nodes();
            break;
          }
          samples.sweep(next.value);
        }
        writer.turn(clock.wallMs());
        await clock.sleep(turnMs, signal).catch(() => undefined);
      }
      while (history.counts().waiting > 0) writer.turn(clock.wallMs());
    },
    close: () => history.close(),
  };
}

/** Says once that the disk fails, and once that it is well again. */
class HistoryWriter {
  readonly #history: History;
  readonly #log: Log;
  #failed = false;

  constructor(history: History, log: Log) {
    this.#history = history;
    this.#log = log;
  }

  turn(nowMs: number): void {
    if (this.#history.counts().waiting === 0) return;
    const err = this.#history.writeSlice(nowMs);
    if ((err !== null) === this.#failed) return;
    this.#failed = err !== null;
    if (err === null) this.#log.info({}, 'the history of telemetry is written again');
    else this.#log.warn({ err }, 'the history of telemetry cannot be written; samples are dropped');
  }
}
