// Original file: tangram/link/v1/link_service.proto

export const GpuMode = {
  GPU_MODE_UNSPECIFIED: 'GPU_MODE_UNSPECIFIED',
  GPU_MODE_IDLE: 'GPU_MODE_IDLE',
  GPU_MODE_WHOLE: 'GPU_MODE_WHOLE',
  GPU_MODE_MIG: 'GPU_MODE_MIG',
  GPU_MODE_MPS: 'GPU_MODE_MPS',
  GPU_MODE_TIMESHARE: 'GPU_MODE_TIMESHARE',
  GPU_MODE_FOREIGN: 'GPU_MODE_FOREIGN',
} as const;

export type GpuMode =
  | 'GPU_MODE_UNSPECIFIED'
  | 0
  | 'GPU_MODE_IDLE'
  | 1
  | 'GPU_MODE_WHOLE'
  | 2
  | 'GPU_MODE_MIG'
  | 3
  | 'GPU_MODE_MPS'
  | 4
  | 'GPU_MODE_TIMESHARE'
  | 5
  | 'GPU_MODE_FOREIGN'
  | 6

export type GpuMode__Output = typeof GpuMode[keyof typeof GpuMode]
