// Original file: tangram/v1/snapshot_service.proto

import type { Long } from '@grpc/proto-loader';

export interface GetBackupsResponse {
  'place'?: (string);
  'lastSuccessMs'?: (number | string | Long);
  'failuresTotal'?: (number | string | Long);
  'lastError'?: (string);
}

export interface GetBackupsResponse__Output {
  'place': (string);
  'lastSuccessMs': (string);
  'failuresTotal': (string);
  'lastError': (string);
}
