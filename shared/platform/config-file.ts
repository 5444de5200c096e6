import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { AppError } from './errors.ts';

/**
 * Reads one YAML file and checks it against `schema`, telling every problem at once with its path.
 * Throws CONFIG_INVALID.
 */
export function readConfigFile<T>(path: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `cannot read the configuration file ${path}`, {
      cause,
      hint: 'give --config a file that exists and can be read',
    });
  }
  return parseConfig(text, path, schema);
}

/** `readConfigFile` for text that is already here. `source` names it in problems. */
export function parseConfig<T>(text: string, source: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new AppError(
      'CONFIG_INVALID',
      `${source}:${line}:${col} is not YAML: ${firstLine(broken.message)}`,
    );
  }
  const checked = schema.safeParse(plainOf(document, source) ?? {});
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map(
    (issue) => `${issue.path.join('.') || '(file)'}: ${issue.message}`,
  );
  throw new AppError('CONFIG_INVALID', `${source} is not usable: ${problems.join('; ')}`, {
    hint: 'mend these keys; unknown ones are refused so that a typing error is not ignored',
  });
}

/** An alias without an anchor shows only now. */
function plainOf(document: Document, source: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `${source} is not YAML`, { cause });
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
