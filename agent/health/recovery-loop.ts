import type { GpuUuid } from '../../shared/domain/ids.ts';
import { isAppError } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { Wake } from '../../shared/platform/wake.ts';
import type { GpuActual, World } from '../observe/world.ts';
import type { RecoveryState } from '../store/health-records.ts';
import { cardUsers } from './card-facts.ts';
import type { HealthPolicy } from './policy.ts';
import { advanceRecovery, beginRecovery, type RecoveryDeps, type SeenRound } from './recovery.ts';
import { beginsAlone } from './recovery-plan.ts';

/** Between looks at a card that is being verified. */
const verifyPeriodMs = 2_000;

export interface RecoveryLoopDeps extends RecoveryDeps {
  readonly log: Log;
  readonly policy: HealthPolicy;
  /** Whether a reset would take something for good: then nobody but a person begins one. */
  readonly losesForGood: (gpu: GpuActual) => boolean;
  readonly lookAgain: () => void;
}

/**
 * Moves the recoveries of all cards on, round by round.
 * Invariants: one move a card at a time; cards do not wait for each other.
 */
export class RecoveryLoop {
  readonly #deps: RecoveryLoopDeps;
  readonly #roundSeen = new Wake();
  readonly #waitsFor = new Map<GpuUuid, string>();
  #seen: SeenRound | null = null;

  constructor(deps: RecoveryLoopDeps) {
    this.#deps = deps;
  }

  /** What the recovery of a card waits for; null: nothing. */
  waitsFor(gpu: GpuUuid): string | null {
    return this.#waitsFor.get(gpu) ?? null;
  }

  roundEnded(seen: SeenRound): void {
    this.#seen = seen;
    this.#roundSeen.wake();
  }

  /** Begins one that an operator asks for, or leaves the one that is under way. Durable when it returns. */
  begin(gpu: GpuActual, world: World, resets: boolean): void {
    if (this.#isOpen(gpu.uuid)) return;
    beginRecovery(this.#deps, gpu, { askedBy: 'operator', resets, bootId: world.bootId });
    this.#deps.lookAgain();
  }

  async run(signal: AbortSignal): Promise<void> {
    const running = new Map<GpuUuid, Promise<void>>();
    while (!signal.aborted) {
      await this.#roundSeen.wait(signal);
      const seen = this.#seen;
      if (seen === null || signal.aborted) continue;
      for (const gpu of seen.world.gpus) {
        if (running.has(gpu.uuid)) continue;
        this.#beginAlone(gpu, seen.world);
        if (!this.#isOpen(gpu.uuid)) continue;
        const moving = this.#advance(gpu, seen, signal).finally(() => running.delete(gpu.uuid));
        running.set(gpu.uuid, moving);
      }
    }
    await Promise.all(running.values());
  }

  async #advance(gpu: GpuActual, seen: SeenRound, signal: AbortSignal): Promise<void> {
    const { clock, log, lookAgain } = this.#deps;
    try {
      const { moved, waitsFor } = await advanceRecovery(this.#deps, gpu, seen, signal);
      if (waitsFor === null) this.#waitsFor.delete(gpu.uuid);
      else this.#waitsFor.set(gpu.uuid, waitsFor);
      const verifying = this.#stateOf(gpu.uuid) === 'verifying';
      // Somebody waits for the card: it is not left to the next regular look.
      if (!moved && verifying) await clock.sleep(verifyPeriodMs, signal);
      if (moved || verifying) lookAgain();
    } catch (err) {
      // Whatever was begun is on disk and goes on from there.
      if (!signal.aborted) log.error({ err, gpuUuid: gpu.uuid }, 'a recovery stumbled');
    }
  }

  #beginAlone(gpu: GpuActual, world: World): void {
    const { autoReset } = this.#deps.policy;
    const facts = { authority: gpu.inventory.authority, users: cardUsers(world, gpu) };
    const open = this.#isOpen(gpu.uuid);
    if (!beginsAlone(gpu.verdict, { autoReset, open, facts })) return;
    if (this.#deps.losesForGood(gpu)) return;
    try {
      beginRecovery(this.#deps, gpu, { askedBy: 'policy', resets: true, bootId: world.bootId });
    } catch (err) {
      if (!isAppError(err, 'STORE_FULL')) throw err;
      this.#deps.log.warn({ err, gpuUuid: gpu.uuid }, 'a recovery waits for room on the disk');
    }
  }

  #stateOf(gpu: GpuUuid): RecoveryState | undefined {
    return this.#deps.book.records().get(gpu)?.recovery?.state;
  }

  #isOpen(gpu: GpuUuid): boolean {
    const state = this.#stateOf(gpu);
    return state !== undefined && state !== 'readmitted' && state !== 'failed';
  }
}
