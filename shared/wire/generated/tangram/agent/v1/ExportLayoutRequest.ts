// Original file: tangram/agent/v1/layout_service.proto


export interface ExportLayoutRequest {
}

export interface ExportLayoutRequest__Output {
}
