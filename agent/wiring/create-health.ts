import type { GpuUuid } from '../../shared/domain/ids.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import type { AgentConfig } from '../config.ts';
import { createCardActions } from '../health/card-actions.ts';
import { HealthKeeper } from '../health/keeper.ts';
import { readingsByCard } from '../health/readings.ts';
import type { Telemetry } from '../telemetry/create-telemetry.ts';
import type { Kept } from './kept.ts';
import type { Drivers } from './open-drivers.ts';

export interface HealthParts {
  readonly drivers: Drivers;
  readonly telemetry: Telemetry;
  readonly poke: () => void;
  readonly restoreLayout: (gpu: GpuUuid, signal: AbortSignal) => Promise<void>;
}

/** Judges cards by the kernel log, the round's rows and the slow report, and mends them when told to. */
export function createHealth(
  config: AgentConfig,
  { log, store }: Kept,
  { drivers, telemetry, poke, restoreLayout }: HealthParts,
): HealthKeeper {
  const { nvidiaSmi, mps, kernelLog } = drivers;
  const { details, handles } = telemetry;
  if (kernelLog === null && nvidiaSmi !== null) {
    log.warn('no kernel log may be read here: Xids are not seen');
  }
  return new HealthKeeper({
    clock: systemClock,
    log,
    store,
    policy: config.health,
    kernelLog,
    readings: () => readingsByCard(details?.latest() ?? null, systemClock.wallMs()),
    actions: createCardActions({
      store,
      nvidiaSmi,
      mps,
      cardHandles: handles,
      restoreLayout,
    }),
    lookAgain: () => {
      poke();
      details?.poke();
    },
  });
}
