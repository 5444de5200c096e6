import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { CardHealthRecord } from '../store/health-records.ts';
import type { HealthPolicy } from './policy.ts';
import type { CardReadings } from './readings.ts';

/** What is remembered of the cards' health besides what a round sees. */
export interface HealthMemory {
  readonly policy: HealthPolicy;
  readonly records: ReadonlyMap<GpuUuid, CardHealthRecord>;
  readonly readings: ReadonlyMap<GpuUuid, CardReadings>;
}

/** Of an agent that keeps none: the round's own look is all that there is. */
export const noHealthMemory: HealthMemory = {
  policy: { xid: {}, autoReset: 'never' },
  records: new Map(),
  readings: new Map(),
};
