import type { Parsed } from './command-line.ts';
import type { Reply } from './reply.ts';

/** Each option with all its spellings. `value`: it needs one; `optional`: it may have one. */
export interface Option {
  readonly key: string;
  readonly names: readonly string[];
  readonly takes: 'nothing' | 'value' | 'optional';
}

export function readOptions(
  argv: readonly string[],
  options: readonly Option[],
  help: string,
):
  | { readonly ok: true; readonly given: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly reply: Reply } {
  const given = new Map<string, string>();
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const equals = word.startsWith('-') ? word.indexOf('=') : -1;
    const name = equals < 0 ? word : word.slice(0, equals);
    const found = options.find((each) => each.names.includes(name));
    if (found === undefined || (found.takes === 'nothing' && equals >= 0)) {
      const text = `ERROR: Option ${word} is not recognized. Please run '${help}`;
      return { ok: false, reply: { lines: [text, ''], exitCode: 255 } };
    }
    let value = equals < 0 ? undefined : word.slice(equals + 1);
    const next = argv[at + 1];
    if (value === undefined && found.takes !== 'nothing' && next?.startsWith('-') === false) {
      value = next;
      at += 1;
    }
    if (value === undefined && found.takes === 'value') {
      const text = `ERROR: Option ${name} requires an argument. Please run '${help}`;
      return { ok: false, reply: { lines: [text, ''], exitCode: 2 } };
    }
    given.set(found.key, value ?? '');
  }
  return { ok: true, given };
}

export function splitList(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

export function invalidValue(name: string, text: string): Reply {
  const line = `ERROR: Option ${name} has an invalid value ${JSON.stringify(text)}. Please run 'nvidia-smi -h'.`;
  return { lines: [line, ''], exitCode: 2 };
}

export function refuse(line: string): Parsed {
  return { ok: false, reply: { lines: [line, ''], exitCode: 2 } };
}

export function option(key: string, takes: Option['takes'], ...names: readonly string[]): Option {
  return { key, names, takes };
}
