import type { ClusterServiceClient } from '../../shared/wire/generated/tangram/v1/ClusterService.ts';
import type { Node__Output } from '../../shared/wire/generated/tangram/v1/Node.ts';
import type { RemoveNodeResponse__Output } from '../../shared/wire/generated/tangram/v1/RemoveNodeResponse.ts';
import type { Ask } from './ask.ts';

/** What operators decide about a node. Every method throws NODE_UNKNOWN. */
export interface NodeCalls {
  cordonNode(name: string): Promise<Node__Output>;
  uncordonNode(name: string): Promise<Node__Output>;
  /** `deadlineSeconds` 0: as long as it takes. */
  drainNode(
    name: string,
    wish: { readonly deadlineSeconds: number; readonly force: boolean },
  ): Promise<Node__Output>;
  /** An empty value takes a label away. */
  labelNode(name: string, labels: Readonly<Record<string, string>>): Promise<Node__Output>;
  /** Throws NODE_IN_USE. */
  removeNode(name: string): Promise<RemoveNodeResponse__Output>;
}

type NodeAnswer = { readonly node: Node__Output | null };

export function nodeDecisionCalls(cluster: ClusterServiceClient, ask: Ask): NodeCalls {
  return {
    cordonNode: async (name) =>
      nodeIn(
        await ask<object, NodeAnswer>(
          (sent, options, answer) => cluster.cordonNode(sent, options, answer),
          { name },
        ),
      ),
    uncordonNode: async (name) =>
      nodeIn(
        await ask<object, NodeAnswer>(
          (sent, options, answer) => cluster.uncordonNode(sent, options, answer),
          { name },
        ),
      ),
    drainNode: async (name, wish) =>
      nodeIn(
        await ask<object, NodeAnswer>(
          (sent, options, answer) => cluster.drainNode(sent, options, answer),
          { name, ...wish },
        ),
      ),
    labelNode: async (name, labels) =>
      nodeIn(
        await ask<object, NodeAnswer>(
          (sent, options, answer) => cluster.labelNode(sent, options, answer),
          { name, labels },
        ),
      ),
    removeNode: async (name) =>
      ask<object, RemoveNodeResponse__Output>(
        (sent, options, answer) => cluster.removeNode(sent, options, answer),
        { name },
      ),
  };
}

/** The node of an answer. */
export function nodeIn({ node }: NodeAnswer): Node__Output {
  if (node === null) throw new Error('the answer holds no node');
  return node;
}
