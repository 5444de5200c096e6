// Original file: tangram/link/v1/link_service.proto

import type { Long } from '@grpc/proto-loader';

export interface TelemetryResponse {
  'batchesAccepted'?: (number | string | Long);
  'batchesReceived'?: (number | string | Long);
  'batchesTogether'?: (number);
}

export interface TelemetryResponse__Output {
  'batchesAccepted': (string);
  'batchesReceived': (string);
  'batchesTogether': (number);
}
