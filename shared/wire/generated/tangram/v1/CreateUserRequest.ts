// Original file: tangram/v1/access_service.proto

import type { Role as _tangram_v1_Role, Role__Output as _tangram_v1_Role__Output } from '../../tangram/v1/Role.ts';

export interface CreateUserRequest {
  'name'?: (string);
  'role'?: (_tangram_v1_Role);
  'namespaces'?: (string)[];
}

export interface CreateUserRequest__Output {
  'name': (string);
  'role': (_tangram_v1_Role__Output);
  'namespaces': (string)[];
}
