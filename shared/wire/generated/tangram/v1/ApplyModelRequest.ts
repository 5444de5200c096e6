// Original file: tangram/v1/scheduler_service.proto

import type { Model as _tangram_v1_Model, Model__Output as _tangram_v1_Model__Output } from '../../tangram/v1/Model.ts';

export interface ApplyModelRequest {
  'model'?: (_tangram_v1_Model | null);
  'validateOnly'?: (boolean);
  'etag'?: (string);
}

export interface ApplyModelRequest__Output {
  'model': (_tangram_v1_Model__Output | null);
  'validateOnly': (boolean);
  'etag': (string);
}
