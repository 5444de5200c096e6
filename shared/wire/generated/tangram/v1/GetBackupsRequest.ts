// Original file: tangram/v1/snapshot_service.proto


export interface GetBackupsRequest {
}

export interface GetBackupsRequest__Output {
}
