import { status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import { toServiceError, rpcStatusOf } from '../../shared/wire/unary.ts';
import type { RpcStatus } from '../../shared/wire/rpc-status.ts';

/** The mapping of google/rpc/code.proto, by status number. */
const httpCodes: Readonly<Record<number, number>> = {
  [grpcStatus.CANCELLED]: 499,
  [grpcStatus.INVALID_ARGUMENT]: 400,
  [grpcStatus.FAILED_PRECONDITION]: 400,
  [grpcStatus.OUT_OF_RANGE]: 400,
  [grpcStatus.UNAUTHENTICATED]: 401,
  [grpcStatus.PERMISSION_DENIED]: 403,
  [grpcStatus.NOT_FOUND]: 404,
  [grpcStatus.ABORTED]: 409,
  [grpcStatus.ALREADY_EXISTS]: 409,
  [grpcStatus.RESOURCE_EXHAUSTED]: 429,
  [grpcStatus.UNIMPLEMENTED]: 501,
  [grpcStatus.UNAVAILABLE]: 503,
  [grpcStatus.DEADLINE_EXCEEDED]: 504,
};

export interface HttpError {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: object };
}

/** What an rpc ended with, in the shape that Google's APIs give errors in JSON (AIP-193). */
export function httpErrorOf(error: unknown): HttpError {
  const status = isServiceError(error) ? error : ownError(error);
  const code = httpCodes[status.code] ?? 500;
  const rich = rpcStatusOf(status);
  const retryMs = rich?.details.retryInfo?.retryDelayMs;
  const headers: Record<string, string> = {};
  if (retryMs !== undefined)
    headers['retry-after'] = String(Math.max(1, Math.ceil(retryMs / 1_000)));
  if (code === 401) headers['www-authenticate'] = 'Bearer realm="tangram"';
  const name = grpcStatus[status.code] ?? 'UNKNOWN';
  const details = rich === null ? [] : detailsOf(rich);
  return {
    code,
    headers,
    body: { error: { code, message: status.details, status: name, details } },
  };
}

function any(name: string, value: object): object {
  return { '@type': `type.googleapis.com/google.rpc.${name}`, ...value };
}

function detailsOf({ details }: RpcStatus): readonly object[] {
  const { errorInfo, badRequest, preconditionFailure, retryInfo } = details;
  return [
    ...(errorInfo === undefined ? [] : [any('ErrorInfo', errorInfo)]),
    ...(badRequest === undefined ? [] : [any('BadRequest', badRequest)]),
    ...(preconditionFailure === undefined ? [] : [any('PreconditionFailure', preconditionFailure)]),
    ...(retryInfo === undefined
      ? []
      : [any('RetryInfo', { retryDelay: `${retryInfo.retryDelayMs / 1_000}s` })]),
  ];
}

/** What went wrong before any rpc was called, told in the same way. */
function ownError(error: unknown): ServiceError {
  const status = toServiceError(error);
  return Object.assign(new Error(status.details), status) as ServiceError;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error;
}
