import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import {
  headLines,
  isAside,
  isCut,
  isNotice,
  lineProblem,
  notThisFormat,
  stopsInIndentation,
  truncated,
} from '../text/saved-output.ts';
import { linesOf } from '../text/text.ts';

/** What a link says of itself: by key, with the unit last (`speedGbPerS`, `rawTxKib`, `replayErrors`). */
export interface NvlinkLink {
  readonly link: number;
  /** False for `<inactive>`; null where the listing does not tell. */
  readonly active: boolean | null;
  readonly readings: Readonly<Record<string, number | boolean | string | null>>;
}

interface NvlinkGpu {
  readonly index: number;
  readonly name: string;
  readonly uuid: string;
  /** `none`: no NVLink hardware. `mig`: not told while MIG is on. `inactive`: every link is down. */
  readonly state: 'links' | 'none' | 'mig' | 'inactive' | 'unknown';
  /** The sentence in place of links; null where there are links. */
  readonly note: string | null;
  readonly links: readonly NvlinkLink[];
}

interface NvlinkReport {
  readonly gpus: readonly NvlinkGpu[];
  readonly notices: readonly string[];
}

/** `nvidia-smi nvlink -s | -gt d | -gt r | -e | -c | -p | -R`, drivers 410 to 610. */
export const nvlinkFormat: Format<NvlinkReport> = {
  kind: 'nvlink',
  command: 'nvidia-smi nvlink -s',
  recognises: recognisesNvlink,
  parse: parseNvlink,
};

const gpuLine = /^GPU\s{1,4}(\d{1,4}): {1,4}(\S.{0,200}?) {1,4}\(UUID: {0,4}([^)]{1,100})\)$/;
const linkLine = /^\s{0,16}Link\s{1,3}(\d{1,3})([:,]) {0,4}(\S.{0,200})$/;
const sentences: readonly (readonly [RegExp, NvlinkGpu['state']])[] = [
  [/does not (?:have or )?support Nvlink/i, 'none'],
  [/not supported for Devices in MIG mode/i, 'mig'],
  [/all links are inActive/i, 'inactive'],
  [/^(?:NVML: |Unable to |Nvlink |NVLink |Failed to |Not supported)/i, 'unknown'],
];

function recognisesNvlink(text: string): boolean {
  const lines = headLines(text);
  return (
    lines.some((line) => gpuLine.test(line.trimEnd())) &&
    lines.some((line) => linkLine.test(line) || stateOf(line.trim()) !== null)
  );
}

function stateOf(sentence: string): NvlinkGpu['state'] | null {
  return sentences.find(([pattern]) => pattern.test(sentence))?.[1] ?? null;
}

interface OpenGpu extends Omit<NvlinkGpu, 'state' | 'note' | 'links'> {
  state: NvlinkGpu['state'];
  note: string | null;
  readonly links: Map<number, NvlinkLink>;
}

function parseNvlink(text: string): Result<NvlinkReport> {
  const lines = linesOf(text);
  const gpus: OpenGpu[] = [];
  const notices: string[] = [];
  const keys = new Set<string>();
  let linksSeen = 0;
  for (const [at, line] of lines.entries()) {
    const gpu = gpuLine.exec(line.trimEnd());
    const card = gpus.at(-1);
    if (gpu !== null) {
      const [, index = '', name = '', uuid = ''] = gpu;
      gpus.push({
        index: Number(index),
        name,
        uuid,
        state: 'unknown',
        note: null,
        links: new Map(),
      });
      continue;
    }
    const link = linkLine.exec(line.trimEnd());
    const readings = link === null ? null : readLink(link[2] ?? '', link[3] ?? '');
    const state = stateOf(line.trim());
    if (link !== null && readings !== null && card !== undefined) {
      const said = Object.keys(readings.readings);
      // Every link says the same things: a last line that says something new lost its unit.
      const isNew = said.some((key) => !keys.has(key));
      if (isNew && linksSeen > 1 && isCut(text, lines, at)) {
        return err(truncated(`line ${at + 1}`));
      }
      for (const key of said) keys.add(key);
      if (!card.links.has(Number(link[1]))) linksSeen += 1;
      addReadings(card, Number(link[1]), readings);
    } else if (state !== null && card !== undefined && card.links.size === 0) {
      if (state === 'unknown' && isCut(text, lines, at)) return err(truncated(`line ${at + 1}`));
      card.state = state;
      card.note = line.trim();
    } else if (isNotice(line)) notices.push(line.trim());
    else if (!isAside(line)) {
      const otherwise = { code: 'NVLINK_LINE', what: 'line of nvidia-smi nvlink' };
      return err(lineProblem(text, lines, at, otherwise));
    }
  }
  if (gpus.length === 0) return err(notThisFormat(text, 'output of nvidia-smi nvlink'));
  if (stopsInIndentation(text, lines)) return err(truncated(`line ${lines.length}`));
  const bare = gpus.at(-1);
  if (gpus.length > 1 && bare?.links.size === 0 && bare.note === null) {
    return err(truncated(`line ${lines.length}`));
  }
  return ok({ gpus: gpus.map((gpu) => ({ ...gpu, links: [...gpu.links.values()] })), notices });
}

type LinkReadings = Omit<NvlinkLink, 'link'>;

function addReadings(card: OpenGpu, link: number, { active, readings }: LinkReadings): void {
  const known = card.links.get(link);
  card.state = 'links';
  card.links.set(link, {
    link,
    active: active ?? known?.active ?? null,
    readings: { ...known?.readings, ...readings },
  });
}

const speed = /^(-?\d{1,12}(?:\.\d{1,9})?) (GB\/s|MB\/s)$/;
const busId = /^[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]$/;
const remote = /^Remote Device ([0-9A-Fa-f:.]{4,20}): Link (\d{1,3})$/;
const labelled = /^([A-Za-z][A-Za-z0-9 ()/_-]{0,60}?) ?: ?(\S.{0,80})$/;

/** What stands after `Link 3:` (or `Link 3,` for capabilities); null: nothing that we know. */
function readLink(separator: string, said: string): LinkReadings | null {
  if (said === '<inactive>') return { active: false, readings: {} };
  const rate = speed.exec(said);
  if (rate !== null) {
    const key = rate[2] === 'GB/s' ? 'speedGbPerS' : 'speedMbPerS';
    return { active: true, readings: { [key]: Number(rate[1]) } };
  }
  if (busId.test(said)) return { active: null, readings: { remotePciBusId: said } };
  const peer = remote.exec(said);
  if (peer !== null) {
    const [, remotePciBusId = '', link = ''] = peer;
    return { active: null, readings: { remotePciBusId, remoteLink: Number(link) } };
  }
  const parts = separator === ',' ? [said] : said.split(', ');
  const readings: Record<string, number | boolean | string | null> = {};
  for (const part of parts) {
    const match = labelled.exec(part);
    if (match === null) return null;
    const [key, value] = readLabelled(match[1] ?? '', match[2] ?? '');
    readings[key] = value;
  }
  return { active: null, readings };
}

const unitWords: ReadonlyMap<string, string> = new Map(
  Object.entries({ KiB: 'Kib', KBytes: 'Kb', MiB: 'Mib' }),
);

function readLabelled(label: string, said: string): [string, number | boolean | string | null] {
  const words = label.toLowerCase().split(/[^a-z0-9]+/);
  const key = words
    .filter((word) => word !== '')
    .map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
  if (said === 'true' || said === 'false') return [key, said === 'true'];
  const measured = /^(-?\d{1,20}(?:\.\d{1,9})?)(?: ([A-Za-z/]{1,8}))?$/.exec(said);
  if (measured === null)
    return [key, /^(?:N\/A|Not Supported|<inactive>)$/i.test(said) ? null : said];
  const unit = measured[2] ?? '';
  return [`${key}${unitWords.get(unit) ?? unit.replace('/', 'Per')}`, Number(measured[1])];
}
