// Original file: tangram/link/v1/link_service.proto

import type { MigEngines as _tangram_link_v1_MigEngines, MigEngines__Output as _tangram_link_v1_MigEngines__Output } from '../../../tangram/link/v1/MigEngines.ts';
import type { MigProfile as _tangram_link_v1_MigProfile, MigProfile__Output as _tangram_link_v1_MigProfile__Output } from '../../../tangram/link/v1/MigProfile.ts';

export interface MigGeometry {
  'placementUnits'?: (number);
  'enginesTotal'?: (_tangram_link_v1_MigEngines | null);
  'profiles'?: (_tangram_link_v1_MigProfile)[];
}

export interface MigGeometry__Output {
  'placementUnits': (number);
  'enginesTotal': (_tangram_link_v1_MigEngines__Output | null);
  'profiles': (_tangram_link_v1_MigProfile__Output)[];
}
