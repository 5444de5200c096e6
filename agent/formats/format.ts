import type { Result } from '../../shared/domain/result.ts';

/** What a saved output can be; the words that support people use for a folder of them. */
export const formatKinds = [
  'dcgm',
  'dcgm-exporter',
  'dmon-pmon',
  'dtd',
  'errors',
  'kmsg',
  'mig',
  'mps',
  'nvlink',
  'smi-csv',
  'smi-help',
  'smi-list',
  'smi-q',
  'smi-table',
  'smi-version',
  'topo',
  'xml',
] as const;

export type FormatKind = (typeof formatKinds)[number];

/** One output format of one tool. Several formats may share a kind. */
export interface Format<T = unknown> {
  readonly kind: FormatKind;
  /** The command that prints it: `nvidia-smi -q -x`. */
  readonly command: string;
  /** Whether this text is one of ours, from its own marks alone. Looks at the first 64 KiB at most; never throws. */
  recognises(text: string): boolean;
  /**
   * What it says. A refusal of the tool, a truncated text and one that is something else are problems; bad news about
   * a card is a value. "Nothing" in its many spellings is null. Never throws, whatever the text.
   */
  parse(text: string): Result<T>;
}
