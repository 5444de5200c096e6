// Original file: tangram/v1/trust_service.proto

import type { JoinToken as _tangram_v1_JoinToken, JoinToken__Output as _tangram_v1_JoinToken__Output } from '../../tangram/v1/JoinToken.ts';

export interface ListJoinTokensResponse {
  'tokens'?: (_tangram_v1_JoinToken)[];
}

export interface ListJoinTokensResponse__Output {
  'tokens': (_tangram_v1_JoinToken__Output)[];
}
