import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small program of our own in place of a real tool: a shell script, and what it was called with. */
export interface ScriptedTool {
  readonly command: readonly string[];
  readonly directory: string;
  /** The arguments of every call so far, one line each. */
  calls(): readonly string[];
  remove(): void;
}

/**
 * Writes a shell script that sees its arguments as one line in `$ARGS` and may keep files in `$DIR`.
 * The texts it prints are invented after the formats of the real tool.
 */
export function scriptedTool(body: string): ScriptedTool {
  const directory = mkdtempSync(join(tmpdir(), 'tangram-tool-'));
  const script = join(directory, 'tool.sh');
  writeFileSync(
    script,
    `#!/bin/sh\nDIR='${directory}'\nARGS="$*"\necho "$ARGS" >> "$DIR/calls"\n${body}\n`,
  );
  chmodSync(script, 0o755);
  return {
    command: [script],
    directory,
    calls: () => {
      try {
        return readFileSync(join(directory, 'calls'), 'utf8').trimEnd().split('\n');
      } catch {
        return [];
      }
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
