import { linesOf } from '../text/text.ts';

/** One row of a box that `dcgmi` draws, with the rows that hang below it (`-> `). */
export interface BoxNode {
  readonly name: string;
  /** What stands right of the name; wrapped and further rows are further lines. */
  readonly lines: readonly string[];
  /** The same cells with the blanks they are padded with: text is wrapped inside words, so blanks count. */
  readonly rawLines: readonly string[];
  readonly children: readonly BoxNode[];
}

export interface Box {
  /** Rows without a second column above the rule: `Topology Information`, `GPU ID: 1`. */
  readonly titles: readonly string[];
  readonly sections: readonly {
    readonly name: string | null;
    readonly nodes: readonly BoxNode[];
  }[];
}

interface OpenNode {
  name: string;
  lines: string[];
  rawLines: string[];
  children: OpenNode[];
}

/** `|-----  Deployment  --------+-----|` and `+-----  Stress  ---+---+`. */
const sectionForm = /^[|+]-{2,8} {1,4}([A-Za-z][A-Za-z0-9 /_-]{0,40}?) {1,4}-{2,60}\+-/;
const arrow = /^( *)-> ?(.*)$/;
const depthMax = 16;

/** The rule below the titles; nvidia-smi's own tables begin theirs with a bar. */
export const boxRule = /^[ \t]{0,8}\+=+(?:\+=+)*\+[ \t]*$/m;

/** Whether a box was cut off: only its last line, the frame, may lack a line end (copied from a screen). */
export function isBoxCut(text: string): boolean {
  if (text.endsWith('\n')) return false;
  const last = linesOf(text.slice(-8_192)).at(-1) ?? '';
  return /^[|+]/.test(last) && !/^\+[-=+]+\+\s*$/.test(last);
}

/** Reads the rows of a box, cut or whole. Lines that are no rows are left out. */
export function readBox(text: string): Box {
  const titles: string[] = [];
  const sections: { name: string | null; nodes: OpenNode[] }[] = [{ name: null, nodes: [] }];
  let open: OpenNode[] = [];
  for (const line of linesOf(text)) {
    const section = sectionForm.exec(line);
    if (section !== null) {
      sections.push({ name: section[1] ?? null, nodes: [] });
      open = [];
      continue;
    }
    const cells = cellsOf(line);
    if (cells === null) continue;
    const [left, right] = cells;
    if (right === null) {
      // A node without a value has an empty second column; a row without a second column is a title.
      if (left.trim() !== '') titles.push(left.trim());
      continue;
    }
    if (left.trim() === '') {
      const last = open.at(-1);
      last?.lines.push(right.trim());
      last?.rawLines.push(right);
      continue;
    }
    open = place(sections.at(-1)?.nodes ?? [], open, left, right);
  }
  return { titles, sections };
}

/** `| left | right |`, whose last frame may be cut off; the right is null where there is one column. */
function cellsOf(line: string): readonly [string, string | null] | null {
  if (line.length > 4_096) return null;
  const framed = line.trim();
  if (!framed.startsWith('|')) return null;
  const inner = framed.length > 1 && framed.endsWith('|') ? framed.slice(1, -1) : framed.slice(1);
  const at = inner.indexOf('|');
  return at === -1 ? [inner, null] : [inner.slice(0, at), inner.slice(at + 1)];
}

/** Hangs a row where its arrow points; answers the path to it. */
function place(nodes: OpenNode[], open: OpenNode[], left: string, right: string): OpenNode[] {
  const text = left.startsWith(' ') ? left.slice(1) : left;
  const pointed = arrow.exec(text.trimEnd());
  const depth =
    pointed === null ? 0 : Math.min(depthMax, 1 + Math.floor((pointed[1] ?? '').length / 3));
  const path = open.slice(0, depth);
  const value = right.trim();
  const node: OpenNode = {
    name: (pointed?.[2] ?? text).trim(),
    lines: value === '' ? [] : [value],
    rawLines: value === '' ? [] : [right],
    children: [],
  };
  const parent = path.at(-1);
  (parent?.children ?? nodes).push(node);
  return [...path, node];
}

/** The same tree as `dcgmi … -j` prints it: `{header: […], body: {name: {value, overflow, children}}}`. */
export function readJsonBox(root: Readonly<Record<string, unknown>>): Box {
  const header = root['header'];
  const titles = Array.isArray(header) ? header.filter((each) => typeof each === 'string') : [];
  return { titles, sections: [{ name: null, nodes: nodesOf(root['body'], depthMax) }] };
}

function nodesOf(value: unknown, depth: number): BoxNode[] {
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  return Object.entries(value).map(([name, entry]: [string, unknown]) => {
    const fields =
      typeof entry === 'object' && entry !== null ? new Map(Object.entries(entry)) : null;
    const overflow: unknown = fields?.get('overflow');
    const lines = [
      fields === null ? entry : fields.get('value'),
      ...(Array.isArray(overflow) ? overflow : []),
    ]
      .filter((each) => typeof each === 'string' || typeof each === 'number')
      .map(String);
    return { name, lines, rawLines: lines, children: nodesOf(fields?.get('children'), depth - 1) };
  });
}
