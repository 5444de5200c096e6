import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { connect, type TangramClient } from '../../shared/client/tangram-client.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { serverStream } from '../../shared/wire/server-stream.ts';
import { schedulerService } from '../../shared/wire/services.ts';
import { unary } from '../../shared/wire/unary.ts';
import type { ApplyModelRequest__Output } from '../../shared/wire/generated/tangram/v1/ApplyModelRequest.ts';
import type { WatchModelsRequest__Output } from '../../shared/wire/generated/tangram/v1/WatchModelsRequest.ts';
import type { WatchModelsResponse } from '../../shared/wire/generated/tangram/v1/WatchModelsResponse.ts';
import { LinkAgent } from '../fakes/link-agent.ts';
import { startCoordinator } from './in-process-coordinator.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** What one coordinator says to the calls that reach it, in order. */
interface Script {
  readonly apply?: readonly (AppError | 'done')[];
  /** Each stream: what it sends, and what it ends with. */
  readonly watch?: readonly {
    readonly sends: readonly WatchModelsResponse[];
    readonly ends: AppError | null;
  }[];
}

class ScriptedCoordinator {
  readonly applied: ApplyModelRequest__Output[] = [];
  readonly watched: WatchModelsRequest__Output[] = [];
  address = '';

  static async start(script: Script): Promise<ScriptedCoordinator> {
    const made = new ScriptedCoordinator();
    const server = new Server();
    const quiet = (): void => undefined;
    server.addService(schedulerService, {
      ApplyModel: unary((request: ApplyModelRequest__Output) => {
        const said = script.apply?.[made.applied.length] ?? 'done';
        made.applied.push(request);
        if (said !== 'done') throw said;
        return { outcome: 'APPLY_OUTCOME_CREATED' };
      }, quiet),
      WatchModels: serverStream(async (call, signal) => {
        const at = script.watch?.[made.watched.length];
        made.watched.push(call.request as WatchModelsRequest__Output);
        for (const message of at?.sends ?? []) call.write(message);
        if (at?.ends) throw at.ends;
        if (at !== undefined) return;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      }, quiet),
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    made.address = `127.0.0.1:${port}`;
    open.push(() => server.forceShutdown());
    return made;
  }
}

function clientOf(...addresses: readonly string[]): TangramClient {
  const client = connect({ addresses, random: () => 0 });
  open.push(() => client.close());
  return client;
}

const model = {
  name: 'vad',
  spec: {
    replicas: 1,
    workload: { image: 'x:1', health: { startupDeadlineMs: 60_000 } },
    gpu: { memoryMib: 2_048, isolation: 'ISOLATION_MPS' },
  },
} as const;

describe('calls', () => {
  test('are sent again under one id when nobody knows whether they were done', async () => {
    const unknown = new AppError('STORE_OUTCOME_UNKNOWN', 'the store did not answer');
    const coordinator = await ScriptedCoordinator.start({ apply: [unknown, unknown] });
    const { outcome } = await clientOf(coordinator.address).models.applyModel({ model });
    expect(outcome).toBe('APPLY_OUTCOME_CREATED');
    const ids = coordinator.applied.map(({ requestId }) => requestId);
    expect(ids).toHaveLength(3);
    expect([...new Set(ids)]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  });

  test('go to the leader that a standby names, and over the dead', async () => {
    const leader = await ScriptedCoordinator.start({});
    const facts = { leader: leader.address };
    const standby = await ScriptedCoordinator.start({
      apply: [new AppError('NOT_LEADER', 'another leads', { facts })],
    });
    await clientOf('127.0.0.1:1', standby.address).models.applyModel({ model });
    expect([standby.applied.length, leader.applied.length]).toEqual([1, 1]);
  });

  test('that are refused are not sent again', async () => {
    const conflict = new AppError('MODEL_CONFLICT', 'it has changed');
    const coordinator = await ScriptedCoordinator.start({ apply: [conflict] });
    const call = clientOf(coordinator.address).models.applyModel({ model });
    await expect(call).rejects.toMatchObject({ code: 'MODEL_CONFLICT', message: 'it has changed' });
    expect(coordinator.applied).toHaveLength(1);
  });

  test('end when the time is up, and say who does not answer', async () => {
    const call = clientOf('127.0.0.1:1').models.getModel({ name: 'vad' }, { timeoutMs: 500 });
    await expect(call).rejects.toMatchObject({ code: 'COORDINATOR_AWAY' });
  });

  test('need a coordinator', () => {
    expect(() => connect({ addresses: [] })).toThrow(/no coordinator is named/);
  });
});

async function first(client: TangramClient, count: number): Promise<readonly string[]> {
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const { model: told, deleted, event } of client.watchModels({}, stop.signal)) {
    seen.push(told?.name ?? (deleted === undefined ? (event ?? '') : `-${deleted}`));
    if (seen.length === count) break;
  }
  stop.abort();
  return seen;
}

const told = (name: string, revision: string): WatchModelsResponse => ({
  event: 'model',
  model: { name },
  revision,
});
const synced = (revision: string): WatchModelsResponse => ({
  event: 'synced',
  synced: true,
  revision,
});

describe('a watch', () => {
  test('goes on from the last revision when the stream breaks', async () => {
    const away = new AppError('NOT_LEADER', 'no more');
    const coordinator = await ScriptedCoordinator.start({
      watch: [
        { sends: [told('a', ''), synced('1-0-5'), told('b', '1-1-6')], ends: away },
        { sends: [told('c', '1-2-7')], ends: null },
      ],
    });
    const client = clientOf(coordinator.address);
    expect(await first(client, 4)).toEqual(['a', 'synced', 'b', 'c']);
    const revisions = coordinator.watched.map(({ resumeRevision }) => resumeRevision);
    expect(revisions.slice(0, 2)).toEqual(['', '1-1-6']);
  });

  test('begins anew when its place is too old, and tells what vanished meanwhile', async () => {
    const expired = new AppError('WATCH_EXPIRED', 'too old');
    const coordinator = await ScriptedCoordinator.start({
      watch: [
        { sends: [told('a', ''), told('b', ''), synced('1-0-5')], ends: expired },
        { sends: [told('b', ''), synced('9-0-50')], ends: null },
      ],
    });
    const client = clientOf(coordinator.address);
    expect(await first(client, 6)).toEqual(['a', 'b', 'synced', 'b', '-a', 'synced']);
    expect(coordinator.watched[1]?.resumeRevision).toBe('');
  });

  test('throws what no other attempt mends', async () => {
    const denied = new AppError('REQUEST_INVALID', 'name: is none');
    const coordinator = await ScriptedCoordinator.start({ watch: [{ sends: [], ends: denied }] });
    await expect(first(clientOf(coordinator.address), 1)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });
});

test('a program declares a model, waits for its change and finds it ready', async () => {
  const coordinator = await startCoordinator();
  open.push(async () => coordinator.stop());
  const agent = new LinkAgent({
    coordinator: coordinator.grpc,
    node: 'node-a',
    cards: 'A100-40GB',
  });
  open.push(() => agent.close());
  await agent.connect();
  const client = clientOf(coordinator.grpc);
  const { change } = await client.models.applyModel({ model });
  const over = await client.changes.waitChange({ change, timeoutMs: 20_000 });
  expect(over.change?.state).toBe('CHANGE_STATE_DONE');
  const { model: read } = await client.models.getModel({
    name: 'vad',
    readMask: { paths: ['status.replicas_ready'] },
  });
  expect(read?.status?.replicasReady).toBe(1);
  const { nodes } = await client.cluster.listNodes({});
  expect(nodes.map(({ name }) => name)).toEqual(['node-a']);
});
