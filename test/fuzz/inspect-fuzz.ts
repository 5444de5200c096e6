import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatKinds, type FormatKind } from '../../agent/formats/format.ts';
import { inspectText } from '../../agent/formats/inspect.ts';
import { formats } from '../../agent/formats/registry.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { mutate, pick, seededRandom } from './mutate.ts';
import { samples } from './samples.ts';

export interface FuzzOptions {
  readonly inputs: number;
  /** The same seed gives the same inputs. */
  readonly seed: number;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly seconds: number;
  /** At most 20; the count is whole. */
  readonly failures: readonly FuzzFailure[];
  readonly failureCount: number;
  readonly slowest: { readonly ms: number; readonly file: string; readonly characters: number };
  /** How often each kind was recognised: a run that recognises nothing tests nothing. */
  readonly recognised: Readonly<Partial<Record<FormatKind | 'unknown', number>>>;
}

interface FuzzFailure {
  /** Number of the input under its seed. */
  readonly at: number;
  readonly file: string;
  readonly why: string;
  readonly input: string;
}

/** One input may never take longer: a minute of 200 KiB lines means time in the square of the length. */
const inputMsMax = 1_500;
const failuresMax = 20;
const captureCharactersMax = 100_000;

/** Inspects mutated outputs; whatever they are, the answer must be an inspection. */
export function fuzzInspect({ inputs, seed }: FuzzOptions): FuzzReport {
  const random = seededRandom(seed);
  const seeds = [...samples.map(({ file, text }) => ({ file, text })), ...captures()];
  const recognised: Partial<Record<FormatKind | 'unknown', number>> = {};
  const failures: FuzzFailure[] = [];
  let failureCount = 0;
  let slowest = { ms: 0, file: '', characters: 0 };
  const started = systemClock.monotonicMs();
  for (let at = 0; at < inputs; at += 1) {
    const { file, text } = pick(seeds, random);
    const input = mutate(text, pick(seeds, random).text, random);
    const format = pick(formats, random);
    const from = systemClock.monotonicMs();
    let why: string | null = null;
    try {
      const inspection = inspectText({ file, text: input });
      why = wrongInspection(inspection, file) ?? wrongResult(format.parse(input));
      const kind = inspection.kind ?? 'unknown';
      recognised[kind] = (recognised[kind] ?? 0) + 1;
    } catch (error) {
      why = `${format.command}: ${error instanceof Error ? (error.stack ?? error.message) : 'threw'}`;
    }
    const ms = systemClock.monotonicMs() - from;
    if (ms > slowest.ms) slowest = { ms, file, characters: input.length };
    if (ms > inputMsMax) why ??= `took ${Math.round(ms)} ms for ${input.length} characters`;
    if (why === null) continue;
    failureCount += 1;
    if (failures.length < failuresMax) failures.push({ at, file, why, input });
  }
  const seconds = (systemClock.monotonicMs() - started) / 1_000;
  return { inputs, seconds, failures, failureCount, slowest, recognised };
}

/** Null: it is an inspection as the contract has it, and survives JSON. */
function wrongInspection(inspection: unknown, file: string): string | null {
  const seen = fieldsOf(JSON.parse(JSON.stringify(inspection)));
  if (seen['file'] !== file) return 'the file is not echoed';
  const kind = seen['kind'];
  if (kind !== null && !formatKinds.some((each) => each === kind)) return 'an unknown kind';
  if (seen['ok'] === true && kind === null) return 'read, but of no kind';
  return wrongResult(seen);
}

function wrongResult(result: unknown): string | null {
  const seen = fieldsOf(JSON.parse(JSON.stringify(result)));
  if (seen['ok'] === true) return 'value' in seen ? null : 'ok without a value';
  const problem = fieldsOf(seen['problem']);
  const told = ['code', 'message'].every(
    (key) => typeof problem[key] === 'string' && problem[key] !== '',
  );
  return seen['ok'] === false && told ? null : 'a problem that does not say what is wrong';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

/** Real outputs, where a folder of them is named. */
function captures(): { readonly file: string; readonly text: string }[] {
  const folder = process.env['TANGRAM_CAPTURES'] ?? '';
  const index = join(folder, 'INDEX.json');
  if (folder === '' || !existsSync(index)) return [];
  const { captures: all } = JSON.parse(readFileSync(index, 'utf8')) as {
    readonly captures: readonly { readonly file: string }[];
  };
  return all.map(({ file }) => ({
    file,
    text: readFileSync(join(folder, file), 'utf8').slice(0, captureCharactersMax),
  }));
}
