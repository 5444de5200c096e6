import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../shared/platform/clock.ts';
import { FakeCoordinator } from '../fakes/agent/fake-coordinator.ts';
import { setup as buildOnce } from '../setup/build-once.ts';
import type { BenchRow } from './bench-row.ts';

const cards = '8xA100-80GB';
const settleMs = 10_000;
const measureMs = 30_000;
const startMsMax = 60_000;
/** `getconf CLK_TCK`, which Linux has fixed at 100 for programs. */
const ticksPerSecond = 100;

const targets = { cpuPercent: 2, rssMib: 130, startsPerMinute: 12 } as const;

/**
 * The built agent with eight simulated cards at 1 Hz and a coordinator that takes its telemetry, nothing placed.
 * Beside it, over the same seconds: a node process that only waits, and the sampling command alone.
 */
export async function agentIdleRows(): Promise<BenchRow[]> {
  buildOnce();
  const folder = mkdtempSync(join(tmpdir(), 'tangram-idle-'));
  const coordinator = await new FakeCoordinator({ heartbeatMs: 5_000 }).open();
  const children: ChildProcess[] = [];
  const start = (...argv: string[]): ChildProcess => {
    const child = spawn(process.execPath, argv, { stdio: 'ignore' });
    children.push(child);
    return child;
  };
  try {
    const tool = loggedTool(folder);
    const agent = await startAgent(folder, { coordinator: coordinator.address, tool }, start);
    const waiting = start('-e', 'setInterval(() => {}, 1000)');
    const loop = start(...samplingLoop(folder));
    await pause(settleMs);
    const batchesBefore = coordinator.telemetry.length;
    const startsBefore = tool.starts();
    const before = [agent, waiting, loop].map(readUsage);
    await pause(measureMs);
    const after = [agent, waiting, loop].map(readUsage);
    const [used, bare, sampling] = after.map((usage, at) => spent(before[at] ?? usage, usage));
    if (used === undefined || bare === undefined || sampling === undefined) {
      throw new Error('three processes were measured');
    }
    return rows({
      used,
      bare,
      sampling,
      batches: coordinator.telemetry.length - batchesBefore,
      starts: tool.starts() - startsBefore,
    });
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map(ended));
    coordinator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly used: Spent;
  readonly bare: Spent;
  readonly sampling: Spent;
  readonly batches: number;
  readonly starts: number;
}

function rows({ used, bare, sampling, batches, starts }: Measured): BenchRow[] {
  const hertz = batches / (measureMs / 1_000);
  const startsPerMinute = starts / (measureMs / 60_000);
  return [
    {
      metric: 'agent CPU, idle, 8 GPUs at 1 Hz',
      value: used.cpuPercent,
      unit: '% of a core',
      yardstick: `sampling command alone: ${sampling.cpuPercent.toFixed(2)} %, bare node: ${bare.cpuPercent.toFixed(2)} %`,
      target: `<= ${targets.cpuPercent}`,
      ok: used.cpuPercent <= targets.cpuPercent,
    },
    {
      metric: 'agent RSS, idle, 8 GPUs at 1 Hz',
      value: used.rssMib,
      unit: 'MiB',
      yardstick: `bare node: ${bare.rssMib.toFixed(0)} MiB`,
      target: `<= ${targets.rssMib}`,
      ok: used.rssMib <= targets.rssMib,
    },
    {
      metric: 'telemetry batches that reached the coordinator',
      value: hertz,
      unit: 'Hz',
      yardstick: '1 Hz configured',
      target: '>= 0.9',
      ok: hertz >= 0.9,
    },
    {
      metric: 'nvidia-smi started by the idle agent',
      value: startsPerMinute,
      unit: 'per minute',
      yardstick: 'one a sample would be 60',
      target: `<= ${targets.startsPerMinute}`,
      ok: startsPerMinute <= targets.startsPerMinute,
    },
  ];
}

interface LoggedTool {
  readonly path: string;
  /** How often it has been started so far. */
  starts(): number;
}

/** The simulated `nvidia-smi`, behind a script that counts its starts. */
function loggedTool(folder: string): LoggedTool {
  const path = join(folder, 'nvidia-smi');
  const log = join(folder, 'starts');
  const program = [process.execPath, built('agent/simulator/nvidia-smi/bin.js'), ...state(folder)];
  execFileSync(process.execPath, [...program.slice(1), '--sim-init', cards]);
  const quoted = program.map((word) => `'${word}'`).join(' ');
  writeFileSync(path, `#!/bin/sh\necho >> '${log}'\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return { path, starts: () => (existsSync(log) ? readFileSync(log, 'utf8').length : 0) };
}

function state(folder: string): string[] {
  return ['--sim-state', join(folder, 'simulator')];
}

async function startAgent(
  folder: string,
  reached: { readonly coordinator: string; readonly tool: LoggedTool },
  start: (...argv: string[]) => ChildProcess,
): Promise<ChildProcess> {
  const config = join(folder, 'agent.yaml');
  const ready = join(folder, 'ready.json');
  writeFileSync(
    config,
    [
      'node: bench',
      `coordinator: ${reached.coordinator}`,
      `nvidiaSmi: { command: [${reached.tool.path}] }`,
      `stateDir: ${folder}/state`,
      `socket: ${folder}/agent.sock`,
      'http: 127.0.0.1:0',
      `mps: { dir: ${folder}/mps }`,
      'docker: { enabled: false }',
      'processRuntime: true',
      `readyFile: ${ready}`,
      '',
    ].join('\n'),
  );
  const agent = start(built('agent/main.js'), '--config', config);
  const deadline = systemClock.monotonicMs() + startMsMax;
  while (!existsSync(ready)) {
    if (agent.exitCode !== null || systemClock.monotonicMs() > deadline) {
      throw new Error(`the agent did not start (exit ${String(agent.exitCode)})`);
    }
    await pause(50);
  }
  return agent;
}

/** What the agent itself keeps running to read the cards, on a state of its own. */
function samplingLoop(folder: string): string[] {
  const query =
    '--query-gpu=index,uuid,memory.used,utilization.gpu,utilization.memory,temperature.gpu,power.draw,clocks.sm,clocks.mem';
  const format = '--format=csv,noheader,nounits';
  return [
    built('agent/simulator/nvidia-smi/bin.js'),
    ...state(folder),
    query,
    format,
    '-lms',
    '1000',
  ];
}

interface Usage {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly rssMib: number;
}

interface Spent {
  readonly cpuPercent: number;
  readonly rssMib: number;
}

/** The process itself, without its children: the commands that it starts are other programs. */
function readUsage(child: ChildProcess): Usage {
  const stat = readFileSync(`/proc/${String(child.pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
  const rssKib = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
  return {
    atMs: systemClock.monotonicMs(),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    rssMib: rssKib / 1_024,
  };
}

function spent(before: Usage, after: Usage): Spent {
  const seconds = (after.atMs - before.atMs) / 1_000;
  return {
    cpuPercent: ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100,
    rssMib: after.rssMib,
  };
}

function built(path: string): string {
  return fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
}

async function pause(ms: number): Promise<void> {
  await systemClock.sleep(ms, new AbortController().signal);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
}
