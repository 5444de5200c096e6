// Original file: tangram/agent/v1/layout_service.proto

import type { MigProfileView as _tangram_agent_v1_MigProfileView, MigProfileView__Output as _tangram_agent_v1_MigProfileView__Output } from '../../../tangram/agent/v1/MigProfileView.ts';
import type { MigInstanceView as _tangram_agent_v1_MigInstanceView, MigInstanceView__Output as _tangram_agent_v1_MigInstanceView__Output } from '../../../tangram/agent/v1/MigInstanceView.ts';
import type { Long } from '@grpc/proto-loader';

export interface CardLayout {
  'gpuUuid'?: (string);
  'index'?: (number);
  'productName'?: (string);
  'migSupported'?: (boolean);
  'migCurrent'?: (boolean);
  'migPending'?: (boolean);
  'family'?: (string);
  'error'?: (string);
  'authority'?: (string);
  'layoutRevision'?: (number | string | Long);
  'profiles'?: (_tangram_agent_v1_MigProfileView)[];
  'instances'?: (_tangram_agent_v1_MigInstanceView)[];
  'holders'?: (string)[];
  'recorded'?: (boolean);
  'lastChangeState'?: (string);
  'lastChangeDetail'?: (string);
  'lastChangeAtMs'?: (number | string | Long);
  'drift'?: (string);
}

export interface CardLayout__Output {
  'gpuUuid': (string);
  'index': (number);
  'productName': (string);
  'migSupported': (boolean);
  'migCurrent': (boolean);
  'migPending': (boolean);
  'family': (string);
  'error': (string);
  'authority': (string);
  'layoutRevision': (string);
  'profiles': (_tangram_agent_v1_MigProfileView__Output)[];
  'instances': (_tangram_agent_v1_MigInstanceView__Output)[];
  'holders': (string)[];
  'recorded': (boolean);
  'lastChangeState': (string);
  'lastChangeDetail': (string);
  'lastChangeAtMs': (string);
  'drift': (string);
}
