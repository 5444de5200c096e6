// Original file: tangram/link/v1/link_service.proto

import type { MigEngines as _tangram_link_v1_MigEngines, MigEngines__Output as _tangram_link_v1_MigEngines__Output } from '../../../tangram/link/v1/MigEngines.ts';
import type { Long } from '@grpc/proto-loader';

export interface MigProfile {
  'name'?: (string);
  'giProfileId'?: (number);
  'computeSlices'?: (number);
  'placementSize'?: (number);
  'placementStarts'?: (number)[];
  'instancesMax'?: (number);
  'memoryMib'?: (number | string | Long);
  'smCount'?: (number);
  'copyEngines'?: (number);
  'engines'?: (_tangram_link_v1_MigEngines | null);
}

export interface MigProfile__Output {
  'name': (string);
  'giProfileId': (number);
  'computeSlices': (number);
  'placementSize': (number);
  'placementStarts': (number)[];
  'instancesMax': (number);
  'memoryMib': (string);
  'smCount': (number);
  'copyEngines': (number);
  'engines': (_tangram_link_v1_MigEngines__Output | null);
}
