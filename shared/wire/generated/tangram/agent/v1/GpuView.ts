// Original file: tangram/agent/v1/agent_service.proto

import type { SliceView as _tangram_agent_v1_SliceView, SliceView__Output as _tangram_agent_v1_SliceView__Output } from '../../../tangram/agent/v1/SliceView.ts';
import type { NvlinkPeer as _tangram_v1_NvlinkPeer, NvlinkPeer__Output as _tangram_v1_NvlinkPeer__Output } from '../../../tangram/v1/NvlinkPeer.ts';
import type { Long } from '@grpc/proto-loader';

export interface GpuView {
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
  'slices'?: (_tangram_agent_v1_SliceView)[];
  'outcome'?: (string);
  'outcomeDetail'?: (string);
  'nvlinkPeers'?: (_tangram_v1_NvlinkPeer)[];
  'numaNode'?: (number);
  '_numaNode'?: "numaNode";
}

export interface GpuView__Output {
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
  'slices': (_tangram_agent_v1_SliceView__Output)[];
  'outcome': (string);
  'outcomeDetail': (string);
  'nvlinkPeers': (_tangram_v1_NvlinkPeer__Output)[];
  'numaNode'?: (number);
  '_numaNode'?: "numaNode";
}
