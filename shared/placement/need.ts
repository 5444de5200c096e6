import type { Authority, Isolation } from '../domain/gpu.ts';
import type { GpuNeed } from '../domain/model.ts';
import type { SliceKind } from '../domain/slice.ts';
import { isCardNamed } from '../domain/card.ts';
import { isolationSatisfies } from '../domain/gpu.ts';
import { sliceIsolation } from '../domain/slice.ts';

/** What one replica asks of each card, in the form that cards are judged by. */
export interface Need {
  /** Equal keys are equal needs: verdicts are remembered under it. */
  readonly key: string;
  readonly memoryMib: number;
  readonly computePercent: number;
  readonly isolation: Isolation;
  readonly count: number;
  readonly processes: number;
  readonly models: readonly string[];
  /** Whether a card of that product, as the driver names it, is one of `models`. */
  readonly admits: (productName: string) => boolean;
  /** Cards are judged as if they had at least this authority. `observe` outside what-if questions. */
  readonly authorityFloor: Authority;
}

/** The need of a model; several cards are always whole cards. */
export function needOf(gpu: GpuNeed, authorityFloor: Authority = 'observe'): Need {
  const isolation = gpu.count > 1 ? 'whole' : gpu.isolation;
  const models = gpu.models.toSorted();
  const numbers = [gpu.memoryMib, gpu.computePercent, gpu.count, gpu.processes].join(',');
  return {
    key: `${numbers}|${isolation}|${authorityFloor}|${JSON.stringify(models)}`,
    memoryMib: gpu.memoryMib,
    computePercent: gpu.computePercent,
    isolation,
    count: gpu.count,
    processes: gpu.processes,
    models,
    admits: admitting(models),
    authorityFloor,
  };
}

/** Names are compared once for each product: a cluster has thousands of cards of a few. */
function admitting(models: readonly string[]): Need['admits'] {
  if (models.length === 0) return () => true;
  const known = new Map<string, boolean>();
  return (productName) => {
    let admitted = known.get(productName);
    if (admitted === undefined) {
      admitted = models.some((each) => isCardNamed(productName, each));
      known.set(productName, admitted);
    }
    return admitted;
  };
}

/** Finest first: at equal cost the finer cut is taken. */
const kinds: readonly SliceKind[] = ['mps', 'mig', 'whole', 'timeshare'];

/** The kinds of slice that are separate enough for a need. */
export function kindsAdmitted(need: Need): readonly SliceKind[] {
  return kinds.filter((kind) => isolationSatisfies(sliceIsolation(kind), need.isolation));
}
