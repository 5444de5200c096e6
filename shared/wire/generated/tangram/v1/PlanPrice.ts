// Original file: tangram/v1/plan.proto

import type { Interruption as _tangram_v1_Interruption, Interruption__Output as _tangram_v1_Interruption__Output } from '../../tangram/v1/Interruption.ts';
import type { Long } from '@grpc/proto-loader';

export interface PlanPrice {
  'replicasInterrupted'?: (number);
  'interruptions'?: (_tangram_v1_Interruption)[];
  'estimatedMs'?: (number | string | Long);
  'estimates'?: (string);
  'bytesToFetch'?: (number | string | Long);
  'strandedBeforeMilli'?: (number | string | Long);
  'strandedAfterMilli'?: (number | string | Long);
  'moves'?: (number);
  'preemptions'?: (number);
  'learnedStarts'?: (number);
  '_bytesToFetch'?: "bytesToFetch";
}

export interface PlanPrice__Output {
  'replicasInterrupted': (number);
  'interruptions': (_tangram_v1_Interruption__Output)[];
  'estimatedMs': (string);
  'estimates': (string);
  'bytesToFetch'?: (string);
  'strandedBeforeMilli': (string);
  'strandedAfterMilli': (string);
  'moves': (number);
  'preemptions': (number);
  'learnedStarts': (number);
  '_bytesToFetch'?: "bytesToFetch";
}
