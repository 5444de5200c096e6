import type { Choice, Row, SortBy } from './rows.ts';

/** Everything that keys change. */
export interface ViewState extends Choice {
  /** The line under the cursor; null: the first. */
  readonly selected: string | null;
  /** null: keys are commands. Else the filter that is being typed. */
  readonly typing: string | null;
}

export const firstView: ViewState = {
  sortBy: 'name',
  filter: '',
  folded: new Set(),
  selected: null,
  typing: null,
};

const sortKeys: Readonly<Record<string, SortBy>> = {
  n: 'name',
  m: 'memory',
  s: 'sm',
  p: 'power',
};
const filterLengthMax = 64;

/** What a key does to the view; null: it ends it. `pageRows` is how many lines the screen shows. */
export function pressed(
  state: ViewState,
  key: string,
  at: { readonly rows: readonly Row[]; readonly pageRows: number },
): ViewState | null {
  if (key === 'ctrl-c') return null;
  if (state.typing !== null) return typed({ ...state, typing: state.typing }, key);
  const sortBy = sortKeys[key];
  if (sortBy !== undefined) return { ...state, sortBy };
  switch (key) {
    case 'q':
      return null;
    case '/':
      return { ...state, typing: state.filter };
    case 'escape':
      return { ...state, filter: '' };
    case 'up':
    case 'k':
      return moved(state, at.rows, -1);
    case 'down':
    case 'j':
      return moved(state, at.rows, 1);
    case 'page-up':
      return moved(state, at.rows, -at.pageRows);
    case 'page-down':
      return moved(state, at.rows, at.pageRows);
    case 'home':
    case 'g':
      return moved(state, at.rows, -at.rows.length);
    case 'end':
    case 'G':
      return moved(state, at.rows, at.rows.length);
    default:
      return folding(state, key, at.rows);
  }
}

/** The line under the cursor, which may have gone since. */
export function selectedAt(state: ViewState, rows: readonly Row[]): number {
  return Math.max(
    0,
    rows.findIndex((row) => row.node.key === state.selected),
  );
}

function moved(state: ViewState, rows: readonly Row[], by: number): ViewState {
  const to = Math.min(Math.max(0, selectedAt(state, rows) + by), Math.max(0, rows.length - 1));
  return { ...state, selected: rows[to]?.node.key ?? null };
}

function folding(state: ViewState, key: string, rows: readonly Row[]): ViewState {
  const row = rows[selectedAt(state, rows)];
  const folded = new Set(state.folded);
  if (key === 'e') return { ...state, folded: new Set() };
  if (key === 'c') {
    return { ...state, folded: new Set(rows.filter((each) => each.depth === 0).map(keyOf)) };
  }
  if (row === undefined) return state;
  if (key === 'enter' || key === ' ') {
    if (!folded.delete(keyOf(row))) folded.add(keyOf(row));
  } else if (key === 'left') folded.add(keyOf(row));
  else if (key === 'right') folded.delete(keyOf(row));
  else return state;
  return { ...state, folded, selected: keyOf(row) };
}

function typed(state: ViewState & { readonly typing: string }, key: string): ViewState {
  if (key === 'enter') return { ...state, filter: state.typing.toLowerCase(), typing: null };
  if (key === 'escape') return { ...state, typing: null };
  if (key === 'backspace') return { ...state, typing: state.typing.slice(0, -1) };
  const isText = Array.from(key).length === 1;
  if (!isText || state.typing.length >= filterLengthMax) return state;
  return { ...state, typing: state.typing + key };
}

function keyOf(row: Row): string {
  return row.node.key;
}

const sequences: Readonly<Record<string, string>> = {
  '\u0003': 'ctrl-c',
  '\r': 'enter',
  '\n': 'enter',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u001b': 'escape',
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001b[C': 'right',
  '\u001b[D': 'left',
  '\u001bOA': 'up',
  '\u001bOB': 'down',
  '\u001bOC': 'right',
  '\u001bOD': 'left',
  '\u001b[5~': 'page-up',
  '\u001b[6~': 'page-down',
  '\u001b[H': 'home',
  '\u001b[F': 'end',
  '\u001b[1~': 'home',
  '\u001b[4~': 'end',
};
// oxlint-disable-next-line no-control-regex -- terminals send keys as control sequences
const sequence = /\u001b\[[0-9;]{0,16}[A-Za-z~]|\u001bO[A-Z]|[\s\S]/gu;

/** The keys in what a terminal sent at once; sequences that nobody knows are left out. */
export function keysOf(chunk: string): readonly string[] {
  return (chunk.match(sequence) ?? []).flatMap((found) => {
    const named = sequences[found];
    if (named !== undefined) return [named];
    const printable = found >= ' ' && !found.startsWith('\u001b');
    return printable ? [found] : [];
  });
}
