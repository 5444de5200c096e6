import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { arrivalOrder } from './arrival-order.ts';
import { BinnedMeans } from './binned-means.ts';
import { FragmentGauge, typicalShapes } from './fragment.ts';
import type { Pace } from './pace.ts';
import { Random } from './random.ts';
import { placementNodeOf, rankNodes } from './trace-cluster.ts';
import { demandOf, RequestSpecs } from './trace-requests.ts';
import type { Trace } from './trace.ts';
import { gpuMilliOf } from './trace.ts';
import type { TrialSummary } from './trial.ts';
import { Trial } from './trial.ts';

export interface RunOptions {
  readonly policy: PolicyName;
  readonly seed: number;
  readonly pace: Pace;
}

/** What arrivals without departures came to. Bins are percent of capacity that arrived, rounded. */
export interface ArrivalsResult extends TrialSummary {
  /** GPU milli in use, in percent of capacity. */
  readonly allocated: BinnedMeans;
  /** GPU milli that typical requests could not use, in percent of capacity. */
  readonly fragment: BinnedMeans;
}

/**
 * The published experiment (Weng et al., USENIX ATC'23): requests arrive one by one on an empty cluster, nothing
 * leaves, and what fits nowhere is lost. After each arrival the state is recorded in the bin of what has arrived.
 */
export async function runArrivals(
  trace: Trace,
  inflate: number,
  { policy, seed, pace }: RunOptions,
): Promise<ArrivalsResult> {
  const nodes = rankNodes(trace.nodes, new Random(seed, 'nodes')).map(placementNodeOf);
  const arrivals = arrivalOrder(trace, inflate, new Random(seed, 'arrivals'));
  const demand = demandOf(trace.requests);
  const trial = new Trial({ nodes, demand, policy, seed, clock: pace.clock });
  const gauge = new FragmentGauge(nodes, typicalShapes(trace.requests));
  const specs = new RequestSpecs();
  const [allocated, fragment] = [new BinnedMeans(), new BinnedMeans()];
  const percent = (milli: number): number => (100 * milli) / trace.capacityMilli;
  let [arrivedMilli, usedMilli] = [0, 0];
  for (const [at, request] of arrivals.entries()) {
    const claim = trial.submit(specs.requestOf(request, at));
    arrivedMilli += gpuMilliOf(request);
    if (claim !== null) {
      usedMilli += gpuMilliOf(request);
      gauge.add(claim);
    }
    const bin = Math.round(percent(arrivedMilli));
    allocated.add(bin, percent(usedMilli));
    fragment.add(bin, percent(gauge.milli()));
    await pace.step((at + 1) / arrivals.length);
  }
  trial.check();
  return { ...trial.summary(), allocated, fragment };
}
