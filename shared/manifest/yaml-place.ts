import { isMap, isNode, isScalar, type Document, type LineCounter } from 'yaml';

/** Where something stands in a text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type KeyPath = readonly (string | number)[];

/** Where the value at `path` stands, or the nearest thing around it that exists. */
export function placeOf(document: Document, lines: LineCounter, path: KeyPath): Place {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const offset =
      keyOffset(document, path.slice(0, depth)) ?? valueOffset(document, path.slice(0, depth));
    if (offset !== undefined) return placeAt(lines, offset);
  }
  return placeAt(lines, valueOffset(document, []) ?? 0);
}

export function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** `['spec', 'args', 0]` → `spec.args[0]`. */
export function renderKeyPath(path: KeyPath): string {
  return path.reduce<string>((before, part) => {
    if (typeof part === 'number') return `${before}[${part}]`;
    return before === '' ? part : `${before}.${part}`;
  }, '');
}

/** `cards.yaml:3:5 cards[0].mig`: where in which file, and which key. */
export function renderPlace(source: string, place: Place, path: KeyPath = []): string {
  const key = renderKeyPath(path);
  return `${source}:${place.line}:${place.column}${key === '' ? '' : ` ${key}`}`;
}

function valueOffset(document: Document, path: KeyPath): number | undefined {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

/** A map's key says more than its value does: `gpu:` rather than what stands under it. */
function keyOffset(document: Document, path: KeyPath): number | undefined {
  const parent: unknown =
    path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === last);
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}
