import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { plantedBugs, type PlantedBug } from './bugs.ts';

/** What of the project a simulation needs. */
const parts = ['agent', 'coordinator', 'shared', 'proto', 'test', 'packaging', 'package.json'];
const timeoutMs = 300_000;

interface Verdict {
  readonly bug: PlantedBug;
  /** The first line that says so; null: nobody noticed. */
  readonly caught: string | null;
  readonly seconds: number;
}

/** Plants one bug after the other in a copy of the sources, and runs seeds until one fails. */
export async function runPlanted(
  options: { readonly seeds: number; readonly from: number; readonly plant?: string },
  print: (line: string) => void,
): Promise<void> {
  const bugs = plantedBugs.filter(
    ({ name }) => options.plant === undefined || name === options.plant,
  );
  if (bugs.length === 0) throw new Error(`no planted bug is called ${String(options.plant)}`);
  const verdicts: Verdict[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'tangram-dst-'));
  try {
    for (const part of parts) cpSync(resolve(part), join(folder, part), { recursive: true });
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    for (const bug of bugs) {
      const verdict = await judge(folder, bug, options);
      verdicts.push(verdict);
      const { caught, seconds } = verdict;
      print(
        `${bug.name.padEnd(44)} ${seconds.toFixed(0).padStart(4)} s  ${caught ?? 'NOT CAUGHT'}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const caught = verdicts.filter((each) => each.caught !== null).length;
  const share = (100 * caught) / verdicts.length;
  print(`${caught} of ${verdicts.length} planted bugs are caught (${share.toFixed(0)} %)`);
  if (share < 95) process.exitCode = 1;
}

async function judge(
  folder: string,
  bug: PlantedBug,
  { seeds, from }: { readonly seeds: number; readonly from: number },
): Promise<Verdict> {
  const file = join(folder, bug.file);
  const source = readFileSync(file, 'utf8');
  const startedMs = performance.now();
  writeFileSync(file, plant(source, bug));
  try {
    const caught = await run(folder, ['--seeds', String(seeds), '--from', String(from), '--first']);
    return { bug, caught, seconds: (performance.now() - startedMs) / 1_000 };
  } finally {
    writeFileSync(file, source);
  }
}

/** Throws where the text is not there exactly once: then the code has moved on, and the bug must follow. */
export function plant(source: string, { name, right, wrong }: PlantedBug): string {
  const [before, after, more] = source.split(right);
  if (before === undefined || after === undefined || more !== undefined) {
    throw new Error(`the planted bug "${name}" does not match its file exactly once`);
  }
  return `${before}${wrong}${after}`;
}

/** The first line of a failure; null: every seed passed. */
async function run(folder: string, args: readonly string[]): Promise<string | null> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/dst/main.ts', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => (said = (said + text).slice(0, 20_000)));
  }
  const code = await new Promise<number | null>((done) => {
    child.on('close', (status) => done(status));
  });
  if (code === 0) return null;
  const line = said.split('\n').find((each) => /fails|Error/.test(each)) ?? `ended with ${code}`;
  return code === null ? 'NOT JUDGED: it took too long' : line.slice(0, 110);
}
