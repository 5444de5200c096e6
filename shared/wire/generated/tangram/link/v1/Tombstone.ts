// Original file: tangram/link/v1/link_service.proto

import type { SliceTombstone as _tangram_link_v1_SliceTombstone, SliceTombstone__Output as _tangram_link_v1_SliceTombstone__Output } from '../../../tangram/link/v1/SliceTombstone.ts';
import type { InstanceTombstone as _tangram_link_v1_InstanceTombstone, InstanceTombstone__Output as _tangram_link_v1_InstanceTombstone__Output } from '../../../tangram/link/v1/InstanceTombstone.ts';

export interface Tombstone {
  'replica'?: (string);
  'slice'?: (_tangram_link_v1_SliceTombstone | null);
  'instance'?: (_tangram_link_v1_InstanceTombstone | null);
  'kind'?: "replica"|"slice"|"instance";
}

export interface Tombstone__Output {
  'replica'?: (string);
  'slice'?: (_tangram_link_v1_SliceTombstone__Output | null);
  'instance'?: (_tangram_link_v1_InstanceTombstone__Output | null);
  'kind'?: "replica"|"slice"|"instance";
}
