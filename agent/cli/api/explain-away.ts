import { existsSync } from 'node:fs';
import { AppError, errorChain, isAppError } from '../../../shared/platform/errors.ts';

/** A failed connection says which socket, and why nobody may be there. */
export function explainAway(error: unknown, socket: string): unknown {
  if (!isAppError(error, 'AGENT_AWAY')) return error;
  const words = errorChain(error.cause);
  const why =
    /connect (E[A-Z]+)/.exec(words)?.[1] ??
    // A second call over the same channel is not told why the first one failed.
    (/No connection established/.test(words) ? whyNobody(socket) : undefined);
  return new AppError('AGENT_AWAY', error.message, {
    cause: why === undefined ? error.cause : (reasons[why] ?? why),
    hint: `is the agent running, and is ${socket} its socket? name another with --socket or TANGRAM_SOCKET`,
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'the socket is there, but nobody listens on it',
  EACCES: 'this user may not use the socket',
};

function whyNobody(socket: string): string {
  return existsSync(socket) ? 'ECONNREFUSED' : 'ENOENT';
}
