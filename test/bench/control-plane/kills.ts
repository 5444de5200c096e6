import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../shared/platform/clock.ts';
import { seededRandom, type Random } from '../../fuzz/mutate.ts';
import { pause } from '../measured-process.ts';
import { shippedStore, writerScript } from './recorded-writer.ts';
import { faultOf } from './store-check.ts';

export interface KillVerdict {
  readonly kills: number;
  readonly acknowledged: number;
  /** Starts that found fewer writes than were acknowledged before, or a damaged store. */
  readonly bad: number;
  /** null: none was. */
  readonly first: string | null;
}

const lanes = 2;
const lifeMsMax = 40;
const startMsMax = 20_000;
/** All of a store is looked through after so many kills, and at the end. */
const lookEvery = 50;

/** Kills a process that writes to the embedded store `count` times, at any moment, and looks for what it acknowledged. */
export async function judgeKills(count: number, seed: number): Promise<KillVerdict> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tangram-kill-'));
  try {
    const parts = await Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        const share = Math.floor((count + lane) / lanes);
        return judgeLane(join(folder, `db-${lane}`), share, seededRandom(seed + lane));
      }),
    );
    const sum = (of: 'kills' | 'acknowledged' | 'bad'): number =>
      parts.reduce((total, part) => total + part[of], 0);
    const first = parts.find((part) => part.first !== null)?.first ?? null;
    return { kills: sum('kills'), acknowledged: sum('acknowledged'), bad: sum('bad'), first };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function judgeLane(path: string, count: number, random: Random): Promise<KillVerdict> {
  let [acked, bad] = [0, 0];
  let first: string | null = null;
  const blame = (fault: string): void => {
    bad += 1;
    first ??= fault;
  };
  for (let kill = 1; kill <= count; kill += 1) {
    const life = await oneLife(path, random() * lifeMsMax);
    if (life.found < acked) blame(`kill ${kill}: ${acked} were acknowledged, ${life.found} found`);
    acked = Math.max(life.found, life.acked);
    if (kill % lookEvery !== 0 && kill !== count) continue;
    const fault = await faultOf(path, acked);
    if (fault !== null) blame(`kill ${kill}: ${fault}`);
  }
  return { kills: count, acknowledged: acked, bad, first };
}

/** Starts the writer, lets it work for `lifeMs`, kills it, and reads all that it had said. */
async function oneLife(
  path: string,
  lifeMs: number,
): Promise<{ readonly found: number; readonly acked: number }> {
  const args = [writerScript, shippedStore, path, '1000000', '4', '-'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let wrong = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    wrong += text.toString();
  });
  // `close` comes after the last byte of its output: what it said before the kill is all here.
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const endMs = systemClock.monotonicMs() + startMsMax;
  while (!said.includes('\n') && child.exitCode === null && systemClock.monotonicMs() < endMs) {
    await pause(2);
  }
  await pause(lifeMs);
  child.kill('SIGKILL');
  await closed;
  const [open = '', ...acks] = said.split('\n');
  if (!open.startsWith('open ')) throw new Error(`the writer did not start: ${wrong}`);
  // The text after the last line end is a line that was cut, or nothing.
  const numbers = acks.slice(0, -1).map(Number);
  return { found: Number(open.slice('open '.length)), acked: Math.max(0, ...numbers) };
}
