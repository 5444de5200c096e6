import { AppError, errorChain, isAppError } from '../../../shared/platform/errors.ts';

/** A failed connection says which socket, and why nobody may be there. */
export function explainAway(error: unknown, socket: string): unknown {
  if (!isAppError(error, 'AGENT_AWAY')) return error;
  const why = /connect (E[A-Z]+)/.exec(errorChain(error.cause))?.[1];
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
