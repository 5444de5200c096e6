import type { AccessServiceClient } from '../../shared/wire/generated/tangram/v1/AccessService.ts';
import type { ApiToken__Output } from '../../shared/wire/generated/tangram/v1/ApiToken.ts';
import type { AuditRecord__Output } from '../../shared/wire/generated/tangram/v1/AuditRecord.ts';
import type { CreateApiTokenRequest } from '../../shared/wire/generated/tangram/v1/CreateApiTokenRequest.ts';
import type { CreateApiTokenResponse__Output } from '../../shared/wire/generated/tangram/v1/CreateApiTokenResponse.ts';
import type { CreateUserRequest } from '../../shared/wire/generated/tangram/v1/CreateUserRequest.ts';
import type { ListApiTokensResponse__Output } from '../../shared/wire/generated/tangram/v1/ListApiTokensResponse.ts';
import type { ListAuditRecordsResponse__Output } from '../../shared/wire/generated/tangram/v1/ListAuditRecordsResponse.ts';
import type { ListUsersResponse__Output } from '../../shared/wire/generated/tangram/v1/ListUsersResponse.ts';
import type { User__Output } from '../../shared/wire/generated/tangram/v1/User.ts';
import type { VerifyAuditResponse__Output } from '../../shared/wire/generated/tangram/v1/VerifyAuditResponse.ts';
import type { WhoAmIResponse__Output } from '../../shared/wire/generated/tangram/v1/WhoAmIResponse.ts';
import type { Ask } from './ask.ts';

/** Who may do what, and who did. */
export interface AccessCalls {
  whoAmI(): Promise<WhoAmIResponse__Output>;
  /** Throws USER_EXISTS. */
  createUser(request: CreateUserRequest): Promise<User__Output>;
  listUsers(): Promise<readonly User__Output[]>;
  /** Throws USER_UNKNOWN, LAST_ADMIN. */
  setUserRole(request: CreateUserRequest): Promise<User__Output>;
  /** Throws USER_UNKNOWN, LAST_ADMIN. */
  deleteUser(name: string): Promise<void>;
  createApiToken(request: CreateApiTokenRequest): Promise<CreateApiTokenResponse__Output>;
  listApiTokens(): Promise<readonly ApiToken__Output[]>;
  /** Throws API_TOKEN_UNKNOWN. */
  revokeApiToken(id: string): Promise<void>;
  /** The newest first. */
  listAuditRecords(caller: string, limit: number): Promise<readonly AuditRecord__Output[]>;
  verifyAudit(): Promise<VerifyAuditResponse__Output>;
}

type UserAnswer = { readonly user: User__Output | null };

export function accessCalls(access: AccessServiceClient, ask: Ask): AccessCalls {
  return {
    whoAmI: async () =>
      ask<object, WhoAmIResponse__Output>(
        (sent, options, answer) => access.whoAmI(sent, options, answer),
        {},
      ),
    createUser: async (request) =>
      userIn(
        await ask<CreateUserRequest, UserAnswer>(
          (sent, options, answer) => access.createUser(sent, options, answer),
          request,
        ),
      ),
    listUsers: async () => {
      const { users } = await ask<object, ListUsersResponse__Output>(
        (sent, options, answer) => access.listUsers(sent, options, answer),
        {},
      );
      return users;
    },
    setUserRole: async (request) =>
      userIn(
        await ask<CreateUserRequest, UserAnswer>(
          (sent, options, answer) => access.setUserRole(sent, options, answer),
          request,
        ),
      ),
    deleteUser: async (name) => {
      await ask<object, object>(
        (sent, options, answer) => access.deleteUser(sent, options, answer),
        { name },
      );
    },
    ...tokenCalls(access, ask),
    ...auditCalls(access, ask),
  };
}

function tokenCalls(access: AccessServiceClient, ask: Ask) {
  return {
    createApiToken: async (request: CreateApiTokenRequest) =>
      ask<CreateApiTokenRequest, CreateApiTokenResponse__Output>(
        (sent, options, answer) => access.createApiToken(sent, options, answer),
        request,
      ),
    listApiTokens: async () => {
      const { tokens } = await ask<object, ListApiTokensResponse__Output>(
        (sent, options, answer) => access.listApiTokens(sent, options, answer),
        {},
      );
      return tokens;
    },
    revokeApiToken: async (id: string) => {
      await ask<object, object>(
        (sent, options, answer) => access.revokeApiToken(sent, options, answer),
        { id },
      );
    },
  };
}

function auditCalls(access: AccessServiceClient, ask: Ask) {
  return {
    listAuditRecords: async (caller: string, limit: number) => {
      const { records } = await ask<object, ListAuditRecordsResponse__Output>(
        (sent, options, answer) => access.listAuditRecords(sent, options, answer),
        { caller, limit },
      );
      return records;
    },
    verifyAudit: async () =>
      ask<object, VerifyAuditResponse__Output>(
        (sent, options, answer) => access.verifyAudit(sent, options, answer),
        {},
      ),
  };
}

function userIn({ user }: UserAnswer): User__Output {
  if (user === null) throw new Error('the answer holds no user');
  return user;
}
