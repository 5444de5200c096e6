import type { Dialect } from './dialect.ts';
import type { GpuView } from './view.ts';

/** What a cell of `--query-gpu` is made of. */
export interface FieldContext {
  readonly dialect: Dialect;
  readonly view: GpuView;
  readonly gpuCount: number;
  readonly timestamp: string;
}

export interface Field {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly unit: string | undefined;
  /** First driver that has it, and the first that lacks it again. */
  readonly since: number;
  readonly until: number;
  /** Read from the card itself, so a lost card cannot answer. */
  readonly live: boolean;
  /** null is printed as `[N/A]`. */
  readonly value: (context: FieldContext) => string | number | null;
  readonly help: string;
}

export interface FieldOptions {
  readonly aliases?: readonly string[];
  readonly unit?: string;
  readonly since?: number;
  readonly until?: number;
  readonly live?: boolean;
}

/** What a field answers where the driver has given it up. */
export const deprecatedCell = '[Requested functionality has been deprecated]';

export function mib(): FieldOptions {
  return { unit: 'MiB', live: true };
}

export function percent(): FieldOptions {
  return { unit: '%', live: true };
}

export function watts(): FieldOptions {
  return { unit: 'W', live: true };
}

export function mhz(alias: string): FieldOptions {
  return { aliases: [alias], unit: 'MHz', live: true };
}

/** One row of the catalogue, read from left to right. */
// oxlint-disable-next-line max-params -- a table of rows is easier to read than a table of objects
export function field(
  name: string,
  help: string,
  value: Field['value'],
  options: FieldOptions | (() => FieldOptions) = {},
): Field {
  const given = typeof options === 'function' ? options() : options;
  return {
    name,
    help,
    value,
    aliases: given.aliases ?? [],
    unit: given.unit,
    since: given.since ?? 0,
    until: given.until ?? Infinity,
    live: given.live ?? false,
  };
}
