import type { ThoughtCluster__Output } from '../../shared/wire/generated/tangram/v1/ThoughtCluster.ts';
import type { TryAddNodesRequest } from '../../shared/wire/generated/tangram/v1/TryAddNodesRequest.ts';
import type { TryModelRequest } from '../../shared/wire/generated/tangram/v1/TryModelRequest.ts';
import type { TryModelResponse__Output } from '../../shared/wire/generated/tangram/v1/TryModelResponse.ts';
import type { WhatIfServiceClient } from '../../shared/wire/generated/tangram/v1/WhatIfService.ts';
import type { Ask } from './ask.ts';

/** Questions to the live engine that change nothing. */
export interface WhatIfCalls {
  tryAddNodes(request: TryAddNodesRequest): Promise<ThoughtCluster__Output>;
  /** Throws NODE_UNKNOWN. */
  tryRemoveNode(node: string): Promise<ThoughtCluster__Output>;
  /** Throws MODEL_INVALID. */
  tryModel(request: TryModelRequest): Promise<TryModelResponse__Output>;
}

type ClusterAnswer = { readonly cluster: ThoughtCluster__Output | null };

export function whatIfCalls(whatIf: WhatIfServiceClient, ask: Ask): WhatIfCalls {
  return {
    tryAddNodes: async (request) =>
      clusterIn(
        await ask<TryAddNodesRequest, ClusterAnswer>(
          (sent, options, answer) => whatIf.tryAddNodes(sent, options, answer),
          request,
        ),
      ),
    tryRemoveNode: async (node) =>
      clusterIn(
        await ask<object, ClusterAnswer>(
          (sent, options, answer) => whatIf.tryRemoveNode(sent, options, answer),
          { node },
        ),
      ),
    tryModel: async (request) =>
      ask<TryModelRequest, TryModelResponse__Output>(
        (sent, options, answer) => whatIf.tryModel(sent, options, answer),
        request,
      ),
  };
}

function clusterIn({ cluster }: ClusterAnswer): ThoughtCluster__Output {
  if (cluster === null) throw new Error('the answer holds no cluster');
  return cluster;
}
