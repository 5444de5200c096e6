// Original file: tangram/v1/decision_service.proto

import type { RequestCounts as _tangram_v1_RequestCounts, RequestCounts__Output as _tangram_v1_RequestCounts__Output } from '../../tangram/v1/RequestCounts.ts';
import type { OtherPlace as _tangram_v1_OtherPlace, OtherPlace__Output as _tangram_v1_OtherPlace__Output } from '../../tangram/v1/OtherPlace.ts';
import type { AllocatedPoint as _tangram_v1_AllocatedPoint, AllocatedPoint__Output as _tangram_v1_AllocatedPoint__Output } from '../../tangram/v1/AllocatedPoint.ts';
import type { Long } from '@grpc/proto-loader';

export interface PolicyReport {
  'policy'?: (string);
  'seed'?: (number | string | Long);
  'engineVersion'?: (string);
  'fromMs'?: (number | string | Long);
  'toMs'?: (number | string | Long);
  'complete'?: (boolean);
  'decisions'?: (number);
  'otherEngine'?: (number);
  'loggedPolicies'?: (string)[];
  'requests'?: (number);
  'logged'?: (_tangram_v1_RequestCounts | null);
  'replayed'?: (_tangram_v1_RequestCounts | null);
  'differing'?: (number);
  'differences'?: (_tangram_v1_OtherPlace)[];
  'allocated'?: (_tangram_v1_AllocatedPoint)[];
  'loggedStrandedPermille'?: (number);
  'replayedStrandedPermille'?: (number);
}

export interface PolicyReport__Output {
  'policy': (string);
  'seed': (string);
  'engineVersion': (string);
  'fromMs': (string);
  'toMs': (string);
  'complete': (boolean);
  'decisions': (number);
  'otherEngine': (number);
  'loggedPolicies': (string)[];
  'requests': (number);
  'logged': (_tangram_v1_RequestCounts__Output | null);
  'replayed': (_tangram_v1_RequestCounts__Output | null);
  'differing': (number);
  'differences': (_tangram_v1_OtherPlace__Output)[];
  'allocated': (_tangram_v1_AllocatedPoint__Output)[];
  'loggedStrandedPermille': (number);
  'replayedStrandedPermille': (number);
}
