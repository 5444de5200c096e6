import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { textOf } from '../text/cell.ts';
import type { Format } from '../format.ts';
import { truncated } from '../text/saved-output.ts';
import { linesOf } from '../text/text.ts';

export interface SmiVersions {
  readonly nvidiaSmi: string | null;
  readonly nvml: string | null;
  /** From 610 on the tool calls it KMD version. */
  readonly driver: string | null;
  /** From 610 on the tool calls it CUDA UMD version. */
  readonly cuda: string | null;
}

const row = /^([A-Za-z][A-Za-z -]{1,30}?)\s{0,20}: {0,20}(.{1,120})$/;

/** `nvidia-smi --version` (550 and later). */
export const versionFormat: Format<SmiVersions> = {
  kind: 'smi-version',
  command: 'nvidia-smi --version',
  recognises: (text) => /^NVIDIA-SMI version\s{0,20}:/im.test(text.slice(0, 1_024)),
  parse: parseVersions,
};

function parseVersions(text: string): Result<SmiVersions> {
  const said = new Map<string, string>();
  for (const line of linesOf(text.slice(0, 8_192))) {
    const match = row.exec(line.trim());
    const value = match === null ? null : textOf(match[2]);
    if (match === null || value === null || value.startsWith('Deprecated')) continue;
    said.set((match[1] ?? '').trim().toLowerCase(), value);
  }
  const nvidiaSmi = said.get('nvidia-smi version') ?? null;
  const driver = said.get('driver version') ?? said.get('kmd version') ?? null;
  if (!text.endsWith('\n') && !said.has('cuda version') && !said.has('cuda umd version')) {
    return err(truncated('the last line'));
  }
  if (nvidiaSmi === null && driver === null) {
    return err({
      code: 'UNREADABLE',
      message: 'there is no line "NVIDIA-SMI version  : …"',
      hint: 'save it with nvidia-smi --version (550 or later)',
    });
  }
  const cuda = said.get('cuda version') ?? said.get('cuda umd version') ?? null;
  return ok({ nvidiaSmi, nvml: said.get('nvml version') ?? null, driver, cuda });
}
