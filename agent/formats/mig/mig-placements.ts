import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import { migRefusal } from './mig-changes.ts';
import type { MigListing } from './mig-listing.ts';
import { headLines, isAside, isNotice, lineProblem, notThisFormat } from '../text/saved-output.ts';
import { linesOf } from '../text/text.ts';

/** Where one profile may start on one card, as `mig -lgipp` tells it. */
export interface ListedPlacements {
  readonly gpuIndex: number;
  readonly giProfileId: number;
  readonly starts: readonly number[];
  /** In memory slices: 3g has size 4 and 7g has size 8 on an A100. */
  readonly size: number;
}

/** `mig -lgipp`. */
export const migPlacementsFormat: Format<MigListing<ListedPlacements>> = {
  kind: 'mig',
  command: 'nvidia-smi mig -lgipp',
  recognises: (text) => headLines(text).some((line) => placementLine.test(line.trim())),
  parse: (text) => {
    const refusal = migRefusal(text);
    if (refusal !== null) return err(refusal);
    const found = parseMigPlacements(text);
    if (!found.ok) return found;
    return found.value.length === 0
      ? err(notThisFormat(text, 'output of mig -lgipp'))
      : ok({ listing: 'gpu-instance-placements', rows: found.value });
  },
};

const placementLine =
  /^GPU\s{1,4}(\d{1,4}) Profile ID\s{1,4}(\d{1,4}) Placements?\s?: ?\{([\d, ]{0,200})\}:(\d{1,3})$/;
const emptyListing = /^(No MIG-(enabled|supported) devices found|No devices were found)/;

/** Parses `mig -lgipp`; one placement is written `Placement : {0}:8`, several `Placements: {0,4}:4`. */
export function parseMigPlacements(stdout: string): Result<readonly ListedPlacements[]> {
  const found: ListedPlacements[] = [];
  const lines = linesOf(stdout);
  for (const [at, raw] of lines.entries()) {
    const text = raw.trim();
    if (isAside(text) || isNotice(text)) continue;
    if (emptyListing.test(text)) return ok([]);
    const match = placementLine.exec(text);
    if (match === null) {
      const otherwise = { code: 'PLACEMENT_LINE', what: 'list of placements' };
      return err(lineProblem(stdout, lines, at, otherwise));
    }
    const starts = (match[3] ?? '').split(',').filter((part) => part.trim() !== '');
    found.push({
      gpuIndex: Number(match[1]),
      giProfileId: Number(match[2]),
      starts: starts.map(Number),
      size: Number(match[4]),
    });
  }
  return ok(found);
}
