import { AppError } from '../../shared/platform/errors.ts';
import { emptyAsNull } from '../../shared/wire/fields.ts';
import { readMask } from '../../shared/wire/read-mask.ts';
import { clusterService } from '../../shared/wire/services.ts';
import { fieldError, unary } from '../../shared/wire/unary.ts';
import type { ClusterServiceHandlers } from '../../shared/wire/generated/tangram/v1/ClusterService.ts';
import type { CordonNodeRequest__Output } from '../../shared/wire/generated/tangram/v1/CordonNodeRequest.ts';
import type { CordonNodeResponse } from '../../shared/wire/generated/tangram/v1/CordonNodeResponse.ts';
import type { ListEventsRequest__Output } from '../../shared/wire/generated/tangram/v1/ListEventsRequest.ts';
import type { ListEventsResponse } from '../../shared/wire/generated/tangram/v1/ListEventsResponse.ts';
import type { Node } from '../../shared/wire/generated/tangram/v1/Node.ts';
import type { CoordinatorCore, NodeView } from '../fleet/core.ts';
import { mutation } from './mutation.ts';
import { nodeNameIn } from './names.ts';
import { encodeFleetEvent, encodeNodeView, replicasByClaim } from './node-view-codec.ts';
import { askedPage, encodeToken, pageOf } from './page-token.ts';

export interface ClusterDeps {
  readonly core: CoordinatorCore;
  readonly version: string;
  readonly onError: (error: unknown) => void;
}

const subjectLengthMax = 256;

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
    CordonNode: availabilityMethod(clusterService.CordonNode, 'cordoned', deps),
    DrainNode: availabilityMethod(clusterService.DrainNode, 'draining', deps),
    UncordonNode: availabilityMethod(clusterService.UncordonNode, 'ready', deps),
    ListEvents: unary((request) => listEvents(core, request), onError),
    GetCluster: unary(() => ({ clusterId: core.clusterId, epoch: core.epoch, version }), onError),
  };
}

/** The three methods have the same messages under their own names. */
function availabilityMethod(
  method: typeof clusterService.CordonNode,
  wanted: 'ready' | 'cordoned' | 'draining',
  deps: ClusterDeps,
) {
  const { core } = deps;
  const encode = (view: NodeView): CordonNodeResponse => ({
    node: encodeNodeView(view, replicasByClaim(core.models())),
  });
  return mutation(
    method,
    async ({ name, etag }: CordonNodeRequest__Output, once) => {
      const options = { etag: emptyAsNull(etag), once: once(encode) };
      return encode(await core.setAvailability(nodeNameIn(name), wanted, options));
    },
    deps,
  );
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
