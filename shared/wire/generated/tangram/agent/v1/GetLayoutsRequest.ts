// Original file: tangram/agent/v1/layout_service.proto


export interface GetLayoutsRequest {
}

export interface GetLayoutsRequest__Output {
}
