import type { SliceShape } from '../../../shared/domain/slice.ts';
import type { AgentServiceClient } from '../../../shared/wire/generated/tangram/agent/v1/AgentService.ts';
import type { GetNodeResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetNodeResponse.ts';
import type { GetNodeRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetNodeRequest.ts';
import type { ListGpusRequest } from '../../../shared/wire/generated/tangram/agent/v1/ListGpusRequest.ts';
import type { ListGpusResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/ListGpusResponse.ts';
import type { ListReplicasRequest } from '../../../shared/wire/generated/tangram/agent/v1/ListReplicasRequest.ts';
import type { ListReplicasResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/ListReplicasResponse.ts';
import type { ListAllocationsRequest } from '../../../shared/wire/generated/tangram/agent/v1/ListAllocationsRequest.ts';
import type { ListAllocationsResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/ListAllocationsResponse.ts';
import type { GetTopRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetTopRequest.ts';
import type { GetTopResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetTopResponse.ts';
import type { ListEventsRequest } from '../../../shared/wire/generated/tangram/agent/v1/ListEventsRequest.ts';
import type { ListEventsResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/ListEventsResponse.ts';
import type { GetLogsRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetLogsRequest.ts';
import type { GetLogsResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetLogsResponse.ts';
import type { ShutdownRequest } from '../../../shared/wire/generated/tangram/agent/v1/ShutdownRequest.ts';
import type { ShutdownResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/ShutdownResponse.ts';
import type { AllocationView__Output } from '../../../shared/wire/generated/tangram/agent/v1/AllocationView.ts';
import type { GpuView__Output } from '../../../shared/wire/generated/tangram/agent/v1/GpuView.ts';
import type { SliceView__Output } from '../../../shared/wire/generated/tangram/agent/v1/SliceView.ts';
import type { Replica__Output } from '../../../shared/wire/generated/tangram/v1/Replica.ts';
import type { Slice__Output } from '../../../shared/wire/generated/tangram/v1/Slice.ts';
import { decodeShape } from '../../../shared/wire/slice-codec.ts';
import { callUnary } from '../../../shared/wire/unary.ts';
import { numbers, type MakeOptions } from './calls.ts';
import { topRecord, type TopRecord } from './top-record.ts';

/** Longer than any replica's grace. */
const shutdownMsMax = 120_000;

/** The agent's answers with numbers as numbers: what `--json` prints and the tables are made from. */
export interface AgentApi {
  node(): Promise<NodeRecord>;
  gpus(): Promise<readonly GpuRecord[]>;
  replicas(): Promise<readonly ReplicaRecord[]>;
  allocations(): Promise<readonly AllocationRecord[]>;
  /** With up to `historySeconds` of each card's utilisation. */
  top(historySeconds?: number): Promise<TopRecord>;
  events(limit: number): Promise<readonly EventRecord[]>;
  logs(replica: string, tailLines: number): Promise<string>;
  shutdown(stopReplicas: boolean): Promise<number>;
}

export type NodeRecord = Omit<GetNodeResponse__Output, 'epoch' | 'generation' | 'memoryMib'> & {
  readonly epoch: number;
  readonly generation: number;
  readonly memoryMib: number;
};

export interface SliceRecord {
  /** Empty: it exists and Tangram did not make it. */
  readonly slice: string;
  /** null: the agent could not say. */
  readonly shape: SliceShape | null;
  readonly enforcement: string;
  readonly deviceUuid: string;
  readonly replica: string;
  /** With `replica` empty too: nobody's. */
  readonly allocation: string;
  readonly state: string;
}

export interface GpuRecord {
  readonly uuid: string;
  readonly index: number;
  readonly productName: string;
  readonly pciBusId: string;
  readonly memoryTotalMib: number;
  readonly memoryForeignMib: number;
  readonly mode: string;
  readonly authority: string;
  readonly health: string;
  readonly healthReason: string;
  readonly layoutRevision: number;
  readonly slices: readonly SliceRecord[];
  readonly outcome: string;
  readonly outcomeDetail: string;
  /** Cards that NVLink joins with it, by UUID. */
  readonly nvlinkPeers: readonly { readonly gpuUuid: string; readonly links: number }[];
  /** null: not known. */
  readonly numaNode: number | null;
}

interface HeldSlice {
  readonly slice: string;
  readonly gpu: string;
  readonly shape: SliceShape | null;
}

export interface ReplicaRecord {
  readonly replica: string;
  readonly model: string;
  readonly modelVersion: number;
  readonly phase: string;
  readonly reason: string;
  readonly slices: readonly HeldSlice[];
  readonly address: string;
  readonly restarts: number;
  /** null: never started. */
  readonly startedAtMs: number | null;
  /** null: it has not answered yet, or nobody watched it do so. */
  readonly readyAtMs: number | null;
  /** null: not known. */
  readonly idleSeconds: number | null;
  readonly runtime: string;
  readonly runtimeId: string;
  readonly retiring: boolean;
}

export interface AllocationRecord {
  readonly allocation: string;
  readonly state: string;
  /** What it waits for; empty: nothing. */
  readonly reason: string;
  readonly slices: readonly HeldSlice[];
  readonly processes: readonly {
    readonly pid: number;
    readonly name: string;
    /** false: it uses the card, and may be somebody else's. */
    readonly certain: boolean;
  }[];
}

export interface EventRecord {
  readonly id: number;
  readonly atMs: number;
  readonly kind: string;
  readonly subject: string;
  readonly message: string;
}

export function createAgentApi(client: AgentServiceClient, options: MakeOptions): AgentApi {
  return { ...views(client, options), ...records(client, options) };
}

function views(
  client: AgentServiceClient,
  options: MakeOptions,
): Pick<AgentApi, 'node' | 'gpus' | 'replicas' | 'allocations' | 'top'> {
  return {
    node: async () => {
      const node = await callUnary<GetNodeRequest, GetNodeResponse__Output>(
        (request, call, answer) => client.getNode(request, call, answer),
        {},
        options(),
      );
      const { epoch, generation, memoryMib } = node;
      return { ...node, ...numbers({ epoch, generation, memoryMib }) };
    },
    gpus: async () =>
      (
        await callUnary<ListGpusRequest, ListGpusResponse__Output>(
          (request, call, answer) => client.listGpus(request, call, answer),
          {},
          options(),
        )
      ).gpus.map(gpuRecord),
    replicas: async () =>
      (
        await callUnary<ListReplicasRequest, ListReplicasResponse__Output>(
          (request, call, answer) => client.listReplicas(request, call, answer),
          {},
          options(),
        )
      ).replicas.map(replicaRecord),
    allocations: async () =>
      (
        await callUnary<ListAllocationsRequest, ListAllocationsResponse__Output>(
          (request, call, answer) => client.listAllocations(request, call, answer),
          {},
          options(),
        )
      ).allocations.map(allocationRecord),
    top: async (historySeconds = 0) =>
      topRecord(
        await callUnary<GetTopRequest, GetTopResponse__Output>(
          (request, call, answer) => client.getTop(request, call, answer),
          { historySeconds },
          options(),
        ),
      ),
  };
}

function records(
  client: AgentServiceClient,
  options: MakeOptions,
): Pick<AgentApi, 'events' | 'logs' | 'shutdown'> {
  return {
    events: async (limit) =>
      (
        await callUnary<ListEventsRequest, ListEventsResponse__Output>(
          (request, call, answer) => client.listEvents(request, call, answer),
          { limit },
          options(),
        )
      ).events.map(({ id, atMs, ...rest }) => ({ ...numbers({ id, atMs }), ...rest })),
    logs: async (replica, tailLines) =>
      (
        await callUnary<GetLogsRequest, GetLogsResponse__Output>(
          (request, call, answer) => client.getLogs(request, call, answer),
          { replica, tailLines },
          options(),
        )
      ).text,
    shutdown: async (stopReplicas) =>
      (
        await callUnary<ShutdownRequest, ShutdownResponse__Output>(
          (request, call, answer) => client.shutdown(request, call, answer),
          { stopReplicas },
          options(shutdownMsMax),
        )
      ).replicasStopped,
  };
}

function gpuRecord(gpu: GpuView__Output): GpuRecord {
  const { memoryTotalMib, memoryForeignMib, layoutRevision } = gpu;
  const { uuid, index, productName, pciBusId, mode, authority, health, healthReason } = gpu;
  return {
    uuid,
    index,
    productName,
    pciBusId,
    ...numbers({ memoryTotalMib, memoryForeignMib, layoutRevision }),
    mode,
    authority,
    health,
    healthReason,
    slices: gpu.slices.map(({ shape, ...slice }: SliceView__Output) => ({
      ...slice,
      shape: shape === null ? null : shapeOrNull(shape),
    })),
    outcome: gpu.outcome,
    outcomeDetail: gpu.outcomeDetail,
    nvlinkPeers: gpu.nvlinkPeers,
    numaNode: gpu.numaNode ?? null,
  };
}

function replicaRecord(replica: Replica__Output): ReplicaRecord {
  const startedAtMs = Number(replica.startedAtMs);
  const readyAtMs = Number(replica.readyAtMs);
  return {
    replica: replica.replica,
    model: replica.model,
    modelVersion: Number(replica.modelVersion),
    phase: phaseWord(replica.phase),
    reason: replica.reason,
    slices: replica.slices.map(heldSlice),
    address: replica.address,
    restarts: replica.restarts,
    startedAtMs: startedAtMs === 0 ? null : startedAtMs,
    readyAtMs: readyAtMs === 0 ? null : readyAtMs,
    idleSeconds: replica.idleSeconds === undefined ? null : Number(replica.idleSeconds),
    runtime: replica.runtime,
    runtimeId: replica.runtimeId,
    retiring: replica.retiring,
  };
}

function allocationRecord(view: AllocationView__Output): AllocationRecord {
  const { allocation, state, reason, slices, processes } = view;
  return {
    allocation,
    state,
    reason,
    slices: slices.map(heldSlice),
    processes: processes.map(({ pid, name, certain }) => ({ pid: Number(pid), name, certain })),
  };
}

function heldSlice({ slice, gpuUuid, shape }: Slice__Output): HeldSlice {
  return { slice, gpu: gpuUuid, shape: shape === null ? null : shapeOrNull(shape) };
}

/** A newer agent's phase arrives as a number. */
function phaseWord(phase: unknown): string {
  return typeof phase === 'string'
    ? phase.replace(/^REPLICA_PHASE_/, '').toLowerCase()
    : `unknown (${String(phase)})`;
}

/** A newer agent may cut cards in ways that this program does not know; it is shown without a shape. */
function shapeOrNull(shape: Parameters<typeof decodeShape>[0]): SliceShape | null {
  const decoded = decodeShape(shape);
  return decoded.ok ? decoded.value : null;
}
