// Original file: tangram/v1/cluster_service.proto

import type { NodeAvailability as _tangram_v1_NodeAvailability, NodeAvailability__Output as _tangram_v1_NodeAvailability__Output } from '../../tangram/v1/NodeAvailability.ts';
import type { Gpu as _tangram_v1_Gpu, Gpu__Output as _tangram_v1_Gpu__Output } from '../../tangram/v1/Gpu.ts';
import type { Replica as _tangram_v1_Replica, Replica__Output as _tangram_v1_Replica__Output } from '../../tangram/v1/Replica.ts';
import type { NodeDrain as _tangram_v1_NodeDrain, NodeDrain__Output as _tangram_v1_NodeDrain__Output } from '../../tangram/v1/NodeDrain.ts';
import type { Long } from '@grpc/proto-loader';

export interface Node {
  'name'?: (string);
  'availability'?: (_tangram_v1_NodeAvailability);
  'availabilityReason'?: (string);
  'connected'?: (boolean);
  'lastSeenMs'?: (number | string | Long);
  'agentVersion'?: (string);
  'driverVersion'?: (string);
  'cpuMillis'?: (number);
  'memoryMib'?: (number | string | Long);
  'labels'?: ({[key: string]: string});
  'runtimes'?: (string)[];
  'gpuHandout'?: (string);
  'metricsAddress'?: (string);
  'gpus'?: (_tangram_v1_Gpu)[];
  'generation'?: (number | string | Long);
  'acceptedGeneration'?: (number | string | Long);
  'replicas'?: (_tangram_v1_Replica)[];
  'imageCount'?: (number);
  'etag'?: (string);
  'drain'?: (_tangram_v1_NodeDrain | null);
}

export interface Node__Output {
  'name': (string);
  'availability': (_tangram_v1_NodeAvailability__Output);
  'availabilityReason': (string);
  'connected': (boolean);
  'lastSeenMs': (string);
  'agentVersion': (string);
  'driverVersion': (string);
  'cpuMillis': (number);
  'memoryMib': (string);
  'labels': ({[key: string]: string});
  'runtimes': (string)[];
  'gpuHandout': (string);
  'metricsAddress': (string);
  'gpus': (_tangram_v1_Gpu__Output)[];
  'generation': (string);
  'acceptedGeneration': (string);
  'replicas': (_tangram_v1_Replica__Output)[];
  'imageCount': (number);
  'etag': (string);
  'drain': (_tangram_v1_NodeDrain__Output | null);
}
