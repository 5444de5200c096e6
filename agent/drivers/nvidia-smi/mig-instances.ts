import { err, ok, type Result } from '../../../shared/domain/result.ts';
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
  readonly computeInstanceId: number;
}

const gpuInstanceRow = /^\s*(\d+)\s+(?:MIG\s+)?(\S+)\s+(\d+)\s+(\d+)\s+(\d+):(\d+)\s*$/;
const computeInstanceRow =
  /^\s*(\d+)\s+(\d+)\s+(?:MIG\s+)?(\S+)\s+(\d+)\*?\s+(\d+)(?:\s+\d+:\d+)?\s*$/;

/** Parses `mig -lgi`: narrow before driver 510, wide after, wider since 550. */
export function parseGpuInstances(stdout: string): Result<readonly ListedGpuInstance[]> {
  const body = parseBoxTable(stdout);
  if (!body.ok) return body;
  const found: ListedGpuInstance[] = [];
  for (const row of body.value) {
    const match = gpuInstanceRow.exec(row.text);
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
    const match = computeInstanceRow.exec(row.text);
    if (match === null) return err(tableProblem(row, 'compute instance'));
    found.push({
      gpuIndex: Number(match[1]),
      gpuInstanceId: Number(match[2]),
      profile: match[3] ?? '',
      computeInstanceId: Number(match[5]),
    });
  }
  return ok(found);
}
