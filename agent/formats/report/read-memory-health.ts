import { numberOf } from '../text/cell.ts';
import { camelCase } from '../text/names.ts';
import { quantity, words } from './fields.ts';
import type { EccCounts, RowRemapAvailability } from './report.ts';
import { elementsOf, sectionAt, type Tree } from './tree.ts';

/** What a card says of the errors of its memory, and of the rows and pages that it has given up for them. */
export function readMemoryHealth(gpu: Tree) {
  const ecc = sectionAt(gpu, 'ecc_errors') ?? {};
  const retired = sectionAt(gpu, 'retired_pages') ?? {};
  const remapped = sectionAt(gpu, 'remapped_rows') ?? {};
  return {
    eccVolatile: readEccCounts(sectionAt(ecc, 'volatile')),
    eccAggregate: readEccCounts(sectionAt(ecc, 'aggregate')),
    sramThresholdExceeded: words(ecc, 'aggregate/sram_threshold_exceeded'),
    channelRepairPending: words(ecc, 'channel_repair_pending'),
    tpcRepairPending: words(ecc, 'tpc_repair_pending'),
    unrepairableMemory: words(ecc, 'unrepairable_memory'),
    pendingRetirement: words(retired, 'pending_retirement', 'pending_page_blacklist'),
    retiredPagesSingleBit: quantity(
      retired,
      undefined,
      'multiple_single_bit_retirement/retired_count',
      'single_bit_ecc',
    ),
    retiredPagesDoubleBit: quantity(
      retired,
      undefined,
      'double_bit_retirement/retired_count',
      'double_bit_ecc',
    ),
    remappedRowsPending: words(remapped, 'remapped_row_pending', 'pending'),
    remappedRowsFailure: words(remapped, 'remapped_row_failure', 'remapping_failure_occurred'),
    remappedRowsCorrectable: quantity(
      remapped,
      undefined,
      'remapped_row_corr',
      'correctable_error',
    ),
    remappedRowsUncorrectable: quantity(
      remapped,
      undefined,
      'remapped_row_unc',
      'uncorrectable_error',
    ),
    rowRemapAvailability: readAvailability(remapped),
  };
}

/** Names that the text spells otherwise than the XML. */
const countsByLabel: ReadonlyMap<string, string> = new Map([
  ['sram_uncorrectable_sec_ded', 'sram_uncorrectable_secded'],
  ['texture_shared', 'texture_shm'],
]);

/** All counters that are there, whatever the generation: 418 and older count by bits and units, 535 splits SRAM. */
function readEccCounts(section: Tree | null): EccCounts | null {
  if (section === null) return null;
  const counts: Record<string, number | null> = {};
  for (const [name, body] of elementsOf(section)) {
    if (typeof body === 'string') {
      counts[camelCase(countsByLabel.get(name) ?? name)] = numberOf(body);
      continue;
    }
    for (const [unit] of elementsOf(sectionAt(section, name))) {
      const inner = camelCase(countsByLabel.get(unit) ?? unit);
      counts[`${camelCase(name)}.${inner}`] = quantity(section, undefined, `${name}/${unit}`);
    }
  }
  return counts;
}

function readAvailability(remapped: Tree): RowRemapAvailability | null {
  const section = sectionAt(
    remapped,
    'row_remapper_histogram',
    'bank_remap_availability_histogram',
  );
  if (section === null) return null;
  const banks = (level: string) =>
    quantity(section, 'bank(s)', `row_remapper_histogram_${level}`, level);
  return {
    max: banks('max'),
    high: banks('high'),
    partial: banks('partial'),
    low: banks('low'),
    none: banks('none'),
  };
}
