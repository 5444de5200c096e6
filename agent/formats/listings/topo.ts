import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { numberOf, textOf } from '../text/cell.ts';
import type { Format } from '../format.ts';
import {
  headLines,
  isAside,
  isCut,
  isNotice,
  lineProblem,
  notThisFormat,
  stopsInIndentation,
  truncated,
} from '../text/saved-output.ts';
import { readTopoHeader, readTopoLegend, topoBody, type TopoHeader } from './topo-layout.ts';
import { linesOf } from '../text/text.ts';

/** How a device is joined to others, by their names in the matrix. Its own cell (`X`) is left out. */
interface TopoDevice {
  /** `GPU0`, `NIC3`; before driver 515 a network card stands under its own name, `mlx5_0`. */
  readonly name: string;
  /** To the cards: `NV8`, `PIX`, `SYS`; in a peer-to-peer matrix `OK`, `CNS`, … */
  readonly links: Readonly<Record<string, string>>;
  /** To the network cards. */
  readonly nics: Readonly<Record<string, string>>;
}

interface TopoGpu extends TopoDevice {
  readonly index: number;
  /** CPU list: `0-55,112-167`. */
  readonly cpuAffinity: string | null;
  /** NUMA nodes: `0`, `0-1`. */
  readonly numaAffinity: string | null;
  /** The NUMA node that the card's own memory is (GH200, GB200). */
  readonly gpuNumaId: number | null;
}

interface TopoNic extends TopoDevice {
  /** `mlx5_0`, as the legend tells; null where it does not. */
  readonly device: string | null;
}

interface Topology {
  /** `peer-to-peer` for `topo -p2p`, where a cell is a status and not a path. */
  readonly matrix: 'connection' | 'peer-to-peer';
  readonly gpus: readonly TopoGpu[];
  readonly nics: readonly TopoNic[];
  /** What the words of the cells mean; empty where it was not saved. */
  readonly legend: Readonly<Record<string, string>>;
  readonly notices: readonly string[];
}

/** `nvidia-smi topo -m` and `topo -p2p r|w|n|a|p`, drivers 375 to 610, with tabs or as a terminal shows them. */
export const topoFormat: Format<Topology> = {
  kind: 'topo',
  command: 'nvidia-smi topo -m',
  recognises: (text) => headLines(text).some((line) => readTopoHeader(line) !== null),
  parse: parseTopology,
};

const cell = /^(?:[A-Z][A-Z0-9/]{0,7}|NV#)$/;

function parseTopology(text: string): Result<Topology> {
  const lines = linesOf(text);
  const headerAt = lines.findIndex((line) => readTopoHeader(line) !== null);
  const header = readTopoHeader(lines[headerAt] ?? '');
  if (header === null) return err(notThisFormat(text, 'matrix of nvidia-smi topo'));
  const legend = readTopoLegend(lines.slice(headerAt + 1));
  const gpus: TopoGpu[] = [];
  const nics: TopoNic[] = [];
  for (const row of topoBody(lines, headerAt)) {
    const rest = unglued(row.rest);
    const cells = rest.trimStart().split(/\s+/, header.devices.length);
    const links = readCells(header, row.name, cells);
    const isGpu = row.name.startsWith('GPU');
    const whole = cells.filter((each) => each !== '').length >= header.devices.length;
    const cut = isGpu && isCut(text, lines, row.at) && lacksAffinity(header, rest);
    if (links === null || !whole || cut) {
      return err(lineProblem(text, lines, row.at, { code: 'TOPO_ROW', what: 'row of the matrix' }));
    }
    if (isGpu) {
      const index = Number(row.name.slice(3));
      gpus.push({ name: row.name, index, ...links, ...affinity(header, rest) });
    } else nics.push({ name: row.name, device: deviceOf(row.name, legend.nics), ...links });
  }
  const missing = header.devices.filter((name) => ![...gpus, ...nics].some((d) => d.name === name));
  const lastAt = lines.findLastIndex((line) => !isAside(line));
  if (
    missing.length > 0 ||
    stopsInIndentation(text, lines) ||
    (isCut(text, lines, lastAt) && legend.isCut)
  ) {
    return err(truncated(`line ${lastAt + 1}`));
  }
  const matrix = header.isPeerToPeer || legend.words['OK'] !== undefined;
  return ok({
    matrix: matrix ? 'peer-to-peer' : 'connection',
    gpus,
    nics,
    legend: legend.words,
    notices: lines.filter((line) => isNotice(line)).map((line) => line.trim()),
  });
}

const glued = /(?:NODE|SYS|PIX|PXB|PHB|NV\d{1,2})(?=(?:NODE|SYS|PIX|PXB|PHB|NV\d))/g;

/** Wide matrices lose the blanks between cells where a terminal wrapped them. */
function unglued(rest: string): string {
  return rest.replace(glued, '$& ');
}

function readCells(
  header: TopoHeader,
  own: string,
  cells: readonly string[],
): Pick<TopoDevice, 'links' | 'nics'> | null {
  const links: Record<string, string> = {};
  const nics: Record<string, string> = {};
  for (const [at, value] of cells.entries()) {
    const other = header.devices[at];
    if (other === undefined || value === '') continue;
    if (!cell.test(value)) return null;
    if (other === own) continue;
    (other.startsWith('GPU') ? links : nics)[other] = value;
  }
  return { links, nics };
}

/**
 * What follows the matrix. With tabs a cell may be empty (WSL has no affinity) and the NUMA id stands after two of
 * them; blanks only tell the order.
 */
function affinity(
  header: TopoHeader,
  rest: string,
): Pick<TopoGpu, 'cpuAffinity' | 'numaAffinity' | 'gpuNumaId'> {
  const tabbed = rest.includes('\t');
  const parts = tabbed
    ? rest.replace(/^\t/, '').split('\t').slice(header.devices.length)
    : rest.trim().split(/\s+/).slice(header.devices.length);
  const tail = header.tail;
  const numaIdAt = tail.indexOf('GPU NUMA ID');
  const alone = !tabbed && parts.length < tail.length && parts.length === 1;
  const last = parts.length > 2 || alone ? parts.at(-1) : undefined;
  return {
    cpuAffinity: tail.includes('CPU Affinity') && !alone ? textOf(parts[0]) : null,
    numaAffinity: tail.includes('NUMA Affinity') ? textOf(parts[1]) : null,
    gpuNumaId: numaIdAt < 0 ? null : numberOf(last),
  };
}

function lacksAffinity(header: TopoHeader, rest: string): boolean {
  return rest.trim().split(/\s+/).length < header.devices.length + header.tail.length;
}

function deviceOf(name: string, nics: ReadonlyMap<string, string>): string | null {
  return nics.get(name) ?? (/^NIC\d/.test(name) ? null : name);
}
