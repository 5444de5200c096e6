import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Authority as _tangram_v1_Authority, Authority__Output as _tangram_v1_Authority__Output } from './tangram/v1/Authority.ts';
import type { CreateJoinTokenRequest as _tangram_v1_CreateJoinTokenRequest, CreateJoinTokenRequest__Output as _tangram_v1_CreateJoinTokenRequest__Output } from './tangram/v1/CreateJoinTokenRequest.ts';
import type { CreateJoinTokenResponse as _tangram_v1_CreateJoinTokenResponse, CreateJoinTokenResponse__Output as _tangram_v1_CreateJoinTokenResponse__Output } from './tangram/v1/CreateJoinTokenResponse.ts';
import type { GetAuthorityRequest as _tangram_v1_GetAuthorityRequest, GetAuthorityRequest__Output as _tangram_v1_GetAuthorityRequest__Output } from './tangram/v1/GetAuthorityRequest.ts';
import type { GetAuthorityResponse as _tangram_v1_GetAuthorityResponse, GetAuthorityResponse__Output as _tangram_v1_GetAuthorityResponse__Output } from './tangram/v1/GetAuthorityResponse.ts';
import type { IssueUserCertificateRequest as _tangram_v1_IssueUserCertificateRequest, IssueUserCertificateRequest__Output as _tangram_v1_IssueUserCertificateRequest__Output } from './tangram/v1/IssueUserCertificateRequest.ts';
import type { IssueUserCertificateResponse as _tangram_v1_IssueUserCertificateResponse, IssueUserCertificateResponse__Output as _tangram_v1_IssueUserCertificateResponse__Output } from './tangram/v1/IssueUserCertificateResponse.ts';
import type { JoinToken as _tangram_v1_JoinToken, JoinToken__Output as _tangram_v1_JoinToken__Output } from './tangram/v1/JoinToken.ts';
import type { ListJoinTokensRequest as _tangram_v1_ListJoinTokensRequest, ListJoinTokensRequest__Output as _tangram_v1_ListJoinTokensRequest__Output } from './tangram/v1/ListJoinTokensRequest.ts';
import type { ListJoinTokensResponse as _tangram_v1_ListJoinTokensResponse, ListJoinTokensResponse__Output as _tangram_v1_ListJoinTokensResponse__Output } from './tangram/v1/ListJoinTokensResponse.ts';
import type { RetireAuthorityRequest as _tangram_v1_RetireAuthorityRequest, RetireAuthorityRequest__Output as _tangram_v1_RetireAuthorityRequest__Output } from './tangram/v1/RetireAuthorityRequest.ts';
import type { RetireAuthorityResponse as _tangram_v1_RetireAuthorityResponse, RetireAuthorityResponse__Output as _tangram_v1_RetireAuthorityResponse__Output } from './tangram/v1/RetireAuthorityResponse.ts';
import type { RevokeCertificatesRequest as _tangram_v1_RevokeCertificatesRequest, RevokeCertificatesRequest__Output as _tangram_v1_RevokeCertificatesRequest__Output } from './tangram/v1/RevokeCertificatesRequest.ts';
import type { RevokeCertificatesResponse as _tangram_v1_RevokeCertificatesResponse, RevokeCertificatesResponse__Output as _tangram_v1_RevokeCertificatesResponse__Output } from './tangram/v1/RevokeCertificatesResponse.ts';
import type { RevokeJoinTokenRequest as _tangram_v1_RevokeJoinTokenRequest, RevokeJoinTokenRequest__Output as _tangram_v1_RevokeJoinTokenRequest__Output } from './tangram/v1/RevokeJoinTokenRequest.ts';
import type { RevokeJoinTokenResponse as _tangram_v1_RevokeJoinTokenResponse, RevokeJoinTokenResponse__Output as _tangram_v1_RevokeJoinTokenResponse__Output } from './tangram/v1/RevokeJoinTokenResponse.ts';
import type { Root as _tangram_v1_Root, Root__Output as _tangram_v1_Root__Output } from './tangram/v1/Root.ts';
import type { RotateAuthorityRequest as _tangram_v1_RotateAuthorityRequest, RotateAuthorityRequest__Output as _tangram_v1_RotateAuthorityRequest__Output } from './tangram/v1/RotateAuthorityRequest.ts';
import type { RotateAuthorityResponse as _tangram_v1_RotateAuthorityResponse, RotateAuthorityResponse__Output as _tangram_v1_RotateAuthorityResponse__Output } from './tangram/v1/RotateAuthorityResponse.ts';
import type { TrustServiceClient as _tangram_v1_TrustServiceClient, TrustServiceDefinition as _tangram_v1_TrustServiceDefinition } from './tangram/v1/TrustService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tangram: {
    v1: {
      Authority: MessageTypeDefinition<_tangram_v1_Authority, _tangram_v1_Authority__Output>
      CreateJoinTokenRequest: MessageTypeDefinition<_tangram_v1_CreateJoinTokenRequest, _tangram_v1_CreateJoinTokenRequest__Output>
      CreateJoinTokenResponse: MessageTypeDefinition<_tangram_v1_CreateJoinTokenResponse, _tangram_v1_CreateJoinTokenResponse__Output>
      GetAuthorityRequest: MessageTypeDefinition<_tangram_v1_GetAuthorityRequest, _tangram_v1_GetAuthorityRequest__Output>
      GetAuthorityResponse: MessageTypeDefinition<_tangram_v1_GetAuthorityResponse, _tangram_v1_GetAuthorityResponse__Output>
      IssueUserCertificateRequest: MessageTypeDefinition<_tangram_v1_IssueUserCertificateRequest, _tangram_v1_IssueUserCertificateRequest__Output>
      IssueUserCertificateResponse: MessageTypeDefinition<_tangram_v1_IssueUserCertificateResponse, _tangram_v1_IssueUserCertificateResponse__Output>
      JoinToken: MessageTypeDefinition<_tangram_v1_JoinToken, _tangram_v1_JoinToken__Output>
      ListJoinTokensRequest: MessageTypeDefinition<_tangram_v1_ListJoinTokensRequest, _tangram_v1_ListJoinTokensRequest__Output>
      ListJoinTokensResponse: MessageTypeDefinition<_tangram_v1_ListJoinTokensResponse, _tangram_v1_ListJoinTokensResponse__Output>
      RetireAuthorityRequest: MessageTypeDefinition<_tangram_v1_RetireAuthorityRequest, _tangram_v1_RetireAuthorityRequest__Output>
      RetireAuthorityResponse: MessageTypeDefinition<_tangram_v1_RetireAuthorityResponse, _tangram_v1_RetireAuthorityResponse__Output>
      RevokeCertificatesRequest: MessageTypeDefinition<_tangram_v1_RevokeCertificatesRequest, _tangram_v1_RevokeCertificatesRequest__Output>
      RevokeCertificatesResponse: MessageTypeDefinition<_tangram_v1_RevokeCertificatesResponse, _tangram_v1_RevokeCertificatesResponse__Output>
      RevokeJoinTokenRequest: MessageTypeDefinition<_tangram_v1_RevokeJoinTokenRequest, _tangram_v1_RevokeJoinTokenRequest__Output>
      RevokeJoinTokenResponse: MessageTypeDefinition<_tangram_v1_RevokeJoinTokenResponse, _tangram_v1_RevokeJoinTokenResponse__Output>
      Root: MessageTypeDefinition<_tangram_v1_Root, _tangram_v1_Root__Output>
      RotateAuthorityRequest: MessageTypeDefinition<_tangram_v1_RotateAuthorityRequest, _tangram_v1_RotateAuthorityRequest__Output>
      RotateAuthorityResponse: MessageTypeDefinition<_tangram_v1_RotateAuthorityResponse, _tangram_v1_RotateAuthorityResponse__Output>
      TrustService: SubtypeConstructor<typeof grpc.Client, _tangram_v1_TrustServiceClient> & { service: _tangram_v1_TrustServiceDefinition }
    }
  }
}
