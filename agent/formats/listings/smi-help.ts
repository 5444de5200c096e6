import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import { truncated } from '../text/saved-output.ts';
import { linesOf } from '../text/text.ts';

/** One thing that help explains: a field of a query, or an option. */
export interface HelpTopic {
  readonly name: string;
  /** Other spellings: the tool prints the canonical name whichever was asked. */
  readonly aliases: readonly string[];
  readonly description: string;
}

export type HelpText =
  /** `--help-query-…`: every field that this driver answers. One that is not here fails the whole query. */
  | { readonly about: 'query'; readonly query: string; readonly fields: readonly HelpTopic[] }
  /** `-h` of the tool or of a sub-command. */
  | { readonly about: 'options'; readonly command: string; readonly options: readonly HelpTopic[] };

const descriptionMax = 2_000;
const topicsMax = 5_000;
const usageHead = /^\s{0,8}(?:[a-z0-9-]{1,20} -- |NVIDIA System Management Interface -- )/m;
const usage = /^\s{0,8}(?:Usage:\s{0,8})?(nvidia-smi(?: [a-z][a-z0-9-]{1,20})?) \[/m;

/** `nvidia-smi --help-query-gpu`, `--help-query-compute-apps`, … and `-h` of the tool and its sub-commands. */
export const helpFormat: Format<HelpText> = {
  kind: 'smi-help',
  command: 'nvidia-smi --help-query-gpu | … | mig -h | -h',
  recognises: (text) => {
    const head = text.slice(0, 4_096);
    return (
      /^List of valid properties to query/m.test(head) || (usageHead.test(head) && usage.test(head))
    );
  },
  parse: (text) => {
    // Every line of help is a sentence or ends one.
    if (!/[.\n]\s*$/.test(text.slice(-200))) return err(truncated('the last line'));
    return text.includes('List of valid properties to query')
      ? parseQuery(text)
      : parseOptions(text);
  },
};

const fieldLine = /^"([A-Za-z0-9_.-]{1,120})"((?: or "[A-Za-z0-9_.-]{1,120}"){0,8})\s*$/;

function parseQuery(text: string): Result<HelpText> {
  const query = /--query-([a-z-]{1,40})/.exec(text.slice(0, 4_096))?.[1] ?? 'gpu';
  const fields: HelpTopic[] = [];
  let open: { name: string; aliases: readonly string[]; lines: string[] } | null = null;
  const close = (): void => {
    if (open === null || fields.length >= topicsMax) return;
    fields.push({ name: open.name, aliases: open.aliases, description: describe(open.lines) });
  };
  for (const line of linesOf(text)) {
    const match = fieldLine.exec(line);
    if (match !== null) {
      close();
      const aliases = [...(match[2] ?? '').matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
      open = { name: match[1] ?? '', aliases, lines: [] };
    } else if (line.startsWith('Section about ')) {
      close();
      open = null;
    } else {
      open?.lines.push(line);
    }
  }
  close();
  if (fields.length > 0) return ok({ about: 'query', query, fields });
  return err({
    code: 'TRUNCATED',
    message: 'the list of fields ends before the first one',
    hint: 'save the whole output',
  });
}

/** `[-lgip | --list-gpu-instance-profiles]: Lists …` and `    -L,   --list-gpus    Display …`. */
const bracketed =
  /^\s{0,12}\[(-[A-Za-z0-9-]{1,40})((?: \| -{1,2}[A-Za-z0-9-]{1,60}){0,3})[^\]]{0,80}\]:\s?(.*)$/;
const listed = /^\s{0,12}(-[A-Za-z0-9-]{1,40}),? {1,8}(--[A-Za-z0-9-]{1,60})=?\s{0,40}(.*)$/;

function parseOptions(text: string): Result<HelpText> {
  const command = usage.exec(text.slice(0, 8_192))?.[1];
  const found: { name: string; aliases: string[]; lines: string[] }[] = [];
  for (const line of linesOf(text)) {
    const match = bracketed.exec(line) ?? listed.exec(line);
    if (match !== null && found.length < topicsMax) {
      const aliases = (match[2] ?? '').split('|').map((name) => name.trim());
      found.push({
        name: match[1] ?? '',
        aliases: aliases.filter((name) => name !== ''),
        lines: [match[3] ?? ''],
      });
    } else {
      found.at(-1)?.lines.push(line);
    }
  }
  if (command !== undefined && found.length > 0) {
    const options = found.map(({ lines, ...topic }) => ({
      ...topic,
      description: describe(lines),
    }));
    return ok({ about: 'options', command, options });
  }
  return err({
    code: 'TRUNCATED',
    message: 'the help ends before the first option',
    hint: 'save the whole output',
  });
}

function describe(lines: readonly string[]): string {
  const words = lines.map((line) => line.trim()).filter((line) => line !== '');
  return words.join(' ').slice(0, descriptionMax);
}
