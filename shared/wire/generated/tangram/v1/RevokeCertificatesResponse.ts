// Original file: tangram/v1/trust_service.proto


export interface RevokeCertificatesResponse {
}

export interface RevokeCertificatesResponse__Output {
}
