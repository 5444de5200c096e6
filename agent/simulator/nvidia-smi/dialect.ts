import type { Card } from '../../../shared/domain/card.ts';

/** What differs between driver generations. Everything else prints as 550 does. */
export interface Dialect {
  readonly driverVersion: string;
  /** 550 of 550.163.01. */
  readonly major: number;
  /** `550.163`: what NVML calls itself. */
  readonly nvmlVersion: string;
  readonly cudaVersion: string;
  readonly dtd: string;
}

/** The newest driver major that this table knows to bring each CUDA version. */
const cudaByMajor: readonly (readonly [number, string])[] = [
  [590, '13.1'],
  [580, '13.0'],
  [575, '12.9'],
  [570, '12.8'],
  [565, '12.7'],
  [560, '12.6'],
  [555, '12.5'],
  [550, '12.4'],
  [545, '12.3'],
  [535, '12.2'],
  [530, '12.1'],
  [525, '12.0'],
  [515, '11.7'],
  [510, '11.6'],
  [0, '11.4'],
];

const driverVersionDefault = '550.163.01';
/** The first that knows every Blackwell board here. */
const driverVersionBlackwell = '580.105.08';

/** What a host with these cards would most likely run, when nobody says. */
export function driverVersionFor(cards: readonly Card[]): string {
  const newest = cards.some((card) => card.architecture === 'Blackwell');
  return newest ? driverVersionBlackwell : driverVersionDefault;
}

const driverVersionPattern = /^(\d{3})\.(\d{1,3})(?:\.(\d{1,2}))?$/;
/** Older ones name MIG devices differently and newer ones were not captured. */
const majorMin = 470;
const majorMax = 599;

/** undefined: not a driver version that the simulator can speak as. */
export function dialectOf(driverVersion: string): Dialect | undefined {
  const match = driverVersionPattern.exec(driverVersion);
  const major = Number(match?.[1]);
  if (match === null || major < majorMin || major > majorMax) return undefined;
  return {
    driverVersion,
    major,
    nvmlVersion: `${match[1] ?? ''}.${match[2] ?? ''}`,
    cudaVersion: cudaByMajor.find(([from]) => major >= from)?.[1] ?? '11.4',
    dtd:
      major >= 580
        ? 'nvsmi_device_v13.dtd'
        : major >= 525
          ? 'nvsmi_device_v12.dtd'
          : 'nvsmi_device_v11.dtd',
  };
}

/** NVML's words, and the exit status that goes with them. Statuses above 15 are NVML's own return codes. */
export const nvmlErrors = {
  'Invalid Argument': 2,
  'Not Supported': 3,
  'Insufficient Permissions': 4,
  'Not Found': 6,
  'In use by another client': 19,
  'Insufficient Resources': 23,
  'Unknown Error': 255,
} as const;
export type NvmlError = keyof typeof nvmlErrors;

/** `%2u`, as all id columns of the tool are printed. */
export function id2(value: number): string {
  return String(value).padStart(2);
}

/** `%.2f` rounds ties to even in the exact binary value; `toFixed` rounds them up. */
export function fixed2(value: number): string {
  const scaled = value * 100;
  const below = Math.floor(scaled);
  const isTie = scaled - below === 0.5;
  const rounded = isTie ? (below % 2 === 0 ? below : below + 1) : Math.round(scaled);
  return (rounded / 100).toFixed(2);
}
