// Original file: tangram/v1/trust_service.proto


export interface RevokeCertificatesRequest {
  'node'?: (string);
  'user'?: (string);
  'serial'?: (string);
  'what'?: "node"|"user"|"serial";
}

export interface RevokeCertificatesRequest__Output {
  'node'?: (string);
  'user'?: (string);
  'serial'?: (string);
  'what'?: "node"|"user"|"serial";
}
