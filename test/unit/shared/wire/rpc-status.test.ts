import { Metadata, status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError, errorCodes, type ErrorCode } from '../../../../shared/platform/errors.ts';
import { decodeRpcStatus, encodeRpcStatus } from '../../../../shared/wire/rpc-status.ts';
import {
  fromServiceError,
  problemError,
  rpcStatusOf,
  toServiceError,
} from '../../../../shared/wire/unary.ts';

function sent(error: unknown): ServiceError {
  const { code, details, metadata } = toServiceError(error);
  return Object.assign(new Error(details), {
    code: code ?? grpcStatus.OK,
    details: details ?? '',
    metadata: metadata ?? new Metadata(),
  });
}

describe('rich errors', () => {
  test.for<{ name: string; error: AppError; want: object }>([
    {
      name: 'a field that will not do',
      error: problemError({
        code: 'REQUEST_INVALID',
        path: 'spec.gpu.memory_mib',
        message: '0 is too little',
        hint: 'give at least 1',
      }),
      want: {
        code: grpcStatus.INVALID_ARGUMENT,
        message: 'spec.gpu.memory_mib: 0 is too little; give at least 1',
        details: {
          errorInfo: { reason: 'REQUEST_INVALID', domain: 'tangram', metadata: {} },
          badRequest: {
            fieldViolations: [{ field: 'spec.gpu.memory_mib', description: '0 is too little' }],
          },
        },
      },
    },
    {
      name: 'a state that must be mended first',
      error: new AppError('MODEL_CONFLICT', 'the model a has changed', {
        hint: 'read it again',
        facts: { subject: 'models/a' },
      }),
      want: {
        code: grpcStatus.ABORTED,
        message: 'the model a has changed; read it again',
        details: {
          errorInfo: {
            reason: 'MODEL_CONFLICT',
            domain: 'tangram',
            metadata: { subject: 'models/a', hint: 'read it again' },
          },
          preconditionFailure: {
            violations: [
              {
                type: 'MODEL_CONFLICT',
                subject: 'models/a',
                description: 'the model a has changed',
              },
            ],
          },
        },
      },
    },
    {
      name: 'something to try again',
      error: new AppError('NOT_LEADER', 'another coordinator leads', {
        facts: { leader: '10.0.0.2:7443' },
      }),
      want: {
        code: grpcStatus.UNAVAILABLE,
        message: 'another coordinator leads',
        details: {
          errorInfo: {
            reason: 'NOT_LEADER',
            domain: 'tangram',
            metadata: { leader: '10.0.0.2:7443' },
          },
          retryInfo: { retryDelayMs: 500 },
        },
      },
    },
  ])('tell $name', ({ error, want }) => {
    expect(rpcStatusOf(sent(error))).toEqual(want);
  });

  test('keep code, text and fields when they come back as an error of ours', () => {
    const error = problemError({ code: 'REQUEST_INVALID', path: 'name', message: 'is missing' });
    const back = fromServiceError(sent(error), 'the coordinator', 'COORDINATOR_AWAY');
    expect([back.code, back.message, back.violations]).toEqual([
      'REQUEST_INVALID',
      'name: is missing',
      [{ field: 'name', message: 'is missing' }],
    ]);
  });

  test('an error that is not ours says nothing of itself', () => {
    const status = sent(new Error('the secret is 42'));
    expect([status.code, rpcStatusOf(status), status.details]).toEqual([
      grpcStatus.INTERNAL,
      null,
      'internal error; the log of the service has more',
    ]);
  });

  test('stay small however much is wrong', () => {
    const violations = Array.from({ length: 500 }, (_, at) => ({
      field: `spec.env.${at}`,
      message: 'x'.repeat(5_000),
    }));
    const error = new AppError('MODEL_INVALID', 'y'.repeat(50_000), { violations });
    const bytes = toServiceError(error).metadata?.get('grpc-status-details-bin')[0];
    expect(bytes?.length).toBeLessThan(6_000);
  });

  test('survive the wire, any of them', () => {
    const line = fc.string({ maxLength: 40 });
    fc.assert(
      fc.property(
        fc.record({
          code: fc.integer({ min: 0, max: 16 }),
          message: line,
          details: fc.record(
            {
              errorInfo: fc.record({
                reason: fc.constantFrom(...(Object.keys(errorCodes) as ErrorCode[])),
                domain: line,
                metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), line),
              }),
              badRequest: fc.record({
                fieldViolations: fc.array(fc.record({ field: line, description: line })),
              }),
              retryInfo: fc.record({ retryDelayMs: fc.nat(10_000_000) }),
            },
            { requiredKeys: [] },
          ),
        }),
        (status) => {
          expect(decodeRpcStatus(encodeRpcStatus(status))).toEqual(status);
        },
      ),
    );
  });

  test('bytes that are none are refused', () => {
    expect(decodeRpcStatus(Buffer.from([0xff, 0xff, 0xff]))).toBeNull();
  });
});
