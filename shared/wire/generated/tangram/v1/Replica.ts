// Original file: tangram/v1/model.proto

import type { Slice as _tangram_v1_Slice, Slice__Output as _tangram_v1_Slice__Output } from '../../tangram/v1/Slice.ts';
import type { ReplicaPhase as _tangram_v1_ReplicaPhase, ReplicaPhase__Output as _tangram_v1_ReplicaPhase__Output } from '../../tangram/v1/ReplicaPhase.ts';
import type { Long } from '@grpc/proto-loader';

export interface Replica {
  'replica'?: (string);
  'model'?: (string);
  'modelVersion'?: (number | string | Long);
  'node'?: (string);
  'slices'?: (_tangram_v1_Slice)[];
  'phase'?: (_tangram_v1_ReplicaPhase);
  'reason'?: (string);
  'address'?: (string);
  'restarts'?: (number);
  'startedAtMs'?: (number | string | Long);
  'retiring'?: (boolean);
  'runtime'?: (string);
  'runtimeId'?: (string);
  'readyAtMs'?: (number | string | Long);
  'idleSeconds'?: (number | string | Long);
  '_idleSeconds'?: "idleSeconds";
}

export interface Replica__Output {
  'replica': (string);
  'model': (string);
  'modelVersion': (string);
  'node': (string);
  'slices': (_tangram_v1_Slice__Output)[];
  'phase': (_tangram_v1_ReplicaPhase__Output);
  'reason': (string);
  'address': (string);
  'restarts': (number);
  'startedAtMs': (string);
  'retiring': (boolean);
  'runtime': (string);
  'runtimeId': (string);
  'readyAtMs': (string);
  'idleSeconds'?: (string);
  '_idleSeconds'?: "idleSeconds";
}
