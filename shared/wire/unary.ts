import {
  Metadata,
  status as grpcStatus,
  type handleUnaryCall,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import type { Problem } from '../domain/result.ts';
import { renderProblem } from '../domain/result.ts';
import { AppError, errorCodes, isAppError, type ErrorCode } from '../platform/errors.ts';
import { lineOfError, statusOfError } from './error-details.ts';
import { decodeRpcStatus, encodeRpcStatus, type RpcStatus } from './rpc-status.ts';

/** The trailing metadata key that carries our stable word for an error. */
const codeKey = 'tangram-code';
/** Beside a NOT_LEADER: `host:port` of who leads, when that is known. */
const leaderKey = 'tangram-leader';
/** The trailing metadata key that every gRPC library reads rich errors from: a google.rpc.Status. */
const statusKey = 'grpc-status-details-bin';

/**
 * A gRPC method from a plain async function: cancellation and deadline become `signal`, what it throws becomes a status.
 * `metadata` is what the call brought, and what says who made it. `onError` sees what was thrown, once, for the log.
 */
export function unary<Request, Response>(
  handle: (
    request: Request,
    signal: AbortSignal,
    metadata: Metadata,
  ) => Promise<Response> | Response,
  onError: (error: unknown) => void,
): handleUnaryCall<Request, Response> {
  return (call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>): void => {
    const controller = new AbortController();
    call.on('cancelled', () => controller.abort(new Error('the caller went away')));
    void (async () => {
      try {
        answer(null, await handle(call.request, controller.signal, call.metadata));
      } catch (error) {
        onError(error);
        answer(toServiceError(error));
      }
    })();
  };
}

/** What leaves the process. An error that is not ours leaves as `internal error`: its text is for our log. */
export function toServiceError(error: unknown): Partial<StatusObject> {
  const metadata = new Metadata();
  if (!isAppError(error)) {
    metadata.set(codeKey, 'INTERNAL');
    return {
      code: grpcStatus.INTERNAL,
      details: 'internal error; the log of the service has more',
      metadata,
    };
  }
  metadata.set(codeKey, error.code);
  for (const [name, value] of Object.entries(error.facts)) metadata.set(`tangram-${name}`, value);
  metadata.set(statusKey, encodeRpcStatus(statusOfError(error)));
  const details = lineOfError(error);
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the table holds the numbers of `grpc.status`, so that the platform need not import gRPC
  return { code: errorCodes[error.code].grpcStatus, details, metadata };
}

/** Our stable word for the error that a status tells of; undefined: it is none of ours. */
export function errorCodeIn(metadata: Partial<Metadata> | null | undefined): ErrorCode | undefined {
  const named = metadata?.get?.(codeKey)[0];
  return typeof named === 'string' && isErrorCode(named) ? named : undefined;
}

/** A bad request told as an exception, for the edge that answers with a status. */
export function problemError(problem: Problem): AppError {
  const code: ErrorCode = isErrorCode(problem.code) ? problem.code : 'REQUEST_INVALID';
  const { path, message } = problem;
  const violations = path === undefined ? [] : [{ field: path, message }];
  return new AppError(code, renderProblem(problem), { violations });
}

/** One field of a request that will not do. */
export function fieldError(field: string, message: string, hint: string): AppError {
  const violations = [{ field, message }];
  return new AppError('REQUEST_INVALID', `${field}: ${message}`, { hint, violations });
}

/** The rich status that came with an error; null: there is none. */
export function rpcStatusOf(error: ServiceError): RpcStatus | null {
  const bytes = error.metadata?.get(statusKey)[0];
  return bytes instanceof Uint8Array ? decodeRpcStatus(bytes) : null;
}

/** What a peer answered, as an error of ours: `peer` says who, `away` is the code for "nobody answers". */
export function fromServiceError(
  error: ServiceError,
  peer: string,
  away: 'COORDINATOR_AWAY' | 'AGENT_AWAY',
): AppError {
  const named = error.metadata?.get(codeKey)[0];
  if (typeof named === 'string' && isErrorCode(named)) {
    const leader = error.metadata.get(leaderKey)[0];
    const facts = typeof leader === 'string' ? { leader } : {};
    const fields = rpcStatusOf(error)?.details.badRequest?.fieldViolations ?? [];
    const violations = fields.map(({ field, description }) => ({ field, message: description }));
    return new AppError(named, error.details, { facts, violations });
  }
  if (error.code === grpcStatus.UNAVAILABLE) {
    return new AppError(away, `${peer} does not answer`, { cause: new Error(error.details) });
  }
  if (error.code === grpcStatus.DEADLINE_EXCEEDED)
    return new AppError(away, `${peer} did not answer in time`);
  return new AppError('INTERNAL', `${peer} answered: ${error.details}`);
}

/** Calls a unary method with a deadline; rejects with `fromServiceError`. */
export async function callUnary<Request, Response>(
  invoke: (
    request: Request,
    options: { deadline: Date },
    answer: (error: ServiceError | null, response?: Response) => void,
  ) => { cancel(): void },
  request: Request,
  options: {
    readonly peer: string;
    readonly away: 'COORDINATOR_AWAY' | 'AGENT_AWAY';
    readonly deadline: Date;
    readonly signal?: AbortSignal;
  },
): Promise<Response> {
  return new Promise<Response>((resolve, reject) => {
    const call = invoke(request, { deadline: options.deadline }, (error, response) => {
      options.signal?.removeEventListener('abort', cancel);
      if (error !== null) reject(fromServiceError(error, options.peer, options.away));
      else if (response === undefined)
        reject(new AppError('INTERNAL', `${options.peer} answered nothing`));
      else resolve(response);
    });
    const cancel = (): void => call.cancel();
    options.signal?.addEventListener('abort', cancel, { once: true });
  });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
