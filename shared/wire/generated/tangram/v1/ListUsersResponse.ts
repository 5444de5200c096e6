// Original file: tangram/v1/access_service.proto

import type { User as _tangram_v1_User, User__Output as _tangram_v1_User__Output } from '../../tangram/v1/User.ts';

export interface ListUsersResponse {
  'users'?: (_tangram_v1_User)[];
}

export interface ListUsersResponse__Output {
  'users': (_tangram_v1_User__Output)[];
}
