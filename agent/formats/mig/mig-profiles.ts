import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { MigEngines } from '../../../shared/domain/mig-profile.ts';
import type { Format } from '../format.ts';
import { migTableFormat, type MigListing } from './mig-listing.ts';
import { parseBoxTable, tableProblem } from './mig-table.ts';

/** One profile of one card, as `mig -lgip` tells it. */
export interface ListedProfile {
  readonly gpuIndex: number;
  readonly name: string;
  readonly giProfileId: number;
  readonly instancesFree: number;
  readonly instancesMax: number;
  readonly memoryMib: number;
  readonly smCount: number;
  readonly copyEngines: number;
  readonly engines: MigEngines;
}

const firstLine =
  /^(\d+)\s+(?:MIG\s+)?(\S+)\s+(\d+)\s+(\d+)\/(\d+)\s+(\d+(?:\.\d+)?)\s+\S+\s+(\d+)\s+(\d+)\s+(\d+)$/;
const secondLine = /^(\d+)\s+(\d+)\s+(\d+)$/;

/** `mig -lgip`: empty on a card that cannot have MIG. */
export const migProfilesFormat: Format<MigListing<ListedProfile>> = migTableFormat({
  listing: 'gpu-instance-profiles',
  option: '-lgip',
  title: 'GPU instance profiles:',
  parse: parseMigProfiles,
});

/** Parses `mig -lgip`: two lines a profile, the second one holding copy engines, JPEG and OFA. */
export function parseMigProfiles(stdout: string): Result<readonly ListedProfile[]> {
  const body = parseBoxTable(stdout);
  if (!body.ok) return body;
  const profiles: ListedProfile[] = [];
  for (let at = 0; at < body.value.length; at += 2) {
    const row = body.value[at];
    const below = body.value[at + 1];
    if (row === undefined) break;
    const first = firstLine.exec(row.text.trim())?.slice(1);
    const second = secondLine.exec(below?.text.trim() ?? '')?.slice(1);
    if (first === undefined) return err(tableProblem(row, 'GPU instance profile'));
    if (second === undefined) return err(tableProblem(below ?? row, 'second line of a profile'));
    const [copyEngines = 0, jpeg = 0, ofa = 0] = second.map(Number);
    profiles.push({
      gpuIndex: Number(first[0]),
      name: first[1] ?? '',
      giProfileId: Number(first[2]),
      instancesFree: Number(first[3]),
      instancesMax: Number(first[4]),
      memoryMib: mibOfRoundedGib(Number(first[5])),
      smCount: Number(first[6]),
      copyEngines,
      engines: { nvdec: Number(first[7]), nvenc: Number(first[8]), jpeg, ofa },
    });
  }
  return ok(profiles);
}

/** Instance memory comes in these steps on every card we know of. */
const memoryStepMib = 64;

/**
 * The tool prints GiB with two decimals. The one multiple of 64 MiB that rounds to it is the truth; where there
 * is none, the low end of the rounding is taken, so that no more is promised than exists.
 */
export function mibOfRoundedGib(gib: number): number {
  const lowest = (gib - 0.005) * 1024;
  const stepped = Math.round((gib * 1024) / memoryStepMib) * memoryStepMib;
  return Math.abs(stepped - gib * 1024) <= 0.0051 * 1024
    ? stepped
    : Math.max(0, Math.floor(lowest));
}
