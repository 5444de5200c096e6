import { get } from 'node:http';
import { withDeadline } from '../shared/platform/deadline.ts';
import type { HttpGet } from './reconcile/probe.ts';

/** `node:http` and not `fetch`: a probe a second needs no pool, and the agent stays small. */
export const httpGet: HttpGet = async (url, { timeoutMs, signal }) =>
  withDeadline(
    { timeoutMs, signal },
    (limit) =>
      new Promise((resolve, reject) => {
        const request = get(url, { signal: limit, agent: false }, (response) => {
          // Only the status matters; an unread body would hold the connection.
          response.destroy();
          resolve({ status: response.statusCode ?? 0 });
        });
        request.on('error', (error) => {
          const late = limit.aborted && !signal.aborted;
          reject(late ? new Error(`no answer in ${timeoutMs} ms`) : error);
        });
      }),
  );
