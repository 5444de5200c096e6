import { reply, type Reply } from '../nvidia-smi/reply.ts';
import type { GpuView } from '../nvidia-smi/view.ts';
import { renderTree, renderTreeJson, type Tree, type TreeNode } from './output-tree.ts';

/** Letters of the watches that `health -s` takes, with the names of both reports. */
const watches = [
  { letter: 'p', watch: 'PCIe', system: 'PCIe system' },
  { letter: 'n', watch: 'NVLINK', system: 'NVLINK system' },
  { letter: 'm', watch: 'Memory', system: 'Memory system' },
  { letter: 's', watch: 'SM', system: 'SM system' },
  { letter: 'i', watch: 'InfoROM', system: 'InfoROM system' },
  { letter: 't', watch: 'Thermal', system: 'Thermal system' },
  { letter: 'o', watch: 'Power', system: 'Power system' },
  { letter: 'd', watch: 'Driver', system: 'Driver' },
] as const;
/** What `t` switches on: heat and power. `a` is everything, `m` memory with the SMs. */
const letterMeanings: Readonly<Record<string, string>> = {
  p: 'p',
  m: 'ms',
  i: 'i',
  t: 'to',
  n: 'n',
  d: 'd',
  a: 'pnmsitod',
};

/** The watches that letters mean; undefined: one of them is none. */
export function watchesNamed(letters: string): string | undefined {
  let meant = '';
  for (const letter of letters) {
    const meaning = letterMeanings[letter];
    if (meaning === undefined) return undefined;
    meant += meaning;
  }
  const on = watches.map((each) => each.letter).filter((letter) => meant.includes(letter));
  return on.length === 0 ? undefined : on.join('');
}

export const watchesSet = reply(['Health monitor systems set successfully.']);

/** `health -f` */
export function fetchWatches(on: string, json: boolean): Reply {
  const tree: Tree = {
    leftWidth: 18,
    rightWidth: 70,
    headers: [],
    separated: false,
    sections: [
      ...watches.map(({ letter, watch }) => ({
        label: watch,
        value: on.includes(letter) ? 'On' : 'Off',
      })),
      { label: 'NvSwitch NF', value: 'Off' },
      { label: 'NvSwitch F', value: 'Off' },
    ],
  };
  return reply(['Health monitor systems report', ...print(tree, json)]);
}

type Result = 'Healthy' | 'Warning' | 'Failure';

interface Incident {
  readonly letter: string;
  readonly result: Result;
  readonly message: string;
}

/** `health -c`: what the watches that are on have seen. */
export function checkHealth(views: readonly GpuView[], on: string, json: boolean): Reply {
  if (on === '') {
    return reply(['Error: Health watches not enabled. Please enable watches. '], 255);
  }
  const cards = views
    .map((view) => ({
      index: view.index,
      incidents: incidentsOf(view).filter(({ letter }) => on.includes(letter)),
    }))
    .filter(({ incidents }) => incidents.length > 0);
  const overall = worst(cards.flatMap(({ incidents }) => incidents));
  const sections: TreeNode[] = [{ label: 'Overall Health', value: overall }];
  if (cards.length > 0) {
    const children = cards.map(({ index, incidents }) => ({
      label: String(index),
      value: worst(incidents),
      children: [{ label: 'Errors', value: '', children: systemNodes(incidents) }],
    }));
    sections.push({ label: 'GPU', value: '', children });
  }
  const tree = { leftWidth: 28, rightWidth: 60, separated: false, sections };
  return reply(print({ ...tree, headers: ['Health Monitor Report'] }, json));
}

function print(tree: Tree, json: boolean): readonly string[] {
  return json ? renderTreeJson(tree) : renderTree(tree);
}

function systemNodes(incidents: readonly Incident[]): readonly TreeNode[] {
  return watches.flatMap(({ letter, system }) => {
    const here = incidents.filter((each) => each.letter === letter);
    if (here.length === 0) return [];
    const text = here.map((each) => each.message).join(', ');
    return [{ label: system, value: worst(here), overflow: wrap(text) }];
  });
}

function incidentsOf({ index, health }: GpuView): readonly Incident[] {
  const found: Incident[] = [];
  const add = (letter: string, result: Result, message: string): void => {
    found.push({ letter, result, message });
  };
  if (health.lost)
    add(
      'd',
      'Failure',
      `GPU ${index} has fallen off the bus or has otherwise become inaccessible.`,
    );
  if (health.eccErrors > 0) {
    add(
      'm',
      'Failure',
      `Detected ${health.eccErrors} volatile double-bit ECC error(s) in GPU ${index}. Drain the GPU and reset it or reboot the node.`,
    );
  }
  if (health.rowRemapPending) {
    add(
      'm',
      'Warning',
      `GPU ${index} had uncorrectable memory errors and row remapping is pending.`,
    );
  }
  if (health.rowRemapFailure) {
    add(
      'm',
      'Failure',
      `GPU ${index} had a row remapping failure. Run a field diagnostic on the GPU.`,
    );
  }
  if (health.thermalSlowdown) {
    add('t', 'Warning', `Detected clock throttling due to thermal violation in GPU ${index}.`);
  }
  if (health.powerBrake) {
    add('o', 'Warning', `Detected clock throttling due to power violation in GPU ${index}.`);
  }
  return found;
}

function worst(incidents: readonly Incident[]): Result {
  if (incidents.some(({ result }) => result === 'Failure')) return 'Failure';
  return incidents.length === 0 ? 'Healthy' : 'Warning';
}

/** Width of a line of a message. */
const messageWidth = 54;

/** Whole words, as many as fit. */
function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= messageWidth) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
