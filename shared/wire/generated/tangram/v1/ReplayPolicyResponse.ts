// Original file: tangram/v1/decision_service.proto

import type { ReplayProgress as _tangram_v1_ReplayProgress, ReplayProgress__Output as _tangram_v1_ReplayProgress__Output } from '../../tangram/v1/ReplayProgress.ts';
import type { PolicyReport as _tangram_v1_PolicyReport, PolicyReport__Output as _tangram_v1_PolicyReport__Output } from '../../tangram/v1/PolicyReport.ts';

export interface ReplayPolicyResponse {
  'progress'?: (_tangram_v1_ReplayProgress | null);
  'report'?: (_tangram_v1_PolicyReport | null);
  'message'?: "progress"|"report";
}

export interface ReplayPolicyResponse__Output {
  'progress'?: (_tangram_v1_ReplayProgress__Output | null);
  'report'?: (_tangram_v1_PolicyReport__Output | null);
  'message'?: "progress"|"report";
}
