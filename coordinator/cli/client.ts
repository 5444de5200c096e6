import type { ChannelCredentials, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import {
  createAccessClient,
  createAllocationClient,
  createChangeClient,
  createDecisionClient,
  createClusterClient,
  createSchedulerClient,
  createSnapshotClient,
  createTelemetryClient,
  createTrustClient,
  createWhatIfClient,
  plaintext,
} from '../../shared/wire/services.ts';
import type { Ask, Via } from './ask.ts';
import { allocationCalls, type AllocationCalls } from './allocation-calls.ts';
import { decisionCalls, type DecisionCalls } from './decision-calls.ts';
import { telemetryCalls, type TelemetryCalls } from './telemetry-calls.ts';
import { nodeDecisionCalls, nodeIn, type NodeCalls } from './node-calls.ts';
import { snapshotCalls, type SnapshotCalls } from './snapshot-calls.ts';
import { trustCalls, type TrustCalls } from './trust-calls.ts';
import { whatIfCalls, type WhatIfCalls } from './whatif-calls.ts';
import { accessCalls, type AccessCalls } from './access-calls.ts';
import { explainAway, type Asked } from './explain-away.ts';
import { callUnary, fromServiceError } from '../../shared/wire/unary.ts';
import type { AccessServiceClient } from '../../shared/wire/generated/tangram/v1/AccessService.ts';
import type { AllocationServiceClient } from '../../shared/wire/generated/tangram/v1/AllocationService.ts';
import type { ApplyModelRequest } from '../../shared/wire/generated/tangram/v1/ApplyModelRequest.ts';
import type { ApplyModelResponse__Output } from '../../shared/wire/generated/tangram/v1/ApplyModelResponse.ts';
import type { Change__Output } from '../../shared/wire/generated/tangram/v1/Change.ts';
import type { ChangeServiceClient } from '../../shared/wire/generated/tangram/v1/ChangeService.ts';
import type { ClusterServiceClient } from '../../shared/wire/generated/tangram/v1/ClusterService.ts';
import type { DecisionServiceClient } from '../../shared/wire/generated/tangram/v1/DecisionService.ts';
import type { DeleteModelResponse__Output } from '../../shared/wire/generated/tangram/v1/DeleteModelResponse.ts';
import type { Event__Output } from '../../shared/wire/generated/tangram/v1/Event.ts';
import type { ExplainResponse__Output } from '../../shared/wire/generated/tangram/v1/ExplainResponse.ts';
import type { GetClusterResponse__Output } from '../../shared/wire/generated/tangram/v1/GetClusterResponse.ts';
import type { GetModelResponse__Output } from '../../shared/wire/generated/tangram/v1/GetModelResponse.ts';
import type { GetNodeResponse__Output } from '../../shared/wire/generated/tangram/v1/GetNodeResponse.ts';
import type { GetReplicaLogsResponse__Output } from '../../shared/wire/generated/tangram/v1/GetReplicaLogsResponse.ts';
import type { ListEventsResponse__Output } from '../../shared/wire/generated/tangram/v1/ListEventsResponse.ts';
import type { ListModelsResponse__Output } from '../../shared/wire/generated/tangram/v1/ListModelsResponse.ts';
import type { ListNodesResponse__Output } from '../../shared/wire/generated/tangram/v1/ListNodesResponse.ts';
import type { Model__Output } from '../../shared/wire/generated/tangram/v1/Model.ts';
import type { Node__Output } from '../../shared/wire/generated/tangram/v1/Node.ts';
import type { ListChangesResponse__Output } from '../../shared/wire/generated/tangram/v1/ListChangesResponse.ts';
import type { Plan__Output } from '../../shared/wire/generated/tangram/v1/Plan.ts';
import type { PlanBudget } from '../../shared/wire/generated/tangram/v1/PlanBudget.ts';
import type { PlanDefragResponse__Output } from '../../shared/wire/generated/tangram/v1/PlanDefragResponse.ts';
import type { ScaleModelResponse__Output } from '../../shared/wire/generated/tangram/v1/ScaleModelResponse.ts';
import type { SchedulerServiceClient } from '../../shared/wire/generated/tangram/v1/SchedulerService.ts';
import type { TelemetryServiceClient } from '../../shared/wire/generated/tangram/v1/TelemetryService.ts';
import type { SnapshotServiceClient } from '../../shared/wire/generated/tangram/v1/SnapshotService.ts';
import type { TrustServiceClient } from '../../shared/wire/generated/tangram/v1/TrustService.ts';
import type { WhatIfServiceClient } from '../../shared/wire/generated/tangram/v1/WhatIfService.ts';
import type { WatchModelsRequest } from '../../shared/wire/generated/tangram/v1/WatchModelsRequest.ts';
import type { WatchModelsResponse__Output } from '../../shared/wire/generated/tangram/v1/WatchModelsResponse.ts';
import type { WatchNodesRequest } from '../../shared/wire/generated/tangram/v1/WatchNodesRequest.ts';
import type { WatchNodesResponse__Output } from '../../shared/wire/generated/tangram/v1/WatchNodesResponse.ts';

/** The coordinator as the command line sees it. Every method throws AppError: COORDINATOR_AWAY, or what was answered. */
export interface CoordinatorClient
  extends
    AccessCalls,
    SnapshotCalls,
    AllocationCalls,
    DecisionCalls,
    NodeCalls,
    WhatIfCalls,
    TelemetryCalls,
    TrustCalls {
  applyModel(request: ApplyModelRequest): Promise<ApplyModelResponse__Output>;
  /** Throws MODEL_UNKNOWN. */
  getModel(name: string): Promise<Model__Output>;
  /** All pages. */
  listModels(): Promise<readonly Model__Output[]>;
  deleteModel(name: string, validateOnly: boolean): Promise<DeleteModelResponse__Output>;
  scaleModel(name: string, replicas: number): Promise<ScaleModelResponse__Output>;
  /** Throws PLAN_UNKNOWN, PLAN_STALE. */
  applyPlan(plan: string): Promise<Change__Output>;
  planDefrag(budget: PlanBudget): Promise<Plan__Output>;
  /** All pages. */
  listChanges(): Promise<readonly Change__Output[]>;
  /** Throws CHANGE_UNKNOWN. */
  getChange(change: string): Promise<Change__Output>;
  abortChange(change: string): Promise<Change__Output>;
  explain(name: string): Promise<ExplainResponse__Output>;
  readLogs(replica: string, tailLines: number): Promise<string>;
  /** Ends when `signal` aborts. */
  watchModels(
    request: WatchModelsRequest,
    signal: AbortSignal,
  ): AsyncIterable<WatchModelsResponse__Output>;
  /** Ends when `signal` aborts. */
  watchNodes(
    request: WatchNodesRequest,
    signal: AbortSignal,
  ): AsyncIterable<WatchNodesResponse__Output>;
  /** All pages. */
  listNodes(): Promise<readonly Node__Output[]>;
  getNode(name: string): Promise<Node__Output>;
  listEvents(subject: string, limit: number): Promise<readonly Event__Output[]>;
  getCluster(): Promise<GetClusterResponse__Output>;
  /** The same connection; what takes a request id is sent under this one. */
  under(requestId: string): CoordinatorClient;
  close(): void;
}

/** No list has more pages than this: a coordinator that hands out tokens for ever is broken. */
const pagesMax = 10_000;
const pageSize = 1_000;

interface Connection {
  readonly access: AccessServiceClient;
  readonly allocation: AllocationServiceClient;
  readonly change: ChangeServiceClient;
  readonly decision: DecisionServiceClient;
  readonly telemetry: TelemetryServiceClient;
  readonly snapshot: SnapshotServiceClient;
  readonly whatIf: WhatIfServiceClient;
  readonly scheduler: SchedulerServiceClient;
  readonly cluster: ClusterServiceClient;
  readonly trust: TrustServiceClient;
  readonly ask: Ask;
}

/** `address` is `host:port`; `deadline` answers until when the next call may take. */
export function connectCoordinator(
  address: string,
  deadline: () => Date,
  channel: ChannelCredentials = plaintext,
): CoordinatorClient {
  const peer = `the coordinator at ${address}`;
  const asked: Asked = { address, inPlaintext: channel === plaintext };
  const connection: Connection = {
    access: createAccessClient(address, channel),
    allocation: createAllocationClient(address, channel),
    change: createChangeClient(address, channel),
    decision: createDecisionClient(address, channel),
    telemetry: createTelemetryClient(address, channel),
    snapshot: createSnapshotClient(address, channel),
    whatIf: createWhatIfClient(address, channel),
    scheduler: createSchedulerClient(address, channel),
    cluster: createClusterClient(address, channel),
    trust: createTrustClient(address, channel),
    ask: async (invoke, request) => {
      try {
        return await callUnary(invoke, request, {
          peer,
          away: 'COORDINATOR_AWAY',
          deadline: deadline(),
        });
      } catch (error) {
        throw await explainAway(error, asked);
      }
    },
  };
  return clientOf(connection, asked);
}

function clientOf(connection: Connection, asked: Asked): CoordinatorClient {
  const via: Via = {
    ask: connection.ask,
    read: (stream, signal) => readStream(stream, asked, signal),
    allPages,
  };
  return {
    ...modelCalls(connection),
    ...nodeCalls(connection),
    ...nodeDecisionCalls(connection.cluster, connection.ask),
    ...changeCalls(connection),
    ...accessCalls(connection.access, connection.ask),
    ...allocationCalls(connection.allocation, via),
    ...decisionCalls(connection.decision, via),
    ...telemetryCalls(connection.telemetry, via),
    ...snapshotCalls(connection.snapshot, via),
    ...trustCalls(connection.trust, connection.ask),
    ...whatIfCalls(connection.whatIf, connection.ask),
    watchModels: (request, signal) => via.read(connection.scheduler.watchModels(request), signal),
    watchNodes: (request, signal) => via.read(connection.cluster.watchNodes(request), signal),
    under: (requestId) => {
      const { ask } = connection;
      // Messages that have no such field leave it out.
      const once: Ask = (invoke, request) => ask(invoke, { ...request, requestId });
      return clientOf({ ...connection, ask: once }, asked);
    },
    close: () => {
      connection.access.close();
      connection.allocation.close();
      connection.change.close();
      connection.decision.close();
      connection.telemetry.close();
      connection.snapshot.close();
      connection.whatIf.close();
      connection.scheduler.close();
      connection.cluster.close();
      connection.trust.close();
    },
  };
}

function modelCalls({ scheduler, ask }: Connection) {
  return {
    applyModel: async (request: ApplyModelRequest) =>
      ask<ApplyModelRequest, ApplyModelResponse__Output>(
        (sent, options, answer) => scheduler.applyModel(sent, options, answer),
        request,
      ),
    getModel: async (name: string) => {
      const { model } = await ask<{ name: string }, GetModelResponse__Output>(
        (sent, options, answer) => scheduler.getModel(sent, options, answer),
        { name },
      );
      if (model === null) throw new Error('the answer holds no model');
      return model;
    },
    listModels: async () =>
      allPages(async (pageToken) => {
        const page = await ask<object, ListModelsResponse__Output>(
          (sent, options, answer) => scheduler.listModels(sent, options, answer),
          { pageSize, pageToken },
        );
        return { items: page.models, next: page.nextPageToken };
      }),
    deleteModel: async (name: string, validateOnly: boolean) =>
      ask<object, DeleteModelResponse__Output>(
        (sent, options, answer) => scheduler.deleteModel(sent, options, answer),
        { name, validateOnly },
      ),
    scaleModel: async (name: string, replicas: number) =>
      ask<object, ScaleModelResponse__Output>(
        (sent, options, answer) => scheduler.scaleModel(sent, options, answer),
        { name, replicas },
      ),
    explain: async (name: string) =>
      ask<object, ExplainResponse__Output>(
        (sent, options, answer) => scheduler.explain(sent, options, answer),
        { name },
      ),
    readLogs: async (replica: string, tailLines: number) => {
      const { text } = await ask<object, GetReplicaLogsResponse__Output>(
        (sent, options, answer) => scheduler.getReplicaLogs(sent, options, answer),
        { replica, tailLines },
      );
      return text;
    },
  };
}

function nodeCalls({ cluster, ask }: Connection) {
  return {
    listNodes: async () =>
      allPages(async (pageToken) => {
        const page = await ask<object, ListNodesResponse__Output>(
          (sent, options, answer) => cluster.listNodes(sent, options, answer),
          { pageSize, pageToken },
        );
        return { items: page.nodes, next: page.nextPageToken };
      }),
    getNode: async (name: string) =>
      nodeIn(
        await ask<object, GetNodeResponse__Output>(
          (sent, options, answer) => cluster.getNode(sent, options, answer),
          { name },
        ),
      ),
    listEvents: async (subject: string, limit: number) => {
      const { events } = await ask<object, ListEventsResponse__Output>(
        (sent, options, answer) => cluster.listEvents(sent, options, answer),
        { subject, limit },
      );
      return events;
    },
    getCluster: async () =>
      ask<object, GetClusterResponse__Output>(
        (sent, options, answer) => cluster.getCluster(sent, options, answer),
        {},
      ),
  };
}

type ChangeAnswer = { readonly change: Change__Output | null };

function changeCalls({ change, ask }: Connection) {
  return {
    applyPlan: async (plan: string) =>
      changeIn(
        await ask<object, ChangeAnswer>(
          (sent, options, answer) => change.applyPlan(sent, options, answer),
          { plan },
        ),
      ),
    planDefrag: async (budget: PlanBudget) => {
      const { plan } = await ask<object, PlanDefragResponse__Output>(
        (sent, options, answer) => change.planDefrag(sent, options, answer),
        { budget },
      );
      if (plan === null) throw new Error('the answer holds no plan');
      return plan;
    },
    listChanges: async () =>
      allPages(async (pageToken) => {
        const page = await ask<object, ListChangesResponse__Output>(
          (sent, options, answer) => change.listChanges(sent, options, answer),
          { pageSize, pageToken },
        );
        return { items: page.changes, next: page.nextPageToken };
      }),
    getChange: async (name: string) =>
      changeIn(
        await ask<object, ChangeAnswer>(
          (sent, options, answer) => change.getChange(sent, options, answer),
          { change: name },
        ),
      ),
    abortChange: async (name: string) =>
      changeIn(
        await ask<object, ChangeAnswer>(
          (sent, options, answer) => change.abortChange(sent, options, answer),
          { change: name },
        ),
      ),
  };
}

function changeIn({ change }: ChangeAnswer): Change__Output {
  if (change === null) throw new Error('the answer holds no change');
  return change;
}

async function allPages<T>(
  read: (pageToken: string) => Promise<{ readonly items: readonly T[]; readonly next: string }>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let token = '';
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = await read(token);
    items.push(...answer.items);
    token = answer.next;
    if (token === '') return items;
  }
  throw new Error(`the list has more than ${pagesMax} pages`);
}

async function* readStream<T>(
  stream: ClientReadableStream<T>,
  asked: Asked,
  signal: AbortSignal,
): AsyncIterable<T> {
  const cancel = (): void => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const event of stream) yield event as T; // the stream is of these; its iterator is untyped
  } catch (error) {
    if (signal.aborted) return;
    if (!isServiceError(error)) throw error;
    const peer = `the coordinator at ${asked.address}`;
    throw await explainAway(fromServiceError(error, peer, 'COORDINATOR_AWAY'), asked);
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.cancel();
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error;
}
