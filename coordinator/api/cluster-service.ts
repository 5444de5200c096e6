import type { NodeName } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { emptyAsNull } from '../../shared/wire/fields.ts';
import { readMask } from '../../shared/wire/read-mask.ts';
import { clusterService } from '../../shared/wire/services.ts';
import { fieldError, unary } from '../../shared/wire/unary.ts';
import type { ClusterServiceHandlers } from '../../shared/wire/generated/tangram/v1/ClusterService.ts';
import type { CordonNodeRequest__Output } from '../../shared/wire/generated/tangram/v1/CordonNodeRequest.ts';
import type { DrainNodeRequest__Output } from '../../shared/wire/generated/tangram/v1/DrainNodeRequest.ts';
import type { LabelNodeRequest__Output } from '../../shared/wire/generated/tangram/v1/LabelNodeRequest.ts';
import type { ListEventsRequest__Output } from '../../shared/wire/generated/tangram/v1/ListEventsRequest.ts';
import type { ListEventsResponse } from '../../shared/wire/generated/tangram/v1/ListEventsResponse.ts';
import type { Node } from '../../shared/wire/generated/tangram/v1/Node.ts';
import type { RemoveNodeRequest__Output } from '../../shared/wire/generated/tangram/v1/RemoveNodeRequest.ts';
import type { RemoveNodeResponse } from '../../shared/wire/generated/tangram/v1/RemoveNodeResponse.ts';
import type { CoordinatorCore, NodeView, RemovedNode } from '../fleet/core.ts';
import { replicasByClaim } from '../fleet/views.ts';
import { checkedLabels } from './label-map.ts';
import { mutation } from './mutation.ts';
import { nodeNameIn } from './names.ts';
import { encodeFleetEvent, encodeNodeView } from './node-view-codec.ts';
import { askedPage, encodeToken, pageOf } from './page-token.ts';
import { watchNodes } from './watch-nodes.ts';

export interface ClusterDeps {
  readonly core: CoordinatorCore;
  /** Ends what was issued to an agent; null: in plaintext there is nothing to end. */
  readonly revokeAgent: ((node: NodeName) => Promise<void>) | null;
  readonly version: string;
  readonly onError: (error: unknown) => void;
}

const subjectLengthMax = 256;
const drainSecondsMax = 7 * 86_400;

/** The door for operators: machines, cards, slices and what happened to them. */
export function clusterHandlers(deps: ClusterDeps): ClusterServiceHandlers {
  const { core, version, onError } = deps;
  return {
    ListNodes: unary((request) => {
      const masked = readMask<Node>('tangram.v1.Node', request.readMask);
      const page = pageOf('nodes', core.nodes(), (view) => view.node, request);
      const replicas = replicasByClaim(core.models());
      return {
        nodes: page.items.map((view) => masked(encodeNodeView(view, replicas))),
        nextPageToken: page.nextPageToken,
      };
    }, onError),
    GetNode: unary(({ name, readMask: mask }) => {
      const masked = readMask<Node>('tangram.v1.Node', mask);
      const view = core.node(nodeNameIn(name));
      if (view === undefined) {
        throw new AppError('NODE_UNKNOWN', `no node ${JSON.stringify(name)}`, {
          hint: 'list nodes with: tangram get nodes',
        });
      }
      return { node: masked(encodeNodeView(view, replicasByClaim(core.models()))) };
    }, onError),
    WatchNodes: watchNodes(core, onError),
    CordonNode: availabilityMethod(clusterService.CordonNode, 'cordoned', deps),
    DrainNode: drainMethod(deps),
    UncordonNode: availabilityMethod(clusterService.UncordonNode, 'ready', deps),
    LabelNode: labelMethod(deps),
    RemoveNode: removeMethod(deps),
    ListEvents: unary((request) => listEvents(core, request), onError),
    GetCluster: unary(() => ({ clusterId: core.clusterId, epoch: core.epoch, version }), onError),
  };
}

/** Both methods have the same messages under their own names. */
function availabilityMethod(
  method: typeof clusterService.CordonNode,
  wanted: 'ready' | 'cordoned',
  deps: ClusterDeps,
) {
  const { core } = deps;
  const encode = nodeAnswer(core);
  return mutation(
    method,
    async ({ name, etag }: CordonNodeRequest__Output, once) => {
      const options = { etag: emptyAsNull(etag), once: once(encode) };
      return encode(await core.setAvailability(nodeNameIn(name), wanted, options));
    },
    deps,
  );
}

function drainMethod(deps: ClusterDeps) {
  const { core } = deps;
  const encode = nodeAnswer(core);
  return mutation(
    clusterService.DrainNode,
    async ({ name, etag, deadlineSeconds, force }: DrainNodeRequest__Output, once) => {
      const seconds = Number(deadlineSeconds);
      if (seconds < 0 || seconds > drainSecondsMax) {
        throw fieldError('deadline_seconds', 'is out of range', `give 0 to ${drainSecondsMax}`);
      }
      if (force && seconds === 0) {
        throw fieldError('force', 'needs a deadline', 'say with deadline_seconds when to force it');
      }
      const drain = { deadlineInMs: seconds === 0 ? null : seconds * 1_000, force };
      const options = { etag: emptyAsNull(etag), once: once(encode), drain };
      return encode(await core.setAvailability(nodeNameIn(name), 'draining', options));
    },
    deps,
  );
}

function labelMethod(deps: ClusterDeps) {
  const { core } = deps;
  const encode = nodeAnswer(core);
  return mutation(
    clusterService.LabelNode,
    async ({ name, etag, labels }: LabelNodeRequest__Output, once) => {
      const options = { etag: emptyAsNull(etag), once: once(encode) };
      return encode(await core.labelNode(nodeNameIn(name), checkedLabels(labels), options));
    },
    deps,
  );
}

function removeMethod(deps: ClusterDeps) {
  const { core, revokeAgent } = deps;
  return mutation(
    clusterService.RemoveNode,
    async ({ name }: RemoveNodeRequest__Output, once) => {
      const node = nodeNameIn(name);
      // First, so that whatever happens then, it cannot come back in; but of no node that is in use.
      if (core.node(node)?.connected === false) await revokeAgent?.(node);
      return encodeRemoved(await core.removeNode(node, { once: once(encodeRemoved) }));
    },
    deps,
  );
}

function encodeRemoved({ replicas, allocations }: RemovedNode): RemoveNodeResponse {
  return { replicas, allocations: [...allocations] };
}

function nodeAnswer(core: CoordinatorCore): (view: NodeView) => { node: Node } {
  return (view) => ({ node: encodeNodeView(view, replicasByClaim(core.models())) });
}

/** The newest page first; within a page the newest last. */
function listEvents(core: CoordinatorCore, request: ListEventsRequest__Output): ListEventsResponse {
  const { subject, pageToken, limit: pageSize } = request;
  if (subject.length > subjectLengthMax) {
    throw fieldError('subject', 'is too long', `at most ${subjectLengthMax} characters`);
  }
  const { after, size } = askedPage('events', { pageSize, pageToken }, subject);
  const before = after === null ? null : Number(after);
  const found = core.events({ limit: size + 1, subject: emptyAsNull(subject), before });
  const events = found.slice(-size);
  const oldest = events[0];
  const more = found.length > events.length && oldest !== undefined;
  return {
    events: events.map(encodeFleetEvent),
    nextPageToken: more ? encodeToken('events', String(oldest.id), subject) : '',
  };
}
