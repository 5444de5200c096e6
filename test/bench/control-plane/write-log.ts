/** One thing that a process asked of its file system, as write-recorder.c writes it down. */
export type FileEvent =
  | { readonly kind: 'open' | 'remove' | 'sync'; readonly file: string }
  | {
      readonly kind: 'write';
      readonly file: string;
      readonly offset: number;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number };

const headBytes = 16;
const kinds = ['open', 'write', 'sync', 'truncate', 'remove'] as const;

/** In the order of asking. The bytes of a write are views of `log`. */
export function parseWriteLog(log: Buffer): readonly FileEvent[] {
  const events: FileEvent[] = [];
  const names = new Map<number, string>();
  for (let at = 0; at + headBytes <= log.length;) {
    const kind = kinds[log.readUInt8(at) - 1];
    const id = log.readUInt8(at + 1);
    const length = log.readUInt32LE(at + 4);
    const offset = Number(log.readBigUInt64LE(at + 8));
    const bytes = log.subarray(at + headBytes, at + headBytes + length);
    at += headBytes + length;
    if (kind === 'open') names.set(id, bytes.toString());
    const file = names.get(id);
    if (kind === undefined || file === undefined) throw new Error(`the log is damaged at ${at}`);
    if (kind === 'write') events.push({ kind, file, offset, bytes });
    else if (kind === 'truncate') events.push({ kind, file, size: offset });
    else events.push({ kind, file });
  }
  return events;
}
