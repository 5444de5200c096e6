// Original file: tangram/link/v1/link_service.proto

export const Authority = {
  AUTHORITY_UNSPECIFIED: 'AUTHORITY_UNSPECIFIED',
  AUTHORITY_OBSERVE: 'AUTHORITY_OBSERVE',
  AUTHORITY_PLACE: 'AUTHORITY_PLACE',
  AUTHORITY_CUT: 'AUTHORITY_CUT',
} as const;

export type Authority =
  | 'AUTHORITY_UNSPECIFIED'
  | 0
  | 'AUTHORITY_OBSERVE'
  | 1
  | 'AUTHORITY_PLACE'
  | 2
  | 'AUTHORITY_CUT'
  | 3

export type Authority__Output = typeof Authority[keyof typeof Authority]
