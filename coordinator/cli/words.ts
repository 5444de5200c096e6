import { renderDuration, renderMib } from '../../shared/domain/units.ts';
import type { SliceShape__Output } from '../../shared/wire/generated/tangram/v1/SliceShape.ts';

/** `REPLICA_PHASE_READY` → `ready`. A newer coordinator's member arrives as a number and is shown as it is. */
export function enumWord(prefix: string, value: string | number): string {
  return String(value).replace(prefix, '').toLowerCase();
}

export function phaseWord(value: string | number): string {
  return enumWord('REPLICA_PHASE_', value);
}

export function availabilityWord(value: string | number): string {
  return enumWord('NODE_AVAILABILITY_', value);
}

export function isolationWord(value: string | number): string {
  return enumWord('ISOLATION_', value);
}

/** `mig 2g.10gb@0`, `mps 6.0GiB 25%`, `whole`. */
export function shapeText(shape: SliceShape__Output | null): string {
  if (shape?.mig) return `mig ${shape.mig.profile}@${shape.mig.start}`;
  if (shape?.mps) return `mps ${mibText(shape.mps.memoryMib)} ${shape.mps.smPercent}%`;
  if (shape?.whole) return 'whole';
  if (shape?.timeshare) return `timeshare ${mibText(shape.timeshare.memoryMib)}`;
  return '';
}

export function shapeMib(shape: SliceShape__Output | null): number {
  const { whole, mig, mps, timeshare } = shape ?? {};
  return Number((whole ?? mig ?? mps ?? timeshare)?.memoryMib ?? 0);
}

/** 64-bit numbers arrive as text. */
export function mibText(mib: string | number): string {
  return renderMib(Number(mib));
}

/** `3m`: how long ago. Empty: never. */
export function agoText(atMs: string | number, nowMs: number): string {
  const at = Number(atMs);
  return at === 0 ? '' : renderDuration(Math.max(0, nowMs - at));
}

export function cpuText(millis: number): string {
  return String(millis / 1_000);
}

export function timeText(atMs: string | number): string {
  return new Date(Number(atMs)).toISOString();
}

/** `2026-11-23 01:12 UTC`. */
export function minuteText(atMs: string | number): string {
  return `${timeText(atMs).slice(0, 16).replace('T', ' ')} UTC`;
}

/** `1 replica`, `2 replicas`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
