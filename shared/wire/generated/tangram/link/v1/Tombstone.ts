// Original file: tangram/link/v1/link_service.proto

import type { SliceTombstone as _tangram_link_v1_SliceTombstone, SliceTombstone__Output as _tangram_link_v1_SliceTombstone__Output } from '../../../tangram/link/v1/SliceTombstone.ts';

export interface Tombstone {
  'replica'?: (string);
  'slice'?: (_tangram_link_v1_SliceTombstone | null);
  'kind'?: "replica"|"slice";
}

export interface Tombstone__Output {
  'replica'?: (string);
  'slice'?: (_tangram_link_v1_SliceTombstone__Output | null);
  'kind'?: "replica"|"slice";
}
