import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { dcgmValue } from './dcgm-blank.ts';
import type { Format } from '../format.ts';
import { notThisFormat, truncated } from '../text/saved-output.ts';
import { headOf, linesOf } from '../text/text.ts';

/** What a row of `dcgmi dmon` is about: a card, a GPU instance, a compute instance, an NVSwitch, … */
export interface DcgmSample {
  /** `GPU`, `GPU-I`, `GPU-CI`, `Switch`, `Link`, `CPU`, … */
  readonly entity: string;
  readonly entityId: number;
  /** By the short names of the head (`GRACT`, `SMACT`). Null: not measured yet, or not there; never 0. */
  readonly values: Readonly<Record<string, string | number | null>>;
}

export interface DcgmSamples {
  readonly report: 'dmon';
  readonly columns: readonly string[];
  /** In the order printed; the first rows of a watch say nothing. */
  readonly samples: readonly DcgmSample[];
}

const headForm = /^#\s?Entity\s{1,40}(\S.*)$/;
const rowForm = /^\s{0,8}([A-Za-z][A-Za-z-]{0,15}) (\d{1,9})(?:\s{1,80}(\S.*))?$/;

/** The columns of a head line (`#Entity   GRACT   SMACT`); null: it is no head. */
export function parseDcgmHead(line: string): readonly string[] | null {
  if (line.length > 16_384) return null;
  const match = headForm.exec(line);
  return match === null ? null : (match[1] ?? '').trim().split(/\s+/);
}

/** One row below a head; null: it is none, or it was cut. */
export function parseDcgmRow(line: string, columns: readonly string[]): DcgmSample | null {
  if (line.length > 16_384) return null;
  const match = rowForm.exec(line);
  if (match === null) return null;
  const [, entity = '', id, rest = ''] = match;
  // Cells are padded; a name may hold single blanks.
  const apart = rest.trim().split(/\s{2,}/);
  const cells = apart.length === columns.length ? apart : rest.trim().split(/\s+/);
  if (cells.length !== columns.length) return null;
  const values = columns.map((column, at) => [column, dcgmValue(cells[at] ?? '')] as const);
  return { entity, entityId: Number(id), values: Object.fromEntries(values) };
}

/** `dcgmi dmon -e …`: a loop that prints rows, and its head again from time to time. */
export const dcgmDmonFormat: Format<DcgmSamples> = {
  kind: 'dcgm',
  command: 'dcgmi dmon -e FIELDS',
  recognises: (text) => /^#\s?Entity\s{1,40}\S/m.test(headOf(text)),
  parse: parseDmon,
};

function parseDmon(text: string): Result<DcgmSamples> {
  const lines = linesOf(text);
  const all = new Set<string>();
  const samples: DcgmSample[] = [];
  let columns: readonly string[] | null = null;
  for (const [at, line] of lines.entries()) {
    const head = parseDcgmHead(line);
    if (head !== null) {
      columns = head;
      for (const column of head) all.add(column);
      continue;
    }
    if (columns === null || line.trim() === '' || /^\s*ID\s*$/i.test(line)) continue;
    const sample = parseDcgmRow(line, columns);
    if (sample !== null) samples.push(sample);
    else if (at === lines.length - 1 && !text.endsWith('\n'))
      return err(truncated(`line ${at + 1}`));
  }
  if (columns === null) return err(notThisFormat(text, 'table of dcgmi dmon'));
  return ok({ report: 'dmon', columns: [...all], samples });
}
