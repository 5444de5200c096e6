import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import { notThisFormat, truncated } from '../text/saved-output.ts';
import { headOf, linesOf } from '../text/text.ts';

/** One line of the hierarchy. DCGM's own entity ids say nothing of where an instance is: this list does. */
export type DcgmEntity =
  | { readonly kind: 'gpu'; readonly entityId: number; readonly gpuUuid: string }
  | {
      readonly kind: 'gpu-instance';
      readonly entityId: number;
      readonly gpuUuid: string;
      /** As `nvidia-smi mig -lgi` numbers it. */
      readonly gpuInstanceId: number;
    }
  | {
      readonly kind: 'compute-instance';
      readonly entityId: number;
      readonly gpuUuid: string;
      readonly gpuInstanceId: number;
      readonly computeInstanceId: number;
    };

export interface DcgmHierarchy {
  readonly report: 'hierarchy';
  /** Each after its parent. */
  readonly entities: readonly DcgmEntity[];
}

const title = /^\| Instance Hierarchy\s{1,200}\|/m;
const gpuRow = /^\| GPU \d{1,4}\s{1,40}\| GPU (\S{1,120}) \(EntityID: (\d{1,9})\)\s{0,80}\|\s*$/;
const instanceRow =
  /^\|\s{1,8}-> I \d{1,4}\/(\d{1,4})\s{1,40}\| GPU Instance \(EntityID: (\d{1,9})\)\s{0,80}\|\s*$/;
const computeRow =
  /^\|\s{1,8}-> CI \d{1,4}\/(\d{1,4})\/(\d{1,4})\s{1,40}\| Compute Instance \(EntityID: (\d{1,9})\)\s{0,80}\|\s*$/;

/**
 * `dcgmi discovery -c`: `GPU 0 | GPU <uuid> (EntityID: 0)`, `-> I 0/13 | GPU Instance (EntityID: 3)`, where 0/13 are the
 * NVML index and GPU instance id (`dcgmi/Query.cpp`, DCGM 2.0 to 4.x; NVIDIA's user guide, "Verify enumeration by DCGM").
 */
export const dcgmHierarchyFormat: Format<DcgmHierarchy> = {
  kind: 'dcgm',
  command: 'dcgmi discovery -c',
  recognises: (text) => title.test(headOf(text)),
  parse: parseHierarchy,
};

function parseHierarchy(text: string): Result<DcgmHierarchy> {
  if (!title.test(headOf(text))) return err(notThisFormat(text, 'hierarchy of dcgmi'));
  const lines = linesOf(text);
  const entities: DcgmEntity[] = [];
  let gpuUuid: string | null = null;
  for (const line of lines) {
    const gpu = gpuRow.exec(line);
    if (gpu !== null) {
      gpuUuid = gpu[1] ?? '';
      entities.push({ kind: 'gpu', entityId: Number(gpu[2]), gpuUuid });
    }
    // An instance without its card above belongs to an excerpt.
    if (gpuUuid === null) continue;
    const instance = instanceRow.exec(line);
    if (instance !== null) {
      const [, gpuInstanceId, entityId] = instance.map(Number);
      entities.push({
        kind: 'gpu-instance',
        entityId: entityId ?? 0,
        gpuUuid,
        gpuInstanceId: gpuInstanceId ?? 0,
      });
    }
    const compute = computeRow.exec(line);
    if (compute !== null) {
      const [, gpuInstanceId, computeInstanceId, entityId] = compute.map(Number);
      entities.push({
        kind: 'compute-instance',
        entityId: entityId ?? 0,
        gpuUuid,
        gpuInstanceId: gpuInstanceId ?? 0,
        computeInstanceId: computeInstanceId ?? 0,
      });
    }
  }
  // The frame closes every list.
  if (!/^\+-[-+]{4,200}\+\s*$/.test(lines.at(-1) ?? ''))
    return err(truncated(`line ${lines.length}`));
  return ok({ report: 'hierarchy', entities });
}
