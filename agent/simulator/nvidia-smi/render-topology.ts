import type { GpuView } from './view.ts';

const legend = [
  ['X', 'Self'],
  [
    'SYS',
    'Connection traversing PCIe as well as the SMP interconnect between NUMA nodes (e.g., QPI/UPI)',
  ],
  [
    'NODE',
    'Connection traversing PCIe as well as the interconnect between PCIe Host Bridges within a NUMA node',
  ],
  ['PHB', 'Connection traversing PCIe as well as a PCIe Host Bridge (typically the CPU)'],
  ['PXB', 'Connection traversing multiple PCIe bridges (without traversing the PCIe Host Bridge)'],
  ['PIX', 'Connection traversing at most a single PCIe bridge'],
  ['NV#', 'Connection traversing a bonded set of # NVLinks'],
] as const;

/** `topo -m`: the header is underlined with escapes even in a pipe, and NUMA is followed by two tabs. */
export function renderTopology(views: readonly GpuView[], cpuCount: number): readonly string[] {
  const names = views.map((view) => `GPU${view.index}`);
  const header = ['\x1b[4m', ...names, 'CPU Affinity', 'NUMA Affinity', 'GPU NUMA ID\x1b[0m']
    .join('\t')
    .replace('\x1b[4m\t', '\t\x1b[4m');
  const rows = views.map((view) => {
    const cells = views.map((other) => linkOf(view, other));
    const node = numaNode(view, views.length);
    return [
      `GPU${view.index}`,
      ...cells,
      affinityOf(node, views.length, cpuCount),
      node,
      '',
      'N/A',
    ].join('\t');
  });
  const words = legend.map(([word, meaning]) => `  ${word.padEnd(4)} = ${meaning}`);
  return [header, ...rows, '', 'Legend:', '', ...words];
}

/** SXM boards of one host are joined by NVLink; others meet at the host bridge or across the sockets. */
function linkOf(view: GpuView, other: GpuView): string {
  if (view.index === other.index) return ' X ';
  const links = Math.min(nvlinks(view.card.productName), nvlinks(other.card.productName));
  if (links > 0) return `NV${links}`;
  return Math.floor(view.index / 4) === Math.floor(other.index / 4) ? 'NODE' : 'SYS';
}

/** NVLinks of a board; 0: it has none. */
export function nvlinks(productName: string): number {
  if (productName.includes('A100-SXM4')) return 12;
  if (/H100 80GB HBM3|H200|B200/.test(productName)) return 18;
  return 0;
}

function numaNode(view: GpuView, count: number): number {
  return count > 4 && view.index % 8 >= 4 ? 1 : 0;
}

function affinityOf(node: number, count: number, cpuCount: number): string {
  if (count <= 4 || cpuCount < 2) return `0-${Math.max(0, cpuCount - 1)}`;
  const half = Math.floor(cpuCount / 2);
  return node === 0 ? `0-${half - 1}` : `${half}-${cpuCount - 1}`;
}
