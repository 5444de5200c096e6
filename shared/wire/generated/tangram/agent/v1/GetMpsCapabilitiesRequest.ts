// Original file: tangram/agent/v1/mps_service.proto


export interface GetMpsCapabilitiesRequest {
}

export interface GetMpsCapabilitiesRequest__Output {
}
