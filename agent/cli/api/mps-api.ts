import type { GetMpsCapabilitiesRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetMpsCapabilitiesRequest.ts';
import type { GetMpsCapabilitiesResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetMpsCapabilitiesResponse.ts';
import type { GetMpsLogRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetMpsLogRequest.ts';
import type { GetMpsLogResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetMpsLogResponse.ts';
import type { GetMpsRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetMpsRequest.ts';
import type { GetMpsResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetMpsResponse.ts';
import type { MpsCard__Output } from '../../../shared/wire/generated/tangram/agent/v1/MpsCard.ts';
import type { MpsClient__Output } from '../../../shared/wire/generated/tangram/agent/v1/MpsClient.ts';
import type { MpsLimits__Output } from '../../../shared/wire/generated/tangram/agent/v1/MpsLimits.ts';
import type { MpsServiceClient } from '../../../shared/wire/generated/tangram/agent/v1/MpsService.ts';
import { callUnary } from '../../../shared/wire/unary.ts';
import { numbers, type MakeOptions } from './calls.ts';

export interface MpsApi {
  cards(): Promise<readonly MpsCardRecord[]>;
  /** The end of one of a daemon's logs. Throws GPU_UNKNOWN, MPS_FAILED. */
  log(request: {
    readonly gpu: string;
    readonly log: 'control' | 'server';
    readonly lines: number;
  }): Promise<string>;
  capabilities(): Promise<MpsCapabilitiesRecord>;
}

export interface MpsLimitsRecord {
  readonly smPercent: number;
  readonly memoryMib: number;
}

interface MpsClientRecord {
  readonly pid: number;
  readonly uid: number | null;
  /** null: none serves it. */
  readonly serverPid: number | null;
  /** With `allocation` empty too: nobody of this node. */
  readonly replica: string;
  readonly allocation: string;
}

/** A card with its daemon. null and empty mean that there is none, or that it is not told. */
export interface MpsCardRecord {
  readonly gpu: string;
  readonly index: number;
  readonly productName: string;
  readonly state: string;
  readonly owned: boolean;
  readonly pipeDirectory: string;
  readonly computeMode: string;
  readonly computeModeBefore: string;
  readonly limits: MpsLimitsRecord | null;
  readonly clientsMax: number;
  readonly servers: readonly {
    readonly pid: number;
    readonly uid: number | null;
    readonly status: string;
  }[];
  readonly clients: readonly MpsClientRecord[];
  readonly waiting: readonly MpsClientRecord[];
  readonly orphanPids: readonly number[];
  readonly fault: {
    readonly serverPid: number;
    readonly clientPid: number | null;
    readonly reason: string;
    readonly live: boolean;
  } | null;
  readonly recovery: {
    readonly reason: string;
    readonly open: boolean;
    readonly count: number;
    readonly notBeforeMs: number;
  } | null;
  readonly shares: readonly {
    readonly slice: string;
    readonly replica: string;
    readonly allocation: string;
    readonly promised: MpsLimitsRecord;
    readonly processes: number;
    readonly perClient: MpsLimitsRecord | null;
  }[];
}

/** null: not known, for the reason that `evidence` gives. */
interface MpsCapabilitiesRecord {
  readonly serverStatus: boolean | null;
  readonly memoryLimits: boolean | null;
  readonly staticPartitions: boolean | null;
  readonly protocolV3: boolean | null;
  readonly dmemController: boolean;
  readonly evidence: string;
}

export function createMpsApi(client: MpsServiceClient, options: MakeOptions): MpsApi {
  return {
    cards: async () =>
      (
        await callUnary<GetMpsRequest, GetMpsResponse__Output>(
          (request, call, answer) => client.getMps(request, call, answer),
          {},
          options(),
        )
      ).cards.map(cardRecord),
    log: async ({ gpu, log, lines }) =>
      (
        await callUnary<GetMpsLogRequest, GetMpsLogResponse__Output>(
          (request, call, answer) => client.getMpsLog(request, call, answer),
          { gpuUuid: gpu, log, lines },
          options(),
        )
      ).text,
    capabilities: async () => {
      const found = await callUnary<GetMpsCapabilitiesRequest, GetMpsCapabilitiesResponse__Output>(
        (request, call, answer) => client.getMpsCapabilities(request, call, answer),
        {},
        options(),
      );
      return {
        serverStatus: found.serverStatus ?? null,
        memoryLimits: found.memoryLimits ?? null,
        staticPartitions: found.staticPartitions ?? null,
        protocolV3: found.protocolV3 ?? null,
        dmemController: found.dmemController,
        evidence: found.evidence,
      };
    },
  };
}

function cardRecord(card: MpsCard__Output): MpsCardRecord {
  const { fault, recovery } = card;
  return {
    gpu: card.gpuUuid,
    index: card.index,
    productName: card.productName,
    state: card.state,
    owned: card.owned,
    pipeDirectory: card.pipeDirectory,
    computeMode: card.computeMode,
    computeModeBefore: card.computeModeBefore,
    limits: limitsOrNull(card.limits),
    clientsMax: card.clientsMax,
    servers: card.servers.map(({ pid, uid, status }) => ({ pid, uid: uid ?? null, status })),
    clients: card.clients.map(clientRecord),
    waiting: card.waiting.map(clientRecord),
    orphanPids: card.orphanPids,
    fault:
      fault === undefined || fault === null
        ? null
        : { ...fault, clientPid: fault.clientPid === 0 ? null : fault.clientPid },
    recovery:
      recovery === undefined || recovery === null
        ? null
        : {
            reason: recovery.reason,
            open: recovery.open,
            count: recovery.count,
            ...numbers({ notBeforeMs: recovery.notBeforeMs }),
          },
    shares: card.shares.map(
      ({ slice, replica, allocation, smPercent, memoryMib, processes, clientLimits }) => ({
        slice,
        replica,
        allocation,
        promised: { smPercent, ...numbers({ memoryMib }) },
        processes,
        perClient: limitsOrNull(clientLimits),
      }),
    ),
  };
}

function limitsOrNull(limits: MpsLimits__Output | null | undefined): MpsLimitsRecord | null {
  if (limits === null || limits === undefined) return null;
  return { smPercent: limits.smPercent, ...numbers({ memoryMib: limits.memoryMib }) };
}

function clientRecord(client: MpsClient__Output): MpsClientRecord {
  const { pid, uid, serverPid, replica, allocation } = client;
  const server = serverPid === 0 ? null : serverPid;
  return { pid, uid: uid ?? null, serverPid: server, replica, allocation };
}
