// Original file: tangram/agent/v1/agent_service.proto


export interface CoordinatorView {
  'address'?: (string);
  'connected'?: (boolean);
  'leading'?: (boolean);
  'detail'?: (string);
}

export interface CoordinatorView__Output {
  'address': (string);
  'connected': (boolean);
  'leading': (boolean);
  'detail': (string);
}
