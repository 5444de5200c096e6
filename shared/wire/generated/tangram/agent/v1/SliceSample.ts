// Original file: tangram/agent/v1/agent_service.proto

import type { SliceShape as _tangram_v1_SliceShape, SliceShape__Output as _tangram_v1_SliceShape__Output } from '../../../tangram/v1/SliceShape.ts';
import type { Long } from '@grpc/proto-loader';

export interface SliceSample {
  'slice'?: (string);
  'shape'?: (_tangram_v1_SliceShape | null);
  'replica'?: (string);
  'model'?: (string);
  'state'?: (string);
  'gpuInstanceId'?: (number);
  'memoryUsedMib'?: (number | string | Long);
  'engineActiveRatio'?: (number | string);
  'smActiveRatio'?: (number | string);
  'tensorActiveRatio'?: (number | string);
  'memoryActiveRatio'?: (number | string);
  'allocation'?: (string);
  '_gpuInstanceId'?: "gpuInstanceId";
  '_memoryUsedMib'?: "memoryUsedMib";
  '_engineActiveRatio'?: "engineActiveRatio";
  '_smActiveRatio'?: "smActiveRatio";
  '_tensorActiveRatio'?: "tensorActiveRatio";
  '_memoryActiveRatio'?: "memoryActiveRatio";
}

export interface SliceSample__Output {
  'slice': (string);
  'shape': (_tangram_v1_SliceShape__Output | null);
  'replica': (string);
  'model': (string);
  'state': (string);
  'gpuInstanceId'?: (number);
  'memoryUsedMib'?: (string);
  'engineActiveRatio'?: (number);
  'smActiveRatio'?: (number);
  'tensorActiveRatio'?: (number);
  'memoryActiveRatio'?: (number);
  'allocation': (string);
  '_gpuInstanceId'?: "gpuInstanceId";
  '_memoryUsedMib'?: "memoryUsedMib";
  '_engineActiveRatio'?: "engineActiveRatio";
  '_smActiveRatio'?: "smActiveRatio";
  '_tensorActiveRatio'?: "tensorActiveRatio";
  '_memoryActiveRatio'?: "memoryActiveRatio";
}
