import { randomBytes, X509Certificate } from 'node:crypto';
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  status as grpcStatus,
  type ChannelCredentials,
  type ClientReadableStream,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceError,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { service as healthDefinition } from 'grpc-health-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AccessStore } from '../../coordinator/access/access-store.ts';
import { hashSecret, mintApiToken, renderApiToken } from '../../coordinator/access/api-token.ts';
import { Authenticator } from '../../coordinator/access/authenticate.ts';
import type { GivenRole, Namespaces } from '../../coordinator/access/caller.ts';
import { ForwardedAddress } from '../../coordinator/access/forwarded-address.ts';
import { Guard } from '../../coordinator/access/guard.ts';
import { accessLimits } from '../../coordinator/access/limits.ts';
import { methodName, methodTable, tableProblems } from '../../coordinator/access/method-table.ts';
import type { Directory } from '../../coordinator/access/records.ts';
import { assertTable, noteServices } from '../../coordinator/access/served-methods.ts';
import { openAuditLog, type AuditLog } from '../../coordinator/audit/audit-log.ts';
import { MemoryStore } from '../../coordinator/store/memory-store.ts';
import type { Signer } from '../../shared/pki/issue.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { silentLog } from '../../shared/platform/log.ts';
import { packageDefinition } from '../../shared/wire/services.ts';
import {
  testAuthority,
  testCredential,
  type Credential,
} from '../fakes/coordinator/test-certificates.ts';
import { until } from './until.ts';

const cluster = 'cluster-1a2b3c4d';
const nowMs = Date.now();

/** What each role may call when namespaces do not matter, written down here a second time on purpose. */
const anybody = [
  'grpc.health.v1.Health/Check',
  'tangram.join.v1.JoinService/GetTrust',
  'tangram.join.v1.JoinService/Join',
];
const known = [...anybody, 'tangram.v1.AccessService/WhoAmI'];
const reads = [
  ...known,
  'grpc.health.v1.Health/List',
  'grpc.health.v1.Health/Watch',
  'grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  'grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
  ...of('SchedulerService', 'GetModel ListModels WatchModels Explain GetReplicaLogs'),
  ...of('AllocationService', 'GetAllocation ListAllocations ExplainAllocation WatchAllocations'),
  ...of('ChangeService', 'ListChanges GetChange WatchChanges WaitChange'),
  ...of('ClusterService', 'ListNodes GetNode WatchNodes ListEvents GetCluster'),
  ...of('DecisionService', 'ListDecisions ReplayDecision ReplayPolicy'),
  ...of('WhatIfService', 'TryAddNodes TryRemoveNode TryModel'),
  ...of('TelemetryService', 'ListSamples QuerySamples'),
];
const schedules = [
  ...reads,
  ...of('SchedulerService', 'ApplyModel DeleteModel ScaleModel'),
  ...of('AllocationService', 'Allocate RenewAllocation ReleaseAllocation'),
  ...of('ChangeService', 'ApplyPlan AbortChange'),
];
const operates = [
  ...schedules,
  ...of('ChangeService', 'PlanDefrag'),
  ...of('ClusterService', 'CordonNode DrainNode UncordonNode LabelNode RemoveNode'),
  ...of('SnapshotService', 'GetBackups'),
];
const administers = [
  ...operates,
  ...of('AccessService', 'CreateUser ListUsers SetUserRole DeleteUser'),
  ...of(
    'AccessService',
    'CreateApiToken ListApiTokens RevokeApiToken ListAuditRecords VerifyAudit',
  ),
  ...of('SnapshotService', 'TakeSnapshot'),
  ...of('TrustService', 'CreateJoinToken ListJoinTokens RevokeJoinToken RevokeCertificates'),
  ...of('TrustService', 'IssueUserCertificate'),
  ...of('TrustService', 'GetAuthority RotateAuthority RetireAuthority'),
];
const links = ['Control', 'Telemetry', 'Renew'].map((rpc) => `tangram.link.v1.LinkService/${rpc}`);
/** What concerns everybody's models, and so nobody who is limited to some. */
const wholeCluster = [
  ...of('ChangeService', 'PlanDefrag'),
  ...of('ClusterService', 'CordonNode DrainNode UncordonNode LabelNode RemoveNode'),
  ...of('DecisionService', 'ReplayDecision ReplayPolicy'),
  ...of('WhatIfService', 'TryAddNodes TryRemoveNode'),
  ...of('SnapshotService', 'GetBackups'),
];
/** What a request to can be about a model, allocation, plan or change of one namespace. */
const ofOneNamespace = [
  ...of('SchedulerService', 'ApplyModel GetModel DeleteModel ScaleModel WatchModels Explain'),
  ...of('SchedulerService', 'GetReplicaLogs'),
  ...of('AllocationService', 'Allocate GetAllocation RenewAllocation ReleaseAllocation'),
  ...of('AllocationService', 'ExplainAllocation WatchAllocations'),
  ...of('ChangeService', 'ApplyPlan GetChange WaitChange AbortChange'),
  ...of('TelemetryService', 'QuerySamples'),
  ...of('DecisionService', 'ListDecisions'),
  ...of('WhatIfService', 'TryModel'),
];

function of(service: string, rpcs: string): string[] {
  return rpcs.split(' ').map((rpc) => `tangram.v1.${service}/${rpc}`);
}

const methods = servedDefinitions().flatMap((definition) => Object.values(definition));
let store: AccessStore;
let audit: AuditLog;
let guard: Guard;
let withCertificates: { readonly address: string; readonly server: Server };
let withTokens: { readonly address: string; readonly server: Server };
let ca: Signer;
let otherCa: Signer;
let revokedSerial = '';
const clients: Client[] = [];

beforeAll(async () => {
  ca = await testAuthority('ours', nowMs);
  otherCa = await testAuthority('theirs', nowMs);
  store = new AccessStore(new MemoryStore());
  await store.load();
  audit = openAuditLog(':memory:', { rowsMax: 100_000, wallMs: () => systemClock.wallMs() });
  const plenty = { perSecond: 1e6, burst: 1e6 };
  guard = new Guard({
    forwarded: new ForwardedAddress(randomBytes(32)),
    authenticator: new Authenticator({
      clusterId: cluster,
      records: store,
      isRevoked: ({ serial }) => serial === revokedSerial,
      goodUntilMs: ({ notAfterMs }) => notAfterMs,
      oidc: undefined,
      wallMs: () => systemClock.wallMs(),
    }),
    directory,
    audit,
    limits: {
      ...accessLimits,
      denialKindsMax: 10_000,
      calls: plenty,
      agentCalls: plenty,
      unproven: plenty,
    },
    clock: systemClock,
    log: silentLog,
  });
  const identity = { cluster, kind: 'coordinator', name: 'c1' } as const;
  const own = await testCredential(ca, identity, nowMs);
  withCertificates = await listen(own, true);
  withTokens = await listen(own, false);
});

afterAll(() => {
  for (const client of clients) client.close();
  withCertificates.server.forceShutdown();
  withTokens.server.forceShutdown();
  audit.close();
});

test('the test and the contract know the same rpcs, and each has a row', () => {
  const served = methods.map(({ path }) => methodName(path)).toSorted();
  expect(served).toEqual([...administers, ...links].toSorted());
  expect(Object.keys(methodTable).toSorted()).toEqual(served);
});

test('an rpc without a row and a row without an rpc keep the coordinator from starting', () => {
  const { 'tangram.v1.ClusterService/GetNode': left, ...rest } = methodTable;
  if (left === undefined) throw new Error('the table has no GetNode');
  const paths = methods.map(({ path }) => path);
  expect(tableProblems({ ...rest, 'tangram.v1.None/None': left }, paths, paths)).toEqual([
    'the rpc tangram.v1.ClusterService/GetNode has no row',
    'the row tangram.v1.None/None is of no rpc',
  ]);
  expect(() => assertTable([...paths, '/tangram.v1.New/Rpc'])).toThrow(
    'the rpc tangram.v1.New/Rpc has no row',
  );
});

describe('who does not get as far as a call', () => {
  test.for([
    ['plaintext where TLS is spoken', async () => plaintext()],
    ['no certificate', async () => trusting()],
    ['a certificate of another authority', async () => showing(await agent('a', { ca: otherCa }))],
    ['an expired certificate', async () => showing(await agent('a', { days: [-0.9, -0.1] }))],
    ['one that is not valid yet', async () => showing(await agent('a', { days: [0.1, 0.9] }))],
  ] as const)('%s is UNAVAILABLE for every rpc', async ([, proof]) => {
    const client = connect(withCertificates.address, await proof());
    expect(await askAll(client, {})).toEqual(all('UNAVAILABLE'));
  });
});

describe('who is nobody', () => {
  test.for([
    ['a revoked certificate', async (): Promise<Credential> => revoke(await agent('a'))],
    ['a certificate of another cluster', async () => agent('a', { cluster: 'cluster-other' })],
    ['a user whom nobody knows', async () => person('nobody')],
    ["a coordinator's own certificate", async () => certificate('coordinator', 'c1')],
  ] as const)('%s is UNAUTHENTICATED for every rpc', async ([, credential]) => {
    const client = connect(withCertificates.address, showing(await credential()));
    expect(await askAll(client, {})).toEqual(all('UNAUTHENTICATED'));
  });

  test.for([
    [
      'a used-up date',
      async (): Promise<string> => token('viewer', 'all', { expiresAtMs: nowMs - 1 }),
    ],
    [
      'a token that was revoked',
      async (): Promise<string> => revokeToken(await token('admin', 'all')),
    ],
    ['a token of elsewhere', async (): Promise<string> => renderApiToken(mintApiToken(bytes))],
    [
      'a token with one bit flipped',
      async (): Promise<string> => flipBit(await token('admin', 'all')),
    ],
    ['a join token', async (): Promise<string> => 'tg1.abc.def.ghi'],
  ] as const)('%s is UNAUTHENTICATED for every rpc', async ([, secret]) => {
    const client = connect(withTokens.address, trusting());
    const asked = await askAll(client, {}, bearer(await secret()));
    expect(asked).toEqual(all('UNAUTHENTICATED'));
  });

  test('without any proof only what is anybody’s answers', async () => {
    const client = connect(withTokens.address, trusting());
    expect(await askAll(client, {})).toEqual(only(anybody, 'UNAUTHENTICATED'));
  });

  test('a certificate and a token together are refused', async () => {
    const client = connect(withCertificates.address, showing(await agent('a')));
    const asked = await askAll(client, {}, bearer(await token('admin', 'all')));
    expect(asked).toEqual(all('UNAUTHENTICATED'));
  });
});

describe('agents', () => {
  test('have the link of their own node, and nothing else', async () => {
    const client = connect(withCertificates.address, showing(await agent('node-a')));
    const asked = await askAll(client, { node: 'node-a' });
    expect(asked).toEqual(only([...known, ...links], 'PERMISSION_DENIED'));
  });

  test('do not speak for another node', async () => {
    const client = connect(withCertificates.address, showing(await agent('node-a')));
    const asked = await askAll(client, { node: 'node-b' });
    const allowed = [...known, ...links.filter((rpc) => !rpc.endsWith('/Control'))];
    expect(asked).toEqual(only(allowed, 'PERMISSION_DENIED'));
  });
});

describe('roles', () => {
  test.for([
    ['viewer', reads],
    ['scheduler', schedules],
    ['operator', operates],
    ['admin', administers],
  ] as const)('a %s may call exactly what the table says, by certificate', async ([role, may]) => {
    await user(`all-${role}`, role, 'all');
    const client = connect(withCertificates.address, showing(await person(`all-${role}`)));
    expect(await askAll(client, { namespace: 'b' })).toEqual(only(may, 'PERMISSION_DENIED'));
  });

  test.for([
    ['viewer', reads],
    ['admin', administers],
  ] as const)('a %s may call the same with a token', async ([role, may]) => {
    const client = connect(withTokens.address, trusting());
    const asked = await askAll(client, { namespace: 'b' }, bearer(await token(role, 'all')));
    expect(asked).toEqual(only(may, 'PERMISSION_DENIED'));
  });

  test.for([
    ['viewer', reads],
    ['scheduler', schedules],
    ['operator', operates],
  ] as const)('a %s of one namespace keeps to it', async ([role, may]) => {
    await user(`a-${role}`, role, ['a']);
    const client = connect(withCertificates.address, showing(await person(`a-${role}`)));
    const inside = may.filter((method) => !wholeCluster.includes(method));
    expect(await askAll(client, { namespace: 'a' })).toEqual(only(inside, 'PERMISSION_DENIED'));
    const outside = inside.filter((method) => !ofOneNamespace.includes(method));
    expect(await askAll(client, { namespace: 'b' })).toEqual(only(outside, 'PERMISSION_DENIED'));
  });

  test('a model changes its namespace only for who has both', async () => {
    await user('of-a', 'scheduler', ['a']);
    await user('of-both', 'scheduler', ['a', 'b']);
    const apply = methodCalled('tangram.v1.SchedulerService/ApplyModel');
    const request = { model: { name: 'in-a', labels: { namespace: 'b' } } };
    const one = connect(withCertificates.address, showing(await person('of-a')));
    const both = connect(withCertificates.address, showing(await person('of-both')));
    expect(await ask(one, apply, request, new Metadata())).toBe('PERMISSION_DENIED');
    expect(await ask(both, apply, request, new Metadata())).toBe('OK');
  });
});

test('one line says who called, what is needed and what to do', async () => {
  await user('ada', 'viewer', 'all');
  const client = connect(withCertificates.address, showing(await person('ada')));
  const details = await new Promise<string>((resolve) => {
    const scale = methodCalled('tangram.v1.SchedulerService/ScaleModel');
    client.makeUnaryRequest(
      scale.path,
      scale.requestSerialize,
      scale.responseDeserialize,
      { name: 'in-a' },
      (error) => resolve(error?.details ?? ''),
    );
  });
  expect(details).toBe(
    'user/ada has the role viewer; ScaleModel needs one of the roles scheduler, operator or admin; ask an administrator: tangram user set-role, or a token of that role',
  );
});

test('streams end once their caller is revoked, deleted or changed', async () => {
  const watch = methodCalled('grpc.health.v1.Health/Watch');
  await user('grace', 'viewer', 'all');
  await user('joan', 'viewer', 'all');
  const secret = await token('viewer', 'all');
  const ends = [
    stream(connect(withCertificates.address, showing(await person('grace'))), watch),
    stream(connect(withCertificates.address, showing(await person('joan'))), watch),
    stream(connect(withTokens.address, trusting()), watch, bearer(secret)),
  ];
  await until(() => expect(guard.counts().live).toBe(3));
  guard.sweep();
  expect(guard.counts().live).toBe(3);
  await store.changeUser('grace', () => undefined);
  await store.changeUser('joan', (present) => present && { ...present, role: 'operator' });
  await revokeToken(secret);
  guard.sweep();
  expect(await Promise.all(ends)).toEqual([
    'UNAUTHENTICATED',
    'PERMISSION_DENIED',
    'UNAUTHENTICATED',
  ]);
  expect(guard.counts().live).toBe(0);
});

test('changes and denials are in the log, whose chain holds', async () => {
  await user('karen', 'operator', 'all');
  const client = connect(withCertificates.address, showing(await person('karen')));
  const recent = { limit: 2, before: 0, caller: 'user/karen' };
  const call = (method: string): Promise<string> =>
    ask(client, methodCalled(method), { name: 'in-a', requestId: 'r-1' }, new Metadata());
  expect(await call('tangram.v1.SchedulerService/DeleteModel')).toBe('OK');
  expect(await call('tangram.v1.AccessService/DeleteUser')).toBe('PERMISSION_DENIED');
  await until(() => expect(audit.list(recent)).toHaveLength(2));
  const [, done] = audit.list(recent);
  expect(done).toMatchObject({
    method: 'tangram.v1.SchedulerService/DeleteModel',
    target: 'models/in-a',
    requestId: 'r-1',
    outcome: 'done',
    revisionBefore: '7',
  });
  expect(await audit.verify()).toMatchObject({ intact: true, firstBad: null });
});

/** `in-a` and `in-b`, of whatever kind, are in the namespaces `a` and `b`. */
const directory: Directory = {
  model: (name) => {
    const namespace = namespaced(name);
    return namespace === undefined ? undefined : { namespace, etag: '7' };
  },
  allocation: (name) => {
    const namespace = namespaced(name);
    return namespace === undefined ? undefined : { namespace };
  },
  modelOfReplica: (replica) => replica.replace('-0', ''),
  modelsOfPlan: (plan) => [plan],
  modelsOfChange: (change) => [change],
};

function namespaced(name: string): string | undefined {
  return /^in-([ab])$/.exec(name)?.[1];
}

function requestFor(method: string, { node, namespace }: Situation): object {
  const name = `in-${namespace ?? 'a'}`;
  const labelled = { name, labels: { namespace: namespace ?? 'a' } };
  const special: Readonly<Record<string, object>> = {
    'tangram.v1.SchedulerService/ApplyModel': { model: labelled },
    'tangram.v1.WhatIfService/TryModel': { model: labelled },
    'tangram.v1.AllocationService/Allocate': labelled,
    'tangram.v1.DecisionService/ListDecisions': { model: name },
    'tangram.v1.SchedulerService/GetReplicaLogs': { replica: `${name}-0` },
    'tangram.v1.ChangeService/ApplyPlan': { plan: name },
    'tangram.v1.ChangeService/GetChange': { change: name },
    'tangram.v1.ChangeService/WaitChange': { change: name },
    'tangram.v1.TelemetryService/QuerySamples': { model: name },
    'tangram.v1.ChangeService/AbortChange': { change: name },
    'tangram.link.v1.LinkService/Control': { hello: { inventory: { node: node ?? 'a' } } },
  };
  return special[method] ?? (method.startsWith('tangram.v1.') ? { name } : {});
}

interface Situation {
  readonly node?: string;
  readonly namespace?: 'a' | 'b';
}

type Method = MethodDefinition<object, object>;

async function askAll(
  client: Client,
  situation: Situation,
  metadata = new Metadata(),
): Promise<Readonly<Record<string, string>>> {
  const answers = await Promise.all(
    methods.map(async (method) => {
      const name = methodName(method.path);
      return [name, await ask(client, method, requestFor(name, situation), metadata)] as const;
    }),
  );
  return Object.fromEntries(answers);
}

function ask(client: Client, method: Method, request: object, metadata: Metadata): Promise<string> {
  const { path, requestSerialize: write, responseDeserialize: read } = method;
  const deadline = new Date(Date.now() + 10_000);
  return new Promise((resolve) => {
    const done = (error: ServiceError | null): void =>
      resolve(grpcStatus[error?.code ?? grpcStatus.OK]);
    const own = metadata.clone();
    if (!method.requestStream && !method.responseStream) {
      client.makeUnaryRequest(path, write, read, request, own, { deadline }, done);
      return;
    }
    const watch = (call: ClientReadableStream<object>): void => {
      call.on('data', () => undefined);
      call.on('error', () => undefined);
      call.on('status', ({ code }: { readonly code: grpcStatus }) => resolve(grpcStatus[code]));
    };
    if (method.requestStream) {
      const call = client.makeBidiStreamRequest(path, write, read, own, { deadline });
      watch(call);
      call.write(request);
      call.end();
    } else watch(client.makeServerStreamRequest(path, write, read, request, own, { deadline }));
  });
}

/** A stream that its server leaves open; answers how it ends. */
function stream(client: Client, method: Method, metadata = new Metadata()): Promise<string> {
  const { path, requestSerialize: write, responseDeserialize: read } = method;
  metadata.set('stay', 'open');
  return new Promise((resolve) => {
    const call = client.makeServerStreamRequest(path, write, read, {}, metadata);
    call.on('data', () => undefined);
    call.on('error', () => undefined);
    call.on('status', ({ code }: { readonly code: grpcStatus }) => resolve(grpcStatus[code]));
  });
}

function methodCalled(name: string): Method {
  const found = methods.find(({ path }) => methodName(path) === name);
  if (found === undefined) throw new Error(`no rpc ${name}`);
  return found;
}

function all(status: string): Readonly<Record<string, string>> {
  return Object.fromEntries(methods.map(({ path }) => [methodName(path), status]));
}

function only(allowed: readonly string[], otherwise: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    methods
      .map(({ path }) => methodName(path))
      .map((method) => [method, allowed.includes(method) ? 'OK' : otherwise]),
  );
}

/** Every service that a coordinator can serve, from the descriptors; with handlers that only say yes. */
function servedDefinitions(): ServiceDefinition[] {
  const ours = Object.entries(packageDefinition).flatMap(([name, definition]) =>
    /^tangram\.(v1|link\.v1|join\.v1)\./.test(name) && !('format' in definition)
      ? [definition as ServiceDefinition]
      : [],
  );
  const reflection: ServiceDefinition[] = [];
  const catching = {
    addService: (definition: ServiceDefinition) => void reflection.push(definition),
  };
  // Of a server it calls nothing but `addService`.
  new ReflectionService(packageDefinition).addToServer(catching);
  return [...ours, healthDefinition, ...reflection];
}

function saysYes(definition: ServiceDefinition): UntypedServiceImplementation {
  const handlers: UntypedServiceImplementation = {};
  for (const [name, method] of Object.entries(definition)) {
    handlers[name] = method.responseStream
      ? (call: {
          on: (event: string, then: () => void) => void;
          end: () => void;
          metadata: Metadata;
        }) => {
          if (call.metadata.get('stay').length > 0) return;
          if (!method.requestStream) call.end();
          call.on('data', () => undefined);
          call.on('end', () => call.end());
        }
      : (_call: unknown, answer: (error: null, response: object) => void) => answer(null, {});
  }
  return handlers;
}

async function listen(own: Credential, checkClients: boolean) {
  const server = new Server({ interceptors: [guard.interceptor('tls')] });
  const served = noteServices(server);
  for (const definition of servedDefinitions()) server.addService(definition, saysYes(definition));
  assertTable(served);
  const pair = { cert_chain: own.certificate, private_key: own.key };
  const tls = ServerCredentials.createSsl(Buffer.from(ca.certificatePem), [pair], checkClients);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', tls, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `127.0.0.1:${port}`, server };
}

function connect(address: string, proof: ChannelCredentials): Client {
  const client = new Client(address, proof, { 'grpc.use_local_subchannel_pool': 1 });
  clients.push(client);
  return client;
}

function plaintext(): ChannelCredentials {
  return credentials.createInsecure();
}

function trusting(): ChannelCredentials {
  return credentials.createSsl(Buffer.from(ca.certificatePem));
}

function showing({ certificate: chain, key }: Credential): ChannelCredentials {
  return credentials.createSsl(Buffer.from(ca.certificatePem), key, chain);
}

interface Issue {
  readonly ca?: Signer;
  readonly cluster?: string;
  readonly days?: readonly [number, number];
}

function certificate(
  kind: 'agent' | 'user' | 'coordinator',
  name: string,
  issue: Issue = {},
): Promise<Credential> {
  const identity = { cluster: issue.cluster ?? cluster, kind, name };
  return testCredential(issue.ca ?? ca, identity, nowMs, issue.days);
}

function agent(name: string, issue: Issue = {}): Promise<Credential> {
  return certificate('agent', name, issue);
}

function person(name: string): Promise<Credential> {
  return certificate('user', name);
}

function revoke(credential: Credential): Credential {
  revokedSerial = new X509Certificate(credential.certificate).serialNumber.toUpperCase();
  return credential;
}

async function user(name: string, role: GivenRole, namespaces: Namespaces): Promise<void> {
  await store.changeUser(name, () => ({ name, role, namespaces, createdAtMs: nowMs }));
}

async function token(
  role: GivenRole,
  namespaces: Namespaces,
  { expiresAtMs = nowMs + 3_600_000 } = {},
): Promise<string> {
  const parts = mintApiToken(bytes);
  await store.changeToken(parts.id, () => ({
    id: parts.id,
    secretHash: hashSecret(parts.secret),
    description: '',
    role,
    namespaces,
    createdBy: 'test',
    createdAtMs: nowMs,
    expiresAtMs,
  }));
  return renderApiToken(parts);
}

async function revokeToken(secret: string): Promise<string> {
  await store.changeToken(secret.split('_')[1] ?? '', () => undefined);
  return secret;
}

/** The lowest bit of the secret's first character but one: still of the alphabet. */
function flipBit(secret: string): string {
  const at = secret.length - 20;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const flipped = alphabet[alphabet.indexOf(secret[at] ?? 'A') ^ 1] ?? '';
  return `${secret.slice(0, at)}${flipped}${secret.slice(at + 1)}`;
}

function bearer(secret: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${secret}`);
  return metadata;
}

function bytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}
