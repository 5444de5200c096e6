import { AppError } from '../../shared/platform/errors.ts';
import type { Random } from './random.ts';
import type { Trace, TraceRequest } from './trace.ts';
import { gpuMilliOf } from './trace.ts';

const arrivalsMax = 5_000_000;

/**
 * The order in which the requests of a list arrive: shuffled, then followed by clones of requests drawn from it until the next one
 * would ask for more than `inflate` times the capacity; a list that asks for more already loses requests drawn from it.
 * Throws REQUEST_INVALID for a list that can never get there.
 */
export function arrivalOrder(trace: Trace, inflate: number, random: Random): TraceRequest[] {
  const byName = trace.requests.toSorted((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
  );
  const arrivals = random.shuffled(byName);
  const limitMilli = inflate * trace.capacityMilli;
  const askedMilli = arrivals.reduce((sum, request) => sum + gpuMilliOf(request), 0);
  if (askedMilli === 0) {
    throw new AppError('REQUEST_INVALID', 'no request of the list asks for a GPU', {
      hint: 'a list without GPU requests cannot fill GPUs',
    });
  }
  return askedMilli > limitMilli
    ? thinned(arrivals, askedMilli - limitMilli, random)
    : inflated(arrivals, limitMilli - askedMilli, { originals: byName, random });
}

function inflated(
  arrivals: TraceRequest[],
  roomMilli: number,
  { originals, random }: { readonly originals: readonly TraceRequest[]; readonly random: Random },
): TraceRequest[] {
  let left = roomMilli;
  for (;;) {
    const clone = random.pick(originals);
    left -= gpuMilliOf(clone);
    if (left < 0) return arrivals;
    arrivals.push(clone);
    if (arrivals.length > arrivalsMax) {
      throw new AppError(
        'REQUEST_INVALID',
        `more than ${arrivalsMax} requests would have to arrive`,
        {
          hint: 'give fewer nodes or a lower --inflate: the requests are small beside the cluster',
        },
      );
    }
  }
}

function thinned(arrivals: TraceRequest[], excessMilli: number, random: Random): TraceRequest[] {
  const leaving = new Set<number>();
  let left = excessMilli;
  for (const at of random.shuffled([...arrivals.keys()])) {
    if (left <= 0) break;
    const request = arrivals[at];
    leaving.add(at);
    left -= request === undefined ? 0 : gpuMilliOf(request);
  }
  return arrivals.filter((_, at) => !leaving.has(at));
}
