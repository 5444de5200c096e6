import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../shared/platform/clock.ts';
import { setup as buildOnce } from '../setup/build-once.ts';
import type { BenchRow } from './bench-row.ts';
import { ended, pause, readUsage, spent, type Spent } from './measured-process.ts';
import { loggedTool, samplingLoop, startAgent } from './simulated-host.ts';

const cards = '8xA100-80GB';
/** The first minute is that of the code which runs only once. */
const settleMs = 45_000;
/** One whole report of the cards falls into it. */
const measureMs = 60_000;
const scrapes = 100;
const exporter = 'prometheus-node-exporter';
const exporterStartMsMax = 10_000;

const targets = { cpuPercent: 0.5, rssMib: 80 } as const;

/**
 * The built agent alone on a host with eight simulated cards at 1 Hz; then its page of metrics against that of
 * `prometheus-node-exporter` on the same machine, asked in turn.
 */
export async function agentSamplingRows(): Promise<BenchRow[]> {
  buildOnce();
  const folder = mkdtempSync(join(tmpdir(), 'tangram-sampling-'));
  const children: ChildProcess[] = [];
  const start = (...argv: string[]): ChildProcess => {
    const child = spawn(process.execPath, argv, { stdio: 'ignore' });
    children.push(child);
    return child;
  };
  try {
    const tool = loggedTool(folder, cards);
    const agent = await startAgent(folder, { coordinator: null, tool }, start);
    const loop = start(...samplingLoop(folder));
    await pause(settleMs);
    const before = [agent.child, loop].map(readUsage);
    await pause(measureMs);
    const after = [agent.child, loop].map(readUsage);
    const [used, sampling] = after.map((usage, at) => spent(before[at] ?? usage, usage));
    if (used === undefined || sampling === undefined)
      throw new Error('two processes were measured');
    const exporterUrl = await startExporter(children);
    return [...usageRows(used, sampling), await scrapeRow(agent.metrics, exporterUrl)];
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map(ended));
    rmSync(folder, { recursive: true, force: true });
  }
}

function usageRows(used: Spent, sampling: Spent): BenchRow[] {
  return [
    {
      metric: 'agent CPU beyond the sampled tool, 8 GPUs at 1 Hz',
      value: used.cpuPercent,
      unit: '% of a core',
      yardstick: `the sampled tool itself: ${sampling.cpuPercent.toFixed(2)} %`,
      target: `<= ${targets.cpuPercent}`,
      ok: used.cpuPercent <= targets.cpuPercent,
    },
    {
      metric: 'agent RSS, 8 GPUs at 1 Hz',
      value: used.rssMib,
      unit: 'MiB',
      yardstick: `the sampled tool itself: ${sampling.rssMib.toFixed(0)} MiB`,
      target: `<= ${targets.rssMib}`,
      ok: used.rssMib <= targets.rssMib,
    },
  ];
}

/** null: it is not installed here, which is said aloud. */
async function startExporter(children: ChildProcess[]): Promise<string | null> {
  const port = await freePort();
  const child = spawn(exporter, [`--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
  const missing = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(true));
    child.once('spawn', () => resolve(false));
  });
  if (await missing) {
    process.stderr.write(`${exporter} is not installed: scrape time has no yardstick\n`);
    return null;
  }
  children.push(child);
  const url = `http://127.0.0.1:${port}/metrics`;
  const deadline = systemClock.monotonicMs() + exporterStartMsMax;
  while (!(await answers(url))) {
    if (systemClock.monotonicMs() > deadline) throw new Error(`${exporter} does not answer`);
    await pause(50);
  }
  return url;
}

async function scrapeRow(agentUrl: string, exporterUrl: string | null): Promise<BenchRow> {
  const ours: number[] = [];
  const theirs: number[] = [];
  let bytes = 0;
  for (let at = 0; at < scrapes; at += 1) {
    const scrape = await timedScrape(agentUrl);
    bytes = scrape.bytes;
    ours.push(scrape.ms);
    if (exporterUrl !== null) theirs.push((await timedScrape(exporterUrl)).ms);
    await pause(20);
  }
  const value = median(ours);
  const yardstick = exporterUrl === null ? null : median(theirs);
  return {
    metric: `scrape of the agent, median of ${scrapes}, ${Math.round(bytes / 1_024)} KiB`,
    value,
    unit: 'ms',
    yardstick:
      yardstick === null ? `${exporter} is missing` : `${exporter}: ${yardstick.toFixed(2)} ms`,
    target: `<= ${exporter}`,
    ok: yardstick !== null && value <= yardstick,
  };
}

async function timedScrape(url: string): Promise<{ readonly ms: number; readonly bytes: number }> {
  const fromMs = systemClock.monotonicMs();
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return { ms: systemClock.monotonicMs() - fromMs, bytes: text.length };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
