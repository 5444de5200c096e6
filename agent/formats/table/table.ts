import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { textOf } from '../text/cell.ts';
import type { Format } from '../format.ts';
import { isNotice, notThisFormat, truncated } from '../text/saved-output.ts';
import { boxesIn, boxNamed, type Box, type BoxName, type Remark } from './table-boxes.ts';
import type { TableReport } from './table-report.ts';
import { readGpuRow, readMigRow, readProcessRow, readVgpuHostRow } from './table-rows.ts';
import { headOf, linesOf } from '../text/text.ts';

/**
 * The table of a bare `nvidia-smi`: a box of cards, since 450 one of MIG devices, one of processes. The boxes are known
 * by their headings and the columns by their bars, so the widths of a driver do not matter. Of a loop the last is read.
 *
 * Whole or cut: a text may end after a whole card or MIG device, or a closed box, since excerpts do; it is `TRUNCATED`
 * where it ends within a line of the frame, within the lines of a card or device, in a heading, or in the box of
 * processes. That box stays open when the tool itself gave up, which it says (`Failed to query device index`).
 */
export const tableFormat: Format<TableReport> = {
  kind: 'smi-table',
  command: 'nvidia-smi',
  recognises: (text) => {
    const head = headOf(text);
    return !foreignTitle.test(head) && linesOf(head).some((line) => boxNamed(line) !== null);
  },
  parse: parseTable,
};

/** Others draw the same boxes (nvitop), under their own name. */
const foreignTitle = /^\| (?!NVIDIA-SMI )[A-Z][\w-]{1,30} {1,8}v?\d\S{0,30} .{0,80}Driver Version/m;
const noticesMax = 100;

function parseTable(text: string): Result<TableReport> {
  const lines = linesOf(text);
  const { boxes, remarks } = boxesIn(lines);
  const tables = tablesIn(boxes);
  const last = tables.at(-1);
  const lastBox = boxes.at(-1);
  if (last === undefined || lastBox === undefined) {
    return err(notThisFormat(text, 'table of nvidia-smi'));
  }
  if (isCut(lastBox)) return err(truncated(`line ${lines.length}`));
  return ok({
    timestamp: timestampOf(remarks, boxes.length - last.size),
    ...readVersions(last.get('cards')?.heading ?? []),
    ...readRows(last),
    samples: tables.length,
    notices: remarks
      .map((remark) => remark.text)
      .filter((words) => isNotice(words))
      .slice(0, noticesMax),
  });
}

type Table = ReadonlyMap<BoxName, Box>;

/** A box of cards begins a table, and so does in an excerpt any box that the table already has. */
function tablesIn(boxes: readonly Box[]): readonly Table[] {
  const tables: Map<BoxName, Box>[] = [];
  for (const box of boxes) {
    const current = tables.at(-1);
    if (current === undefined || box.name === 'cards' || current.has(box.name)) {
      tables.push(new Map([[box.name, box]]));
    } else {
      current.set(box.name, box);
    }
  }
  return tables;
}

function isCut(box: Box): boolean {
  if (!box.framed || !box.hasRows) return true;
  if (box.name === 'processes') return !box.closed && !box.gaveUp;
  const row = box.rows.at(-1);
  if (row === undefined) return true;
  return !box.closed && row.length < linesOfRow(box);
}

/** A third line tells the MIG mode, since 450. */
function linesOfRow(box: Box): number {
  return box.name === 'cards' && box.heading.some((line) => line.includes(' MIG M. ')) ? 3 : 2;
}

function readRows(
  table: Table,
): Pick<TableReport, 'gpuCount' | 'gpus' | 'migDevices' | 'processes'> {
  const cards = table.get('cards');
  const hasVgpus = cards?.heading.some((line) => line.includes(' vGPU ID ')) ?? false;
  const gpus = rowsOf(cards, hasVgpus ? readVgpuHostRow : readGpuRow) ?? [];
  const processes = table.get('processes');
  const heading = processes?.heading.join('\n') ?? '';
  const columns = { hasInstances: heading.includes(' GI '), hasType: heading.includes(' Type ') };
  return {
    gpuCount: gpus.length,
    gpus,
    migDevices: rowsOf(table.get('mig'), readMigRow),
    processes: rowsOf(processes, ([line = '']) => readProcessRow(line, columns)),
  };
}

/** What is no row is left out: `No running processes found`. Where the tool gave up before the first, nothing is known. */
function rowsOf<T>(
  box: Box | undefined,
  read: (lines: readonly string[]) => T | null,
): readonly T[] | null {
  if (box === undefined) return null;
  const rows = box.rows.map((lines) => read(lines)).filter((row) => row !== null);
  return box.gaveUp && rows.length === 0 ? null : rows;
}

/** 610 calls the driver `KMD` and what CUDA brings `CUDA UMD`. */
function readVersions(
  heading: readonly string[],
): Pick<TableReport, 'smiVersion' | 'driverVersion' | 'cudaVersion'> {
  const title = heading.find((line) => line.startsWith('| NVIDIA-SMI ')) ?? '';
  return {
    smiVersion: textOf(/NVIDIA-SMI (\S+)/.exec(title)?.[1]),
    driverVersion: textOf(/(?:Driver|KMD) Version: (\S+)/.exec(title)?.[1]),
    cudaVersion: textOf(/CUDA (?:UMD )?Version: (\S+)/.exec(title)?.[1]),
  };
}

const timestamp = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/** The time right above the first box of the table. */
function timestampOf(remarks: readonly Remark[], boxesAbove: number): string | null {
  const above = remarks.filter((one) => one.boxesAbove === boxesAbove && timestamp.test(one.text));
  return above.at(-1)?.text ?? null;
}
