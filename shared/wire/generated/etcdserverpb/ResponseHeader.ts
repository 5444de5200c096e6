// Original file: etcd/etcd.proto

import type { Long } from '@grpc/proto-loader';

export interface ResponseHeader {
  'revision'?: (number | string | Long);
}

export interface ResponseHeader__Output {
  'revision': (string);
}
