import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a tool printed for one command. */
export interface Printed {
  readonly kind: string;
  /** As a person would type it: `nvidia-smi -q -x`. */
  readonly command: string;
  /** null: it was ended by us, as a loop is. */
  readonly exitCode: number | null;
  readonly text: string;
}

export interface Recorder {
  keep(printed: Printed): void;
}

/**
 * Keeps what the tools print under `$OUT/captures/<driver>/`, with a line of `INDEX.jsonl` for each, so that it can become a
 * fixture. Keeps nothing where `OUT` is not set. Lines are appended, because test files run side by side.
 */
export function openRecorder(out: string | undefined, driver: string): Recorder {
  if (out === undefined || out === '') return { keep: () => undefined };
  const folder = join(out, 'captures', plainName(driver));
  mkdirSync(folder, { recursive: true });
  const index = join(folder, 'INDEX.jsonl');
  return {
    keep: ({ kind, command, exitCode, text }) => {
      const file = `${plainName(command)}.${kind === 'xml' ? 'xml' : 'txt'}`;
      writeFileSync(join(folder, file), text);
      const date = new Date().toISOString();
      const entry = { file, kind, command, driver, exit_code: exitCode, date };
      appendFileSync(index, `${JSON.stringify(entry)}\n`);
    },
  };
}

const nameLengthMax = 80;

function plainName(words: string): string {
  return words
    .replaceAll(/[^A-Za-z0-9.]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, nameLengthMax);
}
