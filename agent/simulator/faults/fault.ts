/** What strikes every program alike. */
const plainKinds = [
  'hang',
  'no-driver',
  'mismatch',
  'no-permission',
  'garbage',
  'vm',
  'loop-stall',
  'loop-errors',
  'loop-die',
  'dcgm-down',
  'dcgm-holds',
] as const;
const numberKinds = ['slow', 'truncate', 'exit'] as const;
/** What strikes one card. */
const cardKinds = [
  'lost',
  'needs-reset',
  'row-remap-pending',
  'row-remap-failure',
  'thermal',
  'power-brake',
  'handle-error',
  'mig-pending',
  'mps-fault',
  'mps-crash',
  'mps-initializing',
  'mps-mute',
] as const;
/** What strikes one profile of instances: by id, by name, or `*`. */
const profileKinds = ['fail-create', 'fail-destroy'] as const;

export type PlainFaultKind = (typeof plainKinds)[number];
export type NumberFaultKind = (typeof numberKinds)[number];
export type CardFaultKind = (typeof cardKinds)[number] | 'in-use' | 'ecc';
export type ProfileFaultKind = (typeof profileKinds)[number];

/** The driver's own verdict on a card, in the words of `gpu_recovery_action`. */
const recoveryActions = {
  none: 'None',
  reset: 'Reset',
  reboot: 'Reboot',
  'drain-p2p': 'Drain P2P',
  'drain-and-reset': 'Drain and Reset',
} as const;
export type RecoveryAction = (typeof recoveryActions)[keyof typeof recoveryActions];

type FaultBody =
  | { readonly kind: PlainFaultKind }
  /** Milliseconds, bytes or an exit status. */
  | { readonly kind: NumberFaultKind; readonly value: number }
  /** `count`: ECC errors told. Otherwise 0. */
  | { readonly kind: CardFaultKind; readonly gpuIndex: number; readonly count: number }
  | {
      readonly kind: 'recovery';
      readonly gpuIndex: number;
      readonly action: RecoveryAction;
    }
  | {
      readonly kind: 'xid';
      readonly gpuIndex: number;
      readonly code: number;
      /** null: the event names the whole card. */
      readonly gpuInstanceId: number | null;
    }
  | { readonly kind: ProfileFaultKind; readonly profile: string };

/** How the simulated host misbehaves, on request of a test. */
export type Fault = FaultBody & {
  /** As it was written: what a use of it is counted under. */
  readonly text: string;
  /** It strikes so often, and then no more. */
  readonly usesMax: number;
};

const spellings = (kinds: readonly string[], value: string): string =>
  kinds.map((kind) => `${kind}=${value}`).join(', ');
/** What a person may write, for messages. */
export const faultWords =
  `${plainKinds.join(', ')}, slow=MS, truncate=BYTES, exit=N, ` +
  `${spellings(cardKinds, 'INDEX')}, ecc=INDEX[:COUNT], in-use=INDEX[:COUNT], ` +
  `recovery=INDEX:${Object.keys(recoveryActions).join('|')}, xid=INDEX:CODE[:GPU-INSTANCE], ` +
  spellings(profileKinds, 'PROFILE[:COUNT]');

/** One fault, as a line of the control file or a word of `TANGRAM_SIM_FAULTS`; undefined: it is none. */
export function parseFault(text: string): Fault | undefined {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const words = equals < 0 ? [] : text.slice(equals + 1).split(':');
  const found = parseBody(name, words);
  if (found === undefined) return undefined;
  return { ...found.body, text, usesMax: found.usesMax ?? Infinity };
}

interface ParsedBody {
  readonly body: FaultBody;
  readonly usesMax?: number;
}

function parseBody(name: string, words: readonly string[]): ParsedBody | undefined {
  const plain = plainKinds.find((kind) => kind === name);
  if (plain !== undefined) return words.length === 0 ? { body: { kind: plain } } : undefined;
  const number = numberKinds.find((kind) => kind === name);
  if (number !== undefined) return parseNumber(number, words);
  const profile = profileKinds.find((kind) => kind === name);
  if (profile !== undefined) return parseProfile(profile, words);
  return parseCard(name, words);
}

function parseNumber(kind: NumberFaultKind, words: readonly string[]): ParsedBody | undefined {
  const value = count(words[0]);
  if (value === undefined || words.length > 1 || (kind === 'exit' && value > 255)) return undefined;
  return { body: { kind, value } };
}

function parseProfile(kind: ProfileFaultKind, words: readonly string[]): ParsedBody | undefined {
  const [profile = '', times] = words;
  if (profile === '' || words.length > 2) return undefined;
  if (times === undefined) return { body: { kind, profile } };
  const usesMax = count(times);
  return usesMax === undefined ? undefined : { body: { kind, profile }, usesMax };
}

function parseCard(name: string, words: readonly string[]): ParsedBody | undefined {
  const gpuIndex = count(words[0]);
  const second = words[1];
  if (gpuIndex === undefined) return undefined;
  if (name === 'recovery') {
    const action = Object.entries(recoveryActions).find(([word]) => word === second)?.[1];
    return action === undefined || words.length > 2
      ? undefined
      : { body: { kind: 'recovery', gpuIndex, action } };
  }
  if (name === 'xid') return parseXid(gpuIndex, words);
  if (name === 'in-use' || name === 'ecc') {
    const times = second === undefined ? undefined : count(second);
    if (words.length > 2 || (second !== undefined && times === undefined)) return undefined;
    if (name === 'ecc') return { body: { kind: name, gpuIndex, count: times ?? 1 } };
    const body = { kind: name, gpuIndex, count: 0 } as const;
    return times === undefined ? { body } : { body, usesMax: times };
  }
  const kind = cardKinds.find((each) => each === name);
  if (kind === undefined || words.length > 1) return undefined;
  return { body: { kind, gpuIndex, count: 0 }, ...(isOnce(kind) ? { usesMax: 1 } : {}) };
}

/** A client's fault or a crash of a server happens; the others last. */
function isOnce(kind: CardFaultKind): boolean {
  return kind === 'mps-fault' || kind === 'mps-crash';
}

function parseXid(gpuIndex: number, words: readonly string[]): ParsedBody | undefined {
  const code = count(words[1]);
  const instance = words[2] === undefined ? null : count(words[2]);
  if (code === undefined || instance === undefined || words.length > 3) return undefined;
  return { body: { kind: 'xid', gpuIndex, code, gpuInstanceId: instance }, usesMax: 1 };
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
