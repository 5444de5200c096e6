import type { Inspection } from '../formats/inspect.ts';
import { renderTable } from '../../shared/platform/table.ts';

type Fields = Readonly<Record<string, unknown>>;

const rowsMax = 40;
const wordsMax = 120;
const columnsMax = 12;

/**
 * What a saved output says, for people: what it is, the cards with what matters of them, faults counted, and the rest
 * in short. Everything is in `--json`.
 */
export function renderInspection(inspection: Inspection): string {
  return plain(summaryOf(inspection));
}

/** A file from elsewhere must not steer the terminal of the one who reads it. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  return text.replaceAll(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]+/g, ' ');
}

function summaryOf(inspection: Inspection): string {
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
  const hasRows = 'rows' in value || 'samples' in value;
  for (const [key, entry] of Object.entries(value)) {
    // The rows have heads of their own.
    if (!Array.isArray(entry) || entry.length === 0 || (key === 'columns' && hasRows)) continue;
    const all = entry.map(fieldsOf);
    if (key === 'gpus' || value['query'] === 'gpu') parts.push(cards(key, all));
    else if (key === 'events') parts.push(events(all));
    else if (entry.every(isFields)) parts.push(rows(key, all));
    else parts.push(list(key, entry));
  }
  return parts.join('');
}

const inHead = new Set(['report', 'query', 'about']);

function scalars(value: Fields): string {
  return Object.entries(value)
    .filter(
      ([key, entry]) =>
        !isFields(entry) && !Array.isArray(entry) && entry !== null && !inHead.has(key),
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
  ['MIG', migOf],
  ['PROCS', (gpu) => textOf(gpu['processCount'])],
  ['HEALTH', healthOf],
];

function migOf(gpu: Fields): string {
  const devices = gpu['migDevices'];
  const mode = textOf(gpu['migModeCurrent']);
  return Array.isArray(devices) && devices.length > 0 ? `${mode}, ${devices.length}` : mode;
}

function cards(key: string, gpus: readonly Fields[]): string {
  const filled = cardColumns.filter(([, cell]) => gpus.some((gpu) => cell(gpu) !== ''));
  // Without a reading these are no cards to look at: a topology, a list, other columns.
  if (!filled.some(([name]) => readings.has(name))) return rows(key, gpus);
  return renderTable(
    filled.map(([name]) => name),
    gpus.slice(0, rowsMax).map((gpu) => filled.map(([, cell]) => cell(gpu))),
  );
}

const readings = new Set(['MEMORY', 'UTIL%', 'TEMP', 'POWER']);

const badNews: readonly (readonly [key: string, value: string, words: string])[] = [
  ['remappedRowsFailure', 'Yes', 'row remap failed'],
  ['remappedRowsPending', 'Yes', 'row remap pending'],
  ['pendingRetirement', 'Yes', 'page retirement pending'],
  ['resetRequired', 'Yes', 'reset required'],
  ['sramThresholdExceeded', 'Yes', 'SRAM threshold exceeded'],
];

/** What is wrong with a card, as far as a saved output tells; `answers` where it tells only that. */
function healthOf(gpu: Fields): string {
  if (gpu['lost'] === true) return 'LOST';
  const bad = badNews.flatMap(([key, value, words]) => (gpu[key] === value ? [words] : []));
  const action = gpu['recoveryAction'];
  if (typeof action === 'string' && action !== 'None') bad.push(`driver asks: ${action}`);
  const fabric = Object.entries(fieldsOf(gpu['fabricHealth']));
  bad.push(
    ...fabric.flatMap(([key, value]) => (value === 'True' ? [`fabric ${wordsOf(key)}`] : [])),
  );
  const errors = gpu['errorBodies'];
  if (Array.isArray(errors)) bad.push(...errors.map(textOf));
  if (bad.length > 0) return bad.join(', ');
  const told = badNews.some(([key]) => typeof gpu[key] === 'string');
  if (told || typeof action === 'string') return 'ok';
  return 'lost' in gpu ? 'answers' : '';
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
  const columns = [...new Set(entries.slice(0, rowsMax).flatMap(Object.keys))].slice(0, columnsMax);
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
  if (Array.isArray(value)) {
    return value.length > 3 ? `${value.length}` : value.map(textOf).join(', ');
  }
  const text = isFields(value) ? pairs(value) : plainWord(value);
  return text.length > wordsMax ? `${text.slice(0, wordsMax)}…` : text;
}

function plainWord(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `fail entityGroup=GPU`: what needs no name has none, and what says nothing is left out. */
function pairs(value: Fields): string {
  return Object.entries(value)
    .map(([key, entry]) => [key, textOf(entry)] as const)
    .filter(([, text]) => text !== '')
    .map(([key, text]) => (nameless.has(key) ? text : `${key}=${text}`))
    .join(' ');
}

const nameless = new Set(['status', 'level', 'text', 'message', 'words']);

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
