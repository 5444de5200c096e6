// Original file: tangram/v1/snapshot_service.proto


export interface TakeSnapshotResponse {
  'piece'?: (Buffer | Uint8Array | string);
}

export interface TakeSnapshotResponse__Output {
  'piece': (Buffer);
}
