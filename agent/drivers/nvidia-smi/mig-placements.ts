import { err, ok, type Result } from '../../../shared/domain/result.ts';

/** Where one profile may start on one card, as `mig -lgipp` tells it. */
export interface ListedPlacements {
  readonly gpuIndex: number;
  readonly giProfileId: number;
  readonly starts: readonly number[];
  /** In memory slices: 3g has size 4 and 7g has size 8 on an A100. */
  readonly size: number;
}

const placementLine = /^GPU\s+(\d+)\s+Profile ID\s+(\d+)\s+Placements?\s*:\s*\{([\d,\s]*)\}:(\d+)$/;
const emptyListing = /^(No MIG-(enabled|supported) devices found|No devices were found)/;

/** Parses `mig -lgipp`; one placement is written `Placement : {0}:8`, several `Placements: {0,4}:4`. */
export function parseMigPlacements(stdout: string): Result<readonly ListedPlacements[]> {
  const found: ListedPlacements[] = [];
  for (const [at, raw] of stdout.split('\n').entries()) {
    const text = raw.trim();
    if (text === '' || /^(Unable to |WARNING|Warning: )/.test(text)) continue;
    if (emptyListing.test(text)) return ok([]);
    const match = placementLine.exec(text);
    if (match === null) {
      return err({
        code: 'PLACEMENT_LINE',
        path: `line ${at + 1}`,
        message: `${JSON.stringify(text.slice(0, 120))} is no list of placements`,
      });
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
