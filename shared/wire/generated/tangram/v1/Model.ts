// Original file: tangram/v1/model.proto

import type { ModelSpec as _tangram_v1_ModelSpec, ModelSpec__Output as _tangram_v1_ModelSpec__Output } from '../../tangram/v1/ModelSpec.ts';
import type { ModelStatus as _tangram_v1_ModelStatus, ModelStatus__Output as _tangram_v1_ModelStatus__Output } from '../../tangram/v1/ModelStatus.ts';
import type { Long } from '@grpc/proto-loader';

export interface Model {
  'name'?: (string);
  'labels'?: ({[key: string]: string});
  'spec'?: (_tangram_v1_ModelSpec | null);
  'version'?: (number | string | Long);
  'etag'?: (string);
  'createdAtMs'?: (number | string | Long);
  'updatedAtMs'?: (number | string | Long);
  'status'?: (_tangram_v1_ModelStatus | null);
  'rolloutVersion'?: (number | string | Long);
}

export interface Model__Output {
  'name': (string);
  'labels': ({[key: string]: string});
  'spec': (_tangram_v1_ModelSpec__Output | null);
  'version': (string);
  'etag': (string);
  'createdAtMs': (string);
  'updatedAtMs': (string);
  'status': (_tangram_v1_ModelStatus__Output | null);
  'rolloutVersion': (string);
}
