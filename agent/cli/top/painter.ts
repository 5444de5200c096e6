import type { Line, Style } from './screen.ts';

/** Select Graphic Rendition; without colour only reverse, bold and faint are used. */
const colours: Readonly<Record<Style, string>> = {
  plain: '',
  title: '1',
  dim: '2',
  selected: '7',
  warning: '33',
  alarm: '1;7;31',
};
const noColours: Readonly<Record<Style, string>> = {
  plain: '',
  title: '',
  dim: '',
  selected: '7',
  warning: '',
  alarm: '7',
};

/**
 * Turns screens into the fewest bytes: only lines that differ from what the terminal shows are written, in one piece.
 * Invariants: what it believes to be shown is what it wrote last; after `forget` everything is written again.
 */
export class Painter {
  readonly #codes: Readonly<Record<Style, string>>;
  #shown: readonly string[] = [];

  constructor(colour: boolean) {
    this.#codes = colour ? colours : noColours;
  }

  /** Bytes that bring the terminal from the last screen to this one; empty: it shows it already. */
  paint(lines: readonly Line[]): string {
    const wanted = lines.map((line) => this.#styled(line));
    const all = this.#shown.length !== wanted.length;
    const changed = wanted.flatMap((text, at) =>
      all || this.#shown[at] !== text ? [`\u001b[${at + 1};1H${text}\u001b[K`] : [],
    );
    this.#shown = wanted;
    return all ? `\u001b[2J${changed.join('')}` : changed.join('');
  }

  /** The terminal was resized, or somebody else wrote to it. */
  forget(): void {
    this.#shown = [];
  }

  #styled({ text, style }: Line): string {
    const code = this.#codes[style];
    return code === '' ? text : `\u001b[${code}m${text}\u001b[0m`;
  }
}
