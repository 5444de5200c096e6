// Original file: tangram/v1/model.proto

import type { Workload as _tangram_v1_Workload, Workload__Output as _tangram_v1_Workload__Output } from '../../tangram/v1/Workload.ts';
import type { GpuNeed as _tangram_v1_GpuNeed, GpuNeed__Output as _tangram_v1_GpuNeed__Output } from '../../tangram/v1/GpuNeed.ts';
import type { PlacementRule as _tangram_v1_PlacementRule, PlacementRule__Output as _tangram_v1_PlacementRule__Output } from '../../tangram/v1/PlacementRule.ts';
import type { Disruption as _tangram_v1_Disruption, Disruption__Output as _tangram_v1_Disruption__Output } from '../../tangram/v1/Disruption.ts';

export interface ModelSpec {
  'replicas'?: (number);
  'workload'?: (_tangram_v1_Workload | null);
  'gpu'?: (_tangram_v1_GpuNeed | null);
  'priority'?: (number);
  'placement'?: (_tangram_v1_PlacementRule | null);
  'disruption'?: (_tangram_v1_Disruption | null);
}

export interface ModelSpec__Output {
  'replicas': (number);
  'workload': (_tangram_v1_Workload__Output | null);
  'gpu': (_tangram_v1_GpuNeed__Output | null);
  'priority': (number);
  'placement': (_tangram_v1_PlacementRule__Output | null);
  'disruption': (_tangram_v1_Disruption__Output | null);
}
