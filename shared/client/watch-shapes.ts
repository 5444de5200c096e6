import type { WatchAllocationsResponse__Output } from '../wire/generated/tangram/v1/WatchAllocationsResponse.ts';
import type { WatchChangesResponse__Output } from '../wire/generated/tangram/v1/WatchChangesResponse.ts';
import type { WatchModelsResponse__Output } from '../wire/generated/tangram/v1/WatchModelsResponse.ts';
import type { WatchNodesResponse__Output } from '../wire/generated/tangram/v1/WatchNodesResponse.ts';
import {
  allocationService,
  changeService,
  clusterService,
  schedulerService,
} from '../wire/services.ts';
import type { WatchShape } from './resumed-watch.ts';

export const nodeWatch: WatchShape<WatchNodesResponse__Output> = {
  method: clusterService.WatchNodes,
  nameOf: ({ node, deleted }) => node?.name ?? deleted ?? null,
  isGone: ({ deleted }) => deleted !== undefined,
  gone: (name) => ({ event: 'deleted', deleted: name, revision: '' }),
};

export const allocationWatch: WatchShape<WatchAllocationsResponse__Output> = {
  method: allocationService.WatchAllocations,
  nameOf: ({ allocation, deleted }) => allocation?.name ?? deleted ?? null,
  isGone: ({ deleted }) => deleted !== undefined,
  gone: (name) => ({ event: 'deleted', deleted: name, revision: '' }),
};

export const modelWatch: WatchShape<WatchModelsResponse__Output> = {
  method: schedulerService.WatchModels,
  nameOf: ({ model, deleted }) => model?.name ?? deleted ?? null,
  isGone: ({ deleted }) => deleted !== undefined,
  gone: (name) => ({ event: 'deleted', deleted: name, revision: '' }),
};

export const changeWatch: WatchShape<WatchChangesResponse__Output> = {
  method: changeService.WatchChanges,
  nameOf: ({ change, forgotten }) => change?.change ?? forgotten ?? null,
  isGone: ({ forgotten }) => forgotten !== undefined,
  gone: (name) => ({ event: 'forgotten', forgotten: name, revision: '' }),
};
