import type { CsvOptions } from './command-line.ts';
import type { Dialect } from './dialect.ts';
import { appFields, type AppContext, type AppField } from './app-fields.ts';
import { deprecatedCell, type Field, type FieldContext } from './query-field.ts';
import { fieldTitle, gpuFieldsOf } from './query-fields.ts';
import type { Reply } from './reply.ts';

/** One bad field fails the whole query, as in the real tool. */
function unknownField(name: string): Reply {
  return { lines: [`Field "${name}" is not a valid field to query.`, ''], exitCode: 2 };
}

/** A query ready to print any number of samples; the header goes before the first. */
export interface GpuQuery {
  readonly header: string;
  row(context: FieldContext): string;
}

export function gpuQuery(dialect: Dialect, csv: CsvOptions): GpuQuery | Reply {
  const offered = gpuFieldsOf(dialect);
  const chosen = csv.fields.map((name) => findField(offered, name) ?? name);
  const missing = chosen.find((each) => typeof each === 'string');
  if (missing !== undefined) return unknownField(missing);
  const fields = chosen.filter((each) => typeof each !== 'string');
  return {
    header: headerOf(fields, dialect, csv),
    row: (context) => fields.map((each) => gpuCell(each, context, csv.units)).join(', '),
  };
}

export interface AppQuery {
  readonly header: string;
  row(context: AppContext): string;
}

export function appQuery(dialect: Dialect, csv: CsvOptions): AppQuery | Reply {
  const chosen = csv.fields.map((name) => findField(appFields, name) ?? name);
  const missing = chosen.find((each) => typeof each === 'string');
  if (missing !== undefined) return unknownField(missing);
  const fields = chosen.filter((each) => typeof each !== 'string');
  return {
    header: headerOf(fields, dialect, csv),
    row: (context) =>
      fields.map((each) => cell(each.value(context), each.unit, csv.units)).join(', '),
  };
}

function findField<T extends Field | AppField>(fields: readonly T[], name: string): T | undefined {
  return fields.find((each) => each.name === name || each.aliases.includes(name));
}

function headerOf(
  fields: readonly (Field | AppField)[],
  dialect: Dialect,
  csv: CsvOptions,
): string {
  return fields
    .map((each) => {
      const title = fieldTitle(each.name, dialect);
      return each.unit === undefined || !csv.units ? title : `${title} [${each.unit}]`;
    })
    .join(', ');
}

function gpuCell(field: Field, context: FieldContext, units: boolean): string {
  const { handleError, unreadable } = context.view.health;
  if (handleError) return '[Unknown Error]';
  if (unreadable !== undefined && field.live) return `[${unreadable}]`;
  return cell(field.value(context), field.unit, units);
}

function cell(value: string | number | null, unit: string | undefined, units: boolean): string {
  if (value === null) return '[N/A]';
  if (value === deprecatedCell) return value;
  return unit === undefined || !units ? String(value) : `${value} ${unit}`;
}
