// Original file: tangram/v1/access_service.proto

import type { Role as _tangram_v1_Role, Role__Output as _tangram_v1_Role__Output } from '../../tangram/v1/Role.ts';
import type { Long } from '@grpc/proto-loader';

export interface ApiToken {
  'id'?: (string);
  'description'?: (string);
  'role'?: (_tangram_v1_Role);
  'namespaces'?: (string)[];
  'createdBy'?: (string);
  'createdAtMs'?: (number | string | Long);
  'expiresAtMs'?: (number | string | Long);
  'lastUsedAtMs'?: (number | string | Long);
}

export interface ApiToken__Output {
  'id': (string);
  'description': (string);
  'role': (_tangram_v1_Role__Output);
  'namespaces': (string)[];
  'createdBy': (string);
  'createdAtMs': (string);
  'expiresAtMs': (string);
  'lastUsedAtMs': (string);
}
