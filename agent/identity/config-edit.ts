import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseDocument } from 'yaml';
import { AppError } from '../../shared/platform/errors.ts';

export interface ConfigChange {
  /** null: the name stays as it is. */
  readonly node: string | null;
  readonly coordinators: readonly string[];
  /** Added to those that are there; one that is there already stays. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Writes what a join decides into the agent's YAML, whose comments and other keys stay. A file that does not exist is
 * made. Answers whether anything changed. Throws CONFIG_INVALID.
 */
export function changeConfigFile(path: string, change: ConfigChange): boolean {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const after = changeConfigText(before, change);
  if (after === before) return false;
  const draft = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const mode = existsSync(path) ? statSync(path).mode : 0o644;
    writeFileSync(draft, after, { mode });
    renameSync(draft, path);
  } catch (cause) {
    const [only] = change.coordinators;
    throw new AppError('CONFIG_INVALID', `joined, but cannot write ${path}`, {
      cause,
      hint: `write coordinator: ${only ?? ''} into it by hand`,
    });
  }
  return true;
}

/** `changeConfigFile` for text. */
export function changeConfigText(text: string, change: ConfigChange): string {
  const document = parseDocument(text);
  const { node, coordinators, labels } = change;
  const wanted: unknown = coordinators.length === 1 ? coordinators[0] : [...coordinators];
  const now: unknown = document.toJS() ?? {};
  const held = (key: string): unknown =>
    typeof now === 'object' && now !== null ? (now as Record<string, unknown>)[key] : undefined;
  let changed = false;
  if (node !== null && held('node') !== node) {
    document.set('node', node);
    changed = true;
  }
  if (coordinators.length > 0 && JSON.stringify(held('coordinator')) !== JSON.stringify(wanted)) {
    document.set('coordinator', wanted);
    changed = true;
  }
  for (const [key, value] of Object.entries(labels)) {
    if (document.hasIn(['labels', key])) continue;
    document.setIn(['labels', key], value);
    changed = true;
  }
  return changed ? document.toString() : text;
}
