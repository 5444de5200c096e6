/** A card that the kernel log names: `0000:9b:00`, domain:bus:device in lower case, without a function. */
type PciAddress = string;

/** Details that GPUs with NVLink 5 add to Xids 144–150. */
export interface Nvlink5Detail {
  /** The unit that reports: `RLW_RXPIPE`, `NETIR_LINK_EVT`. */
  readonly unit: string;
  readonly fatal: boolean;
  /** null: `Link -1`, the fault is of no single link. */
  readonly link: number | null;
  /** Bits 20–25 of the first word. */
  readonly subCode: number;
  readonly words: readonly number[];
}

/** The driver's own verdict (Xid 154). The same vocabulary as `gpu_recovery_action`; the wording varies, the number does not. */
export interface RecoveryChange {
  readonly fromCode: number;
  readonly from: string;
  readonly toCode: number;
  readonly to: string;
}

interface Seen {
  /** When, in the words of the log (ISO, ctime, syslog) or in seconds since boot; null: the line does not say. */
  readonly at: string | null;
  readonly pciBusId: PciAddress | null;
  readonly message: string;
}

export interface XidEvent extends Seen {
  readonly kind: 'xid';
  readonly code: number;
  readonly pciBusId: PciAddress;
  /** The process it is about, when the driver knew. */
  readonly pid: number | null;
  readonly process: string | null;
  /** MIG instances, when the driver named them. */
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
  readonly nvlink5: Nvlink5Detail | null;
  readonly recovery: RecoveryChange | null;
}

/** From the NVSwitch driver: another numbering than Xids. */
export interface SxidEvent extends Seen {
  readonly kind: 'sxid';
  readonly code: number;
  readonly pciBusId: PciAddress;
  /** `nvidia-nvswitch1` → 1. */
  readonly nvSwitch: number | null;
  /** null: a line that continues one, with severity or data. */
  readonly fatal: boolean | null;
  readonly link: number | null;
}

/** A card that is gone. It comes beside Xid 79, and without any Xid when the driver loads. */
export interface FallenOffBusEvent extends Seen {
  readonly kind: 'fallen-off-bus';
}

export type KernelEvent = XidEvent | SxidEvent | FallenOffBusEvent;

/** Longer lines are cut: a record of /dev/kmsg holds at most 8 KiB. */
const lineLengthMax = 8_192;

/**
 * One line of `dmesg` (any `--time-format`), `journalctl -k`, syslog or raw `/dev/kmsg`; null for a line without an
 * Xid, an SXid or a card that fell off the bus. Nearly all lines of a log are rejected by two plain searches.
 */
export function parseKernelLine(raw: string): KernelEvent | null {
  const xidAt = raw.indexOf('Xid');
  const busAt = xidAt === -1 ? raw.indexOf('fallen off the bus') : -1;
  if (xidAt === -1 && busAt === -1) return null;
  const line = raw.length > lineLengthMax ? raw.slice(0, lineLengthMax) : raw;
  return readXid(line) ?? readSxid(line) ?? readFallenOffBus(line);
}

/**
 * Reads a log line by line. It remembers the card that the driver named last: at driver load a lost card takes three
 * lines, and only the first says which.
 */
export function createKernelReader(): (line: string) => KernelEvent | null {
  let named: PciAddress | null = null;
  return (line) => {
    const event = parseKernelLine(line);
    if (event === null) {
      const card = line.includes('NVRM: The NVIDIA GPU ') ? namedCard.exec(line) : null;
      if (card !== null) named = normalPciAddress(card[1] ?? '');
      return null;
    }
    if (event.kind !== 'fallen-off-bus' || event.pciBusId !== null) return event;
    const found = { ...event, pciBusId: named };
    named = null;
    return found;
  };
}

/** `00000000:4F:00.0`, `0000:4f:00` → `0000:4f:00`: the form in which kernel lines are compared with cards. */
export function normalPciAddress(text: string): PciAddress {
  const match = /^([0-9a-f]{1,8}):([0-9a-f]{2}):([0-9a-f]{2})(?:\.[0-9a-f])?$/i.exec(text.trim());
  if (match === null) return text.trim().toLowerCase();
  const [, domain = '', bus = '', device = ''] = match;
  const short = domain.replace(/^0+/, '').padStart(4, '0');
  return `${short}:${bus}:${device}`.toLowerCase();
}

const namedCard = /NVRM: The NVIDIA GPU ([0-9a-f:.]{7,16})/i;
const xid =
  /NVRM: (?:GPU\d+ )?Xid \((?:PCI:)?([0-9a-f:.]{7,18})((?: GPU-(?:I|CI):\d{1,5}){0,2})\): (\d{1,5}),? ?(.*)$/i;
const instances = /GPU-(I|CI):(\d{1,5})/gi;

function readXid(line: string): XidEvent | null {
  const match = xid.exec(line);
  if (match === null) return null;
  const [, card = '', mig = '', code = '', rest = ''] = match;
  const { pid, process, message } = readProcess(rest);
  const ids = new Map([...mig.matchAll(instances)].map(([, what, id]) => [what, Number(id)]));
  const number = Number(code);
  return {
    kind: 'xid',
    code: number,
    pciBusId: normalPciAddress(card),
    pid,
    process,
    gpuInstanceId: ids.get('I') ?? null,
    computeInstanceId: ids.get('CI') ?? null,
    message,
    at: timeOf(line.slice(0, match.index)),
    nvlink5: number >= 144 && number <= 150 ? readNvlink5(message) : null,
    recovery: number === 154 ? readRecovery(message) : null,
  };
}

const process =
  /^pid=(?:'?<unknown>'?|(\d{1,10}))(?:, name=(?:'?<unknown>'?|([^,]{0,255})))?(?:, ?|$)/;

function readProcess(rest: string): {
  readonly pid: number | null;
  readonly process: string | null;
  readonly message: string;
} {
  const match = process.exec(rest);
  if (match === null) return { pid: null, process: null, message: rest.trim() };
  const [told, pid, name] = match;
  return {
    pid: pid === undefined ? null : Number(pid),
    process: name === undefined || name === '' ? null : name,
    message: rest.slice(told.length).trim(),
  };
}

const nvlink5 =
  /^([A-Z][A-Z0-9_]{1,60}) +(Fatal|Non-?fatal) +XC-?\d+ +i-?\d+ +Link +(-?\d{1,3}) +\((0x[0-9a-f]{1,8}(?: 0x[0-9a-f]{1,8}){0,11})\)/i;

function readNvlink5(message: string): Nvlink5Detail | null {
  const match = nvlink5.exec(message);
  if (match === null) return null;
  const [, unit = '', severity = '', link = '', list = ''] = match;
  const words = list.split(' ').map(Number);
  return {
    unit,
    fatal: severity.toLowerCase() === 'fatal',
    link: Number(link) < 0 ? null : Number(link),
    subCode: ((words[0] ?? 0) >>> 20) & 0x3f,
    words,
  };
}

const recovery =
  /recovery action changed from (0x[0-9a-f]{1,8}|\d{1,8}) \(([^)]{0,80})\) to (0x[0-9a-f]{1,8}|\d{1,8}) \(([^)]{0,80})\)/i;

function readRecovery(message: string): RecoveryChange | null {
  const match = recovery.exec(message);
  if (match === null) return null;
  const [, fromCode, from = '', toCode, to = ''] = match;
  return { fromCode: Number(fromCode), from, toCode: Number(toCode), to };
}

const sxid =
  /(?:nvidia-nvswitch(\d{1,3}): )?SXid \((?:PCI:)?([0-9a-f:.]{7,18})\): (\d{1,6}),? ?(.*)$/i;

function readSxid(line: string): SxidEvent | null {
  const match = sxid.exec(line);
  if (match === null) return null;
  const [, nvSwitch, card = '', code, rest = ''] = match;
  const message = rest.trim();
  const link = /\bLink (\d{1,3})\b/.exec(message)?.[1];
  return {
    kind: 'sxid',
    code: Number(code),
    pciBusId: normalPciAddress(card),
    nvSwitch: nvSwitch === undefined ? null : Number(nvSwitch),
    fatal: severityOf(message),
    link: link === undefined ? null : Number(link),
    message,
    at: timeOf(line.slice(0, match.index)),
  };
}

function severityOf(message: string): boolean | null {
  if (/^Non-?fatal\b/i.test(message)) return false;
  return /^Fatal\b/i.test(message) ? true : null;
}

const fallen =
  /NVRM: (?:(?:GPU|GPU at) (?:PCI:)?([0-9a-f]{1,8}:[0-9a-f]{2}:[0-9a-f]{2}(?:\.[0-9a-f])?):? )?(.{0,80}fallen off the bus.*)$/i;

function readFallenOffBus(line: string): FallenOffBusEvent | null {
  const match = fallen.exec(line);
  if (match === null) return null;
  const [, card, message = ''] = match;
  return {
    kind: 'fallen-off-bus',
    pciBusId: card === undefined ? null : normalPciAddress(card),
    message: message.trim(),
    at: timeOf(line.slice(0, match.index)),
  };
}

const times: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  // Raw /dev/kmsg: priority, sequence, microseconds since boot, flags.
  [/^\d{1,10},\d{1,20},(\d{1,20}),[^;]{0,64};/, ([, us]) => (Number(us) / 1e6).toFixed(6)],
  [
    /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)/,
    ([, iso = '']) => iso,
  ],
  [/^([A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2})\b/, ([, syslog = '']) => syslog],
  [/\[ {0,8}(\d{1,12}\.\d{1,9})\]/, ([, seconds = '']) => seconds],
  [/\[([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})\]/, ([, ctime = '']) => ctime],
];

function timeOf(prefix: string): string | null {
  const head = prefix.slice(0, 400);
  for (const [pattern, read] of times) {
    const match = pattern.exec(head);
    if (match !== null) return read(match);
  }
  return null;
}
