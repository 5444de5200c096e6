import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import { AppError } from '../../shared/platform/errors.ts';
import type { Layout } from './layout.ts';
import { simulatorArgv } from './wrappers.ts';

const run = promisify(execFile);
const commandMsMax = 30_000;
/** What a card that nobody uses still shows: the driver's own share. */
const idleMemoryMibMax = 600;

/** One card of this host and why it is, or is not, ours to use. */
export interface RealCard {
  readonly index: string;
  readonly uuid: string;
  readonly name: string;
  readonly memoryTotalMib: number;
  /** null: this product has no MIG. */
  readonly mig: 'on' | 'off' | null;
  /** null: idle. */
  readonly busy: string | null;
}

/** Creates the simulated cards, or finds the same ones from before. Throws PROCESS_FAILED. */
export async function initSimulatedCards(layout: Layout, cards: string): Promise<void> {
  const [file = process.execPath, ...args] = simulatorArgv(layout);
  try {
    await run(file, [...args, '--sim-init', cards], { timeout: commandMsMax });
  } catch (cause) {
    throw new AppError('PROCESS_FAILED', `cannot simulate the cards ${JSON.stringify(cards)}`, {
      cause: new Error(complaint(cause)),
      hint: `name cards such as 2xA100-40GB,L40S; to begin again with other cards, remove ${layout.stateDir}`,
    });
  }
}

/** Every card of this host. Throws DRIVER_AWAY. */
export async function readRealCards(): Promise<readonly RealCard[]> {
  try {
    const query = 'index,uuid,name,memory.total,memory.used,mig.mode.current';
    const [cards, apps, list] = await Promise.all([
      smi(`--query-gpu=${query}`, '--format=csv,noheader,nounits'),
      smi('--query-compute-apps=gpu_uuid,pid,process_name', '--format=csv,noheader,nounits'),
      smi('-L'),
    ]);
    return parseRealCards(cards, apps, list);
  } catch (cause) {
    throw new AppError('DRIVER_AWAY', 'cannot read the cards of this host with nvidia-smi', {
      cause: new Error(complaint(cause)),
      hint: 'install the NVIDIA driver, or leave --real out: simulated cards need none',
    });
  }
}

/** Joins the answers of three nvidia-smi calls. A card with a process, memory in use or MIG instances is busy. */
export function parseRealCards(cards: string, apps: string, list: string): readonly RealCard[] {
  const users = rows(apps);
  return rows(cards).flatMap(([index = '', uuid = '', name = '', total, used, mig]) => {
    if (!uuid.startsWith('GPU-')) return [];
    const app = users.find((each) => each[0] === uuid);
    const instances = migInstances(list, uuid);
    const busy =
      app !== undefined
        ? `process ${app[1] ?? '?'} (${app[2] ?? '?'})`
        : instances > 0
          ? `${instances} MIG instances`
          : Number(used) > idleMemoryMibMax
            ? `${used} MiB in use`
            : null;
    const mode = mig === 'Enabled' ? 'on' : mig === 'Disabled' ? 'off' : null;
    return [{ index, uuid, name, memoryTotalMib: Number(total), mig: mode, busy }];
  });
}

/** What `--real` would do, card by card. */
export function renderRealPlan(cards: readonly RealCard[]): string {
  const lines = cards.map(({ index, uuid, name, busy, mig }) => {
    const plan =
      busy !== null
        ? `only looked at: ${busy}`
        : mig === null
          ? 'used: shared through MPS'
          : 'used: MIG mode and instances may change, or shared through MPS';
    return `  ${index}  ${name}  ${uuid}\n     ${plan}\n`;
  });
  return `The cards of this host:\n${lines.join('')}`;
}

/** Asks on the terminal. Where nobody can answer, it is no. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

async function smi(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('nvidia-smi', [...args], {
    timeout: commandMsMax,
    env: { ...process.env, LC_ALL: 'C' },
  });
  return stdout;
}

function rows(csv: string): readonly string[][] {
  return csv
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()));
}

function migInstances(list: string, uuid: string): number {
  let inside = false;
  let count = 0;
  for (const line of list.split('\n')) {
    if (line.startsWith('GPU ')) inside = line.includes(uuid);
    else if (inside && /^\s+MIG /.test(line)) count += 1;
  }
  return count;
}

function complaint(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return String(cause);
  const parts = ['stderr', 'stdout'].map((key) =>
    String(Object.entries(cause).find(([name]) => name === key)?.[1] ?? ''),
  );
  const said = parts.join('').trim();
  return said === '' && cause instanceof Error ? cause.message : said;
}
