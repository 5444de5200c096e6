import { createHash } from 'node:crypto';
import type { handleUnaryCall } from '@grpc/grpc-js';
import { fieldError, unary } from '../../shared/wire/unary.ts';
import { callerOf } from '../access/caller-of.ts';
import { callerName } from '../access/caller.ts';
import { AnsweredBefore, type OnceCall } from '../fleet/answers.ts';

/** One method of a service, with how its messages become bytes. */
interface Method<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseSerialize: (response: Response) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

/** For the core: do this once. Answers undefined when the caller drew no id. */
export type Once<Response> = <T>(encode: (answer: T) => Response) => OnceCall<T> | undefined;

interface MutationDeps {
  readonly onError: (error: unknown) => void;
}

const idShape = /^[\x21-\x7e]{1,64}$/;
/** A longer answer is kept without the steps of its plan: they stay in the change. */
const answerBytesMax = 128 * 1024;

/**
 * A method that changes something: `request_id` makes it safe to send again. `handle` gives what `once` makes to the
 * core, which writes the answer together with what was done; the same call again is answered with it.
 */
export function mutation<
  Request extends object,
  Given extends { readonly requestId: string },
  Response extends object,
>(
  method: Method<Request, Response>,
  handle: (request: Given, once: Once<Response>) => Promise<Response>,
  { onError }: MutationDeps,
): handleUnaryCall<Given, Response> {
  return unary(async (request: Given, _signal, metadata) => {
    const { requestId } = request;
    if (requestId !== '' && !idShape.test(requestId)) {
      const shown = JSON.stringify(requestId.slice(0, 80));
      const hint = '1 to 64 printable ASCII characters without spaces, such as a UUID';
      throw fieldError('request_id', `${shown} is no request id`, hint);
    }
    const once: Once<Response> = (encode) =>
      requestId === ''
        ? undefined
        : {
            id: requestId,
            fingerprint: fingerprintOf(method, callerName(callerOf(metadata)), request),
            encode: (answer) => encodeAnswer(method, encode(answer)),
          };
    try {
      return await handle(request, once);
    } catch (error) {
      if (!(error instanceof AnsweredBefore)) throw error;
      const { answer, revision } = error;
      return restored(method, answer, isQuestion(request) ? '' : revision.toString());
    }
  }, onError);
}

/** Of who asked for what, without its id: equal bytes for equal requests, however their maps were ordered. */
function fingerprintOf<Request extends object>(
  method: Method<Request, never>,
  caller: string,
  request: object,
): string {
  const plain = sorted({ ...request, requestId: '' }) as Request; // what came in can go out again
  return createHash('sha256')
    .update(`${method.path}\n${caller}\n`)
    .update(method.requestSerialize(plain))
    .digest('base64url');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function encodeAnswer<Response extends object>(
  method: Method<never, Response>,
  response: Response,
): Uint8Array {
  const bytes = method.responseSerialize(response);
  if (bytes.byteLength <= answerBytesMax || !('plan' in response)) return bytes;
  const { plan } = response;
  const brief = typeof plan === 'object' ? { ...plan, stages: [], cards: [] } : plan;
  return method.responseSerialize({ ...response, plan: brief });
}

/** With `validate_only` nothing that is answered was written. */
function isQuestion(request: object): boolean {
  return 'validateOnly' in request && request.validateOnly === true;
}

/** What was answered; an etag that was not known yet is the revision at which it was written. */
function restored<Response>(
  method: Method<never, Response>,
  answer: Uint8Array,
  etag: string,
): Response {
  const response = method.responseDeserialize(Buffer.from(answer));
  for (const resource of Object.values(response as object)) {
    if (isUnnamed(resource)) resource.etag = etag;
  }
  return response as Response; // our own codec wrote these bytes
}

function isUnnamed(resource: unknown): resource is { etag: string } {
  return (
    typeof resource === 'object' && resource !== null && 'etag' in resource && resource.etag === ''
  );
}
