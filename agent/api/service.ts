import { parseReplicaId } from '../../shared/domain/ids.ts';
import type { AgentServiceHandlers } from '../../shared/wire/generated/tangram/agent/v1/AgentService.ts';
import { problemError, unary } from '../../shared/wire/unary.ts';
import type { LinkView } from '../link/link-view.ts';
import type { AgentCore } from '../reconcile/core.ts';
import type { HostSampler } from '../telemetry/host-sampler.ts';
import type { DcgmSampler } from '../telemetry/dcgm-sampler.ts';
import type { NodeUsage } from '../telemetry/node-usage.ts';
import type { GpuSampler } from '../telemetry/sampler.ts';
import { topView } from './top-view.ts';
import { bounded } from './bounded.ts';
import { allocationViews, gpuViews, nodeView, replicaViews } from './views.ts';

export interface AgentServiceDeps {
  readonly node: string;
  readonly version: string;
  readonly configFile: string;
  /** Empty where cards are not looked for. */
  readonly nvidiaSmiCommand: readonly string[];
  readonly core: AgentCore;
  readonly sampler: GpuSampler | null;
  readonly host: HostSampler;
  readonly usage: NodeUsage | null;
  readonly dcgm: DcgmSampler | null;
  readonly link: (() => LinkView) | null;
  /** Ends the agent, with its replicas first if asked; answers how many were stopped. */
  readonly shutdown: (stopReplicas: boolean) => Promise<number>;
  readonly onError: (error: unknown) => void;
}

/** What `agentctl` asks. Each method reads a view of the core; only Shutdown does anything. */
export function agentServiceHandlers(deps: AgentServiceDeps): AgentServiceHandlers {
  const { core, onError } = deps;
  return {
    GetNode: unary(() => nodeView(core, { ...deps, link: deps.link?.() ?? null }), onError),
    ListGpus: unary(() => ({ gpus: gpuViews(core) }), onError),
    ListReplicas: unary(() => ({ replicas: replicaViews(core, deps.node) }), onError),
    ListAllocations: unary(() => ({ allocations: allocationViews(core) }), onError),
    GetTop: unary(async ({ historySeconds }) => {
      const windowMs =
        bounded('history_seconds', historySeconds, { whenZero: 0, max: 600 }) * 1_000;
      return topView({
        usage: (await deps.usage?.read()) ?? null,
        host: deps.host.latest(),
        history: (gpu) => (windowMs === 0 ? [] : utilizationHistory(deps.sampler, gpu, windowMs)),
        dcgmReason: deps.dcgm === null ? 'dcgm.enabled is false' : deps.dcgm.reason,
      });
    }, onError),
    ListEvents: unary(({ limit }) => {
      const wanted = bounded('limit', limit, { whenZero: 100, max: 1_000 });
      return { events: [...core.events({ limit: wanted, subject: null })] };
    }, onError),
    GetLogs: unary(async ({ replica, tailLines }, signal) => {
      const id = parseReplicaId(replica);
      if (!id.ok) throw problemError(id.problem);
      const lines = bounded('tail_lines', tailLines, { whenZero: 100, max: 10_000 });
      return { text: await core.logs(id.value, lines, signal) };
    }, onError),
    Shutdown: unary(
      async ({ stopReplicas }) => ({ replicasStopped: await deps.shutdown(stopReplicas) }),
      onError,
    ),
  };
}

/** In percent, about one value a second. */
function utilizationHistory(
  sampler: GpuSampler | null,
  gpu: string,
  windowMs: number,
): readonly number[] {
  const found = sampler?.history(gpu, 'tangram_gpu_utilization_ratio', windowMs) ?? null;
  if (found === null) return [];
  // At a higher rate the last value of each second stands for it.
  const bySecond = new Map<number, number>();
  for (const [at, atMs] of found.atMs.entries()) {
    bySecond.set(Math.floor(atMs / 1_000), (found.values[at] ?? Number.NaN) * 100);
  }
  return [...bySecond.values()];
}
