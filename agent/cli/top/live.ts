import type { Clock } from '../../../shared/platform/clock.ts';
import { errorChain } from '../../../shared/platform/errors.ts';
import type { TopRecord } from '../api/top-record.ts';
import { History } from './history.ts';
import { Painter } from './painter.ts';
import { rowsOf, type Row } from './rows.ts';
import { drawScreen, pageRows } from './screen.ts';
import type { Terminal } from './terminal.ts';
import { firstView, keysOf, pressed, type ViewState } from './view-state.ts';

/** Slow lines are not flooded: the screen is written once a period, and when a key was pressed. */
const periodMs = 1_000;

export interface LiveDeps {
  readonly terminal: Terminal;
  readonly fetch: () => Promise<TopRecord>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * The live view, until `q`, Ctrl-C or the signal. The terminal is given back whatever happens. Throws what the first
 * question to the agent throws; later the view stays, says that nobody answers, and asks on.
 */
export async function runLive({ terminal, fetch, clock, signal }: LiveDeps): Promise<void> {
  const first = await fetch();
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const view = new LiveView(terminal);
  let failure: unknown = null;
  /** An exception in a listener would end the process with the terminal taken. */
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      failure ??= error;
      ended.abort();
    }
  };
  try {
    terminal.enter({
      keys: (chunk) =>
        guarded(() => {
          if (!view.keys(chunk)) ended.abort();
        }),
      resize: () => guarded(() => view.resized()),
    });
    view.show(first);
    while (!stop.aborted) {
      await clock.sleep(periodMs, stop).catch(() => undefined);
      if (stop.aborted) break;
      const next = await answer(fetch);
      if (stop.aborted) break;
      if (typeof next === 'string') view.showAway(next);
      else view.show(next);
    }
  } finally {
    terminal.leave();
  }
  if (failure !== null) throw failure;
}

async function answer(fetch: () => Promise<TopRecord>): Promise<TopRecord | string> {
  try {
    return await fetch();
  } catch (error) {
    return errorChain(error);
  }
}

/** What is on the screen now. Invariants: every change of it is drawn at once, in one write. */
class LiveView {
  readonly #terminal: Terminal;
  readonly #painter: Painter;
  readonly #history = new History();
  #state: ViewState = firstView;
  #top: TopRecord | null = null;
  #away: string | null = null;
  #rows: readonly Row[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#painter = new Painter(terminal.colour);
  }

  show(top: TopRecord): void {
    this.#top = top;
    this.#away = null;
    // Of every line, also of those that are folded away or filtered out now.
    if (!top.stale) {
      this.#history.add(rowsOf(top, { ...firstView, sortBy: 'name' }));
    }
    this.#draw();
  }

  showAway(reason: string): void {
    this.#away = reason;
    this.#draw();
  }

  /** false: the person wants to leave. */
  keys(chunk: string): boolean {
    for (const key of keysOf(chunk)) {
      const at = { rows: this.#rows, pageRows: pageRows(this.#terminal.rows) };
      const next = pressed(this.#state, key, at);
      if (next === null) return false;
      this.#state = next;
      this.#rows = this.#top === null ? [] : rowsOf(this.#top, next);
    }
    this.#draw();
    return true;
  }

  resized(): void {
    this.#painter.forget();
    this.#draw();
  }

  #draw(): void {
    const { columns, rows, unicode } = this.#terminal;
    this.#rows = this.#top === null ? [] : rowsOf(this.#top, this.#state);
    const lines = drawScreen(
      {
        top: this.#top,
        rows: this.#rows,
        state: this.#state,
        away: this.#away,
        height: rows,
      },
      { width: columns, unicode, history: (key, count) => this.#history.of(key, count) },
    );
    const bytes = this.#painter.paint(lines);
    if (bytes !== '') this.#terminal.write(bytes);
  }
}
