// Original file: tangram/v1/access_service.proto

import type { Role as _tangram_v1_Role, Role__Output as _tangram_v1_Role__Output } from '../../tangram/v1/Role.ts';
import type { Long } from '@grpc/proto-loader';

export interface CreateApiTokenRequest {
  'description'?: (string);
  'role'?: (_tangram_v1_Role);
  'namespaces'?: (string)[];
  'ttlSeconds'?: (number | string | Long);
}

export interface CreateApiTokenRequest__Output {
  'description': (string);
  'role': (_tangram_v1_Role__Output);
  'namespaces': (string)[];
  'ttlSeconds': (string);
}
