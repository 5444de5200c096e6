// Original file: tangram/v1/scheduler_service.proto

import type { Model as _tangram_v1_Model, Model__Output as _tangram_v1_Model__Output } from '../../tangram/v1/Model.ts';

export interface WatchModelsResponse {
  'model'?: (_tangram_v1_Model | null);
  'deleted'?: (string);
  'synced'?: (boolean);
  'revision'?: (string);
  'bookmark'?: (boolean);
  'event'?: "model"|"deleted"|"synced"|"bookmark";
}

export interface WatchModelsResponse__Output {
  'model'?: (_tangram_v1_Model__Output | null);
  'deleted'?: (string);
  'synced'?: (boolean);
  'revision': (string);
  'bookmark'?: (boolean);
  'event'?: "model"|"deleted"|"synced"|"bookmark";
}
