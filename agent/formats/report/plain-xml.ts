import type { Branch, Tree } from './tree.ts';

/** What is a list also where it stands once. */
export const listElements: ReadonlySet<string> = new Set(['gpu', 'mig_device', 'process_info']);

const plainName = /^[a-z][A-Za-z0-9_]*$/;
const nameWithId = /^([a-z][A-Za-z0-9_]*) id="([^"<>&]*)"$/;
const depthMax = 32;

interface OpenElement {
  readonly name: string;
  readonly id: string | null;
  /** null: no element in it so far, so that it may hold text. */
  parts: Record<string, Branch> | null;
}

/**
 * Reads a document of elements that hold either text or elements, the latter with an `id` at most: all that drivers 340
 * to 610 print. Anything else (entities, comments, text among elements, unbalanced tags) is null, and for the XML library
 * to judge; where this answers, the library makes the very same tree.
 */
export function readPlainXml(text: string): Tree | null {
  if (!text.startsWith('<') || text.includes('&') || text.includes('\r')) return null;
  const root: OpenElement = { name: '', id: null, parts: {} };
  const open: OpenElement[] = [root];
  let current = root;
  let at = 0;
  for (;;) {
    const start = text.indexOf('<', at);
    const end = start < 0 ? -1 : text.indexOf('>', start);
    if (end < 0) break;
    const before = text.slice(at, start).trim();
    const tag = text.slice(start + 1, end);
    at = end + 1;
    if (tag.startsWith('/')) {
      if (open.length === 1 || tag.slice(1) !== current.name) return null;
      const value = valueOf(current, before);
      if (value === null) return null;
      open.pop();
      const { name } = current;
      current = open.at(-1) ?? root;
      add(current, name, value);
      continue;
    }
    if (before !== '' || open.length > depthMax) return null;
    const empty = tag.endsWith('/') && plainName.test(tag.slice(0, -1));
    const opened = openElement(empty ? tag.slice(0, -1) : tag);
    if (opened === null) return null;
    current.parts ??= {};
    if (empty) add(current, opened.name, '');
    else {
      open.push(opened);
      current = opened;
    }
  }
  return open.length === 1 && text.slice(at).trim() === '' ? root.parts : null;
}

function openElement(tag: string): OpenElement | null {
  const withId = tag.includes(' ') ? nameWithId.exec(tag) : null;
  const name = withId?.[1] ?? tag;
  // `constructor`, `toString`, …: the library has rules of its own for them.
  if (!plainName.test(name) || name in Object.prototype || name === 'prototype') return null;
  return { name, id: withId?.[2] ?? null, parts: null };
}

/** null: not as the tool writes. */
function valueOf({ id, parts }: OpenElement, text: string): Branch | null {
  if (parts === null) return id === null && !text.includes('>') ? text : null;
  if (text !== '') return null;
  if (id !== null) parts['@id'] = id.trim();
  return parts;
}

function add({ parts }: OpenElement, name: string, value: Branch): void {
  if (parts === null) return;
  const known = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (Array.isArray(known)) known.push(value);
  else if (known !== undefined) parts[name] = [known, value] as Branch;
  else parts[name] = listElements.has(name) ? ([value] as Branch) : value;
}
