import {
  status as grpcStatus,
  credentials,
  loadPackageDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { service as healthDefinition, protoPath } from 'grpc-health-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLinkCounters } from '../../coordinator/api/link-counters.ts';
import { connectCoordinator, type CoordinatorClient } from '../../coordinator/cli/client.ts';
import { startApiServer, type ApiServer } from '../../coordinator/api/server.ts';
import { openDecisionLog, type DecisionLog } from '../../coordinator/store/decision-log.ts';
import { open } from '../../shared/placement/open.ts';
import { openTelemetry, type Telemetry } from '../../coordinator/telemetry/telemetry.ts';
import { parseManifests } from '../../shared/manifest/parse-manifests.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { isAppError } from '../../shared/platform/errors.ts';
import { silentLog } from '../../shared/platform/log.ts';
import { encodeModelSpec } from '../../shared/wire/model-codec.ts';
import { createLinkClient, createSchedulerClient } from '../../shared/wire/services.ts';
import { callUnary } from '../../shared/wire/unary.ts';
import type { ApplyModelRequest } from '../../shared/wire/generated/tangram/v1/ApplyModelRequest.ts';
import type { ApplyModelResponse__Output } from '../../shared/wire/generated/tangram/v1/ApplyModelResponse.ts';
import type { ListModelsResponse__Output } from '../../shared/wire/generated/tangram/v1/ListModelsResponse.ts';
import type { WatchModelsResponse__Output } from '../../shared/wire/generated/tangram/v1/WatchModelsResponse.ts';
import type { SchedulerServiceClient } from '../../shared/wire/generated/tangram/v1/SchedulerService.ts';
import { FakeCore } from '../fakes/coordinator/fake-core.ts';
import { noSnapshots } from '../fakes/coordinator/no-snapshots.ts';
import { openAccessTo } from '../fakes/coordinator/open-access.ts';
import { LinkAgent, type LinkAgentOptions } from '../fakes/link-agent.ts';
import { until } from './until.ts';

const soon = (): Date => new Date(Date.now() + 20_000);
let core: FakeCore;
let server: ApiServer;
let telemetry: Telemetry;
let decisionLog: DecisionLog;
let scheduler: SchedulerServiceClient;
let client: CoordinatorClient;
const agents: LinkAgent[] = [];

beforeEach(async () => {
  core = new FakeCore();
  telemetry = openTelemetry(':memory:', { clock: systemClock, log: silentLog });
  decisionLog = openDecisionLog(':memory:', { rowsMax: 100 });
  server = await startApiServer('127.0.0.1:0', {
    core,
    access: await openAccessTo(core),
    decisionLog,
    open,
    telemetry,
    snapshots: noSnapshots,
    counters: createLinkCounters(),
    clock: systemClock,
    log: silentLog,
    version: '0.1.0',
    heartbeatMs: 200,
  });
  scheduler = createSchedulerClient(server.address);
  client = connectCoordinator(server.address, soon);
});

afterEach(async () => {
  for (const agent of agents.splice(0)) agent.close();
  scheduler.close();
  client.close();
  await server.stop();
  decisionLog.close();
  telemetry.close();
});

function agent(options: Partial<LinkAgentOptions> = {}): LinkAgent {
  const made = new LinkAgent({
    coordinator: server.address,
    node: 'node-a',
    cards: 'A100-40GB',
    ...options,
  });
  agents.push(made);
  return made;
}

/** Any message, also one that the command line would not send. */
async function applyRaw(request: ApplyModelRequest): Promise<ApplyModelResponse__Output> {
  return callUnary<ApplyModelRequest, ApplyModelResponse__Output>(
    (sent, options, answer) => scheduler.applyModel(sent, options, answer),
    request,
    { peer: 'the coordinator', away: 'COORDINATOR_AWAY', deadline: soon() },
  );
}

async function listPage(request: object): Promise<ListModelsResponse__Output> {
  return callUnary<object, ListModelsResponse__Output>(
    (sent, options, answer) => scheduler.listModels(sent, options, answer),
    request,
    { peer: 'the coordinator', away: 'COORDINATOR_AWAY', deadline: soon() },
  );
}

function modelMessage(name: string, spec = 'gpu: { memory: 4GiB }') {
  const text = `apiVersion: tangram/v1\nkind: Model\nmetadata: { name: ${name} }\nspec:\n  image: x:1\n  ${spec}\n`;
  const parsed = parseManifests([{ name: 'test', text }]);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problem));
  const model = parsed.value[0];
  if (model === undefined) throw new Error('no model');
  return { name, labels: {}, spec: encodeModelSpec(model.spec) };
}

const apply = async (name: string, more: { validateOnly?: boolean; etag?: string } = {}) =>
  applyRaw({ model: modelMessage(name), ...more });

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'OK';
  } catch (error) {
    if (!isAppError(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

describe('the scheduler service', () => {
  test('applies, reads, lists, scales and deletes models', async () => {
    const created = await apply('a');
    expect(created.outcome).toBe('APPLY_OUTCOME_CREATED');
    expect(created.plan?.stages.map((stage) => stage.title)).toEqual(['start 1']);
    expect((await apply('a')).outcome).toBe('APPLY_OUTCOME_UNCHANGED');
    await apply('b');
    const scaled = await client.scaleModel('a', 3);
    expect([scaled.outcome, scaled.model?.spec?.replicas]).toEqual(['APPLY_OUTCOME_UPDATED', 3]);
    const one = await listPage({ pageSize: 1 });
    expect(one.models.map((model) => model.name)).toEqual(['a']);
    const two = await listPage({ pageToken: one.nextPageToken });
    expect([two.models.map((model) => model.name), two.nextPageToken]).toEqual([['b'], '']);
    await client.deleteModel('a', false);
    expect(await codeOf(client.getModel('a'))).toMatch(/^MODEL_UNKNOWN: no model "a"/);
  });

  test('answers a validation with the plan and writes nothing', async () => {
    const checked = await apply('a', { validateOnly: true });
    expect(checked.outcome).toBe('APPLY_OUTCOME_CREATED');
    expect(core.models()).toEqual([]);
  });

  test('refuses an etag that is not the present one', async () => {
    const first = await apply('a');
    await client.scaleModel('a', 2);
    expect(await codeOf(apply('a', { etag: first.model?.etag ?? '' }))).toMatch(/^MODEL_CONFLICT/);
  });

  test.for([
    { name: 'no model', request: {}, want: 'REQUEST_INVALID: model: is missing' },
    {
      name: 'a model without spec',
      request: { model: { name: 'a' } },
      want: 'REQUEST_INVALID: spec: is missing',
    },
    {
      name: 'a name that is none',
      request: { model: { ...modelMessage('a'), name: 'A_1' } },
      want: 'REQUEST_INVALID: metadata.name: "A_1" is no model name',
    },
    {
      name: 'neither image nor command',
      request: { model: { name: 'a', spec: { workload: { image: '' } } } },
      want: 'MODEL_INVALID: spec: neither image nor process is given',
    },
  ])('refuses $name', async ({ request, want }) => {
    const told = await codeOf(applyRaw(request));
    expect(told.startsWith(want), told).toBe(true);
    expect(core.models()).toEqual([]);
  });

  test('explains what has a place and what has none', async () => {
    await apply('a');
    const pending = await client.explain('a');
    expect([pending.refusal, pending.nearest]).toEqual(['no node is connected', 'connect a node']);
    expect(pending.evidence).toEqual([
      { reason: 'availability', counted: 'node', count: 0, example: 'there is no node' },
    ]);
    await agent().connect();
    await until(async () => expect((await client.explain('a')).replicasReady).toBe(1));
  });

  test('streams models: all, then synced, then changes, then what is deleted', async () => {
    await apply('a');
    const seen: string[] = [];
    const stream = scheduler.watchModels({});
    stream.on('error', () => undefined);
    stream.on('data', (event: WatchModelsResponse__Output) => {
      seen.push(event.model ? `${event.model.name}@${event.model.version}` : String(event.event));
    });
    await until(() => expect(seen).toEqual(['a@1', 'synced']));
    await apply('b');
    await client.deleteModel('a', false);
    await until(() => expect(seen).toEqual(['a@1', 'synced', 'b@1', 'deleted']));
    stream.cancel();
  });

  test('streams only the model that was asked for', async () => {
    const seen: (string | undefined)[] = [];
    const stream = scheduler.watchModels({ name: 'b' });
    stream.on('error', () => undefined);
    stream.on('data', (event: WatchModelsResponse__Output) => {
      seen.push(event.model?.name ?? event.event);
    });
    await until(() => expect(seen).toEqual(['synced']));
    await apply('a');
    await apply('b');
    await until(() => expect(seen).toEqual(['synced', 'b']));
    stream.cancel();
  });

  test("reads a replica's output through its node's control stream", async () => {
    await apply('a');
    await agent().connect();
    await until(() => expect(core.models()[0]?.replicas[0]?.status?.phase).toBe('ready'));
    expect(await client.readLogs('a-0', 0)).toBe('a-0 line 1\na-0 line 2\n');
    expect(await codeOf(client.readLogs('b-0', 0))).toMatch(/^REPLICA_UNKNOWN/);
    agents[0]?.disconnect();
    await until(() => expect(core.nodes()[0]?.connected).toBe(false));
    expect(await codeOf(client.readLogs('a-0', 0))).toMatch(
      /^AGENT_AWAY: node node-a is not connected/,
    );
  });
});

describe('the cluster service', () => {
  test('shows nodes with their cards, slices and replicas', async () => {
    await agent({ metricsAddress: '127.0.0.1:9400', labels: { zone: 'z1' } }).connect();
    await apply('a');
    await until(async () => {
      const node = await client.getNode('node-a');
      expect(node).toMatchObject({
        name: 'node-a',
        availability: 'NODE_AVAILABILITY_READY',
        connected: true,
        labels: { zone: 'z1' },
        runtimes: ['docker', 'process'],
        metricsAddress: '127.0.0.1:9400',
      });
      expect(node.gpus[0]?.slices[0]).toMatchObject({
        slice: 'a-0.0',
        enforcement: 'process',
        replica: 'a-0',
        model: 'a',
        state: 'ready',
      });
      expect(node.replicas[0]?.phase).toBe('REPLICA_PHASE_READY');
    });
  });

  test('cordons, drains and uncordons, and tells what happened', async () => {
    await agent().connect();
    const wish = { deadlineSeconds: 0, force: false };
    const words = [
      (await client.cordonNode('node-a')).availability,
      (await client.drainNode('node-a', wish)).availability,
      (await client.uncordonNode('node-a')).availability,
    ];
    expect(words).toEqual([
      'NODE_AVAILABILITY_CORDONED',
      'NODE_AVAILABILITY_DRAINING',
      'NODE_AVAILABILITY_READY',
    ]);
    const events = await client.listEvents('nodes/node-a', 0);
    expect(events.map((event) => event.message)).toEqual(['cordoned', 'draining', 'ready']);
    expect(await codeOf(client.drainNode('x', wish))).toMatch(/^NODE_UNKNOWN/);
    const forced = client.drainNode('node-a', { deadlineSeconds: 0, force: true });
    expect(await codeOf(forced)).toMatch(/^REQUEST_INVALID.*force: needs a deadline/);
    const late = client.drainNode('node-a', { deadlineSeconds: 604_801, force: false });
    expect(await codeOf(late)).toMatch(/^REQUEST_INVALID.*deadline_seconds/);
  });

  test('gives a node labels, refuses what is none, and removes only a node that is away', async () => {
    const peer = agent();
    await peer.connect();
    expect((await client.labelNode('node-a', { zone: 'eu-1' })).labels).toMatchObject({
      zone: 'eu-1',
    });
    expect(await codeOf(client.labelNode('node-a', { 'a b': 'c' }))).toMatch(/^REQUEST_INVALID/);
    expect(await codeOf(client.removeNode('node-a'))).toMatch(/^NODE_IN_USE/);
    peer.close();
    await until(() => expect(core.nodes()[0]?.connected).toBe(false));
    expect(await client.removeNode('node-a')).toEqual({ replicas: 0, allocations: [] });
    expect(await codeOf(client.getNode('node-a'))).toMatch(/^NODE_UNKNOWN/);
  });

  test('says which cluster this is', async () => {
    expect(await client.getCluster()).toEqual({
      clusterId: 'cluster-of-tests',
      epoch: '1',
      version: '0.1.0',
    });
  });
});

describe('the link', () => {
  test.for([
    { version: 9, want: /PEER_TOO_NEW.*speaks link protocol 9, this coordinator version 1/ },
    { version: 0, want: /CLIENT_TOO_OLD.*speaks link protocol 0, this coordinator version 1/ },
  ])('refuses protocol $version, naming both numbers', async ({ version, want }) => {
    await expect(agent({ protocolVersion: version }).connect()).rejects.toSatisfy((error) => {
      const { code, details, metadata } = error as {
        code: number;
        details: string;
        metadata: { get(key: string): string[] };
      };
      expect(code).toBe(grpcStatus.FAILED_PRECONDITION);
      expect(`${metadata.get('tangram-code')[0]} ${details}`).toMatch(want);
      return true;
    });
    expect(core.calls).toEqual([]);
  });

  test("refuses another cluster's agent and a second agent of one name", async () => {
    await expect(agent({ clusterId: 'other' }).connect()).rejects.toMatchObject({
      code: grpcStatus.FAILED_PRECONDITION,
    });
    await agent().connect();
    await expect(agent().connect()).rejects.toMatchObject({ code: grpcStatus.ALREADY_EXISTS });
    expect(core.nodes()[0]?.connected).toBe(true);
  });

  test('refuses a stream that does not begin with hello', async () => {
    const link = createLinkClient(server.address);
    const stream = link.control();
    const failed = new Promise<{ code: number }>((resolve) => stream.on('error', resolve));
    stream.on('data', () => undefined);
    stream.write({ heartbeat: {} });
    expect((await failed).code).toBe(grpcStatus.INVALID_ARGUMENT);
    link.close();
  });

  test('ends a stream that nobody says hello on', async () => {
    const link = createLinkClient(server.address);
    const stream = link.control();
    stream.on('data', () => undefined);
    const failed = new Promise<{ code: number }>((resolve) => stream.on('error', resolve));
    expect((await failed).code).toBe(grpcStatus.UNAVAILABLE);
    link.close();
  });

  test('ends the stream of an agent that falls silent, and tells the core once', async () => {
    const silent = agent();
    await silent.connect();
    const ending = silent.ending();
    silent.fallSilent();
    expect((await ending).kind).toBe('failed');
    expect(core.calls.filter((entry) => entry.startsWith('closed'))).toEqual([
      expect.stringMatching(/^closed node-a: the agent was silent for \d+ ms$/),
    ]);
  });

  test('tells the core when the connection breaks, and takes the agent back', async () => {
    const first = agent();
    await first.connect();
    first.disconnect();
    await until(() => expect(core.nodes()[0]?.connected).toBe(false));
    await first.connect();
    expect(core.nodes()[0]?.connected).toBe(true);
  });

  test('a bad report is refused alone: the session and what was said before stand', async () => {
    const one = agent();
    await one.connect();
    one.send({ status: { gpus: [{ gpuUuid: 'rubbish' }] } });
    one.send({ inventory: { node: 'node-b', bootId: 'x', gpuHandout: 'env' } });
    one.setInventory({ agentVersion: '9.9.9' });
    await until(() => expect(core.nodes()[0]?.inventory?.agentVersion).toBe('9.9.9'));
    expect(core.nodes().map((node) => node.node)).toEqual(['node-a']);
  });

  test('keeps packed samples of nodes that it knows, counts them, and acknowledges what it read', async () => {
    await agent().connect();
    const link = createLinkClient(server.address);
    const stream = link.telemetry();
    const atMs = systemClock.wallMs();
    const acks: unknown[] = [];
    const ended = new Promise((resolve) => stream.on('end', resolve));
    stream.on('data', (ack) => acks.push(ack));
    stream.write({
      series: { node: 'node-a', metrics: ['power'], rows: ['g0', 'g1'] },
      batch: { atMs, values: [1.5, Number.NaN] },
    });
    stream.write({ batch: { atMs: atMs + 1, values: [1] } });
    // Several seconds in one request.
    const together = [2, 3].map((second) => ({
      atMs: atMs + second * 1_000,
      values: [second, Number.NaN],
    }));
    stream.write({ batches: together });
    stream.end();
    await ended;
    expect(acks.at(-1)).toEqual({
      batchesAccepted: '3',
      batchesReceived: '3',
      batchesTogether: 1,
    });
    const node = core.nodes()[0]?.node;
    const series = node && telemetry.samples.series(node);
    expect(series?.value('power', 'g0')).toBe(3);
    expect(series?.value('power', 'g1')).toBeNull();
    link.close();
  });

  const badStreams = [
    {
      name: 'of a node that never said hello',
      message: { series: { node: 'node-z', metrics: [], rows: [] } },
      want: grpcStatus.NOT_FOUND,
    },
    {
      name: 'with more metrics than a node has',
      message: { series: { node: 'node-a', metrics: Array<string>(65).fill('m'), rows: [] } },
      want: grpcStatus.INVALID_ARGUMENT,
    },
  ];

  test.for(badStreams)('refuses samples $name, with one status', async ({ message, want }) => {
    await agent().connect();
    const link = createLinkClient(server.address);
    const stream = link.telemetry();
    const failed = new Promise((resolve) => {
      stream.on('error', (error: ServiceError) => resolve(error.code));
    });
    stream.write(message);
    expect(await failed).toBe(want);
    link.close();
  });

  test('a stopping coordinator ends every stream', async () => {
    const one = agent();
    await one.connect();
    const ending = one.ending();
    await server.stop();
    expect((await ending).kind).toBe('failed');
  });
});

describe('the door', () => {
  test('answers health checks', async () => {
    const Health = loadPackageDefinition(loadSync(protoPath)) as unknown as {
      grpc: { health: { v1: { Health: new (...args: unknown[]) => HealthClient } } };
    };
    const health = new Health.grpc.health.v1.Health(server.address, credentials.createInsecure());
    const answer = await new Promise((resolve, reject) => {
      health.check({ service: 'tangram.v1.SchedulerService' }, (error, response) =>
        error === null
          ? resolve(response)
          : reject(new Error('the health check failed', { cause: error })),
      );
    });
    expect(answer).toMatchObject({ status: 1 });
    expect(Object.keys(healthDefinition)).toContain('Check');
    health.close();
  });

  test('refuses an address that others can reach, and one that is taken', async () => {
    const deps = {
      core,
      access: await openAccessTo(core),
      decisionLog,
      open,
      telemetry,
      snapshots: noSnapshots,
      counters: createLinkCounters(),
      clock: systemClock,
      log: silentLog,
      version: '0.1.0',
      heartbeatMs: 200,
    };
    expect(await codeOf(startApiServer('0.0.0.0:0', deps))).toMatch(/^ADDRESS_REFUSED/);
    expect(await codeOf(startApiServer(server.address, deps))).toMatch(
      /^ADDRESS_TAKEN: another process listens on/,
    );
  });
});

interface HealthClient {
  check(request: { service: string }, answer: (error: unknown, response: unknown) => void): void;
  close(): void;
}
