import { assert } from '../../shared/domain/assert.ts';
import type { MpsControl } from '../drivers/mps/mps-control.ts';
import type { NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';
import { journaled, note, type HandlerDeps } from './handler-deps.ts';
import type { Handlers } from './steps.ts';

type MpsHandlers = Pick<
  Handlers,
  | 'setComputeMode'
  | 'restoreComputeMode'
  | 'startMps'
  | 'setMpsDefaults'
  | 'stopMps'
  | 'beginMpsRecovery'
  | 'endMpsRecovery'
>;

/** The handlers that share a card. */
export function mpsHandlers(deps: HandlerDeps): MpsHandlers {
  return { ...computeModeHandlers(deps), ...daemonHandlers(deps), ...recoveryHandlers(deps) };
}

function computeModeHandlers(
  deps: HandlerDeps,
): Pick<MpsHandlers, 'setComputeMode' | 'restoreComputeMode'> {
  const { store } = deps;
  return {
    setComputeMode: async (step, signal) => {
      const { gpu, modeBefore } = step;
      // Before it is set: a crash in between must not leave a mode that nobody gives back.
      store.saveComputeMode({ gpu, modeBefore, bootId: deps.bootId() });
      await journaled(deps, step, () =>
        smiOf(deps).setComputeMode(gpu, 'EXCLUSIVE_PROCESS', signal),
      );
      note(deps, 'compute-mode', `gpus/${gpu}`, `EXCLUSIVE_PROCESS, was ${modeBefore}`);
      return 'done';
    },
    restoreComputeMode: async (step, signal) => {
      const { gpu, mode } = step;
      if (mode !== null) {
        await journaled(deps, step, () => smiOf(deps).setComputeMode(gpu, mode, signal));
        note(deps, 'compute-mode', `gpus/${gpu}`, `${mode} again`);
      }
      store.removeComputeMode(gpu);
      return 'done';
    },
  };
}

function daemonHandlers(
  deps: HandlerDeps,
): Pick<MpsHandlers, 'startMps' | 'setMpsDefaults' | 'stopMps'> {
  return {
    startMps: async (step, signal) => {
      // Ours from before it runs: a crash in between must not leave a daemon that nobody stops.
      deps.store.addMpsCard(step.gpu);
      await journaled(deps, step, () => mpsOf(deps).start(step.gpu, signal));
      note(deps, 'mps-started', `gpus/${step.gpu}`, 'the MPS daemon answers');
      return 'done';
    },
    setMpsDefaults: async (step, signal) => {
      const { gpu, smPercent, memoryMib } = step;
      const defaults = { smPercent, memoryMib };
      const incarnation = await journaled(deps, step, () =>
        mpsOf(deps).setDefaults(gpu, defaults, signal),
      );
      // After it: dying in between only tells the daemon once more.
      deps.store.saveMpsDefaults({ gpu, incarnation, ...defaults });
      const limits = `${smPercent}% of the SMs and ${memoryMib}MiB`;
      note(deps, 'mps-defaults', `gpus/${gpu}`, `a client may use at most ${limits}`);
      return 'done';
    },
    stopMps: async (step, signal) => {
      await journaled(deps, step, () => mpsOf(deps).stop(step.gpu, signal));
      deps.store.removeMpsCard(step.gpu);
      note(deps, 'mps-stopped', `gpus/${step.gpu}`, 'the MPS daemon has ended');
      return 'done';
    },
  };
}

function recoveryHandlers(
  deps: HandlerDeps,
): Pick<MpsHandlers, 'beginMpsRecovery' | 'endMpsRecovery'> {
  return {
    beginMpsRecovery: ({ gpu, recovery }) => {
      const who = recovery.tenants
        .split('\n')
        .map((line) => line.split(' ')[0] ?? '')
        .filter((name) => name !== '');
      const all = who.length === 0 ? 'nobody shares the card now' : `restarting ${who.join(', ')}`;
      // Told before it is written down: a crash in between tells it twice, and never not at all.
      note(deps, 'mps-fault', `gpus/${gpu}`, `${recovery.reason}; ${all}`);
      deps.store.saveMpsRecovery(recovery);
      return Promise.resolve('done');
    },
    endMpsRecovery: ({ gpu, recovery }) => {
      deps.store.saveMpsRecovery(recovery);
      const { beganAtMs, notBeforeMs } = recovery;
      const seconds = Math.max(0, Math.ceil((notBeforeMs - deps.clock.wallMs()) / 1_000));
      const often = `restart ${beganAtMs.length} within an hour`;
      const when = seconds === 0 ? 'now' : `in ${seconds} s`;
      note(deps, 'mps-recovered', `gpus/${gpu}`, `clients may start ${when} (${often})`);
      return Promise.resolve('done');
    },
  };
}

function smiOf(deps: HandlerDeps): NvidiaSmi {
  assert(deps.nvidiaSmi !== null, 'a plan changes cards only where there is a tool for it');
  return deps.nvidiaSmi;
}

function mpsOf(deps: HandlerDeps): MpsControl {
  assert(deps.mps !== null, 'a plan starts MPS daemons only where MPS is configured');
  return deps.mps;
}
