import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { type ArrivalsResult, runArrivals, type RunOptions } from './run-arrivals.ts';
import { type ChurnResult, runChurn } from './run-churn.ts';
import type { Trace } from './trace.ts';
import type { TrialSummary } from './trial.ts';

/** One policy with one seed, as `tangram simulate --json` prints it. Percent are of the GPU capacity of the trace. */
export interface SimulationRun extends TrialSummary {
  readonly policy: PolicyName;
  readonly seed: number;
  /** By percent of capacity that has arrived; null: not reached, or requests left meanwhile (churn). */
  readonly allocatedPercent: Readonly<Record<'100' | '110' | '130', number | null>>;
  readonly fragmentPercent: Readonly<Record<'50' | '100', number | null>>;
  /** Of this process, after the run. */
  readonly rssMib: number;
  /** With churn only. */
  readonly acceptedGpuPercent?: number;
}

/** A point of the plot: percent of capacity that arrived, percent that was allocated then. */
export type CurvePoint = readonly [arrivedPercent: number, allocatedPercent: number];

export interface FinishedRun {
  readonly run: SimulationRun;
  /** Empty with churn. */
  readonly curve: readonly CurvePoint[];
}

export type Workload =
  | { readonly kind: 'arrivals'; readonly inflate: number }
  | { readonly kind: 'churn'; readonly load: number };

export interface SimulationOptions extends RunOptions {
  readonly workload: Workload;
  readonly rssMib: () => number;
}

/** Runs one policy with one seed on a trace. */
export async function simulate(trace: Trace, options: SimulationOptions): Promise<FinishedRun> {
  const { workload } = options;
  if (workload.kind === 'churn') {
    const result = await runChurn(trace, workload.load, options);
    return { run: reportChurn(result, options), curve: [] };
  }
  const result = await runArrivals(trace, workload.inflate, options);
  return { run: reportArrivals(result, options), curve: result.allocated.all() };
}

function reportArrivals(result: ArrivalsResult, options: SimulationOptions): SimulationRun {
  const { allocated, fragment } = result;
  const [allocatedAt, fragmentAt] = [
    (bin: number) => rounded(allocated.mean(bin)),
    (bin: number) => rounded(fragment.mean(bin)),
  ];
  return {
    policy: options.policy,
    seed: options.seed,
    allocatedPercent: { 100: allocatedAt(100), 110: allocatedAt(110), 130: allocatedAt(130) },
    fragmentPercent: { 50: fragmentAt(50), 100: fragmentAt(100) },
    ...reportEffort(result, options),
  };
}

function reportChurn(result: ChurnResult, options: SimulationOptions): SimulationRun {
  return {
    policy: options.policy,
    seed: options.seed,
    allocatedPercent: { 100: null, 110: null, 130: null },
    fragmentPercent: { 50: null, 100: null },
    ...reportEffort(result, options),
    acceptedGpuPercent: roundedTo(result.acceptedGpuPercent, percentDigits),
  };
}

function reportEffort(result: ArrivalsResult | ChurnResult, { rssMib }: SimulationOptions) {
  const { decisions, placed, failed, p50Us, p99Us, p999Us } = result;
  return {
    decisions,
    placed,
    failed,
    p50Us: rounded(p50Us, microsecondDigits),
    p99Us: rounded(p99Us, microsecondDigits),
    p999Us: rounded(p999Us, microsecondDigits),
    rssMib: Math.round(rssMib()),
  };
}

const percentDigits = 4;
const microsecondDigits = 2;

function rounded(value: number | null, digits = percentDigits): number | null {
  return value === null ? null : roundedTo(value, digits);
}

function roundedTo(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
