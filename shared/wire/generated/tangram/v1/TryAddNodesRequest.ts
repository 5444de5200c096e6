// Original file: tangram/v1/whatif_service.proto

import type { Long } from '@grpc/proto-loader';

export interface TryAddNodesRequest {
  'cards'?: (string);
  'count'?: (number);
  'labels'?: ({[key: string]: string});
  'cpuMillis'?: (number);
  'memoryMib'?: (number | string | Long);
}

export interface TryAddNodesRequest__Output {
  'cards': (string);
  'count': (number);
  'labels': ({[key: string]: string});
  'cpuMillis': (number);
  'memoryMib': (string);
}
