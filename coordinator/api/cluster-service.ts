import { AppError } from '../../shared/platform/errors.ts';
import { unary } from '../../shared/wire/unary.ts';
import type { ClusterServiceHandlers } from '../../shared/wire/generated/tangram/v1/ClusterService.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import { nodeNameIn } from './names.ts';
import { encodeFleetEvent, encodeNodeView, replicasByClaim } from './node-view-codec.ts';
import { pageOf } from './page-token.ts';

export interface ClusterDeps {
  readonly core: CoordinatorCore;
  readonly version: string;
  readonly onError: (error: unknown) => void;
}

const eventLimits = { fallback: 100, max: 1_000, subjectLengthMax: 256 } as const;

/** The door for operators: machines, cards, slices and what happened to them. */
export function clusterHandlers({ core, version, onError }: ClusterDeps): ClusterServiceHandlers {
  const availability = (wanted: 'ready' | 'cordoned' | 'draining') =>
    unary(async ({ name }: { readonly name: string }) => {
      const view = await core.setAvailability(nodeNameIn(name), wanted);
      return { node: encodeNodeView(view, replicasByClaim(core.models())) };
    }, onError);
  return {
    ListNodes: unary((request) => {
      const page = pageOf('nodes', core.nodes(), (view) => view.node, request);
      const replicas = replicasByClaim(core.models());
      return {
        nodes: page.items.map((view) => encodeNodeView(view, replicas)),
        nextPageToken: page.nextPageToken,
      };
    }, onError),
    GetNode: unary(({ name }) => {
      const view = core.node(nodeNameIn(name));
      if (view === undefined) {
        throw new AppError('NODE_UNKNOWN', `no node ${JSON.stringify(name)}`, {
          hint: 'list nodes with: tangram get nodes',
        });
      }
      return { node: encodeNodeView(view, replicasByClaim(core.models())) };
    }, onError),
    CordonNode: availability('cordoned'),
    DrainNode: availability('draining'),
    UncordonNode: availability('ready'),
    ListEvents: unary(({ limit, subject }) => {
      if (limit < 0 || subject.length > eventLimits.subjectLengthMax) {
        throw new AppError('REQUEST_INVALID', 'limit or subject is out of range', {
          hint: `give a limit of 1 to ${eventLimits.max}, or 0 for ${eventLimits.fallback}`,
        });
      }
      const events = core.events({
        limit: Math.min(limit === 0 ? eventLimits.fallback : limit, eventLimits.max),
        subject: subject === '' ? null : subject,
      });
      return { events: events.map(encodeFleetEvent) };
    }, onError),
    GetCluster: unary(() => ({ clusterId: core.clusterId, epoch: core.epoch, version }), onError),
  };
}
