// Original file: tangram/link/v1/link_service.proto

import type { Hello as _tangram_link_v1_Hello, Hello__Output as _tangram_link_v1_Hello__Output } from '../../../tangram/link/v1/Hello.ts';
import type { Inventory as _tangram_link_v1_Inventory, Inventory__Output as _tangram_link_v1_Inventory__Output } from '../../../tangram/link/v1/Inventory.ts';
import type { StatusReport as _tangram_link_v1_StatusReport, StatusReport__Output as _tangram_link_v1_StatusReport__Output } from '../../../tangram/link/v1/StatusReport.ts';
import type { Heartbeat as _tangram_link_v1_Heartbeat, Heartbeat__Output as _tangram_link_v1_Heartbeat__Output } from '../../../tangram/link/v1/Heartbeat.ts';
import type { LogsAnswer as _tangram_link_v1_LogsAnswer, LogsAnswer__Output as _tangram_link_v1_LogsAnswer__Output } from '../../../tangram/link/v1/LogsAnswer.ts';

export interface ControlRequest {
  'hello'?: (_tangram_link_v1_Hello | null);
  'inventory'?: (_tangram_link_v1_Inventory | null);
  'status'?: (_tangram_link_v1_StatusReport | null);
  'heartbeat'?: (_tangram_link_v1_Heartbeat | null);
  'logs'?: (_tangram_link_v1_LogsAnswer | null);
  'message'?: "hello"|"inventory"|"status"|"heartbeat"|"logs";
}

export interface ControlRequest__Output {
  'hello'?: (_tangram_link_v1_Hello__Output | null);
  'inventory'?: (_tangram_link_v1_Inventory__Output | null);
  'status'?: (_tangram_link_v1_StatusReport__Output | null);
  'heartbeat'?: (_tangram_link_v1_Heartbeat__Output | null);
  'logs'?: (_tangram_link_v1_LogsAnswer__Output | null);
  'message'?: "hello"|"inventory"|"status"|"heartbeat"|"logs";
}
