// Original file: tangram/agent/v1/agent_service.proto

import type { CoordinatorView as _tangram_agent_v1_CoordinatorView, CoordinatorView__Output as _tangram_agent_v1_CoordinatorView__Output } from '../../../tangram/agent/v1/CoordinatorView.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetNodeResponse {
  'node'?: (string);
  'agentVersion'?: (string);
  'driverVersion'?: (string);
  'coordinator'?: (string);
  'coordinatorConnected'?: (boolean);
  'coordinatorDetail'?: (string);
  'clusterId'?: (string);
  'epoch'?: (number | string | Long);
  'generation'?: (number | string | Long);
  'roundOutcome'?: (string);
  'roundDetail'?: (string);
  'runtimes'?: (string)[];
  'gpuHandout'?: (string);
  'cpuMillis'?: (number);
  'memoryMib'?: (number | string | Long);
  'bootId'?: (string);
  'configFile'?: (string);
  'nvidiaSmiCommand'?: (string)[];
  'imageCount'?: (number);
  'coordinators'?: (_tangram_agent_v1_CoordinatorView)[];
}

export interface GetNodeResponse__Output {
  'node': (string);
  'agentVersion': (string);
  'driverVersion': (string);
  'coordinator': (string);
  'coordinatorConnected': (boolean);
  'coordinatorDetail': (string);
  'clusterId': (string);
  'epoch': (string);
  'generation': (string);
  'roundOutcome': (string);
  'roundDetail': (string);
  'runtimes': (string)[];
  'gpuHandout': (string);
  'cpuMillis': (number);
  'memoryMib': (string);
  'bootId': (string);
  'configFile': (string);
  'nvidiaSmiCommand': (string)[];
  'imageCount': (number);
  'coordinators': (_tangram_agent_v1_CoordinatorView__Output)[];
}
