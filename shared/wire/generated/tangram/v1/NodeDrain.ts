// Original file: tangram/v1/cluster_service.proto

import type { DrainRemainder as _tangram_v1_DrainRemainder, DrainRemainder__Output as _tangram_v1_DrainRemainder__Output } from '../../tangram/v1/DrainRemainder.ts';
import type { Long } from '@grpc/proto-loader';

export interface NodeDrain {
  'sinceMs'?: (number | string | Long);
  'deadlineMs'?: (number | string | Long);
  'force'?: (boolean);
  'overdue'?: (boolean);
  'replicasGone'?: (number);
  'left'?: (_tangram_v1_DrainRemainder)[];
}

export interface NodeDrain__Output {
  'sinceMs': (string);
  'deadlineMs': (string);
  'force': (boolean);
  'overdue': (boolean);
  'replicasGone': (number);
  'left': (_tangram_v1_DrainRemainder__Output)[];
}
