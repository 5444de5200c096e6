// Original file: tangram/v1/decision_service.proto

import type { Decision as _tangram_v1_Decision, Decision__Output as _tangram_v1_Decision__Output } from '../../tangram/v1/Decision.ts';
import type { ReplayVerdict as _tangram_v1_ReplayVerdict, ReplayVerdict__Output as _tangram_v1_ReplayVerdict__Output } from '../../tangram/v1/ReplayVerdict.ts';
import type { OutcomeDifference as _tangram_v1_OutcomeDifference, OutcomeDifference__Output as _tangram_v1_OutcomeDifference__Output } from '../../tangram/v1/OutcomeDifference.ts';

export interface ReplayDecisionResponse {
  'decision'?: (_tangram_v1_Decision | null);
  'verdict'?: (_tangram_v1_ReplayVerdict);
  'engineVersion'?: (string);
  'logged'?: (string);
  'replayed'?: (string);
  'differences'?: (_tangram_v1_OutcomeDifference)[];
}

export interface ReplayDecisionResponse__Output {
  'decision': (_tangram_v1_Decision__Output | null);
  'verdict': (_tangram_v1_ReplayVerdict__Output);
  'engineVersion': (string);
  'logged': (string);
  'replayed': (string);
  'differences': (_tangram_v1_OutcomeDifference__Output)[];
}
