import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '../../shared/wire/contract.ts';
import { mirrored } from '../../coordinator/rest/gateway.ts';
import { LinkAgent } from '../fakes/link-agent.ts';
import { startCoordinator, type InProcessCoordinator } from './in-process-coordinator.ts';
import { until } from './until.ts';

let coordinator: InProcessCoordinator;
let agent: LinkAgent;

beforeAll(async () => {
  coordinator = await startCoordinator();
  agent = new LinkAgent({ coordinator: coordinator.grpc, node: 'node-a', cards: '2xA100-40GB' });
  await agent.connect();
});

afterAll(async () => {
  agent.close();
  await coordinator.stop();
});

// oxlint-disable-next-line typescript/no-explicit-any -- JSON of an answer: each test says what it expects of it
type Json = Readonly<Record<string, any>>;

async function call(
  verb: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; json: Json; headers: Headers }> {
  const response = await fetch(`http://${coordinator.http}${path}`, {
    method: verb,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    json: (await response.json()) as Json,
    headers: response.headers,
  };
}

const model = (name: string, replicas = 1) => ({
  name,
  labels: { team: 'nlp' },
  spec: {
    replicas,
    workload: { image: 'registry.example/model:1', health: { startupDeadlineMs: '60000' } },
    gpu: { memoryMib: 2048, isolation: 'ISOLATION_MPS' },
  },
});

describe('the REST mirror', () => {
  test('declares, reads, scales and deletes a model', async () => {
    const id = 'first-try';
    const made = await call('PUT', `/v1/models/vad?requestId=${id}`, model('vad'));
    expect([made.status, made.json['outcome']]).toEqual([200, 'APPLY_OUTCOME_CREATED']);
    const again = await call('PUT', `/v1/models/vad?request_id=${id}`, model('vad'));
    expect(again.json).toEqual(made.json);
    const waited = await call('GET', `/v1/changes/${made.json['change']}:wait?timeoutMs=20000`);
    expect(waited.json['change']).toMatchObject({
      state: 'CHANGE_STATE_DONE',
      progress: { percent: 100, stageTitle: '' },
    });
    const read = await call('GET', '/v1/models/vad?readMask=status.replicasReady,etag');
    expect(read.json['model']).toEqual({
      name: 'vad',
      labels: { team: 'nlp' },
      version: '0',
      etag: expect.stringMatching(/^\d+$/),
      createdAtMs: '0',
      updatedAtMs: '0',
      rolloutVersion: '0',
      status: {
        replicasWanted: 0,
        replicasPlaced: 0,
        replicasReady: 1,
        pendingReason: '',
        deleting: false,
        replicas: [],
      },
    });
    const { etag } = read.json['model'] as { etag: string };
    const scaled = await call('POST', '/v1/models/vad:scale', { replicas: 2, etag });
    expect([scaled.status, scaled.json['model'].spec.replicas]).toEqual([200, 2]);
    const stale = await call('DELETE', `/v1/models/vad?etag=${etag}`);
    expect([stale.status, stale.json['error'].status]).toEqual([409, 'ABORTED']);
    expect((await call('DELETE', '/v1/models/vad')).status).toBe(200);
    await until(async () => expect((await call('GET', '/v1/models/vad')).status).toBe(404));
  });

  test('pages through lists, and a token of another list is refused by its field', async () => {
    for (const name of ['p1', 'p2', 'p3']) await call('PUT', `/v1/models/${name}`, model(name, 0));
    const one = await call('GET', '/v1/models?pageSize=2');
    expect(one.json['models'].map((each: Json) => each['name'])).toEqual(['p1', 'p2']);
    const token = one.json['nextPageToken'] as string;
    const two = await call('GET', `/v1/models?page_token=${token}`);
    expect([two.json['models'].length, two.json['nextPageToken']]).toEqual([1, '']);
    const wrong = await call('GET', `/v1/nodes?pageToken=${token}`);
    expect(wrong.status).toBe(400);
    expect(wrong.json['error'].details).toContainEqual({
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [
        { field: 'page_token', description: 'this is no token of a list of nodes' },
      ],
    });
    const events = await call('GET', '/v1/events?limit=1');
    const older = await call('GET', `/v1/events?limit=1&pageToken=${events.json['nextPageToken']}`);
    expect(Number(older.json['events'][0].id)).toBeLessThan(Number(events.json['events'][0].id));
    const other = `/v1/events?subject=models/p1&pageToken=${events.json['nextPageToken']}`;
    expect((await call('GET', other)).json['error'].message).toContain('asked for in other words');
  });

  test('cordons with an etag, once', async () => {
    const { node } = (await call('GET', '/v1/nodes/node-a')).json as { node: Json };
    const cordon = { etag: node['etag'], requestId: 'cordon-1' };
    const done = await call('POST', '/v1/nodes/node-a:cordon', cordon);
    expect(done.json['node'].availability).toBe('NODE_AVAILABILITY_CORDONED');
    const again = await call('POST', '/v1/nodes/node-a:cordon', cordon);
    expect(again.json['node'].etag).toBe(done.json['node'].etag);
    const late = await call('POST', '/v1/nodes/node-a:uncordon', { etag: node['etag'] });
    expect([late.status, late.json['error'].message]).toEqual([
      409,
      expect.stringContaining('the node node-a is cordoned by now'),
    ]);
    const reused = await call('POST', '/v1/nodes/node-a:uncordon', { requestId: 'cordon-1' });
    expect([reused.status, reused.json['error'].status]).toEqual([409, 'ALREADY_EXISTS']);
    expect((await call('POST', '/v1/nodes/node-a:uncordon', {})).status).toBe(200);
  });

  test('watches as one JSON object a line, and goes on from a revision', async () => {
    const first = await lines('/v1/models:watch?name=p1', 2);
    expect(first.map((line) => Object.keys(line).filter((key) => key !== 'revision'))).toEqual([
      ['model'],
      ['synced'],
    ]);
    const { revision } = first[1] as { revision: string };
    await call('POST', '/v1/models/p1:scale', { replicas: 1 });
    const second = await lines(`/v1/models:watch?name=p1&resumeRevision=${revision}`, 1);
    expect(second[0]?.['model']?.spec?.replicas).toBe(1);
    const refused = await call('GET', '/v1/models:watch?resumeRevision=rubbish');
    expect(refused.status).toBe(400);
  });

  test.for<{
    name: string;
    ask: readonly [string, string, unknown?];
    status: number;
    told: string;
  }>([
    {
      name: 'a field that is misspelt',
      ask: ['PUT', '/v1/models/x', { spec: { replica: 1 } }],
      status: 400,
      told: 'model.spec.replica: is not known; there are replicas, workload, gpu',
    },
    {
      name: 'text for a number',
      ask: ['POST', '/v1/models/x:scale', { replicas: 'two' }],
      status: 400,
      told: 'replicas: "two" is no such number',
    },
    {
      name: 'a number that does not fit',
      ask: ['POST', '/v1/models/x:scale', { replicas: 3_000_000_000 }],
      status: 400,
      told: 'send a whole number from -2147483648 to 2147483647',
    },
    {
      name: 'an enum member that is none',
      ask: ['PUT', '/v1/models/x', { spec: { gpu: { isolation: 'mps' } } }],
      status: 400,
      told: 'model.spec.gpu.isolation: "mps" is not known; there are ISOLATION_UNSPECIFIED',
    },
    {
      name: 'a path and a body that say different names',
      ask: ['PUT', '/v1/models/x', { name: 'y' }],
      status: 400,
      told: 'the path says x, and the body "y"',
    },
    {
      name: 'an unknown query parameter',
      ask: ['GET', '/v1/models?limit=1'],
      status: 400,
      told: 'limit: is not known; there are pageSize, pageToken, readMask',
    },
    {
      name: 'a mask that names no field',
      ask: ['GET', '/v1/models?readMask=statu'],
      status: 400,
      told: 'read_mask: "statu" names no field',
    },
    {
      name: 'a decision that is no number',
      ask: ['GET', '/v1/decisions/newest:replay'],
      status: 400,
      told: 'id: "newest" is no such number',
    },
    {
      name: 'a model that there is not',
      ask: ['GET', '/v1/models/nobody'],
      status: 404,
      told: 'no model "nobody"',
    },
    {
      name: 'a path that there is not',
      ask: ['GET', '/v1/modles'],
      status: 404,
      told: 'there is no',
    },
    {
      name: 'a verb that is not for it',
      ask: ['POST', '/v1/cluster', {}],
      status: 405,
      told: 'use GET',
    },
  ])('refuses $name in one clear line', async ({ ask: [verb, path, body], status, told }) => {
    const answer = await call(verb, path, body);
    expect([answer.status, answer.json['error'].message]).toEqual([
      status,
      expect.stringContaining(told),
    ]);
  });

  test.for([
    { name: 'another page', headers: { origin: 'https://evil.example' } },
    { name: 'a page of another site', headers: { 'sec-fetch-site': 'cross-site' } },
  ])('does not answer $name', async ({ headers }) => {
    const answer = await call('POST', '/v1/nodes/node-a:drain', {}, headers);
    expect([answer.status, answer.json['error'].message]).toEqual([
      400,
      expect.stringContaining('requests of web pages are not answered'),
    ]);
  });
});

/** The first lines of a stream. */
async function lines(path: string, count: number): Promise<readonly Json[]> {
  const stop = new AbortController();
  const response = await fetch(`http://${coordinator.http}${path}`, { signal: stop.signal });
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.split('\n').length > count) break;
  }
  stop.abort();
  return text
    .split('\n')
    .slice(0, count)
    .map((line) => JSON.parse(line) as Json);
}

/** For people at a keyboard and for the link: not for scripts, or not as one answer. */
const notMirrored = new Set(['DecisionService/ReplayPolicy']);

describe('the description of the mirror', () => {
  test('names every rpc of these services', () => {
    const root = contract();
    const services = ['Scheduler', 'Allocation', 'Cluster', 'Change', 'Decision', 'WhatIf'];
    const all = services.flatMap((name) =>
      Object.keys(root.lookupService(`tangram.v1.${name}Service`).methods).map(
        (rpc) => `${name}Service/${rpc}`,
      ),
    );
    const known = new Set(mirrored().map(({ route }) => route.rpc));
    expect(all.filter((rpc) => !known.has(rpc) && !notMirrored.has(rpc))).toEqual([]);
  });

  test('is OpenAPI that hangs together', async () => {
    const { json } = await call('GET', '/openapi.json');
    expect(json['openapi']).toBe('3.1.0');
    const operations = Object.entries(json['paths'] as Json).flatMap(([path, verbs]) =>
      Object.entries(verbs as Json).map(([verb, operation]) => ({ path, verb, operation })),
    );
    expect(operations).toHaveLength(mirrored().length);
    const ids = operations.map(({ operation }) => operation.operationId as string);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((each: Json) => each['in'] === 'path');
      const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
      expect(inPath.map((each: Json) => each['name'])).toEqual(named);
      expect(operation.description, operation.operationId).toEqual(expect.any(String));
    }
    const schemas = json['components'].schemas as Json;
    const references = [...JSON.stringify(json).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(50);
    for (const [, name] of references) expect(schemas).toHaveProperty(name ?? '');
  });

  test('tells of every field that answers have', async () => {
    const { json: description } = await call('GET', '/openapi.json');
    for (const path of ['/v1/models', '/v1/nodes', '/v1/changes', '/v1/events', '/v1/cluster']) {
      const { json } = await call('GET', path);
      const { schema } =
        description['paths'][path].get.responses['200'].content['application/json'];
      expect(Object.keys(json).length).toBeGreaterThan(0);
      expect(misfits(json, schema, description['components'].schemas, path)).toEqual([]);
    }
  });
});

/** Where a value is not what its schema says. */
function misfits(value: unknown, schema: Json, schemas: Json, at: string): readonly string[] {
  const reference = schema['$ref'] as string | undefined;
  const shape =
    reference === undefined ? schema : (schemas[reference.split('/').at(-1) ?? ''] as Json);
  if (Array.isArray(value)) {
    if (shape['type'] !== 'array') return [`${at}: an array`];
    return value.flatMap((each, index) => misfits(each, shape['items'], schemas, `${at}.${index}`));
  }
  if (typeof value === 'object' && value !== null) {
    if (shape['type'] !== 'object') return [`${at}: an object`];
    return Object.entries(value).flatMap(([key, inner]) => {
      const field = shape['properties']?.[key] ?? shape['additionalProperties'];
      return field === undefined
        ? [`${at}.${key}`]
        : misfits(inner, field, schemas, `${at}.${key}`);
    });
  }
  const type = shape['type'] === 'integer' ? 'number' : shape['type'];
  if (typeof value !== type) return [`${at}: ${typeof value}, not ${String(type)}`];
  const known = shape['enum'] as readonly unknown[] | undefined;
  return known === undefined || known.includes(value) ? [] : [`${at}: ${String(value)}`];
}

test('who calls through a proxy uses up what its own address may try, and is in the audit log with it', async () => {
  const strict = await startCoordinator({
    accessLimits: { unproven: { perSecond: 0.001, burst: 3 } },
  });
  const ask = async (forwarded: Readonly<Record<string, string>>): Promise<number> => {
    const authorization = `Bearer tga_${'a'.repeat(10)}_${'b'.repeat(43)}`;
    const headers = { authorization, ...forwarded };
    return (await fetch(`http://${strict.http}/v1/models`, { headers })).status;
  };
  const from = (address: string) => ask({ 'x-forwarded-for': `10.9.9.9, ${address}` });
  const statuses: number[] = [];
  for (let at = 0; at < 4; at += 1) statuses.push(await from('203.0.113.9'));
  expect(statuses).toEqual([401, 401, 401, 429]);
  expect(await from('203.0.113.10')).toBe(401);
  expect(await ask({})).toBe(401);
  const recorded = strict.access.audit.list({ limit: 100, before: 0, caller: '' });
  expect(recorded.map(({ caller }) => caller)).toContain('unknown@203.0.113.9');
  await strict.stop();
});
