// Original file: tangram/v1/access_service.proto

import type { User as _tangram_v1_User, User__Output as _tangram_v1_User__Output } from '../../tangram/v1/User.ts';

export interface CreateUserResponse {
  'user'?: (_tangram_v1_User | null);
}

export interface CreateUserResponse__Output {
  'user': (_tangram_v1_User__Output | null);
}
