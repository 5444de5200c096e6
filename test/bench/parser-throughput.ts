import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Format } from '../../agent/formats/format.ts';
import { csvFormat } from '../../agent/formats/csv/csv.ts';
import { queryTextFormat } from '../../agent/formats/report/query-text.ts';
import { tableFormat } from '../../agent/formats/table/table.ts';
import { xmlFormat } from '../../agent/formats/report/xml.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { setup as buildOnce } from '../setup/build-once.ts';
import type { BenchRow } from './bench-row.ts';

const cards = '8xA100-80GB';
const measureMs = 2_000;
/** One `-q -x` a minute and one CSV a second are all that an agent reads: this is far beyond both. */
const megabytesPerSecondMin = 5;

const query =
  '--query-gpu=index,uuid,pci.bus_id,memory.total,memory.used,utilization.gpu,temperature.gpu,power.draw,clocks.sm,name';

const cases: readonly {
  readonly name: string;
  readonly args: readonly string[];
  readonly format: Format;
}[] = [
  { name: '-q -x', args: ['-q', '-x'], format: xmlFormat },
  { name: '-q', args: ['-q'], format: queryTextFormat },
  { name: 'CSV', args: [query, '--format=csv'], format: csvFormat },
  { name: 'table', args: [], format: tableFormat },
];

/** How fast the parsers read what the simulated tool prints of eight cards; beside it, JSON.parse of as many bytes. */
export async function parserThroughputRows(): Promise<BenchRow[]> {
  buildOnce();
  const folder = mkdtempSync(join(tmpdir(), 'tangram-parsers-'));
  try {
    const state = ['--sim-state', join(folder, 'simulator')];
    const tool = fileURLToPath(
      new URL('../../dist/agent/simulator/nvidia-smi/bin.js', import.meta.url),
    );
    const print = (...args: readonly string[]): string =>
      execFileSync(process.execPath, [tool, ...state, ...args], { encoding: 'utf8' });
    print('--sim-init', cards);
    return cases.map(({ name, args, format }) => row(name, print(...args), format));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(name: string, text: string, format: Format): BenchRow {
  const parsed = format.parse(text);
  if (!parsed.ok) throw new Error(`${name}: ${parsed.problem.message}`);
  const ours = throughput(text.length, () => format.parse(text));
  const json = jsonOf(parsed.value, text.length);
  const theirs = throughput(json.length, (): unknown => JSON.parse(json));
  return {
    metric: `parsing ${name} of 8 cards, ${Math.ceil(text.length / 1_024)} KiB`,
    value: ours.megabytesPerSecond,
    unit: `MB/s (${Math.round(ours.filesPerSecond)} files/s)`,
    yardstick: `JSON.parse of as many bytes: ${theirs.megabytesPerSecond.toFixed(0)} MB/s`,
    target: `>= ${megabytesPerSecondMin}`,
    ok: ours.megabytesPerSecond >= megabytesPerSecondMin,
  };
}

/** What was read, again and again, until it is as long as what it was read from. */
function jsonOf(value: unknown, bytes: number): string {
  const one = JSON.stringify(value);
  const times = Math.max(1, Math.round(bytes / one.length));
  return `[${Array.from({ length: times }, () => one).join(',')}]`;
}

function throughput(
  bytes: number,
  work: () => unknown,
): { readonly megabytesPerSecond: number; readonly filesPerSecond: number } {
  const fromMs = systemClock.monotonicMs();
  let files = 0;
  let nowMs = fromMs;
  while (nowMs - fromMs < measureMs) {
    work();
    files += 1;
    nowMs = systemClock.monotonicMs();
  }
  const filesPerSecond = files / ((nowMs - fromMs) / 1_000);
  return { megabytesPerSecond: (filesPerSecond * bytes) / 1e6, filesPerSecond };
}
