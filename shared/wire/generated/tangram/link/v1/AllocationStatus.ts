// Original file: tangram/link/v1/link_service.proto

import type { AllocationProcess as _tangram_v1_AllocationProcess, AllocationProcess__Output as _tangram_v1_AllocationProcess__Output } from '../../../tangram/v1/AllocationProcess.ts';

export interface AllocationStatus {
  'claim'?: (string);
  'ready'?: (boolean);
  'reason'?: (string);
  'deviceUuids'?: (string)[];
  'env'?: ({[key: string]: string});
  'mounts'?: (string)[];
  'processes'?: (_tangram_v1_AllocationProcess)[];
  'reclaiming'?: (boolean);
  'quietLooks'?: (number);
}

export interface AllocationStatus__Output {
  'claim': (string);
  'ready': (boolean);
  'reason': (string);
  'deviceUuids': (string)[];
  'env': ({[key: string]: string});
  'mounts': (string)[];
  'processes': (_tangram_v1_AllocationProcess__Output)[];
  'reclaiming': (boolean);
  'quietLooks': (number);
}
