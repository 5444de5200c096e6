import { status as grpcStatus } from '@grpc/grpc-js';
import {
  errorChain,
  errorCodes,
  errorHint,
  type AppError,
  type ErrorCode,
} from '../platform/errors.ts';
import type { RpcStatus, RpcStatusDetails } from './rpc-status.ts';

const domain = 'tangram';
/** gRPC's C core, which Python uses, takes 8 KiB of metadata with everything in it: what is told twice is told briefly. */
const limits = { messageLengthMax: 1_500, partLengthMax: 256, violationsMax: 8 } as const;

/** After how long the same call may well succeed. What is not here is not worth sending again as it was. */
const retryDelaysMs: Partial<Readonly<Record<ErrorCode, number>>> = {
  NOT_LEADER: 500,
  STORE_AWAY: 1_000,
  STORE_OUTCOME_UNKNOWN: 500,
  AGENT_AWAY: 2_000,
  LIMIT_REACHED: 1_000,
};

const preconditions: ReadonlySet<number> = new Set([
  grpcStatus.FAILED_PRECONDITION,
  grpcStatus.ABORTED,
]);

/** The line that people read, as the status of a call has it. */
export function lineOfError(error: AppError): string {
  const hint = errorHint(error);
  const chain = errorChain(error);
  return shortened(hint === undefined ? chain : `${chain}; ${hint}`, limits.messageLengthMax);
}

/** What a program needs to know of an error. Its message is the status line: Python's reader insists on that. */
export function statusOfError(error: AppError): RpcStatus {
  const code = errorCodes[error.code].grpcStatus;
  const description = shortened(error.message, limits.partLengthMax);
  const hint = errorHint(error);
  const told =
    hint === undefined
      ? error.facts
      : { ...error.facts, hint: shortened(hint, limits.partLengthMax) };
  const retryDelayMs = retryDelaysMs[error.code];
  const details: RpcStatusDetails = {
    errorInfo: { reason: error.code, domain, metadata: told },
    ...(error.violations.length === 0 ? {} : { badRequest: { fieldViolations: fieldsOf(error) } }),
    ...(preconditions.has(code)
      ? {
          preconditionFailure: {
            violations: [{ type: error.code, subject: error.facts['subject'] ?? '', description }],
          },
        }
      : {}),
    ...(retryDelayMs === undefined ? {} : { retryInfo: { retryDelayMs } }),
  };
  return { code, message: lineOfError(error), details };
}

function fieldsOf({ violations }: AppError) {
  return violations.slice(0, limits.violationsMax).map(({ field, message }) => ({
    field,
    description: shortened(message, limits.partLengthMax),
  }));
}

function shortened(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…`;
}
