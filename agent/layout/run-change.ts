import type { BootId, GpuUuid, ReplicaId } from '../../shared/domain/ids.ts';
import { unreachable } from '../../shared/domain/assert.ts';
import {
  isSamePlacement,
  type LayoutChange,
  type LayoutStep,
} from '../../shared/domain/mig-layout.ts';
import { backoffMs } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain, errorHint, isAppError } from '../../shared/platform/errors.ts';
import type { GpuReset } from '../drivers/nvidia-smi/reset-gpu.ts';
import type { NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';
import { layoutShape } from '../observe/layout.ts';
import type { AgentStore } from '../store/agent-store.ts';
import { shapeOf, type CardNow } from './card-now.ts';
import type { Move } from './move.ts';
import { nextMove } from './next-move.ts';
import { renderLayoutStep, shapesOf } from './plan-card.ts';

/** What can be done to a card. */
export type CardTool = Pick<NvidiaSmi, 'setMigMode' | 'createMigInstance' | 'destroyMigInstance'> &
  GpuReset;

export type ChangeStore = Pick<
  AgentStore,
  | 'bindings'
  | 'layouts'
  | 'recordedLayouts'
  | 'saveBinding'
  | 'saveLayout'
  | 'saveLayoutChange'
  | 'saveRecordedLayout'
>;

export interface RunDeps {
  readonly clock: Clock;
  readonly store: ChangeStore;
  readonly tool: CardTool;
  readonly boot: BootId;
  /** The card as it is now: never older than the last move. */
  readonly read: (gpu: GpuUuid, signal: AbortSignal) => Promise<CardNow>;
  readonly stopReplica: (replica: ReplicaId, signal: AbortSignal) => Promise<void>;
  /** Who holds a card's device files, for people: `held by process 4711 (Xorg)`; empty: nobody is seen. */
  readonly heldBy: (gpu: GpuUuid, signal: AbortSignal) => Promise<string>;
  /** One line for whoever watches. */
  readonly tell: (change: LayoutChange, text: string) => void;
}

const waitBackoff = { firstMs: 500, maxMs: 30_000 } as const;

/**
 * Carries a change on, from wherever it is, until it is over. One move at a time: written down, done, read back.
 * Ends early only when `signal` aborts: the change is then open, and goes on at the next start.
 * Invariants: nothing is touched that the change does not name; nothing is done to a card that is not as expected.
 */
export async function runChange(
  begun: LayoutChange,
  deps: RunDeps,
  signal: AbortSignal,
): Promise<LayoutChange> {
  let change = begun;
  let waits = 0;
  while (change.state === 'running' || change.state === 'undoing') {
    signal.throwIfAborted();
    const now = await readOrWhy(deps, change, signal);
    const move: Move =
      typeof now === 'string' ? { kind: 'wait', why: now } : nextMove(change, now, deps.boot);
    if (move.kind === 'wait' || typeof now === 'string') {
      deps.tell(change, `waits: ${move.kind === 'wait' ? move.why : ''}`);
      await deps.clock.sleep(backoffMs(waits, waitBackoff), signal);
      waits += 1;
      continue;
    }
    waits = 0;
    change = await makeMove(change, { move, now }, deps, signal);
  }
  return change;
}

async function readOrWhy(
  { read, boot }: RunDeps,
  change: LayoutChange,
  signal: AbortSignal,
): Promise<CardNow | string> {
  try {
    return await read(change.gpu, signal);
  } catch (error) {
    signal.throwIfAborted();
    // Of another boot nothing needs to be read: it is over.
    return boot === change.bootId ? errorChain(error) : 'the cards cannot be read yet';
  }
}

interface MoveNow {
  readonly move: Exclude<Move, { kind: 'wait' }>;
  readonly now: CardNow;
}

async function makeMove(
  change: LayoutChange,
  { move, now }: MoveNow,
  deps: RunDeps,
  signal: AbortSignal,
): Promise<LayoutChange> {
  const save = (over: Partial<LayoutChange>): LayoutChange => {
    const next = { ...change, ...over };
    deps.store.saveLayoutChange(next);
    return next;
  };
  switch (move.kind) {
    case 'confirm': {
      const done = {
        cursor: change.cursor + 1,
        begun: false,
        failures: 0,
        reset: 'untried',
      } as const;
      return save({ ...done, detail: '' });
    }
    case 'turn-back':
      deps.tell(change, 'goes back to what it was before');
      return save({ state: 'undoing', failures: 0, detail: move.why });
    case 'give-up':
      deps.tell(change, `stops: ${move.why}`);
      rebind(change, now, deps);
      return save({ state: 'failed', detail: move.why });
    case 'finish':
      return finish(change, { state: move.state, now, save }, deps);
    case 'do':
    case 'tidy':
    case 'reset':
      // On disk before the card is touched.
      return tryMove(save({ begun: true }), { move, now }, deps, signal);
    default:
      return unreachable(move);
  }
}

type Touch = Extract<Move, { kind: 'do' | 'tidy' | 'reset' }>;

/** Touches the card. What became of it is told by the next reading, not by the tool. */
async function tryMove(
  change: LayoutChange,
  { move, now }: { readonly move: Touch; readonly now: CardNow },
  deps: RunDeps,
  signal: AbortSignal,
): Promise<LayoutChange> {
  const text = renderTouch(move);
  deps.tell(change, text);
  try {
    const problem = await touch(change, { move, now }, deps, signal);
    if (problem === null) return change;
    return failed(change, problem, deps);
  } catch (error) {
    signal.throwIfAborted();
    const holders = isAppError(error, 'GPU_BUSY') ? await deps.heldBy(change.gpu, signal) : '';
    const hint = errorHint(error);
    const detail = [`cannot ${text}: ${errorChain(error)}`, holders, hint]
      .filter((part) => part !== undefined && part !== '')
      .join('; ');
    if (move.kind !== 'reset') return failed(change, detail, deps);
    if (!isAppError(error, 'GPU_REFUSED')) {
      return failed({ ...change, reset: 'failed' }, detail, deps);
    }
    // A virtual machine cannot reset its card: no failure, but a wait for its reboot.
    const parked: LayoutChange = { ...change, reset: 'impossible', detail };
    deps.store.saveLayoutChange(parked);
    return parked;
  }
}

function failed(change: LayoutChange, detail: string, { store, tell }: RunDeps): LayoutChange {
  const next = { ...change, failures: change.failures + 1, detail };
  store.saveLayoutChange(next);
  tell(next, detail === change.detail ? 'fails again, for the same reason' : detail);
  return next;
}

/** Answers what is wrong where the tool is content and we are not; null: nothing. */
async function touch(
  change: LayoutChange,
  { move, now }: { readonly move: Touch; readonly now: CardNow },
  deps: RunDeps,
  signal: AbortSignal,
): Promise<string | null> {
  const { tool } = deps;
  const { gpu } = change;
  if (move.kind === 'reset') {
    await tool.resetGpu(gpu, signal);
    return null;
  }
  if (move.kind === 'tidy') {
    await tool.destroyMigInstance(gpu, move.instance, signal);
    return null;
  }
  return doStep(change, { step: move.step, now }, deps, signal);
}

async function doStep(
  change: LayoutChange,
  { step, now }: { readonly step: LayoutStep; readonly now: CardNow },
  { tool, heldBy, stopReplica }: RunDeps,
  signal: AbortSignal,
): Promise<string | null> {
  const { gpu } = change;
  switch (step.kind) {
    case 'stop-replica':
      await stopReplica(step.replica, signal);
      return null;
    case 'create':
      await tool.createMigInstance(gpu, step.instance, signal);
      return null;
    case 'destroy': {
      const found = now.instances.find((each) => isSamePlacement(each, step.instance));
      if (found !== undefined) await tool.destroyMigInstance(gpu, found, signal);
      return null;
    }
    case 'set-mode': {
      const mode = await tool.setMigMode(gpu, step.enabled, signal);
      // Pending for the first time: a reset comes next.
      if (mode === 'active' || (change.state === 'running' && change.reset === 'untried')) {
        return null;
      }
      const holders = await heldBy(gpu, signal);
      const word = `MIG ${step.enabled ? 'on' : 'off'} waits for a reset of the card`;
      return holders === '' ? word : `${word}; ${holders}`;
    }
    default:
      return unreachable(step);
  }
}

function renderTouch(move: Touch): string {
  switch (move.kind) {
    case 'do':
      return renderLayoutStep(move.step);
    case 'tidy':
      return `take away half of ${move.instance.profile} at ${move.instance.start}`;
    case 'reset':
      return 'reset the card';
    default:
      return unreachable(move);
  }
}

interface Finish {
  readonly state: 'done' | 'undone' | 'parked';
  readonly now: CardNow;
  readonly save: (over: Partial<LayoutChange>) => LayoutChange;
}

const finishWords = {
  done: 'done',
  undone: 'is as it was before',
  parked: 'waits for the next reboot; the layout is made then',
} as const;

/** Everything here may be done twice: the state is written last. */
function finish(change: LayoutChange, { state, now, save }: Finish, deps: RunDeps): LayoutChange {
  const { store } = deps;
  rebind(change, now, deps);
  if (state !== 'undone') record(change, store);
  const seen = shapeOf(now);
  const layout = store.layouts().find((each) => each.gpu === change.gpu);
  if (layout !== undefined) {
    // Our own doing is no drift.
    store.saveLayout({
      ...layout,
      shapeExpected: layoutShape(seen.migEnabled, seen.instances),
    });
  }
  deps.tell(change, finishWords[state]);
  return save({ state, detail: state === 'done' ? '' : change.detail });
}

/** What a reboot is to bring back. What is restored was recorded before, and may be more than this card took. */
function record({ gpu, bootId, origin, before, steps }: LayoutChange, store: ChangeStore): void {
  if (origin === 'apply') {
    store.saveRecordedLayout({ gpu, bootId, shape: shapesOf(before, steps).at(-1) ?? before });
    return;
  }
  const recorded = store.recordedLayouts().find((each) => each.gpu === gpu);
  if (recorded !== undefined) store.saveRecordedLayout({ ...recorded, bootId });
}

/** A slice whose instance was made anew by this change is that instance from now on, whatever it is called today. */
function rebind(change: LayoutChange, now: CardNow, { store, boot }: RunDeps): void {
  for (const binding of store.bindings()) {
    const { slice } = binding;
    const { shape } = slice;
    if (slice.gpu !== change.gpu || shape.kind !== 'mig') continue;
    const touched = change.steps.some(
      (step) =>
        (step.kind === 'create' || step.kind === 'destroy') &&
        isSamePlacement(step.instance, shape),
    );
    const found = now.instances.find((each) => isSamePlacement(each, shape));
    if (!touched || found === undefined || found.uuid === null) continue;
    const { gpuInstanceId, uuid: deviceUuid } = found;
    store.saveBinding({ ...binding, bootId: boot, gpuInstanceId, deviceUuid });
  }
}
