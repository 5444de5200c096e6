// Original file: tangram/agent/v1/layout_service.proto

import type { LayoutStepView as _tangram_agent_v1_LayoutStepView, LayoutStepView__Output as _tangram_agent_v1_LayoutStepView__Output } from '../../../tangram/agent/v1/LayoutStepView.ts';
import type { LayoutBlockView as _tangram_agent_v1_LayoutBlockView, LayoutBlockView__Output as _tangram_agent_v1_LayoutBlockView__Output } from '../../../tangram/agent/v1/LayoutBlockView.ts';

export interface CardLayoutPlan {
  'gpuUuid'?: (string);
  'index'?: (number);
  'productName'?: (string);
  'steps'?: (_tangram_agent_v1_LayoutStepView)[];
  'kept'?: (string)[];
  'interrupts'?: (string)[];
  'blocks'?: (_tangram_agent_v1_LayoutBlockView)[];
  'seconds'?: (number);
  'notes'?: (string)[];
}

export interface CardLayoutPlan__Output {
  'gpuUuid': (string);
  'index': (number);
  'productName': (string);
  'steps': (_tangram_agent_v1_LayoutStepView__Output)[];
  'kept': (string)[];
  'interrupts': (string)[];
  'blocks': (_tangram_agent_v1_LayoutBlockView__Output)[];
  'seconds': (number);
  'notes': (string)[];
}
