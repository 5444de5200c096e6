// Original file: tangram/link/v1/link_service.proto

import type { GpuInventory as _tangram_link_v1_GpuInventory, GpuInventory__Output as _tangram_link_v1_GpuInventory__Output } from '../../../tangram/link/v1/GpuInventory.ts';
import type { Long } from '@grpc/proto-loader';

export interface Inventory {
  'node'?: (string);
  'bootId'?: (string);
  'agentVersion'?: (string);
  'driverVersion'?: (string);
  'cpuMillis'?: (number);
  'memoryMib'?: (number | string | Long);
  'labels'?: ({[key: string]: string});
  'runtimes'?: (string)[];
  'gpuHandout'?: (string);
  'metricsAddress'?: (string);
  'gpus'?: (_tangram_link_v1_GpuInventory)[];
  'images'?: (string)[];
}

export interface Inventory__Output {
  'node': (string);
  'bootId': (string);
  'agentVersion': (string);
  'driverVersion': (string);
  'cpuMillis': (number);
  'memoryMib': (string);
  'labels': ({[key: string]: string});
  'runtimes': (string)[];
  'gpuHandout': (string);
  'metricsAddress': (string);
  'gpus': (_tangram_link_v1_GpuInventory__Output)[];
  'images': (string)[];
}
