import type { CardEvidence } from '../../../agent/health/judge.ts';
import type { XidSighting } from '../../../agent/health/incidents.ts';
import type { HealthPolicy } from '../../../agent/health/policy.ts';
import type { CardReadings } from '../../../agent/health/readings.ts';
import type { XidIncident } from '../../../agent/store/health-records.ts';
import { gpuA } from './fake-core.ts';

export const nowMs = 1_700_000_000_000;
export const minuteMs = 60_000;
export const standardPolicy: HealthPolicy = { xid: {}, autoReset: 'never' };

/** One Xid a minute ago, about the whole card and nobody. */
export function sighting(code: number, over: Partial<XidSighting> = {}): XidSighting {
  return {
    code,
    atMs: nowMs - minuteMs,
    gpuInstanceId: null,
    computeInstanceId: null,
    deviceUuid: null,
    line: `NVRM: Xid (PCI:0000:01:00): ${code}, words`,
    injected: false,
    fatal: null,
    wish: null,
    victim: null,
    ...over,
  };
}

export function incident(code: number, over: Partial<XidIncident> = {}): XidIncident {
  const { atMs, victim: _victim, ...rest } = sighting(code);
  return { ...rest, firstMs: atMs, lastMs: atMs, count: 1, victims: [], ...over };
}

/** A card that says nothing bad of itself, as of a moment ago. */
export function goodReadings(over: Partial<CardReadings> = {}): CardReadings {
  return {
    atMs: nowMs - 1_000,
    wish: null,
    resetRequired: null,
    drainAndResetRecommended: null,
    rowRemapPending: false,
    rowRemapFailure: false,
    pageRetirementPending: null,
    sramThresholdExceeded: false,
    clockReasons: [],
    temperatureCelsius: 40,
    temperatureSlowdownCelsius: 90,
    temperatureMarginCelsius: null,
    temperatureMarginSlowdownCelsius: null,
    ...over,
  };
}

export function evidence(over: Partial<CardEvidence> = {}): CardEvidence {
  return {
    gpu: gpuA,
    nowMs,
    look: { error: null, migEnabled: false, migPending: false, eccUncorrectedVolatile: 0 },
    readings: null,
    incidents: [],
    instances: [],
    recovery: null,
    before: null,
    ...over,
  };
}
