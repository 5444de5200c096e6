/**
 * One of `count` equals, 0 to `count - 1`, drawn by a seed and a text: as good as chance, and the same on every machine.
 * FNV-1a over the text, then the finalizer of MurmurHash3, whose every input bit changes every output bit.
 */
export function drawOne(seed: number, text: string, count: number): number {
  let hash = Math.imul(seed ^ 0x811c9dc5, 0x01000193);
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % Math.max(1, count);
}
