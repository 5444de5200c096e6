import { err, ok, type Result } from '../domain/result.ts';
import { AppError } from './errors.ts';

/** Where a door listens, or where it is found. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const shape = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+):(\d{1,5})$/;

/** Reads `host:port`, or `[v6]:port`; port 0 is a free one. */
export function parseAddress(text: string): Result<ListenAddress> {
  const match = shape.exec(text.trim());
  const port = Number(match?.[2]);
  const host = match?.[1]?.replace(/^\[|\]$/g, '');
  if (host !== undefined && port <= 65_535) return ok({ host, port });
  return err({
    code: 'ADDRESS_INVALID',
    message: `${JSON.stringify(text)} is no address`,
    hint: 'write host:port, such as 127.0.0.1:7443',
  });
}

/** Throws ADDRESS_REFUSED for text that is no `host:port`. */
export function requireAddress(text: string): ListenAddress {
  const parsed = parseAddress(text);
  if (parsed.ok) return parsed.value;
  const { message, hint } = parsed.problem;
  throw new AppError('ADDRESS_REFUSED', message, hint === undefined ? {} : { hint });
}

/**
 * Reads an address of a door that asks nobody who they are: loopback only. Throws ADDRESS_REFUSED for any other address
 * and for text that is none.
 */
export function parseListenAddress(text: string): ListenAddress {
  const address = requireAddress(text);
  if (isLoopback(address.host)) return address;
  throw new AppError('ADDRESS_REFUSED', `refused to use ${text}: it is not a loopback address`, {
    hint: 'nobody is asked who they are there, so only 127.0.0.1, ::1 and localhost are served; reach it from elsewhere through an SSH tunnel',
  });
}

export function renderAddress(address: ListenAddress): string {
  return address.host.includes(':')
    ? `[${address.host}]:${address.port}`
    : `${address.host}:${address.port}`;
}

export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  const parts = host.split('.');
  return (
    parts.length === 4 &&
    parts[0] === '127' &&
    parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
  );
}

/** What a failed `listen` means to the operator. `key` is the configuration key that holds the address. */
export function listenError(text: string, key: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (reason.includes('EADDRINUSE')) {
    return new AppError('ADDRESS_TAKEN', `another process listens on ${text}`, {
      hint: `stop it, or give another address in the configuration key ${key}`,
    });
  }
  return new AppError('ADDRESS_REFUSED', `cannot listen on ${text}`, { cause });
}
