// Original file: tangram/link/v1/link_service.proto

import type { Workload as _tangram_v1_Workload, Workload__Output as _tangram_v1_Workload__Output } from '../../../tangram/v1/Workload.ts';
import type { Long } from '@grpc/proto-loader';

export interface ReplicaTarget {
  'replica'?: (string);
  'model'?: (string);
  'modelVersion'?: (number | string | Long);
  'workload'?: (_tangram_v1_Workload | null);
  'slices'?: (string)[];
  'processes'?: (number);
}

export interface ReplicaTarget__Output {
  'replica': (string);
  'model': (string);
  'modelVersion': (string);
  'workload': (_tangram_v1_Workload__Output | null);
  'slices': (string)[];
  'processes': (number);
}
