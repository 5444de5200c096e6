import { numberOf, textOf } from '../text/cell.ts';
import { readGpu } from './read-gpu.ts';
import type { GpuReport } from './report.ts';
import { textAt, type Tree } from './tree.ts';

/** A card and the id in its heading. */
export interface GpuSection {
  readonly id: string | null;
  readonly tree: Tree;
}

/** Where a report was found: what is said around its elements. */
export interface ReportPlace {
  readonly dtd: string | null;
  readonly samples: number;
  readonly notices: readonly string[];
}

/** The report of either dialect of `-q`. Not found in `head` is null: excerpts hold cards only. */
export function readReport(head: Tree, gpus: readonly GpuSection[], place: ReportPlace): GpuReport {
  return {
    dtd: place.dtd,
    driverVersion: version(textAt(head, 'driver_version', 'kmd_version')),
    cudaVersion: version(textAt(head, 'cuda_version', 'cuda_umd_version')),
    attachedGpus: numberOf(textAt(head, 'attached_gpus')),
    gpuCount: gpus.length,
    gpus: gpus.map((gpu) => readGpu(gpu.tree, gpu.id)),
    timestamp: textOf(textAt(head, 'timestamp')),
    samples: place.samples,
    notices: place.notices,
  };
}

/** 610 prints `610.57.04 [Deprecated; will be removed in CUDA 14.0. Use KMD Version instead]`. */
function version(raw: string | undefined): string | null {
  return textOf(raw?.split(' [', 1)[0]);
}
