import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/**
 * Who calls: the other end of the connection, unless a proxy stands there. Of `X-Forwarded-For` the last address counts,
 * the one that the proxy itself saw; those before it are whatever the caller wrote.
 */
export function callerAddress(
  headers: IncomingHttpHeaders,
  peer: string,
  proxied: boolean,
): string {
  if (!proxied) return peer;
  const said = headers['x-forwarded-for'];
  const lines = Array.isArray(said) ? said.join(',') : (said ?? '');
  const last = lines.split(',').at(-1)?.trim() ?? '';
  return isIP(last) === 0 ? peer : last;
}
