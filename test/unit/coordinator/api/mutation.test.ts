import { Metadata, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { noteCaller } from '../../../../coordinator/access/caller-of.ts';
import { mutation } from '../../../../coordinator/api/mutation.ts';
import { AnsweredBefore, type OnceCall } from '../../../../coordinator/fleet/answers.ts';
import { packageDefinition, schedulerService } from '../../../../shared/wire/services.ts';
import type { ApplyModelRequest } from '../../../../shared/wire/generated/tangram/v1/ApplyModelRequest.ts';
import type { ApplyModelRequest__Output } from '../../../../shared/wire/generated/tangram/v1/ApplyModelRequest.ts';
import type { ApplyModelResponse } from '../../../../shared/wire/generated/tangram/v1/ApplyModelResponse.ts';

const method = schedulerService.ApplyModel;

interface Said {
  readonly error: Partial<ServiceError> | null;
  readonly answer: ApplyModelResponse | undefined;
}

/** One call through the wire's own codec: what the core was given, and what the caller is answered. */
async function call(
  request: ApplyModelRequest,
  response: ApplyModelResponse | AnsweredBefore = {},
  user = 'ada',
): Promise<Said & { readonly once: OnceCall<ApplyModelResponse> | undefined }> {
  let once: OnceCall<ApplyModelResponse> | undefined;
  const handler = mutation(
    method,
    async (_given: ApplyModelRequest__Output, makeOnce) => {
      once = makeOnce((answer: ApplyModelResponse) => answer);
      if (response instanceof AnsweredBefore) throw response;
      return response;
    },
    { onError: () => undefined },
  );
  const metadata = new Metadata();
  const proof = { kind: 'local' } as const;
  noteCaller(metadata, { kind: 'user', name: user, role: 'admin', namespaces: 'all', proof });
  const given = method.requestDeserialize(method.requestSerialize(request));
  const said = await new Promise<Said>((resolve) => {
    const made = { request: given, metadata, on: () => made };
    handler(made as never, (error, answer) => resolve({ error, answer: answer ?? undefined }));
  });
  return { ...said, once };
}

const print = async (request: ApplyModelRequest, user?: string) =>
  (await call({ requestId: 'a', ...request }, {}, user)).once?.fingerprint;

describe('a call with a request id', () => {
  test('is the same whatever its id and the order of its maps', async () => {
    const labels = { zone: 'a', team: 'nlp' };
    const one = await print({ requestId: 'a', model: { name: 'x', labels } });
    const other = await print({
      requestId: 'b',
      model: { name: 'x', labels: { team: 'nlp', zone: 'a' } },
    });
    expect(one).toBe(other);
  });

  test.for<{ name: string; request: ApplyModelRequest; user?: string }>([
    { name: 'another field', request: { model: { name: 'y' } } },
    { name: 'only a question', request: { model: { name: 'x' }, validateOnly: true } },
    { name: 'of somebody else', request: { model: { name: 'x' } }, user: 'eve' },
  ])('is another one when it is $name', async ({ request, user }) => {
    expect(await print(request, user)).not.toBe(await print({ model: { name: 'x' } }));
  });

  test('is answered with the bytes of the first time, and the revision it was done at', async () => {
    const { once } = await call({ requestId: 'a' });
    const bytes = once?.encode({
      outcome: 'APPLY_OUTCOME_CREATED',
      model: { name: 'x', etag: '' },
      change: 'change-1',
    });
    const { answer } = await call(
      { requestId: 'a' },
      new AnsweredBefore(bytes ?? Buffer.of(), 42n),
    );
    expect(answer).toMatchObject({
      outcome: 'APPLY_OUTCOME_CREATED',
      model: { name: 'x', etag: '42' },
      change: 'change-1',
    });
  });

  test('keeps a very long plan without its steps', async () => {
    const { once } = await call({ requestId: 'a' });
    const steps = Array.from({ length: 4_000 }, (_, at) => ({
      kind: 'start-replica',
      node: 'node-a',
      text: `start a replica that has a rather long name, number ${at}`,
    }));
    const plan = { plan: 'plan-1', stages: [{ title: 'start', steps }] };
    const bytes = once?.encode({ plan, change: 'change-1' }) ?? Buffer.of();
    expect(bytes.byteLength).toBeLessThan(1_000);
    expect(method.responseDeserialize(Buffer.from(bytes))).toMatchObject({
      plan: { plan: 'plan-1', stages: [] },
      change: 'change-1',
    });
  });

  test('is not kept when it has none', async () => {
    expect((await call({})).once).toBeUndefined();
  });

  test.for(['two words', 'a'.repeat(65), 'ü', 'line\nbreak'])('refuses the id %j', async (id) => {
    const { error } = await call({ requestId: id });
    expect(error?.details).toMatch(/^request_id: ".*" is no request id; 1 to 64 printable ASCII/s);
  });
});

/** What a service must not offer without an id: whoever loses the answer could not call again. */
const changing =
  /^(Apply|Delete|Scale|Allocate|Renew|Release|Cordon|Drain|Uncordon|Abort|PlanDefrag)/;

test('everything that schedulers change takes a request id', () => {
  const services = ['Scheduler', 'Allocation', 'Cluster', 'Change'].map(
    (name) => packageDefinition[`tangram.v1.${name}Service`],
  );
  const methods = services.flatMap((service) => Object.entries(service ?? {}));
  const mutating = methods.filter(([name]) => changing.test(name));
  expect(mutating.length).toBeGreaterThanOrEqual(12);
  const without = mutating.filter(([, { requestType }]) => {
    const { field } = (requestType as { type: { field: { name: string }[] } }).type;
    return !field.some(({ name }) => name === 'requestId');
  });
  expect(without.map(([name]) => name)).toEqual([]);
});
