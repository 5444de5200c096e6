// Original file: etcd/etcd.proto


export interface DeleteRangeRequest {
  'key'?: (Buffer | Uint8Array | string);
}

export interface DeleteRangeRequest__Output {
  'key': (Buffer);
}
