import type { Row } from './rows.ts';

const valuesMax = 240;
const keysMax = 4_096;

/**
 * Use in percent of every line that was ever shown, one value a sample.
 * Invariants: bounded in lines and values; a line that is gone is forgotten.
 */
export class History {
  #values = new Map<string, (number | null)[]>();

  /** One sample. A line that is new begins with what the agent remembers of it. */
  add(rows: readonly Row[]): void {
    const kept = new Map<string, (number | null)[]>();
    for (const { node } of rows) {
      if (node.kind === 'note' || kept.size >= keysMax) continue;
      const before = this.#values.get(node.key) ?? [...node.history].slice(0, -1);
      const now = node.smRatio === null ? null : node.smRatio.value * 100;
      kept.set(node.key, [...before, now].slice(-valuesMax));
    }
    this.#values = kept;
  }

  /** The last `count` values, oldest first. */
  of(key: string, count: number): readonly (number | null)[] {
    return (this.#values.get(key) ?? []).slice(-count);
  }
}

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const asciiBars = ['_', '.', ':', '-', '=', '+', '*', '#'] as const;

/** 0 to 100 as bars, right-aligned in `width`; a value that was not told is a blank. */
export function sparkline(
  values: readonly (number | null)[],
  width: number,
  unicode: boolean,
): string {
  const levels = unicode ? bars : asciiBars;
  const drawn = values
    .slice(-width)
    .map((value) => {
      if (value === null) return ' ';
      const level = Math.floor((Math.min(100, Math.max(0, value)) / 100) * levels.length);
      return levels[Math.min(level, levels.length - 1)] ?? ' ';
    })
    .join('');
  return drawn.padStart(width);
}
