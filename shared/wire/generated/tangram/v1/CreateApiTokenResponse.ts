// Original file: tangram/v1/access_service.proto

import type { ApiToken as _tangram_v1_ApiToken, ApiToken__Output as _tangram_v1_ApiToken__Output } from '../../tangram/v1/ApiToken.ts';

export interface CreateApiTokenResponse {
  'token'?: (_tangram_v1_ApiToken | null);
  'secret'?: (string);
}

export interface CreateApiTokenResponse__Output {
  'token': (_tangram_v1_ApiToken__Output | null);
  'secret': (string);
}
