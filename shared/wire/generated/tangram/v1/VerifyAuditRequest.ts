// Original file: tangram/v1/access_service.proto


export interface VerifyAuditRequest {
}

export interface VerifyAuditRequest__Output {
}
