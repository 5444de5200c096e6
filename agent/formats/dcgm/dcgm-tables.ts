import { err, ok } from '../../../shared/domain/result.ts';
import { dcgmValue } from './dcgm-blank.ts';
import { boxRule, isBoxCut, readBox, readJsonBox, type Box, type BoxNode } from './dcgm-box.ts';
import type { Format } from '../format.ts';
import { notThisFormat, truncated } from '../text/saved-output.ts';
import { headOf } from '../text/text.ts';

type Value = string | number | null;

/** What a box of `dcgmi` says, by its title. */
export type DcgmTable =
  | { readonly report: 'groups'; readonly groups: readonly DcgmGroup[] }
  | {
      readonly report: 'nvlink-errors';
      readonly gpuId: number | null;
      readonly links: readonly {
        readonly link: number;
        readonly errors: Readonly<Record<string, Value>>;
      }[];
    }
  | {
      readonly report: 'topology';
      readonly gpuId: number | null;
      readonly cpuAffinity: string | null;
      readonly peers: readonly {
        readonly gpuId: number;
        readonly connections: readonly string[];
      }[];
    }
  | {
      readonly report: 'health';
      /** `Healthy`, `Warning`, `Failure`; null: it does not say. */
      readonly overall: string | null;
      readonly incidents: readonly DcgmIncident[];
    }
  /** Any other box: the rows as they are. */
  | {
      readonly report: 'table';
      readonly titles: readonly string[];
      readonly rows: readonly DcgmRow[];
    };

interface DcgmGroup {
  readonly id: number | null;
  readonly name: string | null;
  /** `GPU 0`, `GPU-I 3`, … */
  readonly entities: readonly string[];
}

interface DcgmIncident {
  /** `GPU 0`, `NvSwitch 2`; null: of the host. */
  readonly entity: string | null;
  readonly system: string;
  readonly health: string;
  readonly message: string;
}

interface DcgmRow {
  readonly section: string | null;
  readonly name: string;
  readonly value: Value;
  readonly more: readonly string[];
  readonly rows: readonly DcgmRow[];
}

/** The same frame is drawn by others (`npu-smi`, grid tables of documents): the first words are DCGM's. */
const ownTitle =
  /^[ \t]{0,8}\| {1,60}(?:.{0,60}\| Topology Information|Health Monitor Report|Overall Health|(?:List of )?(?:FIELD )?GROUPS?\b|Fields?\b|(?:GPU )?Topology|(?:GPU )?NVLINK|GPU ID|GPU \d|Polic(?:y|ies)|Modules?\b|Group\.Subgroup|Introspect|Hostengine|Job|Process|Execution|Compute Mode|Status:|Statistics|Successfully)/im;

/** `dcgmi profile -l` draws its rule as any other line. */
const profileHead = /^\| Group\.Subgroup {1,8}\| Field ID/m;

/** Every box of `dcgmi` but the diagnostic and the discovery, as text and as JSON. */
export const dcgmTableFormat: Format<DcgmTable> = {
  kind: 'dcgm',
  command: 'dcgmi group -l | nvlink -e | topo | health -c | …',
  recognises: (text) => {
    const head = headOf(text);
    return (
      (boxRule.test(head) && ownTitle.test(head)) ||
      profileHead.test(head) ||
      (/^\s*\{\s*"(?:body|header)"\s*:\s*[{[]/.test(head) && /"value"\s*:/.test(text))
    );
  },
  parse: (text) => {
    const box = boxOf(text);
    if (box === 'cut') return err(truncated('the end'));
    return box === null ? err(notThisFormat(text, 'table of dcgmi')) : ok(tableOf(box));
  },
};

function boxOf(text: string): Box | 'cut' | null {
  if (/^\s*\{/.test(text)) {
    const root = parseJsonObject(text);
    return root === null ? 'cut' : readJsonBox(root);
  }
  if (isBoxCut(text)) return 'cut';
  const box = readBox(text);
  return box.titles.length + box.sections.flatMap(({ nodes }) => nodes).length === 0 ? null : box;
}

/** The object that a text is; null: it is no JSON, or was cut. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tableOf(box: Box): DcgmTable {
  const title = box.titles.join(' ').toLowerCase();
  const nodes = box.sections.flatMap((section) => section.nodes);
  if (/\bgroups\b/.test(title) && nodes.some(({ name }) => name === 'Groups'))
    return groupsOf(nodes);
  if (title.includes('nvlink error counts')) return nvlinkErrorsOf(box.titles, nodes);
  if (title.includes('topology information')) return topologyOf(box.titles, nodes);
  if (
    title.includes('health monitor report') ||
    title.includes('overall health') ||
    isHealth(nodes)
  )
    return healthOf(box.titles, nodes);
  const rows = box.sections.flatMap((section) =>
    section.nodes.map((node) => rowOf(node, section.name)),
  );
  return { report: 'table', titles: box.titles, rows };
}

function isHealth(nodes: readonly BoxNode[]): boolean {
  return nodes.some(({ name, lines }) => `${name}: ${lines[0] ?? ''}`.includes('Overall Health: '));
}

function rowOf(node: BoxNode, section: string | null): DcgmRow {
  const [value, ...more] = node.lines;
  return {
    section,
    name: node.name,
    value: value === undefined ? null : dcgmValue(value),
    more,
    rows: node.children.map((child) => rowOf(child, section)),
  };
}

function groupsOf(nodes: readonly BoxNode[]): DcgmTable {
  const groups = nodes.flatMap(({ children }) => children);
  return {
    report: 'groups',
    groups: groups.map(({ children }) => {
      const entities = childText(children, 'Entities') ?? '';
      return {
        id: integer(childText(children, 'Group ID')),
        name: childText(children, 'Group Name'),
        entities:
          entities === 'None' || entities === ''
            ? []
            : entities.split(/,\s*/).filter((each) => each !== ''),
      };
    }),
  };
}

function nvlinkErrorsOf(titles: readonly string[], nodes: readonly BoxNode[]): DcgmTable {
  const links = nodes.filter(({ name }) => /^Link \d+$/.test(name));
  return {
    report: 'nvlink-errors',
    gpuId: gpuIn(titles),
    links: links.map(({ name, children }) => ({
      link: Number(name.slice(5)),
      errors: Object.fromEntries(
        children.map((child) => [child.name, dcgmValue(child.lines.join(' '))]),
      ),
    })),
  };
}

function topologyOf(titles: readonly string[], nodes: readonly BoxNode[]): DcgmTable {
  return {
    report: 'topology',
    gpuId: gpuIn(titles),
    cpuAffinity: childText(nodes, 'CPU Core Affinity'),
    peers: nodes.flatMap(({ name, lines }) => {
      const id = /^To GPU (\d+)$/.exec(name)?.[1];
      return id === undefined ? [] : [{ gpuId: Number(id), connections: lines }];
    }),
  };
}

/** As trees of DCGM 3 and 4; and as the user guide of DCGM 1 and 2 prints it, a line an incident. */
function healthOf(titles: readonly string[], nodes: readonly BoxNode[]): DcgmTable {
  const said = [...titles, ...nodes.flatMap(({ name, lines }) => [name, ...lines])].join('\n');
  const overall =
    nodes.find(({ name }) => name === 'Overall Health')?.lines[0] ??
    /Overall Health: ([A-Za-z]{1,20})/.exec(said)?.[1] ??
    null;
  const others = nodes.filter(({ name }) => name !== 'Overall Health');
  return {
    report: 'health',
    overall,
    incidents: others.flatMap((node) =>
      /^GPU ID: \d{1,9}$/.test(node.name) ? incidentLinesOf(node) : incidentsOf(node, []),
    ),
  };
}

/** `GPU ID: 0 | Warning`, then `PCIe system: Warning - Detected …`, wrapped between words. */
function incidentLinesOf({ name, lines }: BoxNode): DcgmIncident[] {
  const incidents: DcgmIncident[] = [];
  for (const line of lines.slice(1)) {
    const begun = /^(.{1,60}?): (Warning|Failure)(?: - (.*))?$/i.exec(line);
    const last = incidents.at(-1);
    if (begun !== null) {
      const [, system = '', health = '', message = ''] = begun;
      incidents.push({ entity: name.replace('ID: ', ''), system, health, message });
    } else if (last !== undefined) {
      incidents.splice(-1, 1, { ...last, message: `${last.message} ${line}` });
    }
  }
  return incidents;
}

/** A leaf with a verdict is an incident; the path to it says of what. */
function incidentsOf(node: BoxNode, path: readonly string[]): DcgmIncident[] {
  const here = [...path, node.name];
  const deeper = node.children.flatMap((child) => incidentsOf(child, here));
  const [health, ...message] = node.lines;
  if (deeper.length > 0 || health === undefined || !/^(?:Warning|Failure|Fail)\b/i.test(health))
    return deeper;
  const [group, id] = here;
  const entity =
    here.length > 1 && /^(?:GPU |NvSwitch )?\d+$/i.test(id ?? '') ? `${group} ${id}` : null;
  return [{ entity, system: node.name, health, message: message.join(' ') }];
}

function childText(nodes: readonly BoxNode[], name: string): string | null {
  const node = nodes.find((each) => each.name === name);
  if (node === undefined) return null;
  const value = dcgmValue(node.lines.join(' '));
  return value === null ? null : String(value);
}

function gpuIn(titles: readonly string[]): number | null {
  return integer(/\bGPU(?: ID:)? (\d+)\b/.exec(titles.join(' '))?.[1] ?? null);
}

function integer(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
