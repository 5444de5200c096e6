import type { Authority } from '../../../shared/domain/gpu.ts';
import type { GpuUuid } from '../../../shared/domain/ids.ts';
import type { Inventory } from '../../../shared/domain/inventory.ts';
import type { NodeTarget, Tombstone } from '../../../shared/domain/node-target.ts';
import type { Result } from '../../../shared/domain/result.ts';
import type { GetLocalStateRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetLocalStateRequest.ts';
import type { GetLocalStateResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetLocalStateResponse.ts';
import type { LocalServiceClient } from '../../../shared/wire/generated/tangram/agent/v1/LocalService.ts';
import type { SetAuthorityRequest } from '../../../shared/wire/generated/tangram/agent/v1/SetAuthorityRequest.ts';
import type { SetAuthorityResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/SetAuthorityResponse.ts';
import type { SetLocalTargetRequest } from '../../../shared/wire/generated/tangram/agent/v1/SetLocalTargetRequest.ts';
import type { SetLocalTargetResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/SetLocalTargetResponse.ts';
import { required } from '../../../shared/wire/fields.ts';
import { decodeInventory } from '../../../shared/wire/inventory-codec.ts';
import { decodeTarget, decodeTombstone, encodeTarget } from '../../../shared/wire/target-codec.ts';
import { callUnary, problemError } from '../../../shared/wire/unary.ts';
import type { MakeOptions } from './calls.ts';

/** What a local launch is planned from. */
export interface LocalState {
  readonly inventory: Inventory;
  /** null: nothing was ever wanted of this node. */
  readonly target: NodeTarget | null;
  readonly tombstonesDone: readonly Tombstone[];
}

/** What is ordered at the node itself. */
export interface LocalApi {
  /** null: what the configuration says. Answers what holds now. */
  setAuthority(gpu: GpuUuid, authority: Authority | null): Promise<string>;
  state(): Promise<LocalState>;
  setTarget(target: NodeTarget): Promise<void>;
}

export function createLocalApi(client: LocalServiceClient, options: MakeOptions): LocalApi {
  return {
    setAuthority: async (gpu, authority) =>
      (
        await callUnary<SetAuthorityRequest, SetAuthorityResponse__Output>(
          (request, call, answer) => client.setAuthority(request, call, answer),
          { gpuUuid: gpu, authority: authority ?? '' },
          options(),
        )
      ).authority,
    state: async () => {
      const answer = await callUnary<GetLocalStateRequest, GetLocalStateResponse__Output>(
        (request, call, answered) => client.getLocalState(request, call, answered),
        {},
        options(),
      );
      return {
        inventory: valueOf(decodeInventory(required(answer.inventory, 'inventory'))),
        target: answer.target === null ? null : valueOf(decodeTarget(answer.target)),
        tombstonesDone: answer.tombstonesDone.map((each) => valueOf(decodeTombstone(each))),
      };
    },
    setTarget: async (target) => {
      await callUnary<SetLocalTargetRequest, SetLocalTargetResponse__Output>(
        (request, call, answer) => client.setLocalTarget(request, call, answer),
        { target: encodeTarget(target) },
        options(),
      );
    },
  };
}

function valueOf<T>(decoded: Result<T>): T {
  if (!decoded.ok) throw problemError(decoded.problem);
  return decoded.value;
}
