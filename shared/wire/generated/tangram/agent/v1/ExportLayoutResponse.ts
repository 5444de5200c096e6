// Original file: tangram/agent/v1/layout_service.proto


export interface ExportLayoutResponse {
  'document'?: (string);
}

export interface ExportLayoutResponse__Output {
  'document': (string);
}
