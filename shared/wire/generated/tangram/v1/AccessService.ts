// Original file: tangram/v1/access_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateApiTokenRequest as _tangram_v1_CreateApiTokenRequest, CreateApiTokenRequest__Output as _tangram_v1_CreateApiTokenRequest__Output } from '../../tangram/v1/CreateApiTokenRequest.ts';
import type { CreateApiTokenResponse as _tangram_v1_CreateApiTokenResponse, CreateApiTokenResponse__Output as _tangram_v1_CreateApiTokenResponse__Output } from '../../tangram/v1/CreateApiTokenResponse.ts';
import type { CreateUserRequest as _tangram_v1_CreateUserRequest, CreateUserRequest__Output as _tangram_v1_CreateUserRequest__Output } from '../../tangram/v1/CreateUserRequest.ts';
import type { CreateUserResponse as _tangram_v1_CreateUserResponse, CreateUserResponse__Output as _tangram_v1_CreateUserResponse__Output } from '../../tangram/v1/CreateUserResponse.ts';
import type { DeleteUserRequest as _tangram_v1_DeleteUserRequest, DeleteUserRequest__Output as _tangram_v1_DeleteUserRequest__Output } from '../../tangram/v1/DeleteUserRequest.ts';
import type { DeleteUserResponse as _tangram_v1_DeleteUserResponse, DeleteUserResponse__Output as _tangram_v1_DeleteUserResponse__Output } from '../../tangram/v1/DeleteUserResponse.ts';
import type { ListApiTokensRequest as _tangram_v1_ListApiTokensRequest, ListApiTokensRequest__Output as _tangram_v1_ListApiTokensRequest__Output } from '../../tangram/v1/ListApiTokensRequest.ts';
import type { ListApiTokensResponse as _tangram_v1_ListApiTokensResponse, ListApiTokensResponse__Output as _tangram_v1_ListApiTokensResponse__Output } from '../../tangram/v1/ListApiTokensResponse.ts';
import type { ListAuditRecordsRequest as _tangram_v1_ListAuditRecordsRequest, ListAuditRecordsRequest__Output as _tangram_v1_ListAuditRecordsRequest__Output } from '../../tangram/v1/ListAuditRecordsRequest.ts';
import type { ListAuditRecordsResponse as _tangram_v1_ListAuditRecordsResponse, ListAuditRecordsResponse__Output as _tangram_v1_ListAuditRecordsResponse__Output } from '../../tangram/v1/ListAuditRecordsResponse.ts';
import type { ListUsersRequest as _tangram_v1_ListUsersRequest, ListUsersRequest__Output as _tangram_v1_ListUsersRequest__Output } from '../../tangram/v1/ListUsersRequest.ts';
import type { ListUsersResponse as _tangram_v1_ListUsersResponse, ListUsersResponse__Output as _tangram_v1_ListUsersResponse__Output } from '../../tangram/v1/ListUsersResponse.ts';
import type { RevokeApiTokenRequest as _tangram_v1_RevokeApiTokenRequest, RevokeApiTokenRequest__Output as _tangram_v1_RevokeApiTokenRequest__Output } from '../../tangram/v1/RevokeApiTokenRequest.ts';
import type { RevokeApiTokenResponse as _tangram_v1_RevokeApiTokenResponse, RevokeApiTokenResponse__Output as _tangram_v1_RevokeApiTokenResponse__Output } from '../../tangram/v1/RevokeApiTokenResponse.ts';
import type { SetUserRoleRequest as _tangram_v1_SetUserRoleRequest, SetUserRoleRequest__Output as _tangram_v1_SetUserRoleRequest__Output } from '../../tangram/v1/SetUserRoleRequest.ts';
import type { SetUserRoleResponse as _tangram_v1_SetUserRoleResponse, SetUserRoleResponse__Output as _tangram_v1_SetUserRoleResponse__Output } from '../../tangram/v1/SetUserRoleResponse.ts';
import type { VerifyAuditRequest as _tangram_v1_VerifyAuditRequest, VerifyAuditRequest__Output as _tangram_v1_VerifyAuditRequest__Output } from '../../tangram/v1/VerifyAuditRequest.ts';
import type { VerifyAuditResponse as _tangram_v1_VerifyAuditResponse, VerifyAuditResponse__Output as _tangram_v1_VerifyAuditResponse__Output } from '../../tangram/v1/VerifyAuditResponse.ts';
import type { WhoAmIRequest as _tangram_v1_WhoAmIRequest, WhoAmIRequest__Output as _tangram_v1_WhoAmIRequest__Output } from '../../tangram/v1/WhoAmIRequest.ts';
import type { WhoAmIResponse as _tangram_v1_WhoAmIResponse, WhoAmIResponse__Output as _tangram_v1_WhoAmIResponse__Output } from '../../tangram/v1/WhoAmIResponse.ts';

export interface AccessServiceClient extends grpc.Client {
  CreateApiToken(argument: _tangram_v1_CreateApiTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateApiTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateApiToken(argument: _tangram_v1_CreateApiTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_CreateApiTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateApiToken(argument: _tangram_v1_CreateApiTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateApiTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateApiToken(argument: _tangram_v1_CreateApiTokenRequest, callback: grpc.requestCallback<_tangram_v1_CreateApiTokenResponse__Output>): grpc.ClientUnaryCall;
  createApiToken(argument: _tangram_v1_CreateApiTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateApiTokenResponse__Output>): grpc.ClientUnaryCall;
  createApiToken(argument: _tangram_v1_CreateApiTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_CreateApiTokenResponse__Output>): grpc.ClientUnaryCall;
  createApiToken(argument: _tangram_v1_CreateApiTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateApiTokenResponse__Output>): grpc.ClientUnaryCall;
  createApiToken(argument: _tangram_v1_CreateApiTokenRequest, callback: grpc.requestCallback<_tangram_v1_CreateApiTokenResponse__Output>): grpc.ClientUnaryCall;

  CreateUser(argument: _tangram_v1_CreateUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateUserResponse__Output>): grpc.ClientUnaryCall;
  CreateUser(argument: _tangram_v1_CreateUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_CreateUserResponse__Output>): grpc.ClientUnaryCall;
  CreateUser(argument: _tangram_v1_CreateUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateUserResponse__Output>): grpc.ClientUnaryCall;
  CreateUser(argument: _tangram_v1_CreateUserRequest, callback: grpc.requestCallback<_tangram_v1_CreateUserResponse__Output>): grpc.ClientUnaryCall;
  createUser(argument: _tangram_v1_CreateUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateUserResponse__Output>): grpc.ClientUnaryCall;
  createUser(argument: _tangram_v1_CreateUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_CreateUserResponse__Output>): grpc.ClientUnaryCall;
  createUser(argument: _tangram_v1_CreateUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateUserResponse__Output>): grpc.ClientUnaryCall;
  createUser(argument: _tangram_v1_CreateUserRequest, callback: grpc.requestCallback<_tangram_v1_CreateUserResponse__Output>): grpc.ClientUnaryCall;

  DeleteUser(argument: _tangram_v1_DeleteUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DeleteUserResponse__Output>): grpc.ClientUnaryCall;
  DeleteUser(argument: _tangram_v1_DeleteUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_DeleteUserResponse__Output>): grpc.ClientUnaryCall;
  DeleteUser(argument: _tangram_v1_DeleteUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DeleteUserResponse__Output>): grpc.ClientUnaryCall;
  DeleteUser(argument: _tangram_v1_DeleteUserRequest, callback: grpc.requestCallback<_tangram_v1_DeleteUserResponse__Output>): grpc.ClientUnaryCall;
  deleteUser(argument: _tangram_v1_DeleteUserRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DeleteUserResponse__Output>): grpc.ClientUnaryCall;
  deleteUser(argument: _tangram_v1_DeleteUserRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_DeleteUserResponse__Output>): grpc.ClientUnaryCall;
  deleteUser(argument: _tangram_v1_DeleteUserRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_DeleteUserResponse__Output>): grpc.ClientUnaryCall;
  deleteUser(argument: _tangram_v1_DeleteUserRequest, callback: grpc.requestCallback<_tangram_v1_DeleteUserResponse__Output>): grpc.ClientUnaryCall;

  ListApiTokens(argument: _tangram_v1_ListApiTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListApiTokensResponse__Output>): grpc.ClientUnaryCall;
  ListApiTokens(argument: _tangram_v1_ListApiTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListApiTokensResponse__Output>): grpc.ClientUnaryCall;
  ListApiTokens(argument: _tangram_v1_ListApiTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListApiTokensResponse__Output>): grpc.ClientUnaryCall;
  ListApiTokens(argument: _tangram_v1_ListApiTokensRequest, callback: grpc.requestCallback<_tangram_v1_ListApiTokensResponse__Output>): grpc.ClientUnaryCall;
  listApiTokens(argument: _tangram_v1_ListApiTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListApiTokensResponse__Output>): grpc.ClientUnaryCall;
  listApiTokens(argument: _tangram_v1_ListApiTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListApiTokensResponse__Output>): grpc.ClientUnaryCall;
  listApiTokens(argument: _tangram_v1_ListApiTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListApiTokensResponse__Output>): grpc.ClientUnaryCall;
  listApiTokens(argument: _tangram_v1_ListApiTokensRequest, callback: grpc.requestCallback<_tangram_v1_ListApiTokensResponse__Output>): grpc.ClientUnaryCall;

  ListAuditRecords(argument: _tangram_v1_ListAuditRecordsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListAuditRecordsResponse__Output>): grpc.ClientUnaryCall;
  ListAuditRecords(argument: _tangram_v1_ListAuditRecordsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListAuditRecordsResponse__Output>): grpc.ClientUnaryCall;
  ListAuditRecords(argument: _tangram_v1_ListAuditRecordsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListAuditRecordsResponse__Output>): grpc.ClientUnaryCall;
  ListAuditRecords(argument: _tangram_v1_ListAuditRecordsRequest, callback: grpc.requestCallback<_tangram_v1_ListAuditRecordsResponse__Output>): grpc.ClientUnaryCall;
  listAuditRecords(argument: _tangram_v1_ListAuditRecordsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListAuditRecordsResponse__Output>): grpc.ClientUnaryCall;
  listAuditRecords(argument: _tangram_v1_ListAuditRecordsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListAuditRecordsResponse__Output>): grpc.ClientUnaryCall;
  listAuditRecords(argument: _tangram_v1_ListAuditRecordsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListAuditRecordsResponse__Output>): grpc.ClientUnaryCall;
  listAuditRecords(argument: _tangram_v1_ListAuditRecordsRequest, callback: grpc.requestCallback<_tangram_v1_ListAuditRecordsResponse__Output>): grpc.ClientUnaryCall;

  ListUsers(argument: _tangram_v1_ListUsersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListUsersResponse__Output>): grpc.ClientUnaryCall;
  ListUsers(argument: _tangram_v1_ListUsersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListUsersResponse__Output>): grpc.ClientUnaryCall;
  ListUsers(argument: _tangram_v1_ListUsersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListUsersResponse__Output>): grpc.ClientUnaryCall;
  ListUsers(argument: _tangram_v1_ListUsersRequest, callback: grpc.requestCallback<_tangram_v1_ListUsersResponse__Output>): grpc.ClientUnaryCall;
  listUsers(argument: _tangram_v1_ListUsersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListUsersResponse__Output>): grpc.ClientUnaryCall;
  listUsers(argument: _tangram_v1_ListUsersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListUsersResponse__Output>): grpc.ClientUnaryCall;
  listUsers(argument: _tangram_v1_ListUsersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListUsersResponse__Output>): grpc.ClientUnaryCall;
  listUsers(argument: _tangram_v1_ListUsersRequest, callback: grpc.requestCallback<_tangram_v1_ListUsersResponse__Output>): grpc.ClientUnaryCall;

  RevokeApiToken(argument: _tangram_v1_RevokeApiTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeApiTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeApiToken(argument: _tangram_v1_RevokeApiTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RevokeApiTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeApiToken(argument: _tangram_v1_RevokeApiTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeApiTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeApiToken(argument: _tangram_v1_RevokeApiTokenRequest, callback: grpc.requestCallback<_tangram_v1_RevokeApiTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeApiToken(argument: _tangram_v1_RevokeApiTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeApiTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeApiToken(argument: _tangram_v1_RevokeApiTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RevokeApiTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeApiToken(argument: _tangram_v1_RevokeApiTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeApiTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeApiToken(argument: _tangram_v1_RevokeApiTokenRequest, callback: grpc.requestCallback<_tangram_v1_RevokeApiTokenResponse__Output>): grpc.ClientUnaryCall;

  SetUserRole(argument: _tangram_v1_SetUserRoleRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_SetUserRoleResponse__Output>): grpc.ClientUnaryCall;
  SetUserRole(argument: _tangram_v1_SetUserRoleRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_SetUserRoleResponse__Output>): grpc.ClientUnaryCall;
  SetUserRole(argument: _tangram_v1_SetUserRoleRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_SetUserRoleResponse__Output>): grpc.ClientUnaryCall;
  SetUserRole(argument: _tangram_v1_SetUserRoleRequest, callback: grpc.requestCallback<_tangram_v1_SetUserRoleResponse__Output>): grpc.ClientUnaryCall;
  setUserRole(argument: _tangram_v1_SetUserRoleRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_SetUserRoleResponse__Output>): grpc.ClientUnaryCall;
  setUserRole(argument: _tangram_v1_SetUserRoleRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_SetUserRoleResponse__Output>): grpc.ClientUnaryCall;
  setUserRole(argument: _tangram_v1_SetUserRoleRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_SetUserRoleResponse__Output>): grpc.ClientUnaryCall;
  setUserRole(argument: _tangram_v1_SetUserRoleRequest, callback: grpc.requestCallback<_tangram_v1_SetUserRoleResponse__Output>): grpc.ClientUnaryCall;

  VerifyAudit(argument: _tangram_v1_VerifyAuditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_VerifyAuditResponse__Output>): grpc.ClientUnaryCall;
  VerifyAudit(argument: _tangram_v1_VerifyAuditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_VerifyAuditResponse__Output>): grpc.ClientUnaryCall;
  VerifyAudit(argument: _tangram_v1_VerifyAuditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_VerifyAuditResponse__Output>): grpc.ClientUnaryCall;
  VerifyAudit(argument: _tangram_v1_VerifyAuditRequest, callback: grpc.requestCallback<_tangram_v1_VerifyAuditResponse__Output>): grpc.ClientUnaryCall;
  verifyAudit(argument: _tangram_v1_VerifyAuditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_VerifyAuditResponse__Output>): grpc.ClientUnaryCall;
  verifyAudit(argument: _tangram_v1_VerifyAuditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_VerifyAuditResponse__Output>): grpc.ClientUnaryCall;
  verifyAudit(argument: _tangram_v1_VerifyAuditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_VerifyAuditResponse__Output>): grpc.ClientUnaryCall;
  verifyAudit(argument: _tangram_v1_VerifyAuditRequest, callback: grpc.requestCallback<_tangram_v1_VerifyAuditResponse__Output>): grpc.ClientUnaryCall;

  WhoAmI(argument: _tangram_v1_WhoAmIRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _tangram_v1_WhoAmIRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _tangram_v1_WhoAmIRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _tangram_v1_WhoAmIRequest, callback: grpc.requestCallback<_tangram_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _tangram_v1_WhoAmIRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _tangram_v1_WhoAmIRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _tangram_v1_WhoAmIRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _tangram_v1_WhoAmIRequest, callback: grpc.requestCallback<_tangram_v1_WhoAmIResponse__Output>): grpc.ClientUnaryCall;

}

export interface AccessServiceHandlers extends grpc.UntypedServiceImplementation {
  CreateApiToken: grpc.handleUnaryCall<_tangram_v1_CreateApiTokenRequest__Output, _tangram_v1_CreateApiTokenResponse>;

  CreateUser: grpc.handleUnaryCall<_tangram_v1_CreateUserRequest__Output, _tangram_v1_CreateUserResponse>;

  DeleteUser: grpc.handleUnaryCall<_tangram_v1_DeleteUserRequest__Output, _tangram_v1_DeleteUserResponse>;

  ListApiTokens: grpc.handleUnaryCall<_tangram_v1_ListApiTokensRequest__Output, _tangram_v1_ListApiTokensResponse>;

  ListAuditRecords: grpc.handleUnaryCall<_tangram_v1_ListAuditRecordsRequest__Output, _tangram_v1_ListAuditRecordsResponse>;

  ListUsers: grpc.handleUnaryCall<_tangram_v1_ListUsersRequest__Output, _tangram_v1_ListUsersResponse>;

  RevokeApiToken: grpc.handleUnaryCall<_tangram_v1_RevokeApiTokenRequest__Output, _tangram_v1_RevokeApiTokenResponse>;

  SetUserRole: grpc.handleUnaryCall<_tangram_v1_SetUserRoleRequest__Output, _tangram_v1_SetUserRoleResponse>;

  VerifyAudit: grpc.handleUnaryCall<_tangram_v1_VerifyAuditRequest__Output, _tangram_v1_VerifyAuditResponse>;

  WhoAmI: grpc.handleUnaryCall<_tangram_v1_WhoAmIRequest__Output, _tangram_v1_WhoAmIResponse>;

}

export interface AccessServiceDefinition extends grpc.ServiceDefinition {
  CreateApiToken: MethodDefinition<_tangram_v1_CreateApiTokenRequest, _tangram_v1_CreateApiTokenResponse, _tangram_v1_CreateApiTokenRequest__Output, _tangram_v1_CreateApiTokenResponse__Output>
  CreateUser: MethodDefinition<_tangram_v1_CreateUserRequest, _tangram_v1_CreateUserResponse, _tangram_v1_CreateUserRequest__Output, _tangram_v1_CreateUserResponse__Output>
  DeleteUser: MethodDefinition<_tangram_v1_DeleteUserRequest, _tangram_v1_DeleteUserResponse, _tangram_v1_DeleteUserRequest__Output, _tangram_v1_DeleteUserResponse__Output>
  ListApiTokens: MethodDefinition<_tangram_v1_ListApiTokensRequest, _tangram_v1_ListApiTokensResponse, _tangram_v1_ListApiTokensRequest__Output, _tangram_v1_ListApiTokensResponse__Output>
  ListAuditRecords: MethodDefinition<_tangram_v1_ListAuditRecordsRequest, _tangram_v1_ListAuditRecordsResponse, _tangram_v1_ListAuditRecordsRequest__Output, _tangram_v1_ListAuditRecordsResponse__Output>
  ListUsers: MethodDefinition<_tangram_v1_ListUsersRequest, _tangram_v1_ListUsersResponse, _tangram_v1_ListUsersRequest__Output, _tangram_v1_ListUsersResponse__Output>
  RevokeApiToken: MethodDefinition<_tangram_v1_RevokeApiTokenRequest, _tangram_v1_RevokeApiTokenResponse, _tangram_v1_RevokeApiTokenRequest__Output, _tangram_v1_RevokeApiTokenResponse__Output>
  SetUserRole: MethodDefinition<_tangram_v1_SetUserRoleRequest, _tangram_v1_SetUserRoleResponse, _tangram_v1_SetUserRoleRequest__Output, _tangram_v1_SetUserRoleResponse__Output>
  VerifyAudit: MethodDefinition<_tangram_v1_VerifyAuditRequest, _tangram_v1_VerifyAuditResponse, _tangram_v1_VerifyAuditRequest__Output, _tangram_v1_VerifyAuditResponse__Output>
  WhoAmI: MethodDefinition<_tangram_v1_WhoAmIRequest, _tangram_v1_WhoAmIResponse, _tangram_v1_WhoAmIRequest__Output, _tangram_v1_WhoAmIResponse__Output>
}
