import { errorChain } from '../../shared/platform/errors.ts';

/** One HTTP GET with a limit of its own: as little of `fetch` as a health probe needs. Rejects when nothing answers in time. */
export type HttpGet = (
  url: string,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
) => Promise<{ readonly status: number }>;

/** What one probe of a replica found. */
export type ProbeAnswer =
  | { readonly healthy: true }
  /** One line for people: what answered instead, or why nothing did. */
  | { readonly healthy: false; readonly reason: string };

/** A server that is up answers its health path at once; one that takes longer is busy or stuck. */
const probeTimeoutMs = 2_000;

/** Asks `http://address/path`. Any 2xx or 3xx is healthy, as load balancers have it. Never throws. */
export async function probeHealth(
  httpGet: HttpGet,
  at: { readonly address: string; readonly path: string },
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const url = `http://${at.address}${at.path}`;
  try {
    const { status } = await httpGet(url, { timeoutMs: probeTimeoutMs, signal });
    if (status >= 200 && status < 400) return { healthy: true };
    return { healthy: false, reason: `${at.path} answers ${status}` };
  } catch (error) {
    return { healthy: false, reason: `${at.path} does not answer: ${errorChain(error)}` };
  }
}
