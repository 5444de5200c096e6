import { parseGpuUuid } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { MpsCard } from '../../shared/wire/generated/tangram/agent/v1/MpsCard.ts';
import type { MpsServiceHandlers } from '../../shared/wire/generated/tangram/agent/v1/MpsService.ts';
import { problemError, unary } from '../../shared/wire/unary.ts';
import { holderWords, type Holder } from '../attribution/holder.ts';
import type { MpsControl } from '../drivers/mps/mps-control.ts';
import type { AgentCore } from '../reconcile/core.ts';
import type { MpsCardView } from '../reconcile/mps-view.ts';
import { bounded } from './bounded.ts';

export interface MpsServiceDeps {
  readonly core: Pick<AgentCore, 'mps'>;
  /** null: this node is configured without MPS. */
  readonly mps: Pick<MpsControl, 'tailLog' | 'capabilities'> | null;
  readonly onError: (error: unknown) => void;
}

/** What is asked about the MPS daemons. Nothing here changes one. */
export function mpsServiceHandlers({ core, mps, onError }: MpsServiceDeps): MpsServiceHandlers {
  return {
    GetMps: unary(() => ({ cards: core.mps().map(encodeCard) }), onError),
    GetMpsLog: unary(({ gpuUuid, log, lines }) => {
      const gpu = parseGpuUuid(gpuUuid);
      if (!gpu.ok) throw problemError(gpu.problem);
      if (core.mps().every((each) => each.gpu.uuid !== gpu.value)) {
        throw new AppError('GPU_UNKNOWN', `no card ${gpu.value} on this node`);
      }
      if (log !== 'control' && log !== 'server') {
        throw new AppError('REQUEST_INVALID', `${JSON.stringify(log)} is no log`, {
          hint: 'say control or server',
        });
      }
      const wanted = bounded('lines', lines, { whenZero: 100, max: 1_000 });
      return { text: required(mps).tailLog(gpu.value, `${log}.log`, wanted) };
    }, onError),
    GetMpsCapabilities: unary(async (_request, signal) => {
      const cards = core.mps().map((each) => each.gpu.uuid);
      const found = await required(mps).capabilities(cards, signal);
      const { serverStatus, memoryLimits, staticPartitions, protocolV3 } = found;
      return {
        ...(serverStatus === null ? {} : { serverStatus }),
        ...(memoryLimits === null ? {} : { memoryLimits }),
        ...(staticPartitions === null ? {} : { staticPartitions }),
        ...(protocolV3 === null ? {} : { protocolV3 }),
        dmemController: found.dmemController,
        evidence: found.evidence,
      };
    }, onError),
  };
}

function required<T>(mps: T | null): T {
  if (mps !== null) return mps;
  throw new AppError('MPS_FAILED', 'this node is configured without MPS', {
    hint: 'set mps.enabled to true in its configuration',
  });
}

function encodeCard(view: MpsCardView): MpsCard {
  const { gpu, fault, recovery, limits } = view;
  const { mps, inventory } = gpu;
  return {
    gpuUuid: gpu.uuid,
    index: inventory.index,
    productName: inventory.productName,
    state: mps.state,
    owned: mps.owned,
    pipeDirectory: view.pipeDirectory ?? '',
    computeMode: gpu.computeMode ?? '',
    computeModeBefore: view.modeBefore ?? '',
    ...(limits === null ? {} : { limits }),
    clientsMax: view.clientsMax,
    servers: mps.servers.map(({ pid, uid, status }) => ({
      pid,
      ...(uid === null ? {} : { uid }),
      status: status ?? '',
    })),
    clients: view.clients.map(encodeClient),
    waiting: view.waiting.map(encodeClient),
    orphanPids: [...mps.orphans],
    ...(fault === null
      ? {}
      : {
          fault: {
            serverPid: fault.server,
            clientPid: fault.client ?? 0,
            reason: fault.reason,
            live: fault.live,
          },
        }),
    ...(recovery === null
      ? {}
      : {
          recovery: {
            reason: recovery.reason,
            open: recovery.open,
            count: recovery.beganAtMs.length,
            notBeforeMs: Math.round(recovery.notBeforeMs),
          },
        }),
    shares: view.shares.map(({ slice, holder, promised, processes, perClient }) => ({
      slice,
      ...mpsWords(holder),
      ...promised,
      processes,
      clientLimits: perClient,
    })),
  };
}

function encodeClient({ pid, uid, server, holder }: MpsCardView['clients'][number]) {
  return {
    pid,
    ...(uid === null ? {} : { uid }),
    serverPid: server ?? 0,
    ...mpsWords(holder),
  };
}

function mpsWords(holder: Holder | null) {
  const { replica, allocation } = holderWords(holder);
  return { replica, allocation };
}
