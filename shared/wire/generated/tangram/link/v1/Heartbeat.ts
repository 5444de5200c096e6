// Original file: tangram/link/v1/link_service.proto


export interface Heartbeat {
}

export interface Heartbeat__Output {
}
