// Original file: tangram/v1/access_service.proto

import type { AuditRecord as _tangram_v1_AuditRecord, AuditRecord__Output as _tangram_v1_AuditRecord__Output } from '../../tangram/v1/AuditRecord.ts';

export interface ListAuditRecordsResponse {
  'records'?: (_tangram_v1_AuditRecord)[];
}

export interface ListAuditRecordsResponse__Output {
  'records': (_tangram_v1_AuditRecord__Output)[];
}
