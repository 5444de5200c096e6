// Original file: tangram/v1/trust_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateJoinTokenRequest as _tangram_v1_CreateJoinTokenRequest, CreateJoinTokenRequest__Output as _tangram_v1_CreateJoinTokenRequest__Output } from '../../tangram/v1/CreateJoinTokenRequest.ts';
import type { CreateJoinTokenResponse as _tangram_v1_CreateJoinTokenResponse, CreateJoinTokenResponse__Output as _tangram_v1_CreateJoinTokenResponse__Output } from '../../tangram/v1/CreateJoinTokenResponse.ts';
import type { GetAuthorityRequest as _tangram_v1_GetAuthorityRequest, GetAuthorityRequest__Output as _tangram_v1_GetAuthorityRequest__Output } from '../../tangram/v1/GetAuthorityRequest.ts';
import type { GetAuthorityResponse as _tangram_v1_GetAuthorityResponse, GetAuthorityResponse__Output as _tangram_v1_GetAuthorityResponse__Output } from '../../tangram/v1/GetAuthorityResponse.ts';
import type { IssueUserCertificateRequest as _tangram_v1_IssueUserCertificateRequest, IssueUserCertificateRequest__Output as _tangram_v1_IssueUserCertificateRequest__Output } from '../../tangram/v1/IssueUserCertificateRequest.ts';
import type { IssueUserCertificateResponse as _tangram_v1_IssueUserCertificateResponse, IssueUserCertificateResponse__Output as _tangram_v1_IssueUserCertificateResponse__Output } from '../../tangram/v1/IssueUserCertificateResponse.ts';
import type { ListJoinTokensRequest as _tangram_v1_ListJoinTokensRequest, ListJoinTokensRequest__Output as _tangram_v1_ListJoinTokensRequest__Output } from '../../tangram/v1/ListJoinTokensRequest.ts';
import type { ListJoinTokensResponse as _tangram_v1_ListJoinTokensResponse, ListJoinTokensResponse__Output as _tangram_v1_ListJoinTokensResponse__Output } from '../../tangram/v1/ListJoinTokensResponse.ts';
import type { RetireAuthorityRequest as _tangram_v1_RetireAuthorityRequest, RetireAuthorityRequest__Output as _tangram_v1_RetireAuthorityRequest__Output } from '../../tangram/v1/RetireAuthorityRequest.ts';
import type { RetireAuthorityResponse as _tangram_v1_RetireAuthorityResponse, RetireAuthorityResponse__Output as _tangram_v1_RetireAuthorityResponse__Output } from '../../tangram/v1/RetireAuthorityResponse.ts';
import type { RevokeCertificatesRequest as _tangram_v1_RevokeCertificatesRequest, RevokeCertificatesRequest__Output as _tangram_v1_RevokeCertificatesRequest__Output } from '../../tangram/v1/RevokeCertificatesRequest.ts';
import type { RevokeCertificatesResponse as _tangram_v1_RevokeCertificatesResponse, RevokeCertificatesResponse__Output as _tangram_v1_RevokeCertificatesResponse__Output } from '../../tangram/v1/RevokeCertificatesResponse.ts';
import type { RevokeJoinTokenRequest as _tangram_v1_RevokeJoinTokenRequest, RevokeJoinTokenRequest__Output as _tangram_v1_RevokeJoinTokenRequest__Output } from '../../tangram/v1/RevokeJoinTokenRequest.ts';
import type { RevokeJoinTokenResponse as _tangram_v1_RevokeJoinTokenResponse, RevokeJoinTokenResponse__Output as _tangram_v1_RevokeJoinTokenResponse__Output } from '../../tangram/v1/RevokeJoinTokenResponse.ts';
import type { RotateAuthorityRequest as _tangram_v1_RotateAuthorityRequest, RotateAuthorityRequest__Output as _tangram_v1_RotateAuthorityRequest__Output } from '../../tangram/v1/RotateAuthorityRequest.ts';
import type { RotateAuthorityResponse as _tangram_v1_RotateAuthorityResponse, RotateAuthorityResponse__Output as _tangram_v1_RotateAuthorityResponse__Output } from '../../tangram/v1/RotateAuthorityResponse.ts';

export interface TrustServiceClient extends grpc.Client {
  CreateJoinToken(argument: _tangram_v1_CreateJoinTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateJoinToken(argument: _tangram_v1_CreateJoinTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateJoinToken(argument: _tangram_v1_CreateJoinTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateJoinToken(argument: _tangram_v1_CreateJoinTokenRequest, callback: grpc.requestCallback<_tangram_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  createJoinToken(argument: _tangram_v1_CreateJoinTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  createJoinToken(argument: _tangram_v1_CreateJoinTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  createJoinToken(argument: _tangram_v1_CreateJoinTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  createJoinToken(argument: _tangram_v1_CreateJoinTokenRequest, callback: grpc.requestCallback<_tangram_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;

  GetAuthority(argument: _tangram_v1_GetAuthorityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  GetAuthority(argument: _tangram_v1_GetAuthorityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  GetAuthority(argument: _tangram_v1_GetAuthorityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  GetAuthority(argument: _tangram_v1_GetAuthorityRequest, callback: grpc.requestCallback<_tangram_v1_GetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  getAuthority(argument: _tangram_v1_GetAuthorityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  getAuthority(argument: _tangram_v1_GetAuthorityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_GetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  getAuthority(argument: _tangram_v1_GetAuthorityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_GetAuthorityResponse__Output>): grpc.ClientUnaryCall;
  getAuthority(argument: _tangram_v1_GetAuthorityRequest, callback: grpc.requestCallback<_tangram_v1_GetAuthorityResponse__Output>): grpc.ClientUnaryCall;

  IssueUserCertificate(argument: _tangram_v1_IssueUserCertificateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_IssueUserCertificateResponse__Output>): grpc.ClientUnaryCall;
  IssueUserCertificate(argument: _tangram_v1_IssueUserCertificateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_IssueUserCertificateResponse__Output>): grpc.ClientUnaryCall;
  IssueUserCertificate(argument: _tangram_v1_IssueUserCertificateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_IssueUserCertificateResponse__Output>): grpc.ClientUnaryCall;
  IssueUserCertificate(argument: _tangram_v1_IssueUserCertificateRequest, callback: grpc.requestCallback<_tangram_v1_IssueUserCertificateResponse__Output>): grpc.ClientUnaryCall;
  issueUserCertificate(argument: _tangram_v1_IssueUserCertificateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_IssueUserCertificateResponse__Output>): grpc.ClientUnaryCall;
  issueUserCertificate(argument: _tangram_v1_IssueUserCertificateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_IssueUserCertificateResponse__Output>): grpc.ClientUnaryCall;
  issueUserCertificate(argument: _tangram_v1_IssueUserCertificateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_IssueUserCertificateResponse__Output>): grpc.ClientUnaryCall;
  issueUserCertificate(argument: _tangram_v1_IssueUserCertificateRequest, callback: grpc.requestCallback<_tangram_v1_IssueUserCertificateResponse__Output>): grpc.ClientUnaryCall;

  ListJoinTokens(argument: _tangram_v1_ListJoinTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListJoinTokensResponse__Output>): grpc.ClientUnaryCall;
  ListJoinTokens(argument: _tangram_v1_ListJoinTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListJoinTokensResponse__Output>): grpc.ClientUnaryCall;
  ListJoinTokens(argument: _tangram_v1_ListJoinTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListJoinTokensResponse__Output>): grpc.ClientUnaryCall;
  ListJoinTokens(argument: _tangram_v1_ListJoinTokensRequest, callback: grpc.requestCallback<_tangram_v1_ListJoinTokensResponse__Output>): grpc.ClientUnaryCall;
  listJoinTokens(argument: _tangram_v1_ListJoinTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListJoinTokensResponse__Output>): grpc.ClientUnaryCall;
  listJoinTokens(argument: _tangram_v1_ListJoinTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_ListJoinTokensResponse__Output>): grpc.ClientUnaryCall;
  listJoinTokens(argument: _tangram_v1_ListJoinTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_ListJoinTokensResponse__Output>): grpc.ClientUnaryCall;
  listJoinTokens(argument: _tangram_v1_ListJoinTokensRequest, callback: grpc.requestCallback<_tangram_v1_ListJoinTokensResponse__Output>): grpc.ClientUnaryCall;

  RetireAuthority(argument: _tangram_v1_RetireAuthorityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RetireAuthorityResponse__Output>): grpc.ClientUnaryCall;
  RetireAuthority(argument: _tangram_v1_RetireAuthorityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RetireAuthorityResponse__Output>): grpc.ClientUnaryCall;
  RetireAuthority(argument: _tangram_v1_RetireAuthorityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RetireAuthorityResponse__Output>): grpc.ClientUnaryCall;
  RetireAuthority(argument: _tangram_v1_RetireAuthorityRequest, callback: grpc.requestCallback<_tangram_v1_RetireAuthorityResponse__Output>): grpc.ClientUnaryCall;
  retireAuthority(argument: _tangram_v1_RetireAuthorityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RetireAuthorityResponse__Output>): grpc.ClientUnaryCall;
  retireAuthority(argument: _tangram_v1_RetireAuthorityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RetireAuthorityResponse__Output>): grpc.ClientUnaryCall;
  retireAuthority(argument: _tangram_v1_RetireAuthorityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RetireAuthorityResponse__Output>): grpc.ClientUnaryCall;
  retireAuthority(argument: _tangram_v1_RetireAuthorityRequest, callback: grpc.requestCallback<_tangram_v1_RetireAuthorityResponse__Output>): grpc.ClientUnaryCall;

  RevokeCertificates(argument: _tangram_v1_RevokeCertificatesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeCertificatesResponse__Output>): grpc.ClientUnaryCall;
  RevokeCertificates(argument: _tangram_v1_RevokeCertificatesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RevokeCertificatesResponse__Output>): grpc.ClientUnaryCall;
  RevokeCertificates(argument: _tangram_v1_RevokeCertificatesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeCertificatesResponse__Output>): grpc.ClientUnaryCall;
  RevokeCertificates(argument: _tangram_v1_RevokeCertificatesRequest, callback: grpc.requestCallback<_tangram_v1_RevokeCertificatesResponse__Output>): grpc.ClientUnaryCall;
  revokeCertificates(argument: _tangram_v1_RevokeCertificatesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeCertificatesResponse__Output>): grpc.ClientUnaryCall;
  revokeCertificates(argument: _tangram_v1_RevokeCertificatesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RevokeCertificatesResponse__Output>): grpc.ClientUnaryCall;
  revokeCertificates(argument: _tangram_v1_RevokeCertificatesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeCertificatesResponse__Output>): grpc.ClientUnaryCall;
  revokeCertificates(argument: _tangram_v1_RevokeCertificatesRequest, callback: grpc.requestCallback<_tangram_v1_RevokeCertificatesResponse__Output>): grpc.ClientUnaryCall;

  RevokeJoinToken(argument: _tangram_v1_RevokeJoinTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeJoinToken(argument: _tangram_v1_RevokeJoinTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RevokeJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeJoinToken(argument: _tangram_v1_RevokeJoinTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeJoinToken(argument: _tangram_v1_RevokeJoinTokenRequest, callback: grpc.requestCallback<_tangram_v1_RevokeJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeJoinToken(argument: _tangram_v1_RevokeJoinTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeJoinToken(argument: _tangram_v1_RevokeJoinTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RevokeJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeJoinToken(argument: _tangram_v1_RevokeJoinTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RevokeJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeJoinToken(argument: _tangram_v1_RevokeJoinTokenRequest, callback: grpc.requestCallback<_tangram_v1_RevokeJoinTokenResponse__Output>): grpc.ClientUnaryCall;

  RotateAuthority(argument: _tangram_v1_RotateAuthorityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RotateAuthorityResponse__Output>): grpc.ClientUnaryCall;
  RotateAuthority(argument: _tangram_v1_RotateAuthorityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RotateAuthorityResponse__Output>): grpc.ClientUnaryCall;
  RotateAuthority(argument: _tangram_v1_RotateAuthorityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RotateAuthorityResponse__Output>): grpc.ClientUnaryCall;
  RotateAuthority(argument: _tangram_v1_RotateAuthorityRequest, callback: grpc.requestCallback<_tangram_v1_RotateAuthorityResponse__Output>): grpc.ClientUnaryCall;
  rotateAuthority(argument: _tangram_v1_RotateAuthorityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RotateAuthorityResponse__Output>): grpc.ClientUnaryCall;
  rotateAuthority(argument: _tangram_v1_RotateAuthorityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tangram_v1_RotateAuthorityResponse__Output>): grpc.ClientUnaryCall;
  rotateAuthority(argument: _tangram_v1_RotateAuthorityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tangram_v1_RotateAuthorityResponse__Output>): grpc.ClientUnaryCall;
  rotateAuthority(argument: _tangram_v1_RotateAuthorityRequest, callback: grpc.requestCallback<_tangram_v1_RotateAuthorityResponse__Output>): grpc.ClientUnaryCall;

}

export interface TrustServiceHandlers extends grpc.UntypedServiceImplementation {
  CreateJoinToken: grpc.handleUnaryCall<_tangram_v1_CreateJoinTokenRequest__Output, _tangram_v1_CreateJoinTokenResponse>;

  GetAuthority: grpc.handleUnaryCall<_tangram_v1_GetAuthorityRequest__Output, _tangram_v1_GetAuthorityResponse>;

  IssueUserCertificate: grpc.handleUnaryCall<_tangram_v1_IssueUserCertificateRequest__Output, _tangram_v1_IssueUserCertificateResponse>;

  ListJoinTokens: grpc.handleUnaryCall<_tangram_v1_ListJoinTokensRequest__Output, _tangram_v1_ListJoinTokensResponse>;

  RetireAuthority: grpc.handleUnaryCall<_tangram_v1_RetireAuthorityRequest__Output, _tangram_v1_RetireAuthorityResponse>;

  RevokeCertificates: grpc.handleUnaryCall<_tangram_v1_RevokeCertificatesRequest__Output, _tangram_v1_RevokeCertificatesResponse>;

  RevokeJoinToken: grpc.handleUnaryCall<_tangram_v1_RevokeJoinTokenRequest__Output, _tangram_v1_RevokeJoinTokenResponse>;

  RotateAuthority: grpc.handleUnaryCall<_tangram_v1_RotateAuthorityRequest__Output, _tangram_v1_RotateAuthorityResponse>;

}

export interface TrustServiceDefinition extends grpc.ServiceDefinition {
  CreateJoinToken: MethodDefinition<_tangram_v1_CreateJoinTokenRequest, _tangram_v1_CreateJoinTokenResponse, _tangram_v1_CreateJoinTokenRequest__Output, _tangram_v1_CreateJoinTokenResponse__Output>
  GetAuthority: MethodDefinition<_tangram_v1_GetAuthorityRequest, _tangram_v1_GetAuthorityResponse, _tangram_v1_GetAuthorityRequest__Output, _tangram_v1_GetAuthorityResponse__Output>
  IssueUserCertificate: MethodDefinition<_tangram_v1_IssueUserCertificateRequest, _tangram_v1_IssueUserCertificateResponse, _tangram_v1_IssueUserCertificateRequest__Output, _tangram_v1_IssueUserCertificateResponse__Output>
  ListJoinTokens: MethodDefinition<_tangram_v1_ListJoinTokensRequest, _tangram_v1_ListJoinTokensResponse, _tangram_v1_ListJoinTokensRequest__Output, _tangram_v1_ListJoinTokensResponse__Output>
  RetireAuthority: MethodDefinition<_tangram_v1_RetireAuthorityRequest, _tangram_v1_RetireAuthorityResponse, _tangram_v1_RetireAuthorityRequest__Output, _tangram_v1_RetireAuthorityResponse__Output>
  RevokeCertificates: MethodDefinition<_tangram_v1_RevokeCertificatesRequest, _tangram_v1_RevokeCertificatesResponse, _tangram_v1_RevokeCertificatesRequest__Output, _tangram_v1_RevokeCertificatesResponse__Output>
  RevokeJoinToken: MethodDefinition<_tangram_v1_RevokeJoinTokenRequest, _tangram_v1_RevokeJoinTokenResponse, _tangram_v1_RevokeJoinTokenRequest__Output, _tangram_v1_RevokeJoinTokenResponse__Output>
  RotateAuthority: MethodDefinition<_tangram_v1_RotateAuthorityRequest, _tangram_v1_RotateAuthorityResponse, _tangram_v1_RotateAuthorityRequest__Output, _tangram_v1_RotateAuthorityResponse__Output>
}
