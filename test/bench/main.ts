import { renderTable } from '../../shared/platform/table.ts';
import { agentIdleRows } from './agent-idle.ts';
import type { BenchRow } from './bench-row.ts';
import { placementDecisionRows } from './placement-decision.ts';
import { submitToRunningRows } from './submit-to-running.ts';

/** Every bench by name: its parts, run one after another so that they do not disturb each other. */
const benches: Readonly<Record<string, readonly (() => Promise<readonly BenchRow[]>)[]>> = {
  foundation: [submitToRunningRows, agentIdleRows, placementDecisionRows],
};

async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json');
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = args.find((arg) => arg.startsWith('--') && arg !== '--json');
  const [name] = names;
  const parts = name === undefined ? undefined : benches[name];
  if (name === undefined || parts === undefined || names.length > 1 || unknown !== undefined) {
    process.stderr.write(
      `usage: npm run bench -- NAME [--json]\nNAME is one of: ${Object.keys(benches).join(', ')}\n`,
    );
    return 2;
  }
  const rows: BenchRow[] = [];
  for (const part of parts) {
    try {
      rows.push(...(await part()));
    } catch (error) {
      process.stderr.write(`bench ${name}: ${error instanceof Error ? error.message : 'failed'}\n`);
      return 1;
    }
  }
  process.stdout.write(json ? `${JSON.stringify({ bench: name, rows })}\n` : render(rows));
  // A target that is missed is a finding to look at, not a broken bench: machines differ.
  return 0;
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
