import type { BootId, ReplicaId } from '../../shared/domain/ids.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { MpsControl } from '../drivers/mps/mps-control.ts';
import type { NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';
import type { Runtime } from '../drivers/runtime/runtime.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { CardHandles } from './core-deps.ts';
import type { Step } from './steps.ts';

export interface HandlerDeps {
  readonly clock: Clock;
  readonly store: AgentStore;
  readonly nvidiaSmi: NvidiaSmi | null;
  readonly mps: MpsControl | null;
  readonly runtimes: readonly Runtime[];
  readonly cardHold: CardHandles | null;
  readonly bootId: () => BootId;
  /** Intents that are being worked on now. */
  readonly liveIntents: Set<number>;
  /** What is pulled now, with its progress; read by the status. */
  readonly pulling: Map<ReplicaId, string>;
}

type HostStep = Extract<
  Step,
  {
    kind:
      | 'stopReplica'
      | 'startReplica'
      | 'setMigMode'
      | 'createMigInstance'
      | 'destroyMigInstance'
      | 'setComputeMode'
      | 'restoreComputeMode'
      | 'startMps'
      | 'setMpsDefaults'
      | 'stopMps';
  }
>;

/** Writes the step down before `work` touches the host, and strikes it out after. */
export async function journaled<T>(
  deps: HandlerDeps,
  step: HostStep,
  work: () => Promise<T>,
): Promise<T> {
  const id = deps.store.beginIntent({
    bootId: deps.bootId(),
    atMs: deps.clock.wallMs(),
    kind: step.kind,
    gpu: 'gpu' in step ? step.gpu : null,
    slice: step.kind === 'createMigInstance' ? step.slice : null,
    step: JSON.stringify(step),
  });
  deps.liveIntents.add(id);
  let failed = true;
  try {
    const result = await work();
    failed = false;
    return result;
  } finally {
    // A create stays written down until its slice is bound, a destroy that failed until it has left nothing half-way:
    // see `settledIntents`.
    const kept =
      step.kind === 'createMigInstance' || (step.kind === 'destroyMigInstance' && failed);
    deps.liveIntents.delete(id);
    if (!kept) deps.store.endIntent(id);
  }
}

/** One line of the node's history. */
export function note(
  deps: Pick<HandlerDeps, 'store' | 'clock'>,
  kind: string,
  subject: string,
  message: string,
): void {
  deps.store.appendEvent({ atMs: deps.clock.wallMs(), kind, subject, message });
}
