import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SimulationRun } from '../../../coordinator/simulate/simulation-run.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const hangsAfterMs = 30 * 60_000;

/** One call of `tangram simulate`: a list and a seed, with every policy. */
export interface SimulateCall {
  readonly list: string;
  readonly seed: number;
  readonly policies: readonly string[];
  /** null: arrivals without departures. */
  readonly churn: number | null;
}

/** Runs `tangram simulate --json` for each call, as many at once as there are CPUs. Answers in the order of the calls. */
export async function simulateRuns(
  folder: string,
  calls: readonly SimulateCall[],
): Promise<readonly (readonly SimulationRun[])[]> {
  const answers: (readonly SimulationRun[])[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let at = next; at < calls.length; at = next) {
      next += 1;
      const call = calls[at];
      if (call !== undefined) answers[at] = await simulateOnce(folder, call);
      done += 1;
      process.stderr.write(`bench packing: ${done} of ${calls.length} runs\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return answers;
}

async function simulateOnce(
  folder: string,
  { list, seed, policies, churn }: SimulateCall,
): Promise<readonly SimulationRun[]> {
  const { stdout } = await run(
    join(root, 'node_modules/.bin/tsx'),
    [
      join(root, 'coordinator/cli/bin.ts'),
      'simulate',
      '--json',
      '--nodes',
      join(folder, 'openb_node_list_gpu_node.csv'),
      '--requests',
      join(folder, `openb_pod_list_${list}.csv`),
      '--seed',
      String(seed),
      ...policies.flatMap((policy) => ['--policy', policy]),
      ...(churn === null ? [] : ['--churn', String(churn)]),
    ],
    { timeout: hangsAfterMs, maxBuffer: 16 * 1024 * 1024, cwd: root },
  );
  const answer: { readonly runs: readonly SimulationRun[] } = JSON.parse(stdout);
  return answer.runs;
}
