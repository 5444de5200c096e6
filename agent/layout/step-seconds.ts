import { unreachable } from '../../shared/domain/assert.ts';
import type { LayoutStep } from '../../shared/domain/mig-layout.ts';
import type { MigFamily } from './mig-family.ts';

/**
 * About how long each step takes, seconds. `destroy`: kubernetes-sigs/dra-driver-nvidia-gpu counts on one second a
 * GPU instance. The others are guesses: a reset initialises the card anew, a replica is asked to end first.
 */
const seconds = {
  destroy: 1,
  create: 1,
  setMode: 2,
  setModeWithReset: 10,
  stopReplica: 5,
} as const;

export function secondsOf(step: LayoutStep, family: MigFamily): number {
  switch (step.kind) {
    case 'stop-replica':
      return seconds.stopReplica;
    case 'destroy':
      return seconds.destroy;
    case 'create':
      return seconds.create;
    case 'set-mode':
      return family.modeNeedsReset ? seconds.setModeWithReset : seconds.setMode;
    default:
      return unreachable(step);
  }
}
