// Original file: tangram/v1/change_service.proto

import type { Plan as _tangram_v1_Plan, Plan__Output as _tangram_v1_Plan__Output } from '../../tangram/v1/Plan.ts';
import type { ChangeState as _tangram_v1_ChangeState, ChangeState__Output as _tangram_v1_ChangeState__Output } from '../../tangram/v1/ChangeState.ts';
import type { ReceiptLine as _tangram_v1_ReceiptLine, ReceiptLine__Output as _tangram_v1_ReceiptLine__Output } from '../../tangram/v1/ReceiptLine.ts';
import type { ChangeProgress as _tangram_v1_ChangeProgress, ChangeProgress__Output as _tangram_v1_ChangeProgress__Output } from '../../tangram/v1/ChangeProgress.ts';
import type { Long } from '@grpc/proto-loader';

export interface Change {
  'change'?: (string);
  'plan'?: (_tangram_v1_Plan | null);
  'state'?: (_tangram_v1_ChangeState);
  'stage'?: (number);
  'reason'?: (string);
  'startedAtMs'?: (number | string | Long);
  'endedAtMs'?: (number | string | Long);
  'receipt'?: (_tangram_v1_ReceiptLine)[];
  'progress'?: (_tangram_v1_ChangeProgress | null);
}

export interface Change__Output {
  'change': (string);
  'plan': (_tangram_v1_Plan__Output | null);
  'state': (_tangram_v1_ChangeState__Output);
  'stage': (number);
  'reason': (string);
  'startedAtMs': (string);
  'endedAtMs': (string);
  'receipt': (_tangram_v1_ReceiptLine__Output)[];
  'progress': (_tangram_v1_ChangeProgress__Output | null);
}
