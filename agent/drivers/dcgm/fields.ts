import type { DcgmReading } from './dcgmi.ts';

export interface DcgmField {
  readonly id: number;
  /** As the head of `dcgmi dmon` names it (`dcgmi dmon -l`). */
  readonly column: string;
  readonly key: keyof DcgmReading;
}

/** In the order of what we would miss most. A card that refuses one is asked for the others. */
export const dcgmFields: readonly DcgmField[] = [
  { id: 1001, column: 'GRACT', key: 'engineActiveRatio' },
  { id: 1002, column: 'SMACT', key: 'smActiveRatio' },
  { id: 1005, column: 'DRAMA', key: 'memoryActiveRatio' },
  { id: 1004, column: 'TENSO', key: 'tensorActiveRatio' },
  { id: 1003, column: 'SMOCC', key: 'smOccupancyRatio' },
  { id: 1009, column: 'PCITX', key: 'pcieSentBytesPerS' },
  { id: 1010, column: 'PCIRX', key: 'pcieReceivedBytesPerS' },
];

/** What a row of `dmon` says, by our names. A ratio above 1 is a counter's hiccup: nothing is made of it. */
export function readingOf(values: Readonly<Record<string, string | number | null>>): DcgmReading {
  const found: Record<keyof DcgmReading, number | null> = {
    engineActiveRatio: null,
    smActiveRatio: null,
    smOccupancyRatio: null,
    tensorActiveRatio: null,
    memoryActiveRatio: null,
    pcieSentBytesPerS: null,
    pcieReceivedBytesPerS: null,
  };
  for (const { column, key } of dcgmFields) {
    const value = values[column];
    if (typeof value !== 'number' || value < 0) continue;
    if (key.endsWith('Ratio') && value > 1) continue;
    found[key] = value;
  }
  return found;
}

export function isBlank(reading: DcgmReading): boolean {
  return dcgmFields.every(({ key }) => reading[key] === null);
}
