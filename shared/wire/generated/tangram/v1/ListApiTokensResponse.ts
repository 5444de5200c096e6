// Original file: tangram/v1/access_service.proto

import type { ApiToken as _tangram_v1_ApiToken, ApiToken__Output as _tangram_v1_ApiToken__Output } from '../../tangram/v1/ApiToken.ts';

export interface ListApiTokensResponse {
  'tokens'?: (_tangram_v1_ApiToken)[];
}

export interface ListApiTokensResponse__Output {
  'tokens': (_tangram_v1_ApiToken__Output)[];
}
