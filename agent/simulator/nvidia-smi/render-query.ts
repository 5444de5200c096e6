import type { Dialect } from './dialect.ts';
import type { QueryNode } from './query-node.ts';
import { gpuTree } from './query-tree.ts';
import type { GpuView } from './view.ts';

export interface QueryPage {
  readonly dialect: Dialect;
  /** `Sun Nov 22 08:27:37 2026` */
  readonly timestamp: string;
  /** All cards of the host, also when only some are printed. */
  readonly attached: number;
  /** Sections named by `-d`; undefined: everything. */
  readonly display: readonly string[] | undefined;
}

/** Which sections each word of `-d` shows. */
const displays: Readonly<Record<string, readonly string[]>> = {
  MEMORY: ['fb_memory_usage', 'bar1_memory_usage', 'cc_protected_memory_usage'],
  UTILIZATION: ['utilization', 'encoder_stats', 'fbc_stats'],
  ECC: ['ecc_mode', 'ecc_errors'],
  TEMPERATURE: ['temperature', 'supported_gpu_target_temp'],
  POWER: [
    'gpu_power_readings',
    'gpu_memory_power_readings',
    'module_power_readings',
    'power_readings',
  ],
  CLOCK: [
    'clocks',
    'applications_clocks',
    'default_applications_clocks',
    'max_clocks',
    'clock_policy',
  ],
  COMPUTE: ['compute_mode'],
  PIDS: ['processes'],
  PERFORMANCE: ['performance_state', 'clocks_event_reasons', 'clocks_throttle_reasons'],
  SUPPORTED_CLOCKS: ['supported_clocks'],
  PAGE_RETIREMENT: ['retired_pages'],
  ACCOUNTING: ['accounting_mode', 'accounting_mode_buffer_size', 'accounted_processes'],
  ENCODER_STATS: ['encoder_stats'],
  FBC_STATS: ['fbc_stats'],
  ROW_REMAPPER: ['remapped_rows'],
  VOLTAGE: ['voltage'],
};

/** The words that `-d` takes; anything else is refused. */
export const displayWords: readonly string[] = Object.keys(displays);

/** `-q -x`: one document for each sample, tabs for indentation, no final blank but the tool's own line end. */
export function renderXml(views: readonly GpuView[], page: QueryPage): readonly string[] {
  const { dialect } = page;
  const head: readonly QueryNode[] = [
    { tag: 'timestamp', label: '', body: page.timestamp },
    { tag: 'driver_version', label: '', body: dialect.driverVersion },
    { tag: 'cuda_version', label: '', body: dialect.cudaVersion },
    { tag: 'attached_gpus', label: '', body: String(page.attached) },
  ];
  return [
    '<?xml version="1.0" ?>',
    `<!DOCTYPE nvidia_smi_log SYSTEM "${dialect.dtd}">`,
    '<nvidia_smi_log>',
    ...head.flatMap((node) => xmlLines(node, 1)),
    ...views.flatMap((view) => [
      `\t<gpu id="${view.gpu.busId}">`,
      ...sections(view, page).flatMap((node) => xmlLines(node, 2)),
      '\t</gpu>',
      '',
    ]),
    '</nvidia_smi_log>',
  ];
}

/** `-q` */
export function renderText(views: readonly GpuView[], page: QueryPage): readonly string[] {
  const column = page.dialect.major >= 560 ? 55 : 42;
  const line = (label: string, value: string): string => `${label.padEnd(column)}: ${value}`;
  return [
    '',
    '==============NVSMI LOG==============',
    '',
    line('Timestamp', page.timestamp),
    line('Driver Version', page.dialect.driverVersion),
    line('CUDA Version', page.dialect.cudaVersion),
    '',
    line('Attached GPUs', String(page.attached)),
    ...views.flatMap((view) => [
      `GPU ${view.gpu.busId}`,
      ...sections(view, page).flatMap((node) => textLines(node, 1, column)),
      '',
    ]),
  ];
}

function sections(view: GpuView, page: QueryPage): readonly QueryNode[] {
  const tree = gpuTree(view, page.dialect);
  if (page.display === undefined) return tree;
  const shown = new Set(page.display.flatMap((word) => displays[word.toUpperCase()] ?? []));
  return tree.filter((node) => shown.has(node.tag));
}

function xmlLines(node: QueryNode, depth: number): readonly string[] {
  if (node.tag === '') return [];
  const indent = '\t'.repeat(depth);
  if (node.tag === 'mig_devices' && typeof node.body === 'string') {
    return [`${indent}<mig_devices>`, `${indent}\t${node.body}`, `${indent}</mig_devices>`];
  }
  if (typeof node.body === 'string') {
    return [`${indent}<${node.tag}>${escapeXml(node.body)}</${node.tag}>`];
  }
  return [
    `${indent}<${node.tag}>`,
    ...node.body.flatMap((child) => xmlLines(child, depth + 1)),
    `${indent}</${node.tag}>`,
  ];
}

function textLines(node: QueryNode, depth: number, column: number): readonly string[] {
  const indent = '    '.repeat(depth);
  if (node.tag === 'processes') return processLines(node, indent, column);
  if (node.tag === 'mig_devices' && typeof node.body !== 'string') {
    return node.body.flatMap((device) => textLines(device, depth, column));
  }
  // A group without names only indents: the two causes of a hardware slowdown.
  if (node.label === '' && node.tag === '' && typeof node.body !== 'string') {
    return node.body.flatMap((child) => textLines(child, depth + 1, column));
  }
  if (node.label === '') return [];
  if (typeof node.body === 'string') {
    return [`${`${indent}${node.label}`.padEnd(column)}: ${node.body}`];
  }
  return [
    `${indent}${node.label}`,
    ...node.body.flatMap((child) => textLines(child, depth + 1, column)),
  ];
}

/** Processes keep the narrow column of old drivers, and their details are one step further in. */
function processLines(node: QueryNode, indent: string, column: number): readonly string[] {
  if (typeof node.body === 'string' || node.body.length === 0) {
    return [`${`${indent}Processes`.padEnd(column)}: None`];
  }
  const details = new Set(['type', 'process_name', 'used_memory']);
  return [
    `${indent}Processes`,
    ...node.body.flatMap((process) =>
      typeof process.body === 'string'
        ? []
        : process.body.map((each) => {
            const step = details.has(each.tag) ? `${indent}        ` : `${indent}    `;
            return `${`${step}${each.label}`.padEnd(42)}: ${typeof each.body === 'string' ? each.body : ''}`;
          }),
    ),
  ];
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
