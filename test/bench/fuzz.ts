import { fuzzInspect } from '../fuzz/inspect-fuzz.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';

const inputsDefault = 1_000_000;

/** Mutated outputs through `inspect`, one process, one core. Throws with the first inputs that break it. */
export async function fuzzRows({ inputs }: BenchOptions): Promise<readonly BenchRow[]> {
  const wanted = inputs ?? Number(process.env['TANGRAM_FUZZ_INPUTS'] ?? inputsDefault);
  const seed = Number(process.env['TANGRAM_FUZZ_SEED'] ?? 20_261_122);
  const report = fuzzInspect({ inputs: wanted, seed });
  if (report.failureCount > 0) {
    const shown = report.failures
      .slice(0, 5)
      .map(
        ({ at, file, why, input }) =>
          `#${at} ${file}: ${why}\n${JSON.stringify(input.slice(0, 400))}`,
      );
    throw new Error(`${report.failureCount} inputs of seed ${seed} failed\n${shown.join('\n')}`);
  }
  const row = (
    metric: string,
    value: number,
    unit: string,
    target: number | string,
    ok: boolean,
  ): BenchRow => ({
    metric,
    value,
    unit,
    yardstick: '-',
    target,
    ok,
  });
  return Promise.resolve([
    row(
      'mutated inputs inspected',
      report.inputs,
      'inputs',
      inputsDefault,
      report.inputs >= inputsDefault,
    ),
    row('inputs that broke inspect', report.failureCount, 'inputs', 0, report.failureCount === 0),
    row(
      'inputs a second',
      report.inputs / report.seconds,
      '1/s',
      1_000,
      report.inputs / report.seconds >= 1_000,
    ),
    row(
      `slowest input (${report.slowest.characters} characters)`,
      report.slowest.ms,
      'ms',
      500,
      report.slowest.ms <= 500,
    ),
  ]);
}
