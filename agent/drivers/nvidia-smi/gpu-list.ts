import { parseGpuUuid, type GpuUuid } from '../../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../../shared/domain/result.ts';

/** A MIG device as `-L` shows it. Its index is not stable, its UUID lives as long as the instance. */
export interface ListedMigDevice {
  readonly deviceIndex: number;
  /** Of its compute instance: `1g.10gb` also for a `1g.10gb+me`, `1c.3g.40gb` for a part of one. */
  readonly name: string;
  /** `MIG-<uuid>`, or `MIG-GPU-<uuid>/<gi>/<ci>` before driver 470. */
  readonly uuid: string;
}

export interface ListedGpu {
  readonly index: number;
  readonly productName: string;
  readonly uuid: GpuUuid;
  readonly migDevices: readonly ListedMigDevice[];
}

const gpuLine = /^GPU\s+(\d+):\s+(.*?)\s+\(UUID:\s*(GPU-[^)]+)\)$/;
const migLine = /^\s+MIG\s+(\S+)\s+Device\s+(\d+):\s+\(UUID:\s*(MIG-[^)]+)\)$/;
const complaint = /^(Unable to |WARNING|Warning: )/;

/** Parses `nvidia-smi -L`, in the spacing of drivers 450 to 610. A lost card is listed as if it were healthy. */
export function parseGpuList(stdout: string): Result<readonly ListedGpu[]> {
  const gpus: { gpu: Omit<ListedGpu, 'migDevices'>; migDevices: ListedMigDevice[] }[] = [];
  for (const [at, raw] of stdout.split('\n').entries()) {
    const text = raw.trimEnd();
    if (text === '' || complaint.test(text)) continue;
    const gpu = gpuLine.exec(text);
    if (gpu !== null) {
      const uuid = parseGpuUuid(gpu[3] ?? '');
      if (!uuid.ok) return err({ ...uuid.problem, path: `line ${at + 1}` });
      const index = Number(gpu[1]);
      gpus.push({ gpu: { index, productName: gpu[2] ?? '', uuid: uuid.value }, migDevices: [] });
      continue;
    }
    const mig = migLine.exec(text);
    const parent = gpus.at(-1);
    if (mig === null || parent === undefined) {
      return err({
        code: 'LIST_LINE',
        path: `line ${at + 1}`,
        message: `${JSON.stringify(text.slice(0, 120))} is no line of a GPU list`,
      });
    }
    parent.migDevices.push({
      name: mig[1] ?? '',
      deviceIndex: Number(mig[2]),
      uuid: mig[3] ?? '',
    });
  }
  return ok(gpus.map(({ gpu, migDevices }) => ({ ...gpu, migDevices })));
}
