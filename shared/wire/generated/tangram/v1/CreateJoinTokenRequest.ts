// Original file: tangram/v1/trust_service.proto


export interface CreateJoinTokenRequest {
  'ttlSeconds'?: (number);
  'uses'?: (number);
  'nodePattern'?: (string);
  'labels'?: ({[key: string]: string});
}

export interface CreateJoinTokenRequest__Output {
  'ttlSeconds': (number);
  'uses': (number);
  'nodePattern': (string);
  'labels': ({[key: string]: string});
}
