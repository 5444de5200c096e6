/**
 * What both dialects of `-q` are first read into: elements of the XML, headings and lines of the text, by lower-case
 * names with underscores. A name that repeats holds a list.
 */
export interface Tree {
  readonly [name: string]: Branch;
}

export type Branch = string | Tree | readonly (string | Tree)[];

const splitPaths = new Map<string, readonly string[]>();

/** The first of `paths` (`temperature/gpu_temp`) that is there, as text; `undefined` when none is. */
export function textAt(tree: Tree, ...paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const found = first(branchAt(tree, path));
    if (typeof found === 'string') return found;
  }
  return undefined;
}

/** The first of `paths` that is there and has parts of its own; `N/A` in the place of a whole section is none. */
export function sectionAt(tree: Tree, ...paths: readonly string[]): Tree | null {
  for (const path of paths) {
    const found = first(branchAt(tree, path));
    if (found !== undefined && typeof found !== 'string') return found;
  }
  return null;
}

/** All sections of the first of `paths` that is there. */
export function sectionsAt(tree: Tree, ...paths: readonly string[]): readonly Tree[] {
  for (const path of paths) {
    const found = branchAt(tree, path);
    if (found === undefined || typeof found === 'string') continue;
    const all = isList(found) ? found : [found];
    return all.filter((one) => typeof one !== 'string');
  }
  return [];
}

/** The elements of a section; text that strayed among them (a log's times before its lines) is none. */
export function elementsOf(section: Tree | null): readonly (readonly [string, Branch])[] {
  return Object.entries(section ?? {}).filter(([name]) => name !== '#text');
}

/** Every text in it, however deep. */
export function* textsIn(tree: Tree): Generator<string> {
  const open: Branch[] = [tree];
  for (let branch = open.pop(); branch !== undefined; branch = open.pop()) {
    if (typeof branch === 'string') yield branch;
    else for (const part of isList(branch) ? branch : Object.values(branch)) open.push(part);
  }
}

function branchAt(tree: Tree, path: string): Branch | undefined {
  let at: Branch | undefined = tree;
  for (const name of namesOf(path)) {
    const within: string | Tree | undefined = first(at);
    if (within === undefined || typeof within === 'string') return undefined;
    at = Object.hasOwn(within, name) ? within[name] : undefined;
  }
  return at;
}

function first(branch: Branch | undefined): string | Tree | undefined {
  return branch !== undefined && isList(branch) ? branch[0] : branch;
}

function isList(branch: Branch): branch is readonly (string | Tree)[] {
  return Array.isArray(branch);
}

/** Paths are written in this project, so their number is small and the map does not grow with the input. */
function namesOf(path: string): readonly string[] {
  const known = splitPaths.get(path);
  if (known !== undefined) return known;
  const names = path.split('/');
  splitPaths.set(path, names);
  return names;
}
