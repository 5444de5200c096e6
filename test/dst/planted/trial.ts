import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { PlantedBug } from './bugs.ts';

/** What of the project a simulation needs. */
const parts = ['agent', 'coordinator', 'shared', 'proto', 'test', 'packaging', 'package.json'];
const built: ReadonlySet<string> = new Set(['out', 'node_modules', 'dist']);
const timeoutMs = 600_000;
const saidMax = 20_000;

export interface SeedRange {
  readonly from: number;
  readonly seeds: number;
}

export type Verdict =
  /** The first seed of the range that broke a rule, and which. */
  | { readonly kind: 'caught'; readonly seed: number; readonly rule: string }
  | { readonly kind: 'missed' }
  /** The program did not come to judge a seed: that is no catch. */
  | { readonly kind: 'not-judged'; readonly why: string };

/** A copy of the sources, in which one bug at a time is planted. Close it. */
export class TrialGround {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tangram-dst-'));

  constructor() {
    for (const part of parts) {
      cpSync(resolve(part), join(this.#folder, part), {
        recursive: true,
        filter: (source) => !built.has(basename(source)),
      });
    }
    symlinkSync(resolve('node_modules'), join(this.#folder, 'node_modules'));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Seeds one after the other, until one fails. */
  async try(bug: PlantedBug, { from, seeds }: SeedRange): Promise<Verdict> {
    const file = join(this.#folder, bug.file);
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, plant(source, bug));
    try {
      return await this.#run(['--seeds', String(seeds), '--from', String(from), '--first']);
    } finally {
      writeFileSync(file, source);
    }
  }

  async #run(args: readonly string[]): Promise<Verdict> {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/dst/main.ts', ...args], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => (said = (said + text).slice(0, saidMax)));
    }
    const code = await new Promise<number | null>((done) => {
      child.on('close', (status) => done(status));
    });
    return verdictOf(code, said);
  }
}

/** `code` null: it took too long, and was ended. */
export function verdictOf(code: number | null, said: string): Verdict {
  const [, seed, rule] = /^seed (\d+) fails: (.*)$/m.exec(said) ?? [];
  if (seed !== undefined) return { kind: 'caught', seed: Number(seed), rule: rule ?? '' };
  if (code === 0) return { kind: 'missed' };
  const error = said.split('\n').find((line) => line.includes('Error'));
  const why = code === null ? 'it took too long' : (error ?? `it ended with ${code}`);
  return { kind: 'not-judged', why };
}

/** Throws where the text is not there exactly once: then the code has moved on, and the bug must follow. */
export function plant(source: string, { name, right, wrong }: PlantedBug): string {
  const [before, after, more] = source.split(right);
  if (before === undefined || after === undefined || more !== undefined) {
    throw new Error(`the planted bug "${name}" does not match its file exactly once`);
  }
  return `${before}${wrong}${after}`;
}
