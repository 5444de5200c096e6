// Original file: tangram/v1/change_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ReceiptLine {
  'kind'?: (string);
  'replica'?: (string);
  'model'?: (string);
  'predictedMs'?: (number | string | Long);
  'actualMs'?: (number | string | Long);
  '_predictedMs'?: "predictedMs";
  '_actualMs'?: "actualMs";
}

export interface ReceiptLine__Output {
  'kind': (string);
  'replica': (string);
  'model': (string);
  'predictedMs'?: (string);
  'actualMs'?: (string);
  '_predictedMs'?: "predictedMs";
  '_actualMs'?: "actualMs";
}
