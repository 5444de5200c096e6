import type { Authority, Isolation } from '../domain/gpu.ts';
import type { GpuNeed } from '../domain/model.ts';
import type { SliceKind } from '../domain/slice.ts';
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
    authorityFloor,
  };
}

/** Finest first: at equal cost the finer cut is taken. */
const kinds: readonly SliceKind[] = ['mps', 'mig', 'whole', 'timeshare'];

/** The kinds of slice that are separate enough for a need. */
export function kindsAdmitted(need: Need): readonly SliceKind[] {
  return kinds.filter((kind) => isolationSatisfies(sliceIsolation(kind), need.isolation));
}
