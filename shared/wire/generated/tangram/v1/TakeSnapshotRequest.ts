// Original file: tangram/v1/snapshot_service.proto


export interface TakeSnapshotRequest {
}

export interface TakeSnapshotRequest__Output {
}
