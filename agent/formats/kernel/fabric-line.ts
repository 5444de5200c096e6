/** One entry of the fabric manager's log (`/var/log/fabricmanager.log`). */
export interface FabricLogEntry {
  /** In the words of the log, host's local time: `Feb 25 2025 13:59:45`. */
  readonly at: string;
  readonly level: string;
  readonly message: string;
}

const entry =
  /^\[([A-Z][a-z]{2} [ \d]\d \d{4} \d{2}:\d{2}:\d{2})\] \[([A-Z]{3,10})\] (?:\[tid \d{1,10}\] )?(.*)$/;

/** Reads the first line of an entry; null: another log, or the second line of an entry. */
export function parseFabricLine(line: string): FabricLogEntry | null {
  if (!line.startsWith('[') || line.length > 16_384) return null;
  const match = entry.exec(line);
  if (match === null) return null;
  const [, at = '', level = '', message = ''] = match;
  return { at, level, message: message.trim() };
}
