import { numberOf, textOf } from '../text/cell.ts';
import { textAt, type Tree } from './tree.ts';

/** The words at the first of `paths` that is there; null for all the words for nothing. */
export function words(tree: Tree, ...paths: readonly string[]): string | null {
  return textOf(textAt(tree, ...paths));
}

/** The first number among `paths`; where a unit is given, only one in it, or a bare one. */
export function quantity(
  tree: Tree,
  unit: string | undefined,
  ...paths: readonly string[]
): number | null {
  for (const path of paths) {
    const found = numberOf(textAt(tree, path), unit);
    if (found !== null) return found;
  }
  return null;
}
