const headerBytes = 8;

/**
 * The text of a container's log. Without a terminal Docker frames both streams: a type byte, three zeros, the length
 * as four bytes, then the text. Frames are joined in their order; a cut frame gives what there is of it.
 */
export function demuxLog(log: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + headerBytes <= log.length;) {
    const type = log[at] ?? 255;
    if (type > 2 || log.readUIntBE(at + 1, 3) !== 0) return log.toString('utf8'); // A terminal: not framed.
    const length = log.readUInt32BE(at + 4);
    parts.push(log.subarray(at + headerBytes, at + headerBytes + length));
    at += headerBytes + length;
  }
  return Buffer.concat(parts).toString('utf8');
}
