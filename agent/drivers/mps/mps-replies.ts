/** A reply of the control daemon. It exits with 0 even for errors, so only the words tell. */
export type MpsReply =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'no-daemon' }
  /** A command that this version does not have. */
  | { readonly kind: 'unknown-command' }
  /** `Server 123 not found`: it ended meanwhile. */
  | { readonly kind: 'not-found' };

/** Reads what `nvidia-cuda-mps-control` printed on both streams for one command. */
export function parseMpsReply(stdout: string, stderr: string): MpsReply {
  if (/Cannot find MPS control daemon process/i.test(stderr + stdout)) return { kind: 'no-daemon' };
  const text = stdout.trim();
  if (/^Unknown command\b/.test(text)) return { kind: 'unknown-command' };
  if (/^Server( \d+)? not found\b/.test(text)) return { kind: 'not-found' };
  return { kind: 'text', text };
}

/** The pids of `get_server_list` and `get_client_list`: one a line; anything else is no pid. */
export function parsePidList(text: string): readonly number[] {
  return text
    .split(/\s+/)
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
}

/** `25.0` → 25; null for anything else. */
export function parsePercent(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)%?$/.exec(text.trim());
  return match === null ? null : Number(match[1]);
}

/**
 * Whether the daemon's echo of a memory limit can be what was set. The echo is lossy: from 1 GiB on some versions
 * print whole GiB, rounded down (`1G` after 1044M).
 */
export function isMemoryEcho(text: string, setMib: number): boolean {
  const match = /^(\d+)\s*([GM])B?$/i.exec(text.trim());
  if (match === null) return false;
  const value = Number(match[1]);
  return match[2]?.toUpperCase() === 'G' ? value === Math.floor(setMib / 1024) : value === setMib;
}
