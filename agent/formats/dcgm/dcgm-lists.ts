import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { dcgmValue } from './dcgm-blank.ts';
import { isBoxCut } from './dcgm-box.ts';
import type { Format } from '../format.ts';
import { isAside, notThisFormat, truncated } from '../text/saved-output.ts';
import { headOf, linesOf, plainText } from '../text/text.ts';

/** `dcgmi discovery -l`. */
export interface DcgmDiscovery {
  readonly report: 'discovery';
  /** As the heads count them; an excerpt may show fewer. */
  readonly gpuCount: number | null;
  readonly nvSwitchCount: number | null;
  readonly cpuCount: number | null;
  readonly gpus: readonly {
    readonly id: number;
    /** null: DCGM has no name for it (`<<<NULL>>>`). */
    readonly name: string | null;
    readonly pciBusId: string | null;
    readonly uuid: string | null;
  }[];
}

export const dcgmDiscoveryFormat: Format<DcgmDiscovery> = {
  kind: 'dcgm',
  command: 'dcgmi discovery -l',
  recognises: (text) =>
    /^\s{0,8}\d{1,4} GPUs? found\.|^\| GPU ID +\| Device Information/m.test(headOf(text)),
  parse: parseDiscovery,
};

function parseDiscovery(text: string): Result<DcgmDiscovery> {
  const counts = new Map<string, number>();
  const gpus: { id: number; name: string | null; pciBusId: string | null; uuid: string | null }[] =
    [];
  let inGpus = true;
  for (const line of linesOf(text)) {
    const head = /^\s{0,8}(\d{1,4}) ([A-Za-z]{2,20}?)s? found\./.exec(line);
    if (head !== null) {
      counts.set((head[2] ?? '').toLowerCase().replace(/e$/, ''), Number(head[1]));
      inGpus = head[2] === 'GPU';
    }
    const row = inGpus ? /^\| (.{1,16}?) *\| (.{0,400}?)\s*\|\s*$/.exec(line) : null;
    if (row === null) continue;
    const [, id = '', cell = ''] = row;
    if (/^\d{1,4}$/.test(id)) gpus.push({ id: Number(id), name: null, pciBusId: null, uuid: null });
    const gpu = gpus.at(-1);
    if (gpu === undefined) continue;
    if (cell.startsWith('Name: ')) gpu.name = wordOf(cell);
    else if (cell.startsWith('PCI Bus ID: ')) gpu.pciBusId = wordOf(cell);
    else if (cell.startsWith('Device UUID: ')) gpu.uuid = wordOf(cell);
  }
  // An excerpt ends with a line; a text that was cut does not.
  const missing = gpus.length < (counts.get('gpu') ?? 0) && !text.endsWith('\n');
  if (missing || isBoxCut(text)) return err(truncated('the last line'));
  if (counts.size + gpus.length === 0) return err(notThisFormat(text, 'discovery of dcgmi'));
  return ok({
    report: 'discovery',
    gpuCount: counts.get('gpu') ?? null,
    nvSwitchCount: counts.get('nvswitch') ?? null,
    cpuCount: counts.get('cpu') ?? null,
    gpus,
  });
}

function wordOf(cell: string): string | null {
  const value = dcgmValue(cell.slice(cell.indexOf(': ') + 2));
  return value === null ? null : String(value);
}

/** `dcgmi dmon -l`: every field that can be watched. */
export interface DcgmFieldList {
  readonly report: 'fields';
  readonly fields: readonly {
    readonly name: string;
    readonly shortName: string;
    readonly id: number;
  }[];
}

const fieldRow = /^\s{0,8}(\S{1,120})\s{1,120}(\S{1,20})\s{1,40}(\d{1,6})\s*$/;

export const dcgmFieldsFormat: Format<DcgmFieldList> = {
  kind: 'dcgm',
  command: 'dcgmi dmon -l',
  recognises: (text) =>
    /^[ \t]{0,40}Long Name {1,120}Short Name {1,80}Field ID/m.test(headOf(text)),
  parse: (text) => {
    const lines = linesOf(text);
    const fields = lines.flatMap((line) => {
      const match = fieldRow.exec(line);
      return match === null
        ? []
        : [{ name: match[1] ?? '', shortName: match[2] ?? '', id: Number(match[3]) }];
    });
    const last = lines.at(-1) ?? '';
    const cut = !text.endsWith('\n') && !fieldRow.test(last) && !/^_+\s*$/.test(last);
    if (cut) return err(truncated('the last line'));
    if (fields.length === 0) return err(truncated('the end'));
    return ok({ report: 'fields', fields });
  },
};

type LinkState = 'up' | 'down' | 'disabled' | 'not-supported';

/** `dcgmi nvlink -s`. */
export interface DcgmLinkStates {
  readonly report: 'nvlink-status';
  readonly gpus: readonly { readonly gpuId: number; readonly links: readonly LinkState[] }[];
  readonly nvSwitches: readonly {
    readonly switchId: number;
    readonly links: readonly LinkState[];
  }[];
}

const linkStates: Readonly<Record<string, LinkState>> = {
  U: 'up',
  D: 'down',
  X: 'disabled',
  _: 'not-supported',
};

export const dcgmLinkStatesFormat: Format<DcgmLinkStates> = {
  kind: 'dcgm',
  command: 'dcgmi nvlink -s',
  recognises: (text) => /^\| {0,40}NvLink Link Status {0,40}\|/im.test(headOf(text)),
  parse: parseLinkStates,
};

function parseLinkStates(text: string): Result<DcgmLinkStates> {
  const gpus: { gpuId: number; links: LinkState[] }[] = [];
  const nvSwitches: { switchId: number; links: LinkState[] }[] = [];
  let open: LinkState[] = [];
  for (const line of linesOf(text)) {
    const owner = /^\s{0,16}(gpuId|physicalId|switchId|nvSwitchId) (\d{1,9}):\s*$/i.exec(line);
    if (owner !== null) {
      open = [];
      const id = Number(owner[2]);
      if (owner[1]?.toLowerCase() === 'gpuid') gpus.push({ gpuId: id, links: open });
      else nvSwitches.push({ switchId: id, links: open });
    } else if (/^\s{1,32}[UDX_](?: [UDX_]){0,255}\s*$/.test(line)) {
      for (const letter of line.trim().split(' ')) open.push(linkStates[letter] ?? 'not-supported');
    }
  }
  // The key stands at the end of a whole output.
  if (gpus.length === 0 || (!text.includes('Key:') && !text.endsWith('\n')))
    return err(truncated('the end'));
  return ok({ report: 'nvlink-status', gpus, nvSwitches });
}

/** One-line answers that refuse nothing. */
export interface DcgmReply {
  readonly report: 'reply';
  readonly version: string | null;
  readonly lines: readonly string[];
}

/** Sentences of DCGM's sources (`dcgmi/*.cpp`); other programs are successful, too. */
const replies = [
  String.raw`dcgmi\s+version: (\S+)`,
  String.raw`Version\s{0,12}: (\d[\d.]{1,20})\s+Build (?:ID|Date|Type)`,
  String.raw`Health monitor systems (?:set|report)\b`,
  String.raw`Successfully (?:created|removed|retrieved|deleted) (?:field )?group\b`,
  String.raw`Successfully (?:started|stopped) (?:process watches|recording)\b`,
  String.raw`Successfully (?:removed|retrieved) (?:the |all )?(?:jobs?|statistics|process)\b`,
  String.raw`Successfully (?:paused|resumed) profiling\b`,
  String.raw`Successfully (?:injected field|added field group|set config|enforced config|added to (?:deny|black)list)`,
  String.raw`(?:Add to|Remove from) group operation successful\b`,
  String.raw`(?:Configuration|Policy) successfully (?:set|enforced|registered)\b`,
];
const reply = new RegExp(`^(?:${replies.join('|')})`, 'i');

/** `dcgmi -v`, `dcgmi health -s a` and other commands that only say that they were done. */
export const dcgmReplyFormat: Format<DcgmReply> = {
  kind: 'dcgm',
  command: 'dcgmi -v | health -s | group -c | …',
  recognises: (text) => text.length < 4_096 && reply.test(plainText(text).trimStart()),
  parse: (text) => {
    const match = reply.exec(plainText(text.slice(0, 4_096)).trimStart());
    if (match === null) return err(notThisFormat(text, 'reply of dcgmi'));
    const lines = linesOf(text).filter((line) => !isAside(line));
    return ok({
      report: 'reply',
      version: match[1] ?? match[2] ?? null,
      lines: lines.slice(0, 100),
    });
  },
};
