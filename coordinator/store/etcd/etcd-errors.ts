import { status, type ServiceError } from '@grpc/grpc-js';
import { AppError } from '../../../shared/platform/errors.ts';

/** No member was asked, or the one that was asked knew of no leader and passed nothing on: nothing was done. */
export function wasNotTried(error: unknown): boolean {
  return (
    isServiceError(error) &&
    error.code === status.UNAVAILABLE &&
    /^No connection established|^Name resolution failed|etcdserver: no leader/.test(error.details)
  );
}

/** Another member may answer what this one did not. */
export function mayTryAnother(error: unknown): boolean {
  return (
    isServiceError(error) &&
    [status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED, status.UNKNOWN].includes(
      error.code,
    )
  );
}

/** etcd forgot the revision, or was told to forget one that it has forgotten. */
export function isCompacted(error: unknown): boolean {
  return isServiceError(error) && error.details.includes('required revision has been compacted');
}

export function isFuture(error: unknown): boolean {
  return isServiceError(error) && error.details.includes('required revision is a future revision');
}

export function isLeaseOver(error: unknown): boolean {
  return isServiceError(error) && error.details.includes('requested lease not found');
}

/** What an operator can mend, by what etcd says; in each case nothing was done. */
const refusals: readonly (readonly [RegExp, AppError['code'], string, string])[] = [
  [
    /database space exceeded/,
    'STORE_UNREADABLE',
    'etcd takes no more writes: its quota of disk space is used up',
    'compact and defragment it, then disarm the alarm: etcdctl defrag; etcdctl alarm disarm',
  ],
  [
    /too many requests/,
    'STORE_AWAY',
    'etcd has more requests than it can do',
    'give it faster disks or fewer clients; nothing of this change was kept',
  ],
  [
    /request is too large|too many operations/,
    'LIMIT_REACHED',
    'etcd takes no request of this size',
    'leave its --max-request-bytes and --max-txn-ops at their defaults or above',
  ],
  [
    /user name is empty|permission denied|invalid auth token|authentication (failed|is not enabled)/,
    'STORE_UNREADABLE',
    'etcd does not let this coordinator in',
    "give store.tls a client certificate whose common name is an etcd user with a role for the store's prefix",
  ],
];

/**
 * What etcd (or the way to it) answered, as an error of ours. `doing` completes "cannot …"; `endpoints` is for people.
 * Only a `write` can be unknown: what was read can be read again.
 */
export function etcdError(
  cause: unknown,
  kind: 'read' | 'write',
  where: { readonly doing: string; readonly endpoints: string },
): Error {
  if (!isServiceError(cause)) return cause instanceof Error ? cause : new Error(String(cause));
  const refusal = refusals.find(([pattern]) => pattern.test(cause.details));
  if (refusal !== undefined) {
    const [, code, message, hint] = refusal;
    return new AppError(code, message, { cause: told(cause), hint });
  }
  if (kind === 'write' && !wasNotTried(cause)) {
    return new AppError('STORE_OUTCOME_UNKNOWN', 'etcd did not answer a transaction', {
      cause: told(cause),
    });
  }
  const quorum = cause.details.includes('no leader') || /timed out/.test(cause.details);
  return new AppError('STORE_AWAY', `cannot ${where.doing} etcd at ${where.endpoints}`, {
    cause: told(cause),
    hint: quorum
      ? 'more than half of its members must be up and reach each other: see etcdctl endpoint status --cluster'
      : 'see that its members run, that store.endpoints names them, and that store.tls is what they ask for',
  });
}

/** Without gRPC's own number and its stack. */
function told(error: ServiceError): Error {
  return new Error(error.details);
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error;
}
