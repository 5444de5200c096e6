// Original file: tangram/agent/v1/agent_service.proto

import type { GpuView as _tangram_agent_v1_GpuView, GpuView__Output as _tangram_agent_v1_GpuView__Output } from '../../../tangram/agent/v1/GpuView.ts';

export interface ListGpusResponse {
  'gpus'?: (_tangram_agent_v1_GpuView)[];
}

export interface ListGpusResponse__Output {
  'gpus': (_tangram_agent_v1_GpuView__Output)[];
}
