// Original file: tangram/agent/v1/health_service.proto

import type { Long } from '@grpc/proto-loader';

export interface CloseLook {
  'atMs'?: (number | string | Long);
  'recoveryAction'?: (string);
  'rowRemapPending'?: (boolean);
  'rowRemapFailure'?: (boolean);
  'pageRetirementPending'?: (boolean);
  'sramThresholdExceeded'?: (boolean);
  'clockReasons'?: (string)[];
  '_recoveryAction'?: "recoveryAction";
  '_rowRemapPending'?: "rowRemapPending";
  '_rowRemapFailure'?: "rowRemapFailure";
  '_pageRetirementPending'?: "pageRetirementPending";
  '_sramThresholdExceeded'?: "sramThresholdExceeded";
}

export interface CloseLook__Output {
  'atMs': (string);
  'recoveryAction'?: (string);
  'rowRemapPending'?: (boolean);
  'rowRemapFailure'?: (boolean);
  'pageRetirementPending'?: (boolean);
  'sramThresholdExceeded'?: (boolean);
  'clockReasons': (string)[];
  '_recoveryAction'?: "recoveryAction";
  '_rowRemapPending'?: "rowRemapPending";
  '_rowRemapFailure'?: "rowRemapFailure";
  '_pageRetirementPending'?: "pageRetirementPending";
  '_sramThresholdExceeded'?: "sramThresholdExceeded";
}
