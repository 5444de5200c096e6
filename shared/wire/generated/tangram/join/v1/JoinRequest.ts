// Original file: tangram/join/v1/join_service.proto


export interface JoinRequest {
  'tokenId'?: (string);
  'tokenSecret'?: (Buffer | Uint8Array | string);
  'node'?: (string);
  'publicKey'?: (Buffer | Uint8Array | string);
  'proof'?: (Buffer | Uint8Array | string);
}

export interface JoinRequest__Output {
  'tokenId': (string);
  'tokenSecret': (Buffer);
  'node': (string);
  'publicKey': (Buffer);
  'proof': (Buffer);
}
