import { parseReplicaId } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { AgentServiceHandlers } from '../../shared/wire/generated/tangram/agent/v1/AgentService.ts';
import { problemError, unary } from '../../shared/wire/unary.ts';
import type { LinkView } from '../link/link-view.ts';
import type { AgentCore } from '../reconcile/core.ts';
import type { HostSampler } from '../telemetry/host-sampler.ts';
import type { ProcessTable } from '../telemetry/process-table.ts';
import type { GpuSampler } from '../telemetry/sampler.ts';
import { gpuViews, nodeView, replicaViews, topView } from './views.ts';

export interface AgentServiceDeps {
  readonly node: string;
  readonly version: string;
  readonly core: AgentCore;
  readonly sampler: GpuSampler | null;
  readonly host: HostSampler;
  readonly processes: ProcessTable | null;
  readonly link: (() => LinkView) | null;
  /** Ends the agent, with its replicas first if asked; answers how many were stopped. */
  readonly shutdown: (stopReplicas: boolean) => Promise<number>;
  readonly onError: (error: unknown) => void;
}

/** What `agentctl` asks. Each method reads a view of the core; only Shutdown does anything. */
export function agentServiceHandlers(deps: AgentServiceDeps): AgentServiceHandlers {
  const { core, onError } = deps;
  return {
    GetNode: unary(
      () => nodeView(core, { node: deps.node, version: deps.version, link: deps.link?.() ?? null }),
      onError,
    ),
    ListGpus: unary(() => ({ gpus: gpuViews(core) }), onError),
    ListReplicas: unary(() => ({ replicas: replicaViews(core, deps.node) }), onError),
    GetTop: unary(
      async () =>
        topView(core, {
          cards: deps.sampler?.latest() ?? null,
          host: deps.host.latest(),
          processes: (await deps.processes?.read()) ?? null,
        }),
      onError,
    ),
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

function bounded(
  field: string,
  value: number,
  rule: { readonly whenZero: number; readonly max: number },
): number {
  if (value === 0) return rule.whenZero;
  if (value >= 1 && value <= rule.max) return value;
  throw new AppError('REQUEST_INVALID', `${field} is ${value}`, {
    hint: `give a number from 1 to ${rule.max}`,
  });
}
