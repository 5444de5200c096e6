/** One sample line of the Prometheus text format, version 0.0.4. */
export interface ExpositionSample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** NaN and the infinities as Prometheus writes them. */
  readonly value: number;
  readonly timestampMs: number | null;
}

const nameForm = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const labelForm = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const valueForm =
  /^(?:[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:e[+-]?\d{1,4})?|[+-]?inf(?:inity)?|nan)$/i;
/** A label set of a scrape is never longer; what is, is no exposition. */
const lineLengthMax = 64 * 1024;

/** Reads `name{label="value",…} 1.5 1700000000000`; null: it is no sample. Strict, as Prometheus itself is. */
export function parseExpositionLine(line: string): ExpositionSample | null {
  if (line.length > lineLengthMax) return null;
  const metric = matchAt(nameForm, line, 0);
  if (metric === null) return null;
  let at = skipBlanks(line, metric.length);
  const labels: Record<string, string> = {};
  if (line[at] === '{') {
    const end = readLabels(line, at + 1, labels);
    if (end === null) return null;
    at = end;
  } else if (at === metric.length) {
    return null;
  }
  const words = line
    .slice(at)
    .trim()
    .split(/[ \t]+/);
  const [value = '', timestamp, ...more] = words;
  if (more.length > 0 || !valueForm.test(value)) return null;
  if (timestamp !== undefined && !/^-?\d{1,16}$/.test(timestamp)) return null;
  return {
    metric,
    labels,
    value: numberOf(value),
    timestampMs: timestamp === undefined ? null : Number(timestamp),
  };
}

/** From behind the brace; answers where the set ends, null where it is broken. */
function readLabels(line: string, start: number, into: Record<string, string>): number | null {
  let at = skipBlanks(line, start);
  while (line[at] !== '}') {
    const name = matchAt(labelForm, line, at);
    if (name === null) return null;
    at = skipBlanks(line, at + name.length);
    if (line[at] !== '=') return null;
    at = skipBlanks(line, at + 1);
    if (line[at] !== '"') return null;
    const end = closingQuote(line, at + 1);
    if (end === null) return null;
    into[name] = unescape(line.slice(at + 1, end));
    at = skipBlanks(line, end + 1);
    if (line[at] === ',') at = skipBlanks(line, at + 1);
    else if (line[at] !== '}') return null;
  }
  return at + 1;
}

function closingQuote(line: string, from: number): number | null {
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === '"') return at;
  }
  return null;
}

/** `\n`, `\"` and `\\`; anything else behind a backslash stays as it is. */
export function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\([\\n"])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line[at] === ' ' || line[at] === '\t') at += 1;
  return at;
}

function matchAt(form: RegExp, line: string, at: number): string | null {
  form.lastIndex = at;
  return form.exec(line)?.[0] ?? null;
}

function numberOf(text: string): number {
  if (/nan/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
}
