import { parseGpuUuid, type GpuUuid } from '../../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import {
  headLines,
  isAside,
  isNotice,
  lineProblem,
  notThisFormat,
  stopsInIndentation,
  truncated,
} from '../text/saved-output.ts';
import { linesOf } from '../text/text.ts';

/** A MIG device as `-L` shows it. Its index is not stable, its UUID lives as long as the instance. */
export interface ListedMigDevice {
  readonly index: number;
  /** Of its compute instance: `1g.10gb` also for a `1g.10gb+me`, `1c.3g.40gb` for a part of one. */
  readonly profileName: string;
  /** `MIG-<uuid>`, or `MIG-GPU-<uuid>/<gi>/<ci>` before driver 470. */
  readonly uuid: string;
  /** Told by the old UUIDs alone; null since driver 470. */
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
}

export interface ListedGpu {
  readonly index: number;
  readonly name: string;
  readonly uuid: GpuUuid;
  readonly migDevices: readonly ListedMigDevice[];
}

interface GpuList {
  readonly gpus: readonly ListedGpu[];
  /** Cards that do not open: told in a line of their own, and missing from the list. */
  readonly notices: readonly string[];
}

/** `nvidia-smi -L`, drivers 340 to 610. */
export const gpuListFormat: Format<GpuList> = {
  kind: 'smi-list',
  command: 'nvidia-smi -L',
  recognises: recognisesGpuList,
  parse: parseListed,
};

const gpuLine = /^GPU\s{1,4}(\d{1,4}): {1,4}(\S.{0,200}?) {1,4}\(UUID: {0,4}(GPU-[^)]{1,100})\)$/;
const migLine =
  /^\s{1,8}MIG {1,4}(\S{1,60}) {1,40}Device {1,4}(\d{1,3}): {1,4}\(UUID: {0,4}(MIG-[^)]{1,140})\)$/;
const oldStyle = /^MIG-GPU-[^/]{1,100}\/(\d{1,4})\/(\d{1,4})$/;

/** Parses `nvidia-smi -L`, in the spacing of drivers 450 to 610. A lost card is listed as if it were healthy. */
export function parseGpuList(stdout: string): Result<GpuList> {
  const gpus: { gpu: Omit<ListedGpu, 'migDevices'>; migDevices: ListedMigDevice[] }[] = [];
  const notices: string[] = [];
  const lines = linesOf(stdout);
  for (const [at, raw] of lines.entries()) {
    const text = raw.trimEnd();
    const gpu = gpuLine.exec(text);
    if (gpu !== null) {
      const uuid = parseGpuUuid(gpu[3] ?? '');
      if (!uuid.ok) return err({ ...uuid.problem, path: `line ${at + 1}` });
      const index = Number(gpu[1]);
      gpus.push({ gpu: { index, name: gpu[2] ?? '', uuid: uuid.value }, migDevices: [] });
      continue;
    }
    const mig = migLine.exec(text);
    const parent = gpus.at(-1);
    if (mig !== null && parent !== undefined) parent.migDevices.push(migDevice(mig));
    else if (isNotice(text)) notices.push(text.trim());
    else if (!isAside(text)) {
      return err(lineProblem(stdout, lines, at, { code: 'LIST_LINE', what: 'line of a GPU list' }));
    }
  }
  return ok({ gpus: gpus.map(({ gpu, migDevices }) => ({ ...gpu, migDevices })), notices });
}

function migDevice(match: RegExpExecArray): ListedMigDevice {
  const uuid = match[3] ?? '';
  const ids = oldStyle.exec(uuid);
  return {
    index: Number(match[2]),
    profileName: match[1] ?? '',
    uuid,
    gpuInstanceId: ids === null ? null : Number(ids[1]),
    computeInstanceId: ids === null ? null : Number(ids[2]),
  };
}

/** `nvlink` prints the same lines for cards, but goes on with links or with why there are none. */
function recognisesGpuList(text: string): boolean {
  const lines = headLines(text).filter((line) => !isAside(line) && !isNotice(line));
  return (
    lines.some((line) => gpuLine.test(line.trimEnd())) &&
    lines.every((line) => /^(?:GPU |\s+MIG )/.test(line))
  );
}

function parseListed(text: string): Result<GpuList> {
  const list = parseGpuList(text);
  if (list.ok && list.value.gpus.length === 0) return err(notThisFormat(text, 'list of GPUs'));
  const lines = linesOf(text);
  return list.ok && stopsInIndentation(text, lines) ? err(truncated(`line ${lines.length}`)) : list;
}
