import { isAside, isNotice } from '../text/saved-output.ts';

/** The columns of the matrix. */
export interface TopoHeader {
  /** Cards and network cards, in the order of the cells. */
  readonly devices: readonly string[];
  /** Headings after them; old drivers have fewer. */
  readonly tail: readonly string[];
  readonly isPeerToPeer: boolean;
}

const tailHeadings = ['CPU Affinity', 'NUMA Affinity', 'GPU NUMA ID'];
const device = /^(?:GPU\d{1,3}|NIC\d{1,3}|[a-z][a-z0-9_]{1,31})$/;

/**
 * Reads the heading line; null: it is none. `topo -p2p` has no affinity. Its blanks at the start may have been trimmed:
 * what parts it from a row is that only devices stand in it.
 */
export function readTopoHeader(line: string): TopoHeader | null {
  if (line.length > 4_000) return null;
  const tailAt = line.indexOf('CPU Affinity');
  const names = (tailAt < 0 ? line : line.slice(0, tailAt)).trim();
  if (!names.startsWith('GPU')) return null;
  const devices = names.split(/\s+/);
  if (!devices.every((name) => device.test(name))) return null;
  if (devices.length < 2 && tailAt < 0) return null;
  const tail = tailHeadings.filter((heading) => line.includes(heading));
  return { devices, tail, isPeerToPeer: tailAt < 0 };
}

interface TopoRow {
  /** Where it begins among the lines. */
  readonly at: number;
  readonly name: string;
  readonly rest: string;
}

/** A list of all CPUs of the largest machine is shorter; and gluing takes time for what is there already. */
const restMax = 8_000;
const wrapped = /^[\s\d,N/A-]{1,4000}$/;
const rowStart = /^ ?(GPU\d{1,3}|NIC\d{1,3}|[a-z][a-z0-9_]{1,31})(\s.*)$/;

/** The rows of the matrix. A terminal wraps long lists of CPUs: such a line goes on with the row before it. */
export function topoBody(lines: readonly string[], headerAt: number): readonly TopoRow[] {
  const rows: TopoRow[] = [];
  for (const [offset, line] of lines.slice(headerAt + 1).entries()) {
    if (/^\s*(?:NIC )?Legend:/.test(line)) break;
    if (isAside(line) || isNotice(line)) continue;
    const start = rowStart.exec(line);
    const before = rows.at(-1);
    if (start !== null) {
      rows.push({ at: headerAt + 1 + offset, name: start[1] ?? '', rest: start[2] ?? '' });
    } else if (before !== undefined && before.rest.length < restMax && wrapped.test(line)) {
      const glued = /[,-]\s*$/.test(before.rest) || /^\s*[,-]/.test(line);
      const rest = `${before.rest.trimEnd()}${glued ? '' : ' '}${line.trim()}`;
      rows[rows.length - 1] = { ...before, rest };
    } else rows.push({ at: headerAt + 1 + offset, name: '', rest: line });
  }
  return rows;
}

interface TopoLegend {
  readonly words: Readonly<Record<string, string>>;
  /** `NIC0` → `mlx5_0`. */
  readonly nics: ReadonlyMap<string, string>;
  /** The text ends inside it, at a line that is not its last one. */
  readonly isCut: boolean;
}

const legendEnd = /NVLinks\s*$|= Unknown\s*$|^\s+NIC\d{1,3}: \S+\s*$/;

export function readTopoLegend(lines: readonly string[]): TopoLegend {
  const words: Record<string, string> = {};
  const nics = new Map<string, string>();
  for (const line of lines) {
    const meaning = /^\s{1,4}([A-Z]{1,8}#?)\s{1,8}= (\S.{0,300})$/.exec(line);
    if (meaning !== null) words[meaning[1] ?? ''] = (meaning[2] ?? '').trimEnd();
    const nic = /^\s{1,4}(NIC\d{1,3}): (\S{1,64})\s{0,200}$/.exec(line);
    if (nic !== null) nics.set(nic[1] ?? '', nic[2] ?? '');
  }
  const last = lines.findLast((line) => !isAside(line)) ?? '';
  const inLegend = !rowStart.test(last) && !/^[\s\d,N/A-]{1,4000}$/.test(last);
  return { words, nics, isCut: inLegend && !legendEnd.test(last) };
}
