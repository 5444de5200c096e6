// Original file: tangram/v1/access_service.proto

import type { Role as _tangram_v1_Role, Role__Output as _tangram_v1_Role__Output } from '../../tangram/v1/Role.ts';
import type { Long } from '@grpc/proto-loader';

export interface WhoAmIResponse {
  'kind'?: (string);
  'name'?: (string);
  'role'?: (_tangram_v1_Role);
  'namespaces'?: (string)[];
  'expiresAtMs'?: (number | string | Long);
  'methods'?: (string)[];
}

export interface WhoAmIResponse__Output {
  'kind': (string);
  'name': (string);
  'role': (_tangram_v1_Role__Output);
  'namespaces': (string)[];
  'expiresAtMs': (string);
  'methods': (string)[];
}
