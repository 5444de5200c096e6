import { get } from 'node:http';
import type { HttpGet } from './reconcile/probe.ts';

/** `node:http` and not `fetch`: a probe a second needs no pool, and the agent stays small. */
export const httpGet: HttpGet = async (url, { timeoutMs, signal }) =>
  new Promise((resolve, reject) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const request = get(url, { signal: limit, agent: false }, (response) => {
      // Only the status matters; an unread body would hold the connection.
      response.destroy();
      resolve({ status: response.statusCode ?? 0 });
    });
    request.on('error', (error) => {
      reject(limit.aborted && !signal.aborted ? new Error(`no answer in ${timeoutMs} ms`) : error);
    });
  });
