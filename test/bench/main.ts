import { parseArgs } from 'node:util';
import { renderTable } from '../../shared/platform/table.ts';
import { agentIdleRows } from './agent-idle.ts';
import { agentSamplingRows } from './agent-sampling.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';
import { hostileFrameRows } from './control-plane/under-attack.ts';
import { agentRows } from './control-plane/agents.ts';
import { failoverRows } from './control-plane/coordinator-kills.ts';
import { ingestRows } from './control-plane/ingest.ts';
import { placementRows } from './control-plane/placements.ts';
import { restartRows } from './control-plane/restart.ts';
import { simulationRows } from './control-plane/simulation.ts';
import { storeRows } from './control-plane.ts';
import { fleetAnswerRows } from './fleet-answers.ts';
import { fuzzRows } from './fuzz.ts';
import { packingRows } from './packing.ts';
import { parserThroughputRows } from './parser-throughput.ts';
import { placementDecisionRows } from './placement-decision.ts';
import { relayoutOptimumRows, relayoutSpeedRows, smallExactRows } from './relayout.ts';
import { submitToRunningRows } from './submit-to-running.ts';

/** Every bench by name: its parts, run one after another so that they do not disturb each other. */
const benches: Readonly<
  Record<string, readonly ((options: BenchOptions) => Promise<readonly BenchRow[]>)[]>
> = {
  'control-plane': [
    storeRows,
    failoverRows,
    ingestRows,
    restartRows,
    placementRows,
    agentRows,
    hostileFrameRows,
    simulationRows,
  ],
  foundation: [submitToRunningRows, agentIdleRows, placementDecisionRows],
  fuzz: [fuzzRows],
  'gpu-layer': [agentSamplingRows, parserThroughputRows],
  packing: [
    packingRows,
    smallExactRows,
    relayoutOptimumRows,
    placementDecisionRows,
    relayoutSpeedRows,
    fleetAnswerRows,
  ],
};

async function main(args: readonly string[]): Promise<number> {
  const asked = read(args);
  const parts = asked === null ? undefined : benches[asked.name];
  if (asked === null || parts === undefined) {
    process.stderr.write(
      `usage: npm run bench -- NAME [--json] [--inputs N] [--lists A,B] [--seeds N] [--quick]\nNAME is one of: ${Object.keys(benches).join(', ')}\n`,
    );
    return 2;
  }
  const { name, json, options } = asked;
  const rows: BenchRow[] = [];
  let broken = 0;
  for (const part of parts) {
    try {
      rows.push(...(await part(options)));
    } catch (error) {
      // What the others measured, some for hours, is worth having all the same.
      broken += 1;
      const why = error instanceof Error ? error.message : 'failed';
      process.stderr.write(`bench ${name}: ${why}\n`);
      const not = { value: 'not measured', unit: '', yardstick: why, target: 'it runs', ok: false };
      rows.push({ metric: part.name, ...not });
    }
  }
  process.stdout.write(json ? `${JSON.stringify({ bench: name, rows })}\n` : render(rows));
  // A target that is missed is a finding to look at, not a broken bench: machines differ.
  return broken === 0 ? 0 : 1;
}

interface Asked {
  readonly name: string;
  readonly json: boolean;
  readonly options: BenchOptions;
}

/** Null: it is not understood. */
function read(args: readonly string[]): Asked | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        inputs: { type: 'string' },
        lists: { type: 'string' },
        seeds: { type: 'string' },
        quick: { type: 'boolean' },
      },
    });
    const [name, ...more] = positionals;
    const [inputs, seeds] = [values.inputs, values.seeds].map(countOf);
    if (name === undefined || more.length > 0 || inputs === null || seeds === null) return null;
    const lists = values.lists?.split(',');
    const quick = values.quick === true;
    return { name, json: values.json === true, options: { inputs, lists, seeds, quick } };
  } catch {
    return null;
  }
}

/** Null: it is no count. */
function countOf(text: string | undefined): number | undefined | null {
  const count = Number(text);
  if (text === undefined) return undefined;
  return Number.isSafeInteger(count) && count > 0 ? count : null;
}

function render(rows: readonly BenchRow[]): string {
  return renderTable(
    ['METRIC', 'VALUE', 'UNIT', 'YARDSTICK', 'TARGET', 'OK'],
    rows.map((row) => [
      row.metric,
      typeof row.value === 'number' ? String(Math.round(row.value * 1_000) / 1_000) : row.value,
      row.unit,
      String(row.yardstick),
      String(row.target),
      row.ok ? 'yes' : 'no',
    ]),
  );
}

process.exitCode = await main(process.argv.slice(2));
