import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import { migTableFormat, type MigListing } from './mig-listing.ts';
import { parseBoxTable, tableProblem } from './mig-table.ts';

/** One row of `mig -lgi`. */
export interface ListedGpuInstance {
  readonly gpuIndex: number;
  readonly profile: string;
  readonly giProfileId: number;
  readonly gpuInstanceId: number;
  readonly start: number;
  readonly size: number;
}

/** One row of `mig -lci`. */
export interface ListedComputeInstance {
  readonly gpuIndex: number;
  readonly gpuInstanceId: number;
  readonly profile: string;
  readonly ciProfileId: number;
  readonly computeInstanceId: number;
  /** In compute slices of its GPU instance; null where the driver is too old to tell. */
  readonly placement: { readonly start: number; readonly size: number } | null;
}

const gpuInstanceRow = /^(\d+)\s+(?:MIG\s+)?(\S+)\s+(\d+)\s+(\d+)\s+(\d+):(\d+)$/;
const computeInstanceRow =
  /^(\d+)\s+(\d+)\s+(?:MIG\s+)?(\S+)\s+(\d+)\*?\s+(\d+)(?:\s+(\d+):(\d+))?$/;

/** `mig -lgi`. */
export const migGpuInstancesFormat: Format<MigListing<ListedGpuInstance>> = migTableFormat({
  listing: 'gpu-instances',
  option: '-lgi',
  title: 'GPU instances:',
  emptyWords: /^No GPU instances? found(?:: Not Found|\.?$)/,
  parse: parseGpuInstances,
});

/** `mig -lci`. */
export const migComputeInstancesFormat: Format<MigListing<ListedComputeInstance>> = migTableFormat({
  listing: 'compute-instances',
  option: '-lci',
  title: 'Compute instances:',
  emptyWords: /^No compute instances? found(?:: Not Found|\.?$)/,
  parse: parseComputeInstances,
});

/** Parses `mig -lgi`: narrow before driver 510, wide after, wider since 550. */
export function parseGpuInstances(stdout: string): Result<readonly ListedGpuInstance[]> {
  const body = parseBoxTable(stdout);
  if (!body.ok) return body;
  const found: ListedGpuInstance[] = [];
  for (const row of body.value) {
    const match = gpuInstanceRow.exec(row.text.trim());
    if (match === null) return err(tableProblem(row, 'GPU instance'));
    const [gpuIndex = 0, giProfileId = 0, gpuInstanceId = 0, start = 0, size = 0] = [
      match[1],
      match[3],
      match[4],
      match[5],
      match[6],
    ].map(Number);
    found.push({ gpuIndex, profile: match[2] ?? '', giProfileId, gpuInstanceId, start, size });
  }
  return ok(found);
}

/** Parses `mig -lci`, with or without its placement column. */
export function parseComputeInstances(stdout: string): Result<readonly ListedComputeInstance[]> {
  const body = parseBoxTable(stdout);
  if (!body.ok) return body;
  const found: ListedComputeInstance[] = [];
  for (const row of body.value) {
    const match = computeInstanceRow.exec(row.text.trim());
    if (match === null) return err(tableProblem(row, 'compute instance'));
    found.push({
      gpuIndex: Number(match[1]),
      gpuInstanceId: Number(match[2]),
      profile: match[3] ?? '',
      ciProfileId: Number(match[4]),
      computeInstanceId: Number(match[5]),
      placement:
        match[6] === undefined ? null : { start: Number(match[6]), size: Number(match[7]) },
    });
  }
  return ok(found);
}
