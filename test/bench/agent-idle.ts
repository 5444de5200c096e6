import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeCoordinator } from '../fakes/agent/fake-coordinator.ts';
import { setup as buildOnce } from '../setup/build-once.ts';
import type { BenchRow } from './bench-row.ts';
import { ended, pause, readUsage, spent, type Spent } from './measured-process.ts';
import { loggedTool, samplingLoop, startAgent } from './simulated-host.ts';

const cards = '8xA100-80GB';
const settleMs = 10_000;
const measureMs = 30_000;

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
    const tool = loggedTool(folder, cards);
    const { child: agent } = await startAgent(
      folder,
      { coordinator: coordinator.address, tool },
      start,
    );
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
