import type { Claim } from '../../shared/domain/claim.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { Random } from './random.ts';
import type { RunOptions } from './run-arrivals.ts';
import { TimeQueue } from './time-queue.ts';
import { placementNodeOf, rankNodes } from './trace-cluster.ts';
import { demandOf, RequestSpecs } from './trace-requests.ts';
import type { Trace, TraceRequest } from './trace.ts';
import { gpuMilliOf } from './trace.ts';
import type { TrialSummary } from './trial.ts';
import { Trial } from './trial.ts';

const arrivalsCount = 30_000;

/** What arrivals with departures came to. */
export interface ChurnResult extends TrialSummary {
  /** GPU milli that was placed, in percent of what was asked for, once the cluster had filled. */
  readonly acceptedGpuPercent: number;
}

/**
 * Requests drawn from the list arrive as a Poisson process and stay for exponential lives of mean 1, so that they would use `load` of the
 * capacity if all were placed; what fits nowhere is lost. The first third fills the cluster and does not count.
 * What arrives, when and for how long depends on the seed alone, so policies are compared on the same stream.
 */
export async function runChurn(
  trace: Trace,
  load: number,
  { policy, seed, pace }: RunOptions,
): Promise<ChurnResult> {
  const nodes = rankNodes(trace.nodes, new Random(seed, 'nodes')).map(placementNodeOf);
  const demand = demandOf(trace.requests);
  const trial = new Trial({ nodes, demand, policy, seed, clock: pace.clock });
  const specs = new RequestSpecs();
  const leaving = new TimeQueue<Claim>();
  let [askedMilli, acceptedMilli] = [0, 0];
  for (const [at, { request, time, life }] of stream(trace, load, seed).entries()) {
    while (leaving.nextAt() <= time) endNext(leaving, trial);
    const claim = trial.submit(specs.requestOf(request, at));
    if (claim !== null) leaving.add(time + life, claim);
    if (at >= arrivalsCount / 3) {
      askedMilli += gpuMilliOf(request);
      if (claim !== null) acceptedMilli += gpuMilliOf(request);
    }
    await pace.step((at + 1) / arrivalsCount);
  }
  trial.check();
  return { ...trial.summary(), acceptedGpuPercent: (100 * acceptedMilli) / askedMilli };
}

interface Arrival {
  readonly request: TraceRequest;
  /** In mean lives. */
  readonly time: number;
  readonly life: number;
}

function stream(trace: Trace, load: number, seed: number): readonly Arrival[] {
  const random = new Random(seed, 'churn');
  const listMilli = trace.requests.reduce((sum, request) => sum + gpuMilliOf(request), 0);
  if (listMilli === 0) {
    throw new AppError('REQUEST_INVALID', 'no request of the list asks for a GPU', {
      hint: 'a load of GPUs needs requests for GPUs',
    });
  }
  const perLife = (load * trace.capacityMilli * trace.requests.length) / listMilli;
  let time = 0;
  return Array.from({ length: arrivalsCount }, () => {
    time += random.exponential() / perLife;
    return { request: random.pick(trace.requests), time, life: random.exponential() };
  });
}

function endNext(leaving: TimeQueue<Claim>, trial: Trial): void {
  const claim = leaving.take();
  if (claim !== undefined) trial.end(claim);
}
