// Original file: tangram/v1/model.proto

import type { WholeSlice as _tangram_v1_WholeSlice, WholeSlice__Output as _tangram_v1_WholeSlice__Output } from '../../tangram/v1/WholeSlice.ts';
import type { MigSlice as _tangram_v1_MigSlice, MigSlice__Output as _tangram_v1_MigSlice__Output } from '../../tangram/v1/MigSlice.ts';
import type { MpsSlice as _tangram_v1_MpsSlice, MpsSlice__Output as _tangram_v1_MpsSlice__Output } from '../../tangram/v1/MpsSlice.ts';
import type { TimeshareSlice as _tangram_v1_TimeshareSlice, TimeshareSlice__Output as _tangram_v1_TimeshareSlice__Output } from '../../tangram/v1/TimeshareSlice.ts';

export interface SliceShape {
  'whole'?: (_tangram_v1_WholeSlice | null);
  'mig'?: (_tangram_v1_MigSlice | null);
  'mps'?: (_tangram_v1_MpsSlice | null);
  'timeshare'?: (_tangram_v1_TimeshareSlice | null);
  'kind'?: "whole"|"mig"|"mps"|"timeshare";
}

export interface SliceShape__Output {
  'whole'?: (_tangram_v1_WholeSlice__Output | null);
  'mig'?: (_tangram_v1_MigSlice__Output | null);
  'mps'?: (_tangram_v1_MpsSlice__Output | null);
  'timeshare'?: (_tangram_v1_TimeshareSlice__Output | null);
  'kind'?: "whole"|"mig"|"mps"|"timeshare";
}
