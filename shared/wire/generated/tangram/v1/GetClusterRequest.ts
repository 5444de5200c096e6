// Original file: tangram/v1/cluster_service.proto


export interface GetClusterRequest {
}

export interface GetClusterRequest__Output {
}
