import type { TopRecord } from '../api/top-record.ts';

/** Whether something stays unknown for want of DCGM: only under MIG does nobody else measure. */
export function lacksDcgm(top: TopRecord): boolean {
  return top.dcgmReason !== '' && top.gpus.some((gpu) => gpu.mode === 'mig');
}
