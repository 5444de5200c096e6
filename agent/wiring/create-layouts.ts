import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { AgentConfig } from '../config.ts';
import { findDeviceHolders } from '../drivers/host/device-holders.ts';
import { runNodeCommands } from '../drivers/host/node-commands.ts';
import type { CarryDeps, NodeHooks } from '../layout/carry-out.ts';
import { LayoutKeeper } from '../layout/layout-keeper.ts';

/** null where no tool cuts cards. Call before the core's first round: cards that must be mended are held from now on. */
export function createLayouts(
  config: Pick<AgentConfig, 'cdi' | 'dcgm'>,
  deps: Omit<CarryDeps, 'hooks' | 'tool'> & {
    readonly clock: Clock;
    readonly log: Log;
    readonly tool: CarryDeps['tool'] | null;
  },
): LayoutKeeper | null {
  const { tool } = deps;
  if (tool === null) return null;
  const { dcgm } = config;
  const hooks: NodeHooks = {
    stopDcgm: (signal) => runNodeCommands(dcgm.stopCommands, signal),
    startDcgm: (signal) => runNodeCommands(dcgm.startCommands, signal),
    refreshCdi: createCdiRefresh(config),
    findHolders: () => findDeviceHolders(),
  };
  return new LayoutKeeper({ ...deps, tool, hooks });
}

/** null: the configuration names nothing to run. */
export function createCdiRefresh({
  cdi,
}: Pick<AgentConfig, 'cdi'>): ((signal: AbortSignal) => Promise<void>) | null {
  const { refresh } = cdi;
  return refresh === 'none' ? null : (signal) => runNodeCommands([refresh], signal);
}
