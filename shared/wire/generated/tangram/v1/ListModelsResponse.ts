// Original file: tangram/v1/scheduler_service.proto

import type { Model as _tangram_v1_Model, Model__Output as _tangram_v1_Model__Output } from '../../tangram/v1/Model.ts';

export interface ListModelsResponse {
  'models'?: (_tangram_v1_Model)[];
  'nextPageToken'?: (string);
}

export interface ListModelsResponse__Output {
  'models': (_tangram_v1_Model__Output)[];
  'nextPageToken': (string);
}
