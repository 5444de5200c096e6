import { describe, expect, test } from 'vitest';
import type { TopRecord } from '../../../../../agent/cli/api/top-record.ts';
import { runLive } from '../../../../../agent/cli/top/live.ts';
import type { Terminal } from '../../../../../agent/cli/top/terminal.ts';
import { ManualClock, settle } from '../../../../fakes/manual-clock.ts';
import { top } from './sample-top.ts';

/** A terminal that keeps what was written and lets a test press keys. */
class FakeTerminal implements Terminal {
  columns = 80;
  rows = 24;
  readonly colour = false;
  readonly unicode = true;
  readonly writes: string[] = [];
  taken = false;
  broken = false;
  #on: { keys: (chunk: string) => void; resize: () => void } | null = null;

  write(text: string): void {
    if (this.broken) throw new Error('the terminal is gone');
    expect(this.taken).toBe(true);
    this.writes.push(text);
  }

  enter(on: { readonly keys: (chunk: string) => void; readonly resize: () => void }): void {
    this.taken = true;
    this.#on = on;
  }

  leave(): void {
    this.taken = false;
    this.#on = null;
  }

  press(keys: string): void {
    this.#on?.keys(keys);
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.#on?.resize();
  }
}

function setUp(fetch: () => Promise<TopRecord> = async () => top) {
  const clock = new ManualClock();
  const terminal = new FakeTerminal();
  const controller = new AbortController();
  const running = runLive({ terminal, fetch, clock, signal: controller.signal });
  // A test that expects the failure awaits it; others must not die of it meanwhile.
  running.catch(() => undefined);
  return { clock, terminal, controller, running };
}

describe('the live view', () => {
  test('draws at once, then only what changed, at most once a second', async () => {
    let age = 400;
    const { clock, terminal, running } = setUp(async () => ({ ...top, ageMs: age }));
    await settle();
    expect(terminal.writes).toHaveLength(1);
    expect(terminal.writes[0]).toContain('L40S');
    await clock.advance(3_000);
    const before = terminal.writes.length;
    // Only the sparklines have moved.
    expect(before).toBeLessThanOrEqual(4);
    age = 900;
    await clock.advance(1_000);
    expect(terminal.writes.length).toBeLessThanOrEqual(before + 1);
    expect(terminal.writes.at(-1)).toContain('sample 0.9 s old');
    terminal.press('q');
    await running;
  });

  test('q, Ctrl-C and the signal give the terminal back', async () => {
    for (const leave of ['q', '\u0003', null]) {
      const { terminal, controller, running } = setUp();
      await settle();
      expect(terminal.taken).toBe(true);
      if (leave === null) controller.abort();
      else terminal.press(leave);
      await running;
      expect(terminal.taken).toBe(false);
    }
  });

  test('keys are answered at once, one write for all that came together', async () => {
    const { terminal, running } = setUp();
    await settle();
    terminal.press('m/vad\r');
    expect(terminal.writes).toHaveLength(2);
    expect(terminal.writes[1]).toContain('sorted by memory; only /vad');
    terminal.press('q');
    await running;
  });

  test('another size draws everything anew', async () => {
    const { terminal, running } = setUp();
    await settle();
    terminal.resize(120, 30);
    expect(terminal.writes.at(-1)).toContain('\u001b[2J');
    expect(terminal.writes.at(-1)).toContain('CLOCK');
    terminal.press('q');
    await running;
  });

  test('an agent that goes away is said, the last figures stay, and it is asked on', async () => {
    let away = false;
    const { clock, terminal, running } = setUp(async () => {
      if (away) throw new Error('nobody listens');
      return top;
    });
    await settle();
    away = true;
    await clock.advance(1_000);
    expect(terminal.writes.at(-1)).toContain('nobody listens');
    away = false;
    await clock.advance(1_000);
    expect(terminal.writes.at(-1)).toContain('2 cards');
    terminal.press('q');
    await running;
  });

  test('an agent that never answered is an error before the terminal is taken', async () => {
    const { terminal, running } = setUp(async () => {
      throw new Error('there is no such socket');
    });
    await expect(running).rejects.toThrow('there is no such socket');
    expect(terminal.writes).toEqual([]);
  });

  test('an error while drawing gives the terminal back, too', async () => {
    const { clock, terminal, running } = setUp();
    await settle();
    terminal.broken = true;
    terminal.press('m');
    await clock.advance(1_000);
    await expect(running).rejects.toThrow('the terminal is gone');
    expect(terminal.taken).toBe(false);
  });
});
