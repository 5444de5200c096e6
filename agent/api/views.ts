import { sliceEnforcement, type Slice } from '../../shared/domain/slice.ts';
import type { GetNodeResponse } from '../../shared/wire/generated/tangram/agent/v1/GetNodeResponse.ts';
import type { AllocationView } from '../../shared/wire/generated/tangram/agent/v1/AllocationView.ts';
import type { GpuView } from '../../shared/wire/generated/tangram/agent/v1/GpuView.ts';
import type { SliceView } from '../../shared/wire/generated/tangram/agent/v1/SliceView.ts';
import type { Replica } from '../../shared/wire/generated/tangram/v1/Replica.ts';
import { encodeAllocationProcess } from '../../shared/wire/allocation-link-codec.ts';
import { encodePeers } from '../../shared/wire/inventory-codec.ts';
import { encodeShape, encodeSlice } from '../../shared/wire/slice-codec.ts';
import { encodeReplicaPhase } from '../../shared/wire/status-codec.ts';
import { allocationRows } from '../allocation-rows.ts';
import { holderWords } from '../attribution/holder.ts';
import type { LinkView } from '../link/link-view.ts';
import type { AgentCore } from '../reconcile/core.ts';
import { sliceRows, viewsOf, type RowSource, type SliceRow } from '../slice-rows.ts';

export type CoreViews = RowSource & Pick<AgentCore, 'allegiance' | 'lastRound' | 'replicas'>;

/** What the agent is and how it stands. */
export function nodeView(
  core: CoreViews,
  about: {
    readonly node: string;
    readonly version: string;
    readonly configFile: string;
    readonly nvidiaSmiCommand: readonly string[];
    readonly link: LinkView | null;
  },
): GetNodeResponse {
  const inventory = core.inventory();
  const round = core.lastRound();
  const { clusterId, epoch, generation } = core.allegiance();
  const refusal = round?.refusal ?? null;
  const said = [
    ...(refusal === null ? [] : [refusal]),
    ...(round?.steps ?? []),
    ...(round?.blindParts ?? []),
  ];
  return {
    node: about.node,
    agentVersion: about.version,
    driverVersion: inventory?.driverVersion ?? '',
    coordinator: about.link?.address ?? '',
    coordinatorConnected: about.link?.connected ?? false,
    coordinatorDetail: about.link?.detail ?? 'this node works alone',
    clusterId: clusterId ?? '',
    epoch,
    generation,
    roundOutcome: round?.outcome ?? '',
    roundDetail: said.join('; '),
    runtimes: [...(inventory?.runtimes ?? [])],
    gpuHandout: inventory?.handout ?? '',
    cpuMillis: inventory?.cpuMillis ?? 0,
    memoryMib: inventory?.memoryMib ?? 0,
    bootId: inventory?.bootId ?? '',
    configFile: about.configFile,
    nvidiaSmiCommand: [...about.nvidiaSmiCommand],
    imageCount: inventory?.images.length ?? 0,
    coordinators: [...(about.link?.coordinators ?? [])],
  };
}

/** Every card with what is on it. */
export function gpuViews(core: CoreViews): GpuView[] {
  const status = core.status();
  const rows = sliceRows(viewsOf(core));
  return (core.inventory()?.gpus ?? []).map((gpu) => {
    const outcome = status.gpus.find((each) => each.gpu === gpu.uuid);
    return {
      uuid: gpu.uuid,
      index: gpu.index,
      productName: gpu.productName,
      pciBusId: gpu.pciBusId,
      memoryTotalMib: gpu.memoryTotalMib,
      memoryForeignMib: gpu.memoryForeignMib,
      mode: gpu.mode,
      authority: gpu.authority,
      health: gpu.health.state,
      healthReason: gpu.health.state === 'ok' ? '' : gpu.health.reason,
      layoutRevision: gpu.layoutRevision,
      slices: rows.filter((row) => row.gpu === gpu.uuid).map(sliceView),
      outcome: outcome?.outcome ?? '',
      outcomeDetail: outcome?.detail ?? '',
      nvlinkPeers: encodePeers(gpu.nvlinkPeers),
      ...(gpu.numaNode === null ? {} : { numaNode: gpu.numaNode }),
    };
  });
}

function sliceView(row: SliceRow): SliceView {
  const { replica, allocation } = holderWords(row.holder);
  return {
    slice: row.slice ?? '',
    shape: row.shape === null ? null : encodeShape(row.shape),
    enforcement: row.shape === null ? '' : sliceEnforcement(row.shape.kind),
    deviceUuid: row.deviceUuid ?? '',
    replica,
    allocation,
    state: row.reason === '' ? row.state : `${row.state}: ${row.reason}`,
  };
}

export function allocationViews(core: CoreViews): AllocationView[] {
  return allocationRows(viewsOf(core)).map(({ slices, processes, ...row }) => ({
    ...row,
    slices: slices.map(encodeSlice),
    processes: processes.map(encodeAllocationProcess),
  }));
}

/** Every replica that the agent knows, as the cluster's own API tells of it. */
export function replicaViews(core: CoreViews, node: string): Replica[] {
  const target = core.target();
  const slices = new Map<string, Slice>(
    (target?.gpus ?? []).flatMap((gpu) => gpu.slices).map((slice) => [slice.id, slice]),
  );
  const attribution = core.attribution();
  return core.replicas().map((status) => {
    const meant = target?.replicas.find((each) => each.replica === status.replica);
    const found = attribution.find((each) => each.replica === status.replica);
    const ids = meant?.slices ?? (found?.slices ?? []).flatMap((each) => each.slice ?? []);
    return {
      replica: status.replica,
      model: status.model,
      modelVersion: meant?.modelVersion ?? found?.modelVersion ?? 0,
      node,
      slices: ids.flatMap((id) => slices.get(id) ?? []).map(encodeSlice),
      phase: encodeReplicaPhase(status.phase),
      reason: status.reason,
      address: status.address ?? '',
      restarts: status.restarts,
      startedAtMs: status.startedAtMs ?? 0,
      readyAtMs: status.readyAtMs ?? 0,
      ...(status.idleSeconds === null ? {} : { idleSeconds: status.idleSeconds }),
      retiring: target !== null && meant === undefined,
      runtime: status.runtime ?? '',
      runtimeId: status.runtimeId ?? '',
    };
  });
}
