// Original file: tangram/v1/model.proto

import type { Long } from '@grpc/proto-loader';

export interface HealthProbe {
  'path'?: (string);
  'startupDeadlineMs'?: (number | string | Long);
}

export interface HealthProbe__Output {
  'path': (string);
  'startupDeadlineMs': (string);
}
