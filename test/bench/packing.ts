import type { BenchOptions, BenchRow } from './bench-row.ts';
import { packingArrivalRows } from './packing/arrivals.ts';
import { packingChurnRows } from './packing/churn.ts';
import { packingMigRows } from './packing/mig-churn.ts';
import { packingMixedRows } from './packing/mixed.ts';
import { allLists, type PackingOptions } from './packing/packing-options.ts';
import { packingSpreadRows } from './packing/spread.ts';

const sample = ['default', 'gpuspec33'] as const;
const [seedsOfSample, seedsOfAll] = [2, 5];

/** How well the engine packs: the public trace with and without departures, MIG, limits per node, a mixed cluster. */
export async function packingRows(asked: BenchOptions): Promise<readonly BenchRow[]> {
  const options = optionsOf(asked);
  const parts = [
    packingArrivalRows,
    packingChurnRows,
    packingMigRows,
    packingSpreadRows,
    packingMixedRows,
  ];
  const rows: BenchRow[] = [];
  for (const part of parts) rows.push(...(await part(options)));
  return rows;
}

function optionsOf({ lists, seeds, quick }: BenchOptions): PackingOptions {
  const unknown = lists?.find((list) => !allLists.some((each) => each === list));
  if (unknown !== undefined) {
    throw new Error(`there is no list ${unknown}; known are ${allLists.join(', ')}`);
  }
  return {
    lists: lists ?? (quick ? sample : allLists),
    seeds: seeds ?? (quick ? seedsOfSample : seedsOfAll),
    quick,
  };
}
