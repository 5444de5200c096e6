import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { parseFabricLine, type FabricLogEntry } from './fabric-line.ts';
import type { Format } from '../format.ts';
import { createKernelReader, parseKernelLine, type KernelEvent } from './kernel-line.ts';
import { linesOf } from '../text/text.ts';

/** What a kernel log, or the fabric manager's, says about cards and switches. */
export interface KernelLog {
  readonly log: 'kernel' | 'fabric-manager';
  /** In the order of the log. A storm stays a storm: whoever acts on it counts. */
  readonly events: readonly (KernelEvent | FabricEvent)[];
  /** Lines that tell nothing about a fault. */
  readonly otherLines: number;
}

/** An entry of the fabric manager above `INFO`. */
interface FabricEvent extends FabricLogEntry {
  readonly kind: 'fabric-manager';
}

const kernelLine =
  /^(?:\d{1,4},\d{1,20},\d{1,20},[-c+][^;]{0,64};|\[ {0,8}\d{1,12}\.\d{6}\] |\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}\] |\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[,.]\d{6}[+-]\d{2}:?\d{2} |(?:\S{1,40} )?(?:[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T\S{8,30}) \S{1,255} kernel: |(?:kern|user|daemon|auth|syslog) *: ?[a-z]{3,7} *: |NVRM: |nvidia-nvswitch\d+: )/;
const linesLookedAt = 40;

/** Kernel logs in every dress, and the fabric manager's. A log without a word about a card is a good one. */
export const kernelLogFormat: Format<KernelLog> = {
  kind: 'kmsg',
  command: 'dmesg | journalctl -k | cat /dev/kmsg',
  recognises: (text) => {
    const lines = linesOf(text.slice(0, 16_384))
      .filter((line) => line.trim() !== '')
      .slice(0, linesLookedAt);
    const fitting = lines.filter(isLogLine);
    // A log is often saved with a command line or a comment around it, and records may go on over several lines.
    if (fitting.length > 0 && fitting.length * 3 >= lines.length) return true;
    return (
      lines.filter((line) => syslogLine.test(line)).length * 2 > lines.length && hasEvent(text)
    );
  },
  parse: parseKernelLog,
};

/** The log of all programs (`/var/log/syslog`) is the kernel's, too, where it tells of a card. */
const syslogLine =
  /^(?:[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T\S{8,30}) \S{1,255} [\w./@-]{1,80}(?:\[\d{1,10}\])?: /;

function hasEvent(text: string): boolean {
  return linesOf(text.slice(0, 65_536)).some((line) => parseKernelLine(line) !== null);
}

/** An event tells, too: `grep` puts the name of the file before its lines. */
function isLogLine(line: string): boolean {
  return kernelLine.test(line) || parseFabricLine(line) !== null || parseKernelLine(line) !== null;
}

function parseKernelLog(text: string): Result<KernelLog> {
  const read = createKernelReader();
  const events: (KernelEvent | FabricEvent)[] = [];
  const lines = linesOf(text);
  let fabricLines = 0;
  let kernelLines = 0;
  for (const line of lines) {
    const event = read(line);
    const fabric = event === null ? parseFabricLine(line) : null;
    if (fabric !== null) fabricLines += 1;
    else if (kernelLines === 0 && (event !== null || kernelLine.test(line))) kernelLines += 1;
    if (event !== null) events.push(event);
    else if (fabric !== null && isFault(fabric)) events.push({ kind: 'fabric-manager', ...fabric });
  }
  const filled = lines.filter((line) => line.trim() !== '').length;
  // An empty ring buffer is a log, too.
  if (fabricLines + kernelLines === 0 && filled > 0) {
    return err({
      code: 'UNREADABLE',
      message: 'no line has a form of a kernel log',
      hint: 'save it with dmesg, or journalctl -k',
    });
  }
  const log = fabricLines > 0 && kernelLines === 0 ? 'fabric-manager' : 'kernel';
  return ok({ log, events, otherLines: filled - events.length });
}

function isFault({ level }: FabricLogEntry): boolean {
  return level !== 'INFO' && level !== 'DEBUG';
}
