// Original file: tangram/link/v1/link_service.proto

import type { ReplicaPhase as _tangram_v1_ReplicaPhase, ReplicaPhase__Output as _tangram_v1_ReplicaPhase__Output } from '../../../tangram/v1/ReplicaPhase.ts';
import type { Long } from '@grpc/proto-loader';

export interface ReplicaStatus {
  'replica'?: (string);
  'model'?: (string);
  'generation'?: (number | string | Long);
  'phase'?: (_tangram_v1_ReplicaPhase);
  'reason'?: (string);
  'runtime'?: (string);
  'runtimeId'?: (string);
  'address'?: (string);
  'restarts'?: (number);
  'startedAtMs'?: (number | string | Long);
  'readyAtMs'?: (number | string | Long);
  'idleSeconds'?: (number | string | Long);
  '_idleSeconds'?: "idleSeconds";
}

export interface ReplicaStatus__Output {
  'replica': (string);
  'model': (string);
  'generation': (string);
  'phase': (_tangram_v1_ReplicaPhase__Output);
  'reason': (string);
  'runtime': (string);
  'runtimeId': (string);
  'address': (string);
  'restarts': (number);
  'startedAtMs': (string);
  'readyAtMs': (string);
  'idleSeconds'?: (string);
  '_idleSeconds'?: "idleSeconds";
}
