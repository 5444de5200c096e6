import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../shared/platform/errors.ts';

/**
 * The mirror is for programs. A browser that shows somebody's page must not reach it, least of all on loopback, where
 * whoever calls counts as an operator: pages say where they come from (`Origin`, `Sec-Fetch-Site`), and a name that was
 * made to point here shows in `Host`. Throws REQUEST_INVALID.
 */
export function refuseForeignPages(headers: IncomingHttpHeaders): void {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (origin !== undefined || (site !== undefined && site !== 'none')) {
    throw new AppError('REQUEST_INVALID', 'requests of web pages are not answered', {
      hint: 'call from a program: without the headers Origin and Sec-Fetch-Site',
    });
  }
  if (host !== undefined && !isAddressOrLocal(host)) {
    throw new AppError('REQUEST_INVALID', `this is not the host ${JSON.stringify(host)}`, {
      hint: 'use an IP address or localhost',
    });
  }
}

function isAddressOrLocal(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || /^\[[0-9a-fA-F:.]+\]$/.test(name) || /^\d+(\.\d+){3}$/.test(name);
}
