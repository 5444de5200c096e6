// Original file: tangram/v1/cluster_service.proto

import type { GpuSlice as _tangram_v1_GpuSlice, GpuSlice__Output as _tangram_v1_GpuSlice__Output } from '../../tangram/v1/GpuSlice.ts';
import type { NvlinkPeer as _tangram_v1_NvlinkPeer, NvlinkPeer__Output as _tangram_v1_NvlinkPeer__Output } from '../../tangram/v1/NvlinkPeer.ts';
import type { Long } from '@grpc/proto-loader';

export interface Gpu {
  'uuid'?: (string);
  'index'?: (number);
  'productName'?: (string);
  'pciBusId'?: (string);
  'memoryTotalMib'?: (number | string | Long);
  'memoryForeignMib'?: (number | string | Long);
  'mode'?: (string);
  'authority'?: (string);
  'health'?: (string);
  'healthReason'?: (string);
  'layoutRevision'?: (number | string | Long);
  'slices'?: (_tangram_v1_GpuSlice)[];
  'outcome'?: (string);
  'outcomeDetail'?: (string);
  'smCount'?: (number);
  'nvlinkPeers'?: (_tangram_v1_NvlinkPeer)[];
  'numaNode'?: (number);
  '_numaNode'?: "numaNode";
}

export interface Gpu__Output {
  'uuid': (string);
  'index': (number);
  'productName': (string);
  'pciBusId': (string);
  'memoryTotalMib': (string);
  'memoryForeignMib': (string);
  'mode': (string);
  'authority': (string);
  'health': (string);
  'healthReason': (string);
  'layoutRevision': (string);
  'slices': (_tangram_v1_GpuSlice__Output)[];
  'outcome': (string);
  'outcomeDetail': (string);
  'smCount': (number);
  'nvlinkPeers': (_tangram_v1_NvlinkPeer__Output)[];
  'numaNode'?: (number);
  '_numaNode'?: "numaNode";
}
