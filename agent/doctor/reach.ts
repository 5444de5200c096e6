import { createConnection } from 'node:net';
import type { Clock } from '../../shared/platform/clock.ts';
import { withDeadline } from '../../shared/platform/deadline.ts';
import { parseAddress } from '../../shared/platform/listen-address.ts';
import type { Evidence, Told } from './evidence.ts';

const connectMsMax = 3_000;

/** Who answers at the agent's metrics address. */
export async function lookAtDoor(
  address: string,
  signal: AbortSignal,
): Promise<Evidence['metricsDoor']> {
  const parsed = parseAddress(address);
  if (!parsed.ok || parsed.value.port === 0) return 'free';
  const { host, port } = parsed.value;
  if ((await connectTo(host, port)).kind === 'untold') return 'free';
  try {
    const text = await withDeadline({ signal, timeoutMs: connectMsMax }, async (limit) => {
      const page = await fetch(`http://${address}/healthz`, { signal: limit });
      return page.text();
    });
    return /^(?:ok|FAILED) loop: /m.test(text) ? 'agent' : 'taken';
  } catch {
    return 'taken';
  }
}

/** How long a connection to `host:port` takes, ms; null: there is no address. */
export async function reach(address: string | null, clock: Clock): Promise<Told<number> | null> {
  if (address === null) return null;
  const parsed = parseAddress(address);
  if (!parsed.ok) return { kind: 'untold', reason: parsed.problem.message };
  const from = clock.monotonicMs();
  const connected = await connectTo(parsed.value.host, parsed.value.port);
  if (connected.kind === 'untold') return connected;
  return { kind: 'told', value: Math.round(clock.monotonicMs() - from) };
}

async function connectTo(host: string, port: number): Promise<Told<true>> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: connectMsMax });
    const end = (outcome: Told<true>): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('connect', () => end({ kind: 'told', value: true }));
    socket.once('timeout', () => end({ kind: 'untold', reason: 'it does not answer' }));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const nobody = error.code === 'ECONNREFUSED';
      end({ kind: 'untold', reason: nobody ? 'nobody listens there' : error.message });
    });
  });
}
