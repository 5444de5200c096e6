import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNvidiaSmi } from '../../../../agent/simulator/nvidia-smi/program.ts';
import type { Surroundings } from '../../../../agent/simulator/nvidia-smi/surroundings.ts';

/** A process for the fake `/proc`. */
export interface FakeProcess {
  readonly pid: number;
  readonly parentPid?: number;
  readonly startTicks?: number;
  readonly cpuTicks?: number;
  readonly rssMib?: number;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
}

/** A simulated host in a folder of its own: time stands still, `/proc` holds what the test puts there. */
export interface SimHost {
  readonly directory: string;
  readonly procRoot: string;
  wallMs: number;
  bootId: string;
  smi(...argv: readonly string[]): Promise<Answer>;
  /** Like `smi`, with other surroundings, or another program. */
  run(
    argv: readonly string[],
    extra: Partial<Surroundings>,
    program?: typeof runNvidiaSmi,
  ): Promise<Answer>;
  put(process: FakeProcess): void;
  remove(pid: number): void;
  close(): void;
}

const fixedWallMs = new Date(2026, 10, 22, 8, 27, 37, 12).getTime();

export async function openSimHost(cards: string, driver = '550.163.01'): Promise<SimHost> {
  const folder = mkdtempSync(join(tmpdir(), 'sim-'));
  const procRoot = join(folder, 'proc');
  mkdirSync(procRoot);
  writeFileSync(join(procRoot, 'uptime'), '1000.00 900.00\n');
  const host: SimHost = {
    directory: join(folder, 'state'),
    procRoot,
    wallMs: fixedWallMs,
    bootId: 'boot-1',
    smi: async (...argv) => host.run(argv, {}),
    run: async (argv, extra, program = runNvidiaSmi) => {
      let out = '';
      let err = '';
      const exitCode = await program({
        argv: ['--sim-state', host.directory, ...argv],
        environment: {},
        clock: {
          wallMs: () => host.wallMs,
          monotonicMs: () => host.wallMs,
          sleep: async () => Promise.reject(new Error('no test waits')),
        },
        procRoot,
        bootId: host.bootId,
        pid: 99_999,
        cpuCount: 16,
        randomHex: (bytes) => 'ab'.repeat(bytes),
        out: (text) => {
          out += text;
        },
        err: (text) => {
          err += text;
        },
        toFile: (path) => (text) => writeFileSync(path, text),
        signal: new AbortController().signal,
        ...extra,
      });
      return { out, err, exitCode };
    },
    put: (process) => writeProcess(procRoot, process),
    remove: (pid) => rmSync(join(procRoot, String(pid)), { recursive: true, force: true }),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
  const made = await host.smi('--sim-init', cards, '--sim-driver', driver);
  if (made.exitCode !== 0) throw new Error(made.err);
  return host;
}

function writeProcess(root: string, process: FakeProcess): void {
  const folder = join(root, String(process.pid));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const environment = Object.entries(process.environment).map(
    ([key, value]) => `${key}=${value}\0`,
  );
  writeFileSync(join(folder, 'environ'), environment.join(''));
  writeFileSync(join(folder, 'cmdline'), process.command.map((word) => `${word}\0`).join(''));
  symlinkSync(process.command[0] ?? 'nothing', join(folder, 'exe'));
  const fields: (string | number)[] = Array.from({ length: 50 }, () => 0);
  fields[0] = 'S';
  fields[1] = process.parentPid ?? 1;
  fields[11] = process.cpuTicks ?? 0;
  fields[19] = process.startTicks ?? 50_000;
  fields[21] = (process.rssMib ?? 0) * 256;
  writeFileSync(join(folder, 'stat'), `${process.pid} (odd ) name) ${fields.join(' ')}\n`);
}

/** UUIDs as `-L` prints them, by the order of its lines. */
export function uuidsIn(listing: string): readonly string[] {
  return [...listing.matchAll(/UUID: ((?:GPU|MIG)-[0-9a-f-]+)/g)].map((match) => match[1] ?? '');
}
