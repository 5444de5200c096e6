import type { Metadata } from '@grpc/grpc-js';
import { AppError } from '../../shared/platform/errors.ts';
import { checkSpeaker } from './authorize.ts';
import type { Caller } from './caller.ts';

/**
 * Who made the call that a handler holds: the guard notes it for the call's metadata, the one object that both of them
 * see. Not in the metadata itself, whose keys a peer may choose.
 */
const callers = new WeakMap<Metadata, Caller>();

export function noteCaller(metadata: Metadata, caller: Caller): void {
  callers.set(metadata, caller);
}

/** `metadata` is the `call.metadata` of a handler. Throws CALLER_UNKNOWN for a call that anybody may make. */
export function callerOf(metadata: Metadata): Caller {
  const caller = callers.get(metadata);
  if (caller !== undefined) return caller;
  throw new AppError('CALLER_UNKNOWN', 'the call was made by nobody who is known');
}

/** Throws CALLER_DENIED when the agent that made the call speaks for another node than its own. */
export function assertSpeaksFor(metadata: Metadata, node: string): void {
  checkSpeaker(callerOf(metadata), node);
}
