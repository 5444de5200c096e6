import { numberOf, parseCell, textOf } from '../text/cell.ts';
import type { TableGpu, TableMigDevice, TableProcess } from './table-report.ts';

/** The two or three lines of a card, without their outer bars; null when they are none. */
export function readGpuRow(lines: readonly string[]): TableGpu | null {
  const [top = [], middle = [], bottom = []] = lines.map(cellsOf);
  const naming = readNaming(top[0] ?? '');
  if (naming === null) return null;
  const bus = tokensOf(top[1] ?? '');
  const gauges = readGauges(middle[0] ?? '');
  const memory = pairOf(middle[1] ?? '');
  const ecc = (top[2] ?? '').trim();
  const load = tokensOf(middle[2] ?? '');
  const mig = readMigMode(bottom[2] ?? '');
  const cells = [middle[1] ?? '', ecc, ...bus, ...load, ...gauges.raw];
  const errorBodies = errorsIn(cells);
  return {
    ...naming,
    pciBusId: textOf(bus[0]),
    displayActive: textOf(bus[1]),
    fanSpeedPct: gauges.fanSpeedPct,
    temperatureGpuC: gauges.temperatureGpuC,
    performanceState: gauges.performanceState,
    powerDrawW: gauges.powerDrawW,
    powerLimitW: gauges.powerLimitW,
    memoryUsedMib: numberOf(memory[0], 'MiB'),
    memoryTotalMib: numberOf(memory[1], 'MiB'),
    utilizationGpuPct: numberOf(load[0], '%'),
    computeMode: computeModeOf(load.slice(1).join(' ')),
    ...mig,
    ...readEcc(ecc),
    errorBodies,
    lost: errorBodies.includes('GPU is lost'),
  };
}

/** A card in the table of `nvidia-smi vgpu`: below its one line stand its vGPUs, which are no gauges. */
export function readVgpuHostRow([line = '']: readonly string[]): TableGpu | null {
  const gpu = readGpuRow([line]);
  if (gpu === null) return null;
  const utilizationGpuPct = numberOf(cellsOf(line)[2]?.trim(), '%');
  return { ...gpu, utilizationGpuPct, eccModeCurrent: null, eccUncorrectedVolatile: null };
}

/** The two lines of a MIG device; null when they are none. */
export function readMigRow(lines: readonly string[]): TableMigDevice | null {
  const [top = [], bottom = []] = lines.map(cellsOf);
  const ids = tokensOf(top[0] ?? '');
  const gpuIndex = wholeOf(ids[0]);
  if (gpuIndex === null) return null;
  const memory = pairOf(top[1] ?? '');
  const bar1 = pairOf(bottom[1] ?? '');
  const counts = tokensOf(top[2] ?? '');
  const engines = tokensOf(top[3] ?? '');
  return {
    gpuIndex,
    gpuInstanceId: wholeOf(ids[1]),
    computeInstanceId: wholeOf(ids[2]),
    index: wholeOf(ids[3]),
    fbUsedMib: numberOf(memory[0], 'MiB'),
    fbTotalMib: numberOf(memory[1], 'MiB'),
    bar1UsedMib: numberOf(bar1[0], 'MiB'),
    bar1TotalMib: numberOf(bar1[1], 'MiB'),
    multiprocessorCount: wholeOf(counts[0]),
    eccSramUncorrectableVolatile: wholeOf(counts[1]),
    copyEngineCount: wholeOf(engines[0]),
    encoderCount: wholeOf(engines[1]),
    decoderCount: wholeOf(engines[2]),
    ofaCount: wholeOf(engines[3]),
    jpgCount: wholeOf(engines[4]),
  };
}

/** Which columns the box of processes has. */
interface ProcessColumns {
  /** GPU and compute instance: since 450. */
  readonly hasInstances: boolean;
  /** Since 343. */
  readonly hasType: boolean;
}

/** One process: GPU, its two instances, PID, type, name, memory. Null for other rows of the box. */
export function readProcessRow(
  line: string,
  { hasInstances, hasType }: ProcessColumns,
): TableProcess | null {
  const inner = (cellsOf(line)[0] ?? '').trim();
  const words = tokensOf(inner);
  const pidAt = hasInstances ? 3 : 1;
  const leading = pidAt + (hasType ? 2 : 1);
  const gpuIndex = wholeOf(words[0]);
  const pid = wholeOf(words[pidAt]);
  if (gpuIndex === null || pid === null || words.length <= leading) return null;
  // Names hold blanks: what stands between the type and the last word, as printed.
  const nameAt = afterWords(inner, leading);
  const memoryAt = inner.lastIndexOf(' ') + 1;
  return {
    gpuIndex,
    gpuInstanceId: hasInstances ? wholeOf(words[1]) : null,
    computeInstanceId: hasInstances ? wholeOf(words[2]) : null,
    pid,
    type: hasType ? textOf(words[pidAt + 1]) : null,
    name: textOf(inner.slice(nameAt, Math.max(nameAt, memoryAt))),
    usedMemoryMib: numberOf(inner.slice(memoryAt), 'MiB'),
  };
}

/** The parts of a line between its bars. */
function cellsOf(line: string): readonly string[] {
  const parts = line.trimEnd().split('|');
  return parts.slice(1, parts.at(-1) === '' ? -1 : undefined);
}

function tokensOf(cell: string): readonly string[] {
  const trimmed = cell.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}

/** Where the word after the first `count` words begins. */
function afterWords(text: string, count: number): number {
  const word = /\S+\s*/y;
  for (let skipped = 0; skipped < count && word.test(text); skipped += 1);
  return word.lastIndex;
}

function wholeOf(token: string | undefined): number | null {
  return token !== undefined && /^\d{1,10}$/.test(token) ? Number(token) : null;
}

const driverModels = new Set(['WDDM', 'TCC', 'MCDM']);
const onOff: ReadonlyMap<string, string> = new Map([
  ['On', 'Enabled'],
  ['Off', 'Disabled'],
]);

/** `   0  NVIDIA GeForce RTX 2080 ...  WDDM  `: index, name, persistence or the driver model. */
function readNaming(
  cell: string,
): Pick<TableGpu, 'index' | 'name' | 'nameIsCut' | 'persistenceMode' | 'driverModel'> | null {
  const trimmed = cell.trim();
  const index = wholeOf(tokensOf(trimmed)[0]);
  if (index === null) return null;
  const word = trimmed.slice(trimmed.lastIndexOf(' ') + 1);
  // Until driver 304, and in the table of vGPUs, nothing stands behind the name.
  const last = onOff.has(word) || driverModels.has(word) || word === 'N/A' ? word : '';
  const name = trimmed.slice(afterWords(trimmed, 1), trimmed.length - last.length).trim();
  return {
    index,
    name: textOf(name),
    nameIsCut: name.endsWith('...'),
    persistenceMode: onOff.get(last) ?? null,
    driverModel: driverModels.has(last) ? last : null,
  };
}

/** `N/A   33C    P0    72W / 400W`: fan, temperature, state, power and its limit; every one may be `N/A` or `ERR!`. */
function readGauges(cell: string) {
  const raw = tokensOf(cell);
  const [fan, temperature, state] = raw;
  const [draw, limit] = pairOf(raw.slice(3).join(' '));
  return {
    raw,
    fanSpeedPct: numberOf(fan, '%'),
    temperatureGpuC: numberOf(temperature, 'C'),
    performanceState: textOf(state),
    powerDrawW: numberOf(draw, 'W'),
    powerLimitW: numberOf(limit, 'W'),
  };
}

/** `26MiB / 40448MiB`; `N/A` holds a slash, too, but without blanks. */
function pairOf(cell: string): readonly [string | undefined, string | undefined] {
  const at = cell.indexOf('/ ');
  return at < 0 ? [undefined, undefined] : [cell.slice(0, at).trim(), cell.slice(at + 2).trim()];
}

const computeModes: ReadonlyMap<string, string> = new Map([
  ['E. Process', 'Exclusive_Process'],
  ['E. Thread', 'Exclusive_Thread'],
]);

function computeModeOf(words: string): string | null {
  return computeModes.get(words) ?? textOf(words);
}

/** `Enabled*`: the mode that is wanted, and the card has the other one until it is reset. */
function readMigMode(cell: string): Pick<TableGpu, 'migModeCurrent' | 'migModePending'> {
  const words = cell.trim();
  if (!words.endsWith('*')) {
    const mode = textOf(words);
    return { migModeCurrent: mode, migModePending: mode };
  }
  const pending = words.slice(0, -1);
  return {
    migModeCurrent: pending === 'Enabled' ? 'Disabled' : 'Enabled',
    migModePending: pending,
  };
}

/** A count where ECC is on, else `Off`; `On` alone where MIG is enabled, and the devices count. */
function readEcc(cell: string): Pick<TableGpu, 'eccModeCurrent' | 'eccUncorrectedVolatile'> {
  const count = wholeOf(cell);
  return {
    eccModeCurrent: count === null ? (onOff.get(cell) ?? null) : 'Enabled',
    eccUncorrectedVolatile: count,
  };
}

function errorsIn(cells: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const raw of cells) {
    const cell = parseCell(raw);
    if (cell.kind === 'broken') found.add(cell.words);
  }
  return [...found];
}
