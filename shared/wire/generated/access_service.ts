import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AccessServiceClient as _tangram_v1_AccessServiceClient, AccessServiceDefinition as _tangram_v1_AccessServiceDefinition } from './tangram/v1/AccessService.ts';
import type { ApiToken as _tangram_v1_ApiToken, ApiToken__Output as _tangram_v1_ApiToken__Output } from './tangram/v1/ApiToken.ts';
import type { AuditRecord as _tangram_v1_AuditRecord, AuditRecord__Output as _tangram_v1_AuditRecord__Output } from './tangram/v1/AuditRecord.ts';
import type { CreateApiTokenRequest as _tangram_v1_CreateApiTokenRequest, CreateApiTokenRequest__Output as _tangram_v1_CreateApiTokenRequest__Output } from './tangram/v1/CreateApiTokenRequest.ts';
import type { CreateApiTokenResponse as _tangram_v1_CreateApiTokenResponse, CreateApiTokenResponse__Output as _tangram_v1_CreateApiTokenResponse__Output } from './tangram/v1/CreateApiTokenResponse.ts';
import type { CreateUserRequest as _tangram_v1_CreateUserRequest, CreateUserRequest__Output as _tangram_v1_CreateUserRequest__Output } from './tangram/v1/CreateUserRequest.ts';
import type { CreateUserResponse as _tangram_v1_CreateUserResponse, CreateUserResponse__Output as _tangram_v1_CreateUserResponse__Output } from './tangram/v1/CreateUserResponse.ts';
import type { DeleteUserRequest as _tangram_v1_DeleteUserRequest, DeleteUserRequest__Output as _tangram_v1_DeleteUserRequest__Output } from './tangram/v1/DeleteUserRequest.ts';
import type { DeleteUserResponse as _tangram_v1_DeleteUserResponse, DeleteUserResponse__Output as _tangram_v1_DeleteUserResponse__Output } from './tangram/v1/DeleteUserResponse.ts';
import type { ListApiTokensRequest as _tangram_v1_ListApiTokensRequest, ListApiTokensRequest__Output as _tangram_v1_ListApiTokensRequest__Output } from './tangram/v1/ListApiTokensRequest.ts';
import type { ListApiTokensResponse as _tangram_v1_ListApiTokensResponse, ListApiTokensResponse__Output as _tangram_v1_ListApiTokensResponse__Output } from './tangram/v1/ListApiTokensResponse.ts';
import type { ListAuditRecordsRequest as _tangram_v1_ListAuditRecordsRequest, ListAuditRecordsRequest__Output as _tangram_v1_ListAuditRecordsRequest__Output } from './tangram/v1/ListAuditRecordsRequest.ts';
import type { ListAuditRecordsResponse as _tangram_v1_ListAuditRecordsResponse, ListAuditRecordsResponse__Output as _tangram_v1_ListAuditRecordsResponse__Output } from './tangram/v1/ListAuditRecordsResponse.ts';
import type { ListUsersRequest as _tangram_v1_ListUsersRequest, ListUsersRequest__Output as _tangram_v1_ListUsersRequest__Output } from './tangram/v1/ListUsersRequest.ts';
import type { ListUsersResponse as _tangram_v1_ListUsersResponse, ListUsersResponse__Output as _tangram_v1_ListUsersResponse__Output } from './tangram/v1/ListUsersResponse.ts';
import type { RevokeApiTokenRequest as _tangram_v1_RevokeApiTokenRequest, RevokeApiTokenRequest__Output as _tangram_v1_RevokeApiTokenRequest__Output } from './tangram/v1/RevokeApiTokenRequest.ts';
import type { RevokeApiTokenResponse as _tangram_v1_RevokeApiTokenResponse, RevokeApiTokenResponse__Output as _tangram_v1_RevokeApiTokenResponse__Output } from './tangram/v1/RevokeApiTokenResponse.ts';
import type { SetUserRoleRequest as _tangram_v1_SetUserRoleRequest, SetUserRoleRequest__Output as _tangram_v1_SetUserRoleRequest__Output } from './tangram/v1/SetUserRoleRequest.ts';
import type { SetUserRoleResponse as _tangram_v1_SetUserRoleResponse, SetUserRoleResponse__Output as _tangram_v1_SetUserRoleResponse__Output } from './tangram/v1/SetUserRoleResponse.ts';
import type { User as _tangram_v1_User, User__Output as _tangram_v1_User__Output } from './tangram/v1/User.ts';
import type { VerifyAuditRequest as _tangram_v1_VerifyAuditRequest, VerifyAuditRequest__Output as _tangram_v1_VerifyAuditRequest__Output } from './tangram/v1/VerifyAuditRequest.ts';
import type { VerifyAuditResponse as _tangram_v1_VerifyAuditResponse, VerifyAuditResponse__Output as _tangram_v1_VerifyAuditResponse__Output } from './tangram/v1/VerifyAuditResponse.ts';
import type { WhoAmIRequest as _tangram_v1_WhoAmIRequest, WhoAmIRequest__Output as _tangram_v1_WhoAmIRequest__Output } from './tangram/v1/WhoAmIRequest.ts';
import type { WhoAmIResponse as _tangram_v1_WhoAmIResponse, WhoAmIResponse__Output as _tangram_v1_WhoAmIResponse__Output } from './tangram/v1/WhoAmIResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    v1: {
      AccessService: SubtypeConstructor<typeof grpc.Client, _tangram_v1_AccessServiceClient> & { service: _tangram_v1_AccessServiceDefinition }
      ApiToken: MessageTypeDefinition<_tangram_v1_ApiToken, _tangram_v1_ApiToken__Output>
      AuditRecord: MessageTypeDefinition<_tangram_v1_AuditRecord, _tangram_v1_AuditRecord__Output>
      CreateApiTokenRequest: MessageTypeDefinition<_tangram_v1_CreateApiTokenRequest, _tangram_v1_CreateApiTokenRequest__Output>
      CreateApiTokenResponse: MessageTypeDefinition<_tangram_v1_CreateApiTokenResponse, _tangram_v1_CreateApiTokenResponse__Output>
      CreateUserRequest: MessageTypeDefinition<_tangram_v1_CreateUserRequest, _tangram_v1_CreateUserRequest__Output>
      CreateUserResponse: MessageTypeDefinition<_tangram_v1_CreateUserResponse, _tangram_v1_CreateUserResponse__Output>
      DeleteUserRequest: MessageTypeDefinition<_tangram_v1_DeleteUserRequest, _tangram_v1_DeleteUserRequest__Output>
      DeleteUserResponse: MessageTypeDefinition<_tangram_v1_DeleteUserResponse, _tangram_v1_DeleteUserResponse__Output>
      ListApiTokensRequest: MessageTypeDefinition<_tangram_v1_ListApiTokensRequest, _tangram_v1_ListApiTokensRequest__Output>
      ListApiTokensResponse: MessageTypeDefinition<_tangram_v1_ListApiTokensResponse, _tangram_v1_ListApiTokensResponse__Output>
      ListAuditRecordsRequest: MessageTypeDefinition<_tangram_v1_ListAuditRecordsRequest, _tangram_v1_ListAuditRecordsRequest__Output>
      ListAuditRecordsResponse: MessageTypeDefinition<_tangram_v1_ListAuditRecordsResponse, _tangram_v1_ListAuditRecordsResponse__Output>
      ListUsersRequest: MessageTypeDefinition<_tangram_v1_ListUsersRequest, _tangram_v1_ListUsersRequest__Output>
      ListUsersResponse: MessageTypeDefinition<_tangram_v1_ListUsersResponse, _tangram_v1_ListUsersResponse__Output>
      RevokeApiTokenRequest: MessageTypeDefinition<_tangram_v1_RevokeApiTokenRequest, _tangram_v1_RevokeApiTokenRequest__Output>
      RevokeApiTokenResponse: MessageTypeDefinition<_tangram_v1_RevokeApiTokenResponse, _tangram_v1_RevokeApiTokenResponse__Output>
      Role: EnumTypeDefinition
      SetUserRoleRequest: MessageTypeDefinition<_tangram_v1_SetUserRoleRequest, _tangram_v1_SetUserRoleRequest__Output>
      SetUserRoleResponse: MessageTypeDefinition<_tangram_v1_SetUserRoleResponse, _tangram_v1_SetUserRoleResponse__Output>
      User: MessageTypeDefinition<_tangram_v1_User, _tangram_v1_User__Output>
      VerifyAuditRequest: MessageTypeDefinition<_tangram_v1_VerifyAuditRequest, _tangram_v1_VerifyAuditRequest__Output>
      VerifyAuditResponse: MessageTypeDefinition<_tangram_v1_VerifyAuditResponse, _tangram_v1_VerifyAuditResponse__Output>
      WhoAmIRequest: MessageTypeDefinition<_tangram_v1_WhoAmIRequest, _tangram_v1_WhoAmIRequest__Output>
      WhoAmIResponse: MessageTypeDefinition<_tangram_v1_WhoAmIResponse, _tangram_v1_WhoAmIResponse__Output>
    }
  }
}
