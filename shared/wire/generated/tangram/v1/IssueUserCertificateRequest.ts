// Original file: tangram/v1/trust_service.proto


export interface IssueUserCertificateRequest {
  'user'?: (string);
  'publicKey'?: (Buffer | Uint8Array | string);
  'proof'?: (Buffer | Uint8Array | string);
}

export interface IssueUserCertificateRequest__Output {
  'user': (string);
  'publicKey': (Buffer);
  'proof': (Buffer);
}
