import { scopeOfRefusal } from './refusals/error-texts.ts';
import { formatKinds, type Format, type FormatKind } from './format.ts';
import { formats } from './registry.ts';
import { headOf } from './text/text.ts';

/** What a text is by its own marks; null: they do not tell. */
export function recogniseText(text: string): Format | null {
  const head = headOf(text);
  return formats.find((format) => format.recognises(head)) ?? null;
}

/**
 * The kind of a text that is a refusal and nothing else. What the driver refuses reads the same whatever was asked,
 * so it is `errors`; MPS and DCGM have their own words; a command line that was not understood is the command's,
 * which only the name of the file can tell.
 */
export function kindOfRefusal(text: string, hint: FormatKind | null): FormatKind {
  const scope = scopeOfRefusal(text);
  if (scope === 'mps' || scope === 'dcgm' || scope === 'mig') return scope;
  return scope === 'command' ? (hint ?? 'errors') : 'errors';
}

/** What people call these files, apart from the kinds themselves. The first that fits decides. */
const fileNames: readonly (readonly [RegExp, FormatKind])[] = [
  [
    /(?:control|server)\.log\b|\bmps\b|(?:server|client)-list|server-status|thread-percent|pinned-mem|start-server|terminate-client/,
    'mps',
  ],
  [/\.prom$|\bmetrics(?:\.txt)?$|dcgm[-_]exporter/, 'dcgm-exporter'],
  [/dmesg|kmsg|\bxid|kern(?:el)?\.log|journal|syslog|fabric-?manager/, 'kmsg'],
  [/\bdcgmi?\b/, 'dcgm'],
  [/help/, 'smi-help'],
  [/[-_.]version\b/, 'smi-version'],
  [/\b[dp]mon\b/, 'dmon-pmon'],
  [/\bnvlink\b/, 'nvlink'],
  [/\btopo(?:logy)?\b/, 'topo'],
  [/\.dtd$/, 'dtd'],
  [/\.csv$|query-(?:gpu|compute-apps|accounted-apps|retired-pages)/, 'smi-csv'],
  [/\.xml$|[-_.]q[-_]?x\b/, 'xml'],
  [/\bmig\b|\b(?:lgip{1,2}|lcip{1,2}|lgi|lci)\b/, 'mig'],
  [/[-_.]q\.(?:txt|log|out)$/, 'smi-q'],
  [/[-_.]L\.(?:txt|log|out)$/i, 'smi-list'],
  [/\btable\b/, 'smi-table'],
  [/\berrors?\b/, 'errors'],
];

/** What the folder or the name of a file suggests. Only where the text cannot decide: people rename files. */
export function kindOfFile(file: string): FormatKind | null {
  const parts = file.slice(-4_096).split(/[\\/]/);
  const folders = parts.slice(0, -1).reverse();
  for (const folder of folders) {
    const kind = formatKinds.find((each) => each === folder.toLowerCase());
    if (kind !== undefined) return kind;
  }
  const name = (parts.at(-1) ?? '').replaceAll('_', '-');
  const byName = kindOfWord(name);
  if (byName !== null) return byName;
  return (
    folders
      .slice(0, 3)
      .map(kindOfWord)
      .find((kind) => kind !== null) ?? null
  );
}

function kindOfWord(word: string): FormatKind | null {
  const lower = word.toLowerCase().replace(/\.gz$/, '');
  const exact = formatKinds.find((kind) => lower === kind || lower.startsWith(`${kind}.`));
  return exact ?? fileNames.find(([pattern]) => pattern.test(lower))?.[1] ?? null;
}
