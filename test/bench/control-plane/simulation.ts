import { runSeed } from '../../dst/simulation.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';

const [seedsQuick, seedsAll] = [100, 10_000];

/** Whether the control plane keeps its rules under every seed of the simulation. */
export async function simulationRows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const count = options.seeds ?? (options.quick ? seedsQuick : seedsAll);
  const startedMs = performance.now();
  let failed = 0;
  let virtualSeconds = 0;
  for (let seed = 1; seed <= count; seed += 1) {
    const outcome = await runSeed(seed);
    virtualSeconds += outcome.virtualSeconds;
    if (outcome.violations.length === 0) continue;
    failed += 1;
    process.stderr.write(`bench control-plane: seed ${seed}: ${outcome.violations.join('; ')}\n`);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  return [
    {
      metric: `of ${count} simulated seeds that break a rule`,
      value: failed,
      unit: 'seeds',
      yardstick: `${(count / seconds).toFixed(1)} seeds/s, ${Math.round(virtualSeconds / seconds)} virtual s/s`,
      target: `0 in >= ${seedsAll}`,
      ok: failed === 0 && count >= seedsAll,
    },
  ];
}
