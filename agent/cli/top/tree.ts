import type {
  CardSample,
  Figure,
  ProcessSample,
  SliceSample,
  UserSample,
} from '../api/top-record.ts';
import { holderWord } from '../holder-word.ts';
import { shapeWord } from '../shape-word.ts';

/** A number with how it is known: `shared` figures are marked, null ones are `-`. */
export interface Amount {
  readonly value: number;
  readonly shared: boolean;
}

/** One line of the view and what is below it. */
export interface TopNode {
  /** Stays the same from sample to sample: the selection, folding and history hang on it. */
  readonly key: string;
  readonly kind: 'card' | 'slice' | 'replica' | 'allocation' | 'group' | 'process' | 'note';
  readonly name: string;
  /** What the filter looks at, in lower case. */
  readonly words: string;
  readonly memoryMib: Amount | null;
  /** What it may use, or has in all; null: no such bound. */
  readonly memoryOfMib: number | null;
  readonly smRatio: Amount | null;
  readonly powerWatts: Amount | null;
  readonly temperatureCelsius: number | null;
  readonly smClockMhz: number | null;
  /** Use in percent, oldest first, as far as the agent remembers it. */
  readonly history: readonly (number | null)[];
  readonly warning: string;
  readonly children: readonly TopNode[];
}

const blank = {
  memoryMib: null,
  memoryOfMib: null,
  smRatio: null,
  powerWatts: null,
  temperatureCelsius: null,
  smClockMhz: null,
  history: [],
  warning: '',
  children: [],
} as const satisfies Partial<TopNode>;

/** A card with its slices, their holders and their processes; then those of nobody, and how the rest adds up. */
export function cardNode(card: CardSample): TopNode {
  const key = card.uuid;
  const product = card.productName.replace(/^NVIDIA /, '');
  const name = [String(card.index), product, card.mode].filter((word) => word !== '').join(' ');
  const held = new Set(['', ...card.slices.map(holderWord)]);
  const loose = card.users.filter((user) => !held.has(holderWord(user)));
  const children = [
    ...card.slices.map((slice) => sliceNode(card, slice)),
    ...loose.map((user) => holderNode(card, user, { parent: key, inside: null })),
    ...foreignNodes(card),
    ...partNodes(card),
  ];
  return {
    ...blank,
    key,
    kind: 'card',
    name,
    words: wordsOf(name, card.uuid),
    memoryMib: measured(card.memoryUsedMib),
    memoryOfMib: card.memoryTotalMib,
    smRatio: measured(card.utilizationRatio ?? busyRatio(card)),
    powerWatts: measured(card.powerWatts),
    temperatureCelsius: card.temperatureCelsius,
    smClockMhz: card.smClockMhz,
    history: card.history,
    warning: warningOf(card),
    children,
  };
}

/** Under MIG the card does not tell, but its instances may. */
function busyRatio({ sm }: CardSample): number | null {
  return sm === null ? null : 1 - sm.idleRatio;
}

/** `gpu_idle` and the clocks that somebody chose hold nothing down. */
const harmlessReasons = new Set([
  'gpu_idle',
  'applications_clocks_setting',
  'sync_boost',
  'active',
]);

function warningOf({ health, healthReason, throttleReasons }: CardSample): string {
  if (health !== 'ok' && health !== '') return `${health}: ${healthReason}`;
  const grave = throttleReasons.filter((reason) => !harmlessReasons.has(reason));
  return grave.length === 0 ? '' : `slowed: ${grave.join(', ')}`;
}

function sliceNode(card: CardSample, slice: SliceSample): TopNode {
  const holder = holderWord(slice);
  const user = holder === '' ? undefined : card.users.find((each) => holderWord(each) === holder);
  const shape = shapeWord(slice.shape) || 'slice';
  const place = slice.shape?.kind === 'mig' ? shape : `${shape} ${slice.slice}`;
  const key = `${card.uuid}/${place}`;
  const state = stateWord(slice);
  // Nobody keeps a timeshare to its memory, and an operator who looks at it must know.
  const kept = slice.shape?.kind === 'timeshare' ? ' (not enforced)' : '';
  const name = `${shape}${kept}${state}`;
  // Under MIG everything in an instance is told of the instance: that is what its holder asks about.
  const inside = measured(slice.smActiveRatio ?? slice.engineActiveRatio);
  return {
    ...blank,
    key,
    kind: 'slice',
    name,
    words: wordsOf(name, slice.slice, holder, slice.model),
    memoryMib: measured(slice.memoryUsedMib) ?? amount(user?.memoryMib ?? null),
    memoryOfMib: slice.shape?.memoryMib ?? null,
    smRatio: inside ?? amount(user?.smRatio ?? null),
    powerWatts: amount(user?.powerWatts ?? null),
    children: user === undefined ? [] : [holderNode(card, user, { parent: key, inside })],
  };
}

function stateWord({ state }: SliceSample): string {
  if (state === 'ready') return '';
  return state === 'foreign' ? ' (not ours)' : ` ${state}`;
}

/** `inside`: use of the instance that the holder has for itself; null: the figures are of the card. */
function holderNode(
  card: CardSample,
  user: UserSample,
  { parent, inside }: { readonly parent: string; readonly inside: Amount | null },
): TopNode {
  const holder = holderWord(user);
  const key = `${parent}/${holder}`;
  const processes = (card.processes ?? []).filter((process) => holderWord(process) === holder);
  return {
    ...blank,
    key,
    kind: user.allocation === '' ? 'replica' : 'allocation',
    name: holder,
    words: wordsOf(holder, user.model),
    memoryMib: amount(user.memoryMib),
    smRatio: inside ?? amount(user.smRatio),
    powerWatts: amount(user.powerWatts),
    children: processes.map((process) => processNode(process, key)),
  };
}

function foreignNodes(card: CardSample): readonly TopNode[] {
  const key = `${card.uuid}/not-ours`;
  if (card.processes === null) {
    return [note(`${card.uuid}/unread`, 'processes: unreadable now')];
  }
  const user = card.users.find((each) => holderWord(each) === '');
  // A server works for the holders that are its clients: it is nobody's guest.
  const servers = card.processes.filter(({ owner }) => owner === 'mps-server');
  const others = card.processes.filter(
    (process) => process.owner !== 'mps-server' && holderWord(process) === '',
  );
  const serverNodes = servers.map((process) => processNode(process, `${card.uuid}/servers`));
  if (user === undefined && others.length === 0) return serverNodes;
  return [
    ...serverNodes,
    {
      ...blank,
      key,
      kind: 'group',
      name: 'not ours',
      words: wordsOf('not ours'),
      memoryMib: amount(user?.memoryMib ?? null),
      smRatio: amount(user?.smRatio ?? null),
      powerWatts: amount(user?.powerWatts ?? null),
      children: others.map((process) => processNode(process, key)),
    },
  ];
}

function processNode(process: ProcessSample, parent: string): TopNode {
  const { pid, name, container, containerName, containerImage, owner } = process;
  const where = container === '' ? '' : ` in ${containerName || container.slice(0, 12)}`;
  const what = owner === 'mps-server' ? 'MPS server' : baseName(name);
  return {
    ...blank,
    key: `${parent}/${pid}`,
    kind: 'process',
    name: `${pid} ${what}${where}`,
    words: wordsOf(String(pid), name, container, containerName, containerImage),
    memoryMib: measured(process.memoryUsedMib),
    smRatio: measured(process.smRatio),
  };
}

/** How the card's memory adds up: what no user has. */
function partNodes(card: CardSample): readonly TopNode[] {
  if (card.memory === null) return [];
  const { overheadMib, unattributedMib, strandedMib, idleMib } = card.memory;
  const parts: readonly (readonly [string, number])[] = [
    ['driver and contexts', overheadMib],
    ['of unknown users', unattributedMib],
    ['stranded', strandedMib],
    ['idle', idleMib],
  ];
  return parts.flatMap(([name, mib]) =>
    mib < 0.5
      ? []
      : [{ ...note(`${card.uuid}/${name}`, name), memoryMib: { value: mib, shared: false } }],
  );
}

function note(key: string, name: string): TopNode {
  return { ...blank, key, kind: 'note', name, words: wordsOf(name) };
}

function baseName(command: string): string {
  const [program = ''] = command.trim().split(/\s+/);
  return program.slice(program.lastIndexOf('/') + 1) || command;
}

function wordsOf(...words: readonly string[]): string {
  return words.join(' ').toLowerCase();
}

function measured(value: number | null): Amount | null {
  return value === null ? null : { value, shared: false };
}

function amount(figure: Figure | null): Amount | null {
  return figure === null ? null : { value: figure.value, shared: figure.basis !== 'measured' };
}
