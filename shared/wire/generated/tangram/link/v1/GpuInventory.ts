// Original file: tangram/link/v1/link_service.proto

import type { GpuMode as _tangram_link_v1_GpuMode, GpuMode__Output as _tangram_link_v1_GpuMode__Output } from '../../../tangram/link/v1/GpuMode.ts';
import type { Authority as _tangram_link_v1_Authority, Authority__Output as _tangram_link_v1_Authority__Output } from '../../../tangram/link/v1/Authority.ts';
import type { GpuHealth as _tangram_link_v1_GpuHealth, GpuHealth__Output as _tangram_link_v1_GpuHealth__Output } from '../../../tangram/link/v1/GpuHealth.ts';
import type { MigGeometry as _tangram_link_v1_MigGeometry, MigGeometry__Output as _tangram_link_v1_MigGeometry__Output } from '../../../tangram/link/v1/MigGeometry.ts';
import type { MigInstance as _tangram_link_v1_MigInstance, MigInstance__Output as _tangram_link_v1_MigInstance__Output } from '../../../tangram/link/v1/MigInstance.ts';
import type { NvlinkPeer as _tangram_v1_NvlinkPeer, NvlinkPeer__Output as _tangram_v1_NvlinkPeer__Output } from '../../../tangram/v1/NvlinkPeer.ts';
import type { Long } from '@grpc/proto-loader';

export interface GpuInventory {
  'uuid'?: (string);
  'index'?: (number);
  'productName'?: (string);
  'pciBusId'?: (string);
  'memoryTotalMib'?: (number | string | Long);
  'memoryForeignMib'?: (number | string | Long);
  'smCount'?: (number);
  'mode'?: (_tangram_link_v1_GpuMode);
  'authority'?: (_tangram_link_v1_Authority);
  'health'?: (_tangram_link_v1_GpuHealth);
  'healthReason'?: (string);
  'migEnabled'?: (boolean);
  'layoutRevision'?: (number | string | Long);
  'geometry'?: (_tangram_link_v1_MigGeometry | null);
  'instances'?: (_tangram_link_v1_MigInstance)[];
  'mpsActive'?: (boolean);
  'mpsWithheld'?: (boolean);
  'nvlinkPeers'?: (_tangram_v1_NvlinkPeer)[];
  'numaNode'?: (number);
  '_migEnabled'?: "migEnabled";
  '_numaNode'?: "numaNode";
}

export interface GpuInventory__Output {
  'uuid': (string);
  'index': (number);
  'productName': (string);
  'pciBusId': (string);
  'memoryTotalMib': (string);
  'memoryForeignMib': (string);
  'smCount': (number);
  'mode': (_tangram_link_v1_GpuMode__Output);
  'authority': (_tangram_link_v1_Authority__Output);
  'health': (_tangram_link_v1_GpuHealth__Output);
  'healthReason': (string);
  'migEnabled'?: (boolean);
  'layoutRevision': (string);
  'geometry': (_tangram_link_v1_MigGeometry__Output | null);
  'instances': (_tangram_link_v1_MigInstance__Output)[];
  'mpsActive': (boolean);
  'mpsWithheld': (boolean);
  'nvlinkPeers': (_tangram_v1_NvlinkPeer__Output)[];
  'numaNode'?: (number);
  '_migEnabled'?: "migEnabled";
  '_numaNode'?: "numaNode";
}
