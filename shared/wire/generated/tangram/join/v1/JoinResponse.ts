// Original file: tangram/join/v1/join_service.proto


export interface JoinResponse {
  'clusterId'?: (string);
  'certificateChain'?: (string);
  'roots'?: (string)[];
  'coordinators'?: (string)[];
  'labels'?: ({[key: string]: string});
}

export interface JoinResponse__Output {
  'clusterId': (string);
  'certificateChain': (string);
  'roots': (string)[];
  'coordinators': (string)[];
  'labels': ({[key: string]: string});
}
