import { parseGpuUuid } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { LocalServiceHandlers } from '../../shared/wire/generated/tangram/agent/v1/LocalService.ts';
import { encodeInventory } from '../../shared/wire/inventory-codec.ts';
import { decodeTarget, encodeTarget, encodeTombstone } from '../../shared/wire/target-codec.ts';
import { problemError, unary } from '../../shared/wire/unary.ts';
import { localClusterId } from '../local/local-cluster.ts';
import type { AgentCore } from '../reconcile/core.ts';

export interface LocalServiceDeps {
  readonly core: Pick<
    AgentCore,
    'acceptTarget' | 'inventory' | 'setAuthority' | 'status' | 'target'
  >;
  /** Where this node gets its orders; null: it works alone. */
  readonly coordinator: string | null;
  readonly onError: (error: unknown) => void;
}

const authorities = ['observe', 'place', 'cut'] as const;

/** What somebody at the node orders. It goes through the same target, planner and journal as a coordinator's orders. */
export function localServiceHandlers(deps: LocalServiceDeps): LocalServiceHandlers {
  const { core, onError } = deps;
  return {
    SetAuthority: unary(({ gpuUuid, authority }) => {
      const gpu = parseGpuUuid(gpuUuid);
      if (!gpu.ok) throw problemError(gpu.problem);
      const wanted = authorities.find((each) => each === authority);
      if (wanted === undefined && authority !== '') {
        throw new AppError('REQUEST_INVALID', `${JSON.stringify(authority)} is no authority`, {
          hint: `say ${authorities.join(', ')}, or nothing for what the configuration says`,
        });
      }
      return { authority: core.setAuthority(gpu.value, wanted ?? null) };
    }, onError),
    GetLocalState: unary(() => {
      const inventory = core.inventory();
      if (inventory === null) {
        throw new AppError('DRIVER_AWAY', 'the agent has not looked at its cards yet', {
          hint: 'ask again in a moment; agentctl doctor says what keeps it',
        });
      }
      const target = core.target();
      return {
        inventory: encodeInventory(inventory),
        target: target === null ? null : encodeTarget(target),
        tombstonesDone: core.status().tombstonesDone.map(encodeTombstone),
      };
    }, onError),
    SetLocalTarget: unary(({ target: message }) => {
      refuseCoordinated(deps.coordinator);
      if (message === null) throw new AppError('REQUEST_INVALID', 'no target was sent');
      const target = decodeTarget(message);
      if (!target.ok) throw problemError(target.problem);
      if (target.value.clusterId !== localClusterId) {
        throw new AppError(
          'REQUEST_INVALID',
          `a target of cluster ${target.value.clusterId} came in at the local door`,
          { hint: 'only a coordinator orders in the name of a cluster' },
        );
      }
      const outcome = core.acceptTarget(target.value);
      if (outcome.kind !== 'refused') return {};
      const { code, message: why, hint } = outcome.problem;
      if (code !== 'TARGET_OLDER' && code !== 'TARGET_CONFLICT')
        throw problemError(outcome.problem);
      throw new AppError('PLAN_STALE', `somebody else changed what this node runs: ${why}`, {
        hint: hint ?? 'try again: it is planned anew from what is there now',
      });
    }, onError),
  };
}

function refuseCoordinated(coordinator: string | null): void {
  if (coordinator === null) return;
  throw new AppError('CLUSTER_MISMATCH', `this node takes its orders from ${coordinator}`, {
    hint: 'declare the model there with: tangram apply -f FILE',
  });
}
