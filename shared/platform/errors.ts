/** Who can mend it: the one who called, the one who runs the machines, or we. */
export type Actor = 'caller' | 'operator' | 'us';

/** Numbers of `grpc.status`, repeated here so that nothing but the wire imports gRPC. */
const grpc = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  unimplemented: 12,
  outOfRange: 11,
  unauthenticated: 16,
} as const;

interface CodeRow {
  readonly actor: Actor;
  readonly grpcStatus: number;
}

/** Every error that may leave a process. One row a code. */
export const errorCodes = {
  REQUEST_INVALID: { actor: 'caller', grpcStatus: grpc.invalidArgument },
  MODEL_INVALID: { actor: 'caller', grpcStatus: grpc.invalidArgument },
  MODEL_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  MODEL_CONFLICT: { actor: 'caller', grpcStatus: grpc.aborted },
  NODE_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  REPLICA_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  GPU_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  PLAN_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  PLAN_STALE: { actor: 'caller', grpcStatus: grpc.aborted },
  CHANGE_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  ALLOCATION_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  ALLOCATION_TAKEN: { actor: 'caller', grpcStatus: grpc.alreadyExists },
  ALLOCATION_NO_ROOM: { actor: 'caller', grpcStatus: grpc.failedPrecondition },
  ALLOCATION_OVER: { actor: 'caller', grpcStatus: grpc.failedPrecondition },
  DECISION_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  DECISION_LOST: { actor: 'caller', grpcStatus: grpc.failedPrecondition },
  PAGE_TOKEN_INVALID: { actor: 'caller', grpcStatus: grpc.invalidArgument },
  WATCH_EXPIRED: { actor: 'caller', grpcStatus: grpc.outOfRange },
  CALLER_UNKNOWN: { actor: 'caller', grpcStatus: grpc.unauthenticated },
  CALLER_DENIED: { actor: 'caller', grpcStatus: grpc.permissionDenied },
  CALLS_TOO_MANY: { actor: 'caller', grpcStatus: grpc.resourceExhausted },
  USER_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  USER_EXISTS: { actor: 'caller', grpcStatus: grpc.alreadyExists },
  LAST_ADMIN: { actor: 'caller', grpcStatus: grpc.failedPrecondition },
  API_TOKEN_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  AUDIT_UNWRITABLE: { actor: 'operator', grpcStatus: grpc.unavailable },
  NOT_BUILT: { actor: 'caller', grpcStatus: grpc.unimplemented },
  CLIENT_TOO_OLD: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  PEER_TOO_NEW: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  CLUSTER_MISMATCH: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  TOKEN_INVALID: { actor: 'caller', grpcStatus: grpc.unauthenticated },
  TOKEN_EXPIRED: { actor: 'caller', grpcStatus: grpc.unauthenticated },
  TOKEN_USED_UP: { actor: 'caller', grpcStatus: grpc.unauthenticated },
  TOKEN_OF_OTHER_NODES: { actor: 'caller', grpcStatus: grpc.permissionDenied },
  TOKEN_OF_OTHER_CLUSTER: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  TOKEN_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  IDENTITY_MISMATCH: { actor: 'operator', grpcStatus: grpc.permissionDenied },
  IDENTITY_REVOKED: { actor: 'operator', grpcStatus: grpc.permissionDenied },
  CLOCK_SKEWED: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  NOT_JOINED: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  ROTATION_REFUSED: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  REQUEST_ID_REUSED: { actor: 'caller', grpcStatus: grpc.alreadyExists },
  NODE_CONFLICT: { actor: 'caller', grpcStatus: grpc.aborted },
  NODE_IN_USE: { actor: 'caller', grpcStatus: grpc.failedPrecondition },
  NODE_DUPLICATE: { actor: 'operator', grpcStatus: grpc.alreadyExists },
  LIMIT_REACHED: { actor: 'caller', grpcStatus: grpc.resourceExhausted },
  CONFIG_INVALID: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  ADDRESS_REFUSED: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  ADDRESS_TAKEN: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  STORE_UNREADABLE: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  STORE_FULL: { actor: 'operator', grpcStatus: grpc.unavailable },
  STORE_NOT_EMPTY: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  SNAPSHOT_INVALID: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  BACKUP_FAILED: { actor: 'operator', grpcStatus: grpc.unavailable },
  STORE_AWAY: { actor: 'operator', grpcStatus: grpc.unavailable },
  STORE_OUTCOME_UNKNOWN: { actor: 'us', grpcStatus: grpc.unavailable },
  STORE_COMPACTED: { actor: 'us', grpcStatus: grpc.outOfRange },
  NOT_LEADER: { actor: 'us', grpcStatus: grpc.unavailable },
  COORDINATOR_AWAY: { actor: 'operator', grpcStatus: grpc.unavailable },
  AGENT_AWAY: { actor: 'operator', grpcStatus: grpc.unavailable },
  PROCESS_FAILED: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  PROCESS_TIMEOUT: { actor: 'operator', grpcStatus: grpc.deadlineExceeded },
  OUTPUT_UNREADABLE: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  DRIVER_AWAY: { actor: 'operator', grpcStatus: grpc.unavailable },
  GPU_BUSY: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  GPU_REFUSED: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  DOCKER_AWAY: { actor: 'operator', grpcStatus: grpc.unavailable },
  DOCKER_REFUSED: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  IMAGE_UNKNOWN: { actor: 'caller', grpcStatus: grpc.notFound },
  MPS_FAILED: { actor: 'operator', grpcStatus: grpc.failedPrecondition },
  INTERNAL: { actor: 'us', grpcStatus: grpc.internal },
} as const satisfies Readonly<Record<string, CodeRow>>;

export type ErrorCode = keyof typeof errorCodes;

/** One field of a request that will not do. */
export interface FieldViolation {
  /** `spec.gpu.memory`. */
  readonly field: string;
  readonly message: string;
}

/**
 * The one exception of ours. The message says what we were doing and with what, and never repeats the cause:
 * `errorChain` joins them.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** What to do about it, for the person at the door. */
  readonly hint: string | undefined;
  /** What a program does about it, by name: they travel as trailing metadata, `leader` as `tangram-leader`. */
  readonly facts: Readonly<Record<string, string>>;
  /** The fields of the request that are to blame; empty: none, or not known. */
  readonly violations: readonly FieldViolation[];

  constructor(
    code: ErrorCode,
    message: string,
    options?: {
      cause?: unknown;
      hint?: string;
      facts?: Readonly<Record<string, string>>;
      violations?: readonly FieldViolation[];
    },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options?.hint;
    this.facts = options?.facts ?? {};
    this.violations = options?.violations ?? [];
  }
}

const chainDepthMax = 8;

/** `cannot start x: the engine refused: no such image`: the error and its causes in one line. */
export function errorChain(error: unknown): string {
  const parts: string[] = [];
  let at: unknown = error;
  while (at !== undefined && at !== null && parts.length < chainDepthMax) {
    parts.push(at instanceof Error ? at.message : typeof at === 'string' ? at : JSON.stringify(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return parts.filter((part) => part !== '').join(': ');
}

/** The first hint in the chain, if anybody gave one. */
export function errorHint(error: unknown): string | undefined {
  let at: unknown = error;
  for (let depth = 0; at instanceof Error && depth < chainDepthMax; depth += 1) {
    if (at instanceof AppError && at.hint !== undefined) return at.hint;
    at = at.cause;
  }
  return undefined;
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
