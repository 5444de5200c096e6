import type { GpuView } from './view.ts';

/** Bits of NVML's clock event reasons, by the names that the query fields use. */
export const clockReasonBits = {
  gpu_idle: 0x1,
  applications_clocks_setting: 0x2,
  sw_power_cap: 0x4,
  hw_slowdown: 0x8,
  sync_boost: 0x10,
  sw_thermal_slowdown: 0x20,
  hw_thermal_slowdown: 0x40,
  hw_power_brake_slowdown: 0x80,
  display_clocks_setting: 0x100,
} as const;
export type ClockReason = keyof typeof clockReasonBits;

/** Whether `reason` holds the card's clocks down. */
export function isClockReason(view: GpuView, reason: ClockReason): boolean {
  const { thermalSlowdown, powerBrake } = view.health;
  if (reason === 'gpu_idle') return view.idle;
  if (reason === 'hw_thermal_slowdown') return thermalSlowdown;
  if (reason === 'hw_power_brake_slowdown') return powerBrake;
  // The others never happen here.
  return reason === 'hw_slowdown' && (thermalSlowdown || powerBrake);
}

/** `0x0000000000000048` */
export function clockReasonMask(view: GpuView): string {
  let mask = 0;
  for (const reason of Object.keys(clockReasonBits) as ClockReason[]) {
    if (isClockReason(view, reason)) mask |= clockReasonBits[reason];
  }
  return `0x${mask.toString(16).toUpperCase().padStart(16, '0')}`;
}
