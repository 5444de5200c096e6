import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { toServiceError } from '../../shared/wire/unary.ts';
import { notLeader, type StandingSource } from '../leader/standing.ts';

/** How every kind of gRPC handler looks to whoever only answers for it: a unary one is handed how to answer. */
type Handle = (
  call: { emit(event: 'error', error: unknown): boolean },
  answer?: (error: unknown) => void,
) => void;

/** The same methods, which answer NOT_LEADER, with who leads, while this coordinator stands by. */
export function leaderOnly(
  handlers: UntypedServiceImplementation,
  source: StandingSource | undefined,
): UntypedServiceImplementation {
  if (source === undefined) return handlers;
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => {
      // The library types a handler by its messages; here nobody looks at one.
      const handle = handler as unknown as Handle;
      const gated: Handle = (call, answer) => {
        const standing = source.standing();
        if (standing.leading) {
          handle(call, answer);
          return;
        }
        const error = toServiceError(notLeader(standing));
        if (answer === undefined) call.emit('error', error);
        else answer(error);
      };
      return [name, gated];
    }),
  );
}
