import { Metadata, status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProgram } from '../../coordinator/cli/program.ts';
import { connectCoordinator, type CoordinatorClient } from '../../coordinator/cli/client.ts';
import { realHost } from '../../coordinator/cli/host.ts';
import { runProgram } from '../../coordinator/cli/run.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { createAccessClient, createSchedulerClient } from '../../shared/wire/services.ts';
import type { WhoAmIResponse__Output } from '../../shared/wire/generated/tangram/v1/WhoAmIResponse.ts';
import { startCoordinator, type InProcessCoordinator } from './in-process-coordinator.ts';

let coordinator: InProcessCoordinator;
let client: CoordinatorClient;

beforeAll(async () => {
  coordinator = await startCoordinator();
  client = connectCoordinator(coordinator.grpc, () => new Date(Date.now() + 20_000));
});

afterAll(async () => {
  client.close();
  await coordinator.stop();
});

interface Run {
  readonly out: string;
  readonly note: string;
  readonly code: number;
}

async function tangram(...argv: string[]): Promise<Run> {
  let out = '';
  let note = '';
  let code = 0;
  const program = createProgram({
    version: '0.1.0',
    readContext: () => null,
    connect: () => client,
    out: (text) => void (out += text),
    note: (text) => void (note += text),
    readManifest: () => ({ kind: 'text', text: '' }),
    interactive: false,
    confirm: async () => false,
    host: realHost,
    clock: systemClock,
    signal: new AbortController().signal,
    setExitCode: (next) => void (code = next),
  });
  const failed = await runProgram(program, argv, (text) => void (note += text));
  return { out, note, code: failed ?? code };
}

function withToken(secret: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${secret}`);
  return metadata;
}

function whoIs(metadata: Metadata): Promise<WhoAmIResponse__Output | ServiceError> {
  const access = createAccessClient(coordinator.grpc);
  return new Promise((resolve) => {
    access.whoAmI({}, metadata, (error, answer) => {
      access.close();
      if (error !== null) resolve(error);
      else if (answer !== undefined) resolve(answer);
    });
  });
}

test('whoever is on this machine in plaintext is an administrator', async () => {
  const { out } = await tangram('whoami');
  expect(out).toContain('you         local/plaintext\nrole        admin\nnamespaces  all\n');
});

test('users come, change and go; the last administrator stays', async () => {
  const made = await tangram('user', 'create', 'ada', '--role', 'scheduler', '--namespaces', 'b,a');
  expect(made.out).toMatch(/^USER +ROLE +NAMESPACES +SINCE\nada +scheduler +a,b +2\d{3}-/);
  expect(await tangram('user', 'create', 'ada', '--role', 'viewer')).toMatchObject({ code: 4 });
  expect((await tangram('user', 'create', 'Ada L', '--role', 'viewer')).note).toContain(
    'use lower-case letters, digits and dashes',
  );
  expect((await tangram('user', 'delete', 'admin', '--yes')).note).toContain(
    'admin is the last administrator; make another one first',
  );
  await tangram('user', 'set-role', 'ada', '--role', 'admin');
  const users = await client.listUsers();
  expect(users.map(({ name, role, namespaces }) => ({ name, role, namespaces }))).toEqual([
    { name: 'ada', role: 'ROLE_ADMIN', namespaces: ['*'] },
    { name: 'admin', role: 'ROLE_ADMIN', namespaces: ['*'] },
  ]);
  expect(await tangram('user', 'delete', 'ada', '--yes')).toMatchObject({ code: 0 });
  expect((await tangram('user', 'delete', 'ada', '--yes')).note).toContain('there is no user ada');
  expect((await tangram('user', 'delete', 'admin')).note).toContain('add --yes');
});

test('a token lets in as long as it is not revoked, is kept as a hash, and is seen in no list', async () => {
  const { out } = await tangram('api-token', 'create', 'the pipeline', '--role', 'viewer');
  const secret = out.trim();
  expect(secret).toMatch(/^tga_[a-z0-9]{10}_[A-Za-z0-9_-]{43}$/);
  expect(await whoIs(withToken(secret))).toMatchObject({ kind: 'token', role: 'ROLE_VIEWER' });
  const listed = await tangram('api-token', 'list');
  expect(listed.out).toContain('the pipeline');
  expect(listed.out + JSON.stringify(await client.listApiTokens())).not.toContain(secret.slice(15));
  expect(await tangram('api-token', 'revoke', secret.slice(4, 14), '--yes')).toMatchObject({
    code: 0,
  });
  expect(await whoIs(withToken(secret))).toMatchObject({
    code: grpcStatus.UNAUTHENTICATED,
    details: expect.stringContaining('was revoked') as string,
  });
  expect((await tangram('api-token', 'revoke', 'nosuch', '--yes')).note).toContain(
    'there is no API token "nosuch"',
  );
});

test('a viewer who declares a model is told who, what is needed and what to do', async () => {
  const { secret } = await client.createApiToken({ role: 'ROLE_VIEWER', description: '' });
  const scheduler = createSchedulerClient(coordinator.grpc);
  const error = await new Promise<ServiceError | null>((resolve) => {
    scheduler.scaleModel({ name: 'm', replicas: 1 }, withToken(secret), (failed) =>
      resolve(failed),
    );
  });
  scheduler.close();
  expect(error).toMatchObject({ code: grpcStatus.PERMISSION_DENIED });
  expect(error?.details).toContain('has the role viewer; ScaleModel needs one of the roles');
});

test('what was done and denied is in the log, which verifies, also as a file', async () => {
  const { out } = await tangram('audit', 'list');
  expect(out).toContain('AccessService/CreateUser');
  expect(out).toContain('users/ada');
  expect(out).toContain('denied');
  const verified = await tangram('audit', 'verify');
  expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('intact: ') as string });
  expect(await tangram('audit', 'verify', '--file', '/nowhere/audit.db')).toMatchObject({
    code: 1,
    note: expect.stringContaining('cannot read the audit log /nowhere/audit.db') as string,
  });
});

test('who proves nothing right is slowed down, and told for how long to wait', async () => {
  const bad = withToken(`tga_${'a'.repeat(10)}_${'b'.repeat(43)}`);
  const answers = await Promise.all(Array.from({ length: 120 }, () => whoIs(bad)));
  const codes = answers.map((answer) => ('code' in answer ? answer.code : grpcStatus.OK));
  expect(new Set(codes)).toEqual(
    new Set([grpcStatus.UNAUTHENTICATED, grpcStatus.RESOURCE_EXHAUSTED]),
  );
  const slowed = answers.find(
    (answer) => 'code' in answer && answer.code === grpcStatus.RESOURCE_EXHAUSTED,
  );
  const trailer = slowed && 'metadata' in slowed ? slowed.metadata : new Metadata();
  expect(Number(trailer.get('tangram-retry-after-ms')[0])).toBeGreaterThan(0);
  // A hundred denials alike are one record, and one more that counts them.
  const denied = await client.listAuditRecords('unknown@127.0.0.1', 1_000);
  expect(denied.length).toBeLessThanOrEqual(2);
});
