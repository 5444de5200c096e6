import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import { migTableFormat, type MigListing } from './mig-listing.ts';
import { parseBoxTable, tableProblem } from './mig-table.ts';

/** What one GPU instance may be divided into, as `mig -lcip` tells it. */
interface ListedComputeProfile {
  readonly gpuIndex: number;
  readonly gpuInstanceId: number;
  readonly profile: string;
  readonly ciProfileId: number;
  /** Marked `*`: what `-C` and `-cci` without a profile make. */
  readonly isDefault: boolean;
  readonly instancesFree: number;
  readonly instancesMax: number;
  /** Its own; the engines are shared with the other compute instances of the GPU instance. */
  readonly smCount: number;
  readonly copyEngines: number;
  readonly engines: {
    readonly nvdec: number;
    readonly nvenc: number;
    readonly ofa: number;
    readonly jpeg: number;
  };
}

/** `mig -lcip`. */
export const migComputeProfilesFormat: Format<MigListing<ListedComputeProfile>> = migTableFormat({
  listing: 'compute-instance-profiles',
  option: '-lcip',
  title: 'Compute instance profiles:',
  emptyWords: /^No compute instance profiles? found(?:: Not Found|\.?$)/,
  parse: parseComputeProfiles,
});

const firstLine =
  /^(\d+)\s+(\d+)\s+(?:MIG\s+)?(\S+)\s+(\d+)(\*?)\s+(\d+)\/(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$/;
const secondLine = /^(\d+)\s+(\d+)$/;

/** Two lines a profile, the second one holding copy engines and JPEG. */
function parseComputeProfiles(text: string): Result<readonly ListedComputeProfile[]> {
  const body = parseBoxTable(text);
  if (!body.ok) return body;
  const profiles: ListedComputeProfile[] = [];
  for (let at = 0; at < body.value.length; at += 2) {
    const row = body.value[at];
    const below = body.value[at + 1];
    if (row === undefined) break;
    const first = firstLine.exec(row.text.trim());
    const second = secondLine.exec(below?.text.trim() ?? '');
    if (first === null) return err(tableProblem(row, 'compute instance profile'));
    if (second === null) return err(tableProblem(below ?? row, 'second line of a profile'));
    profiles.push({
      gpuIndex: Number(first[1]),
      gpuInstanceId: Number(first[2]),
      profile: first[3] ?? '',
      ciProfileId: Number(first[4]),
      isDefault: first[5] === '*',
      instancesFree: Number(first[6]),
      instancesMax: Number(first[7]),
      smCount: Number(first[8]),
      copyEngines: Number(second[1]),
      engines: {
        nvdec: Number(first[9]),
        nvenc: Number(first[10]),
        ofa: Number(first[11]),
        jpeg: Number(second[2]),
      },
    });
  }
  return ok(profiles);
}
