import type { Inspection } from '../formats/inspect.ts';
import { renderTable } from '../../shared/platform/table.ts';

type Fields = Readonly<Record<string, unknown>>;

const rowsMax = 40;
const wordsMax = 120;

/**
 * What a saved output says, for people: what it is, the cards with what matters of them, faults counted, and the rest
 * in short. Everything is in `--json`.
 */
export function renderInspection(inspection: Inspection): string {
  const { file } = inspection;
  if (!inspection.ok) {
    const { code, message, hint } = inspection.problem;
    const kind = inspection.kind ?? 'unknown';
    return `${file}: ${kind}, PROBLEM ${code}\n  ${message}\n  ${hint}\n`;
  }
  const value = fieldsOf(inspection.value);
  const head = [
    inspection.kind,
    textOf(value['report'] ?? value['query'] ?? value['about']),
  ].filter((word) => word !== '');
  return `${file}: ${head.join(', ')}\n${indent(bodyOf(value))}`;
}

/** The closing line over several files. */
export function renderInspectionCount(inspections: readonly Inspection[]): string {
  const bad = inspections.filter(({ ok }) => !ok).length;
  return `${inspections.length} files: ${inspections.length - bad} read, ${bad} with a problem\n`;
}

function bodyOf(value: Fields): string {
  const parts = [scalars(value)];
  for (const [key, entry] of Object.entries(value)) {
    if (!Array.isArray(entry) || entry.length === 0) continue;
    if (key === 'gpus') parts.push(cards(entry.map(fieldsOf)));
    else if (key === 'events') parts.push(events(entry.map(fieldsOf)));
    else if (entry.every(isFields)) parts.push(rows(key, entry));
    else parts.push(list(key, entry));
  }
  return parts.join('');
}

function scalars(value: Fields): string {
  return Object.entries(value)
    .filter(
      ([key, entry]) =>
        !isFields(entry) && !Array.isArray(entry) && entry !== null && key !== 'report',
    )
    .map(([key, entry]) => `${wordsOf(key)}: ${textOf(entry)}\n`)
    .join('');
}

/** The columns of a card that people look at first; those that no card has are left out. */
const cardColumns: readonly (readonly [string, (gpu: Fields) => string])[] = [
  [
    'CARD',
    (gpu) => textOf(gpu['index'] ?? gpu['minorNumber'] ?? gpu['id'] ?? gpu['gpu'] ?? gpu['name']),
  ],
  ['NAME', (gpu) => textOf(gpu['name'])],
  ['BUS', (gpu) => textOf(gpu['pciBusId'])],
  ['MEMORY', (gpu) => fraction(gpu['memoryUsedMib'], gpu['memoryTotalMib'])],
  ['UTIL%', (gpu) => textOf(gpu['utilizationGpuPct'])],
  ['TEMP', (gpu) => textOf(gpu['temperatureGpuC'])],
  ['POWER', (gpu) => fraction(gpu['powerDrawW'], gpu['powerLimitW'])],
  ['MIG', (gpu) => textOf(gpu['migModeCurrent'])],
  ['PROCS', (gpu) => textOf(gpu['processCount'])],
  ['HEALTH', healthOf],
];

function cards(gpus: readonly Fields[]): string {
  const filled = cardColumns.filter(([, cell]) => gpus.some((gpu) => cell(gpu) !== ''));
  return renderTable(
    filled.map(([name]) => name),
    gpus.slice(0, rowsMax).map((gpu) => filled.map(([, cell]) => cell(gpu))),
  );
}

/** What is wrong with a card, as far as a saved output tells; empty where it tells nothing about health. */
function healthOf(gpu: Fields): string {
  if (gpu['lost'] === true) return 'LOST';
  const bad = [
    ['remappedRowsFailure', 'Yes', 'row remap failed'],
    ['remappedRowsPending', 'Yes', 'row remap pending'],
    ['pendingRetirement', 'Yes', 'page retirement pending'],
    ['resetRequired', 'Yes', 'reset required'],
    ['sramThresholdExceeded', 'Yes', 'SRAM threshold exceeded'],
  ].flatMap(([key = '', value, words = '']) => (gpu[key] === value ? [words] : []));
  const action = gpu['recoveryAction'];
  if (typeof action === 'string' && action !== 'None') bad.push(`driver asks: ${action}`);
  const errors = gpu['errorBodies'];
  if (Array.isArray(errors)) bad.push(...errors.map(textOf));
  if (bad.length > 0) return bad.join(', ');
  return 'lost' in gpu ? 'ok' : '';
}

/** A storm of one fault is one line. */
function events(entries: readonly Fields[]): string {
  const counts = new Map<string, { readonly first: Fields; count: number; last: string }>();
  for (const event of entries) {
    const what = `${textOf(event['kind'] ?? event['type'])} ${textOf(event['code'])}`.trim();
    const key = `${what} ${textOf(event['pciBusId'])}`;
    const seen = counts.get(key) ?? { first: event, count: 0, last: '' };
    seen.count += 1;
    seen.last = textOf(event['at']);
    counts.set(key, seen);
  }
  const shown = [...counts.values()]
    .slice(0, rowsMax)
    .map(({ first, count, last }) => [
      `${textOf(first['kind'] ?? first['type'])} ${textOf(first['code'])}`,
      textOf(first['pciBusId']),
      String(count),
      last,
      textOf(first['message'] ?? first['text']),
    ]);
  return renderTable(['EVENT', 'CARD', 'TIMES', 'LAST', 'FIRST SAID'], shown);
}

function rows(key: string, entries: readonly Fields[]): string {
  const columns = [...new Set(entries.slice(0, rowsMax).flatMap(Object.keys))].slice(0, 8);
  const table = renderTable(
    columns.map((column) => column.toUpperCase()),
    entries.slice(0, rowsMax).map((entry) => columns.map((column) => textOf(entry[column]))),
  );
  return `${wordsOf(key)}: ${entries.length}\n${indent(table)}`;
}

function list(key: string, entries: readonly unknown[]): string {
  return `${wordsOf(key)}: ${entries.slice(0, 12).map(textOf).join(', ')}${entries.length > 12 ? ', …' : ''}\n`;
}

/** `driverVersion` → `driver version`. */
function wordsOf(key: string): string {
  return key.replaceAll(
    /([a-z0-9])([A-Z])/g,
    (_, before: string, letter: string) => `${before} ${letter.toLowerCase()}`,
  );
}

function fraction(part: unknown, whole: unknown): string {
  return part === undefined && whole === undefined
    ? ''
    : `${textOf(part) || '-'}/${textOf(whole) || '-'}`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value))
    return value.length > 3 ? `${value.length}` : value.map(textOf).join(' ');
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > wordsMax ? `${text.slice(0, wordsMax)}…` : text;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
