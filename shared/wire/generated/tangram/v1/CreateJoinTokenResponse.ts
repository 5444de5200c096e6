// Original file: tangram/v1/trust_service.proto

import type { JoinToken as _tangram_v1_JoinToken, JoinToken__Output as _tangram_v1_JoinToken__Output } from '../../tangram/v1/JoinToken.ts';

export interface CreateJoinTokenResponse {
  'token'?: (_tangram_v1_JoinToken | null);
  'secretText'?: (string);
  'joinAddress'?: (string);
}

export interface CreateJoinTokenResponse__Output {
  'token': (_tangram_v1_JoinToken__Output | null);
  'secretText': (string);
  'joinAddress': (string);
}
