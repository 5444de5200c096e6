// Original file: tangram/v1/trust_service.proto

import type { Authority as _tangram_v1_Authority, Authority__Output as _tangram_v1_Authority__Output } from '../../tangram/v1/Authority.ts';

export interface RotateAuthorityResponse {
  'authority'?: (_tangram_v1_Authority | null);
}

export interface RotateAuthorityResponse__Output {
  'authority': (_tangram_v1_Authority__Output | null);
}
