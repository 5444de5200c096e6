import { unreachable } from '../../shared/domain/assert.ts';
import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain, errorHint, isAppError } from '../../shared/platform/errors.ts';
import type { GpuActual, World } from '../observe/world.ts';
import type { CardRecovery, RecoveryState } from '../store/health-records.ts';
import type { HealthBook } from './book.ts';
import type { CardActions } from './card-actions.ts';
import { cardUsers, recoveryFaults } from './card-facts.ts';
import { isLasting } from './conditions.ts';
import { recoveryMove, type RecoveryFacts, type RecoveryMove } from './recovery-plan.ts';

/** The node in one round, and a way to keep the loop off a card. */
export interface SeenRound {
  readonly world: World;
  readonly hold: (gpus: readonly GpuUuid[]) => (() => void) | null;
}

export interface RecoveryDeps {
  readonly clock: Clock;
  readonly book: HealthBook;
  readonly actions: CardActions;
  readonly lookedAtMs: (gpu: GpuUuid) => number | null;
  readonly note: (gpu: GpuUuid, kind: string, message: string) => void;
}

export interface RecoveryProgress {
  /** Something was entered: the node is worth another look at once. */
  readonly moved: boolean;
  /** What it waits for; null: nothing. */
  readonly waitsFor: string | null;
}

/** More than any recovery takes in one round. */
const movesMax = 10;

/** Moves one card's recovery as far on as this round allows. */
export async function advanceRecovery(
  deps: RecoveryDeps,
  gpu: GpuActual,
  seen: SeenRound,
  signal: AbortSignal,
): Promise<RecoveryProgress> {
  const hold: { release: (() => void) | null } = { release: null };
  let moved = false;
  const held = (): boolean => (hold.release ??= seen.hold([gpu.uuid])) !== null;
  try {
    for (let moves = 0; moves < movesMax; moves += 1) {
      const recovery = deps.book.records().get(gpu.uuid)?.recovery ?? null;
      if (recovery === null) return { moved, waitsFor: null };
      const move = recoveryMove(recovery, factsOf(deps, gpu, { seen, recovery }));
      if (needsHold(move) && !held())
        return { moved, waitsFor: 'a step that runs on the card now' };
      switch (move.kind) {
        case 'rest':
          return { moved, waitsFor: null };
        case 'wait':
          return { moved, waitsFor: move.reason };
        case 'enter':
          enterState(deps, gpu.uuid, { recovery, seen, ...move });
          moved = true;
          break;
        case 'reset':
          enterState(deps, gpu.uuid, { recovery, seen, ...(await reset(deps, gpu, signal)) });
          return { moved: true, waitsFor: null };
        default:
          return unreachable(move);
      }
    }
    return { moved, waitsFor: null };
  } finally {
    hold.release?.();
  }
}

function needsHold(move: RecoveryMove): boolean {
  return move.kind === 'reset' || (move.kind === 'enter' && move.state === 'resetting');
}

/** Begins one. Durable when it returns. */
export function beginRecovery(
  deps: Pick<RecoveryDeps, 'clock' | 'book' | 'note'>,
  gpu: GpuActual,
  wish: Pick<CardRecovery, 'askedBy' | 'resets' | 'bootId'>,
): void {
  const nowMs = deps.clock.wallMs();
  const cause = gpu.verdict.reasons.find((each) => each.key !== 'recovery')?.message;
  const ofSlice = gpu.verdict.slices[0]?.reasons[0]?.message;
  const recovery: CardRecovery = {
    ...wish,
    state: 'marked',
    cause: cause ?? ofSlice ?? 'an earlier recovery that failed',
    startedAtMs: nowMs,
    sinceMs: nowMs,
    attempts: 0,
    detail: '',
  };
  deps.book.saveRecovery(gpu.uuid, recovery, { bootId: wish.bootId, overUntilMs: null });
  deps.note(gpu.uuid, 'recovery-marked', `${wish.askedBy} asks for it: ${recovery.cause}`);
}

function factsOf(
  { clock, lookedAtMs }: RecoveryDeps,
  gpu: GpuActual,
  { seen, recovery }: { readonly seen: SeenRound; readonly recovery: CardRecovery },
): RecoveryFacts {
  return {
    bootId: seen.world.bootId,
    nowMs: clock.wallMs(),
    authority: gpu.inventory.authority,
    // A card that cannot be read because it wants a reset gets one; after it, it must be readable.
    blind: recovery.state !== 'verifying' && isLasting(gpu.blind ?? '') ? null : gpu.blind,
    users: cardUsers(seen.world, gpu),
    faults: recoveryFaults(gpu.verdict, recovery.sinceMs),
    seenAtMs: seen.world.wallMs,
    lookedAtMs: lookedAtMs(gpu.uuid),
  };
}

function enterState(
  { clock, book, note }: RecoveryDeps,
  gpu: GpuUuid,
  change: {
    readonly recovery: CardRecovery;
    readonly seen: SeenRound;
    readonly state: RecoveryState;
    readonly detail: string;
  },
): void {
  const { recovery, seen, state, detail } = change;
  const { bootId } = seen.world;
  const attempts = recovery.attempts + (state === 'resetting' ? 1 : 0);
  const next = { ...recovery, state, detail, attempts, bootId, sinceMs: clock.wallMs() };
  // What came while the card was verified is news, and stays.
  const overUntilMs = state === 'readmitted' ? recovery.sinceMs : null;
  book.saveRecovery(gpu, next, { bootId, overUntilMs });
  note(gpu, `recovery-${state}`, detail === '' ? recovery.cause : detail);
}

/** Resets and restores; answers what to enter then. Throws only when the agent ends. */
async function reset(
  { actions }: RecoveryDeps,
  gpu: GpuActual,
  signal: AbortSignal,
): Promise<{ readonly state: RecoveryState; readonly detail: string }> {
  try {
    await actions.resetCard(gpu, signal);
  } catch (error) {
    signal.throwIfAborted();
    // Somebody came between our look and the reset, or the tool was late: it is waited for again, a few times.
    const state = isAppError(error, 'GPU_REFUSED') ? 'failed' : 'draining';
    return { state, detail: told(error) };
  }
  try {
    await actions.restoreLayout(gpu, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { state: 'failed', detail: `reset, but its layout is not restored: ${told(error)}` };
  }
  return { state: 'verifying', detail: '' };
}

function told(error: unknown): string {
  const hint = errorHint(error);
  return hint === undefined ? errorChain(error) : `${errorChain(error)}; ${hint}`;
}
