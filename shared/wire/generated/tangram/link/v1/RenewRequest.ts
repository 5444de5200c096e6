// Original file: tangram/link/v1/link_service.proto


export interface RenewRequest {
  'publicKey'?: (Buffer | Uint8Array | string);
  'proof'?: (Buffer | Uint8Array | string);
}

export interface RenewRequest__Output {
  'publicKey': (Buffer);
  'proof': (Buffer);
}
