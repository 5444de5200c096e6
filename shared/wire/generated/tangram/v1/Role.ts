// Original file: tangram/v1/access_service.proto

export const Role = {
  ROLE_UNSPECIFIED: 'ROLE_UNSPECIFIED',
  ROLE_VIEWER: 'ROLE_VIEWER',
  ROLE_OPERATOR: 'ROLE_OPERATOR',
  ROLE_ADMIN: 'ROLE_ADMIN',
  ROLE_SCHEDULER: 'ROLE_SCHEDULER',
  ROLE_AGENT: 'ROLE_AGENT',
} as const;

export type Role =
  | 'ROLE_UNSPECIFIED'
  | 0
  | 'ROLE_VIEWER'
  | 1
  | 'ROLE_OPERATOR'
  | 2
  | 'ROLE_ADMIN'
  | 3
  | 'ROLE_SCHEDULER'
  | 4
  | 'ROLE_AGENT'
  | 5

export type Role__Output = typeof Role[keyof typeof Role]
