// Original file: tangram/v1/model.proto

import type { HealthProbe as _tangram_v1_HealthProbe, HealthProbe__Output as _tangram_v1_HealthProbe__Output } from '../../tangram/v1/HealthProbe.ts';
import type { HostMount as _tangram_v1_HostMount, HostMount__Output as _tangram_v1_HostMount__Output } from '../../tangram/v1/HostMount.ts';
import type { Long } from '@grpc/proto-loader';

export interface Workload {
  'image'?: (string);
  'command'?: (string)[];
  'args'?: (string)[];
  'env'?: ({[key: string]: string});
  'port'?: (number);
  'health'?: (_tangram_v1_HealthProbe | null);
  'cpuMillis'?: (number);
  'memoryMib'?: (number | string | Long);
  'mounts'?: (_tangram_v1_HostMount)[];
  'writableRoot'?: (boolean);
}

export interface Workload__Output {
  'image': (string);
  'command': (string)[];
  'args': (string)[];
  'env': ({[key: string]: string});
  'port': (number);
  'health': (_tangram_v1_HealthProbe__Output | null);
  'cpuMillis': (number);
  'memoryMib': (string);
  'mounts': (_tangram_v1_HostMount__Output)[];
  'writableRoot': (boolean);
}
