import type { BootId, GpuUuid } from '../../shared/domain/ids.ts';
import type { LayoutChange, RecordedLayout } from '../../shared/domain/mig-layout.ts';
import { ok, renderProblem } from '../../shared/domain/result.ts';
import { backoffMs } from '../../shared/platform/backoff.ts';
import { AppError, errorChain, isAppError } from '../../shared/platform/errors.ts';
import { Wake } from '../../shared/platform/wake.ts';
import type { Hold } from '../reconcile/execute.ts';
import { renderInstance, type CardNow } from './card-now.ts';
import { carryOut, type CarryDeps, type LayoutProgress } from './carry-out.ts';
import { parseLayoutDocument, renderProblems } from './document.ts';
import { renderLayoutDocument } from './export-document.ts';
import { planShape, type CardPlan } from './plan-card.ts';
import { planLayout, type LayoutPlan } from './plan-layout.ts';
import { cardViews, readCards } from './read-cards.ts';
import { restoreShape, slicesOf, withSlices } from './restore-shape.ts';
import type { DocumentSource } from './wish.ts';

/** What somebody asks to be made of the cards. */
export interface LayoutRequest {
  readonly source: DocumentSource;
  /** Replicas may be interrupted. */
  readonly interrupt: boolean;
}

export interface ApplyRequest extends LayoutRequest {
  /** The plan that was agreed to; another one is refused. */
  readonly planId: string;
  /** DCGM is stopped meanwhile, and started again. */
  readonly stopDcgm: boolean;
}

/** A card with what this agent remembers of it. */
export interface KeptCard {
  readonly now: CardNow;
  readonly recorded: RecordedLayout | null;
  readonly lastChange: LayoutChange | null;
}

const restoreBackoff = { firstMs: 1_000, maxMs: 30_000 } as const;
/** Between looks for an inventory, while there is none, and for a round that has seen a change. */
const lookMs = 200;
/** So long an answer waits for that round; a change is over without it. */
const seenMsMax = 10_000;

/**
 * The layouts that this agent was asked for: plans, changes, and their return after a reboot.
 * Invariants: one apply at a time; while a card is changed the core does nothing on it; a change that a crash cut
 * short goes on before the core acts on its card.
 */
export class LayoutKeeper {
  readonly #deps: CarryDeps;
  readonly #ready = new Wake();
  /** Held from before the core's first round: nothing starts on a card whose layout is still to be mended. */
  readonly #holds: Map<GpuUuid, Hold>;
  #life: AbortSignal | null = null;
  #applying = false;

  constructor(deps: CarryDeps) {
    this.#deps = deps;
    const { store, core } = deps;
    const cards = new Set([
      ...store.openLayoutChanges().map((each) => each.gpu),
      ...store.recordedLayouts().map((each) => each.gpu),
    ]);
    this.#holds = new Map([...cards].map((gpu) => [gpu, core.holdCard(gpu)]));
  }

  /** Mends what a crash or a reboot left, then lets the core at the cards; ends with `signal`. */
  async run(signal: AbortSignal): Promise<void> {
    this.#life = signal;
    try {
      const boot = await this.#boot(signal);
      const held = [...this.#holds];
      await Promise.all(
        held.map(async ([gpu, hold]) => {
          await this.#mendOnceThereIsRoom(gpu, boot, signal);
          this.#holds.delete(gpu);
          hold.release();
        }),
      );
      await this.#ready.wait(signal);
    } catch (error) {
      // What is open goes on at the next start.
      if (!signal.aborted) throw error;
    }
  }

  async cards(signal: AbortSignal): Promise<readonly KeptCard[]> {
    const { store } = this.#deps;
    const recorded = store.recordedLayouts();
    return (await this.#read(signal)).map((now) => ({
      now,
      recorded: recorded.find((each) => each.gpu === now.gpu) ?? null,
      lastChange: store.lastLayoutChange(now.gpu),
    }));
  }

  /** Throws REQUEST_INVALID, telling everything that is wrong with the document. */
  async plan(request: LayoutRequest, signal: AbortSignal): Promise<LayoutPlan> {
    const document = parseLayoutDocument(request.source);
    if (!document.ok) throw invalid(renderProblems(document.problem));
    const { interrupt } = request;
    const planned = planLayout(document.value, await this.#read(signal, true), { interrupt });
    if (!planned.ok) throw invalid(renderProblems(planned.problem));
    return planned.value;
  }

  /** The document that cuts the cards as they are cut now. Throws REQUEST_INVALID where no card can do MIG. */
  async exported(signal: AbortSignal): Promise<string> {
    const cards = await this.#read(signal);
    if (cards.some((each) => each.migEnabled !== null && each.error === null)) {
      return renderLayoutDocument(cards);
    }
    throw invalid('no card of this node can do MIG, so there is nothing to export');
  }

  /**
   * Does what was planned, card by card; stops after the first that fails. Goes on when the caller goes away. Throws
   * PLAN_STALE where the plan is not the one that was agreed to, GPU_REFUSED where something is in its way, GPU_BUSY
   * while another one runs.
   */
  async apply(request: ApplyRequest, watch: (line: LayoutProgress) => void): Promise<void> {
    const life = this.#life;
    if (life === null) throw notReadYet();
    if (this.#applying) throw busy('another layout change runs on this node');
    this.#applying = true;
    let touched = false;
    try {
      const plan = await this.plan(request, life);
      if (plan.id !== request.planId) throw stale('the cards are not as they were planned for');
      const blocked = plan.cards.find((each) => each.blocks.length > 0);
      if (blocked !== undefined) throw refused(blocked);
      const mended = plan.cards.find((each) => this.#holds.has(each.gpu));
      if (mended !== undefined) throw busy(`the layout of GPU ${mended.index} is being restored`);
      for (const card of plan.cards) {
        touched = touched || card.steps.length > 0;
        const change = await this.#applyCard(card, request, { watch, life });
        if (change !== null && change.state !== 'done' && change.state !== 'parked') {
          throw new AppError('GPU_REFUSED', `GPU ${card.index} ${outcomeWords(change.state)}`, {
            cause: new Error(change.detail),
          });
        }
      }
    } finally {
      if (touched) await this.#seen(life).catch(() => undefined);
      this.#applying = false;
    }
  }

  /**
   * Brings back what a reset took: what was asked for here, and the instances of our slices. For a caller that holds
   * the card. Only adds. Throws GPU_REFUSED when not all of it is there afterwards.
   */
  async restore(gpu: GpuUuid, signal: AbortSignal): Promise<void> {
    const { store } = this.#deps;
    const boot = await this.#boot(signal);
    const recorded = store.recordedLayouts().find((each) => each.gpu === gpu)?.shape;
    const shape = withSlices(recorded, slicesOf(store.bindings(), gpu, boot));
    if (shape === null) return;
    const { problem } = await this.#tryRestore({ gpu, shape, bootId: boot }, { boot }, signal);
    if (problem === null) return;
    throw new AppError('GPU_REFUSED', `the layout of ${gpu} is not restored`, {
      cause: new Error(problem),
      hint: 'agentctl mig show tells what is there; agentctl mig apply makes the rest',
    });
  }

  /** Waits for a round that begins now: what is asked or planned next is to build on what was done. */
  async #seen(signal: AbortSignal): Promise<void> {
    const { core, clock } = this.#deps;
    const sinceMs = clock.wallMs();
    const untilMs = clock.monotonicMs() + seenMsMax;
    core.poke();
    while ((core.lastRound()?.startedAtMs ?? 0) < sinceMs && clock.monotonicMs() < untilMs) {
      await clock.sleep(lookMs, signal);
    }
  }

  async #applyCard(
    planned: CardPlan,
    { interrupt, stopDcgm, planId }: ApplyRequest,
    { watch, life }: { watch: (line: LayoutProgress) => void; life: AbortSignal },
  ): Promise<LayoutChange | null> {
    const { gpu, steps, kept, before, after } = planned;
    const { core, store } = this.#deps;
    const hold = core.holdCard(gpu);
    try {
      await hold.settled;
      const boot = await this.#boot(life);
      const now = (await this.#read(life)).find((each) => each.gpu === gpu);
      if (now === undefined) throw stale(`${gpu} is not seen any more`);
      const again = planShape(now, ok(after), { interrupt });
      if (JSON.stringify([again.steps, again.kept]) !== JSON.stringify([steps, kept])) {
        throw stale(`GPU ${planned.index} has changed since`);
      }
      if (again.blocks.length > 0) throw refused(again);
      if (steps.length === 0) {
        // Asked for all the same: a reboot is to bring it back.
        store.saveRecordedLayout({ gpu, shape: before, bootId: boot });
        return null;
      }
      const change = this.#begin(planned, { origin: 'apply', planId, boot });
      return await carryOut(change, { boot, stopDcgm, watch }, this.#deps, life);
    } finally {
      hold.release();
    }
  }

  #begin(
    { gpu, before, kept, steps }: CardPlan,
    about: { readonly origin: LayoutChange['origin']; planId: string; boot: BootId },
  ): LayoutChange {
    const { origin, planId, boot: bootId } = about;
    const change: Omit<LayoutChange, 'id'> = {
      gpu,
      bootId,
      startedAtMs: this.#deps.clock.wallMs(),
      origin,
      planId,
      before,
      kept,
      steps,
      cursor: 0,
      begun: false,
      reset: 'untried',
      failures: 0,
      dcgmStopped: false,
      state: 'running',
      detail: '',
    };
    return { id: this.#deps.store.beginLayoutChange(change), ...change };
  }

  /** On a full disk the card is left alone, as it was found. */
  async #mendOnceThereIsRoom(gpu: GpuUuid, boot: BootId, signal: AbortSignal): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#mend(gpu, boot, signal);
      } catch (error) {
        if (!isAppError(error, 'STORE_FULL')) throw error;
        this.#deps.log.warn({ err: error, gpu }, 'a layout waits for room on the disk');
      }
      await this.#deps.clock.sleep(backoffMs(tries, restoreBackoff), signal);
    }
  }

  /** What a crash cut short goes on; then what a reboot took away comes back. */
  async #mend(gpu: GpuUuid, boot: BootId, signal: AbortSignal): Promise<void> {
    const { store, log, clock } = this.#deps;
    for (const open of store.openLayoutChanges().filter((each) => each.gpu === gpu)) {
      await carryOut(open, { boot, stopDcgm: false, watch: null }, this.#deps, signal);
    }
    const recorded = store.recordedLayouts().find((each) => each.gpu === gpu);
    if (recorded === undefined || recorded.bootId === boot) return;
    let told = '';
    for (let tries = 0; ; tries += 1) {
      const { problem, again } = await this.#tryRestore(recorded, { boot, told }, signal);
      if (problem !== null && problem !== told) {
        log.warn({ gpu, problem }, 'a layout is not restored');
        this.#note(gpu, 'layout-not-restored', problem);
        told = problem;
      }
      if (!again) return;
      await clock.sleep(backoffMs(tries, restoreBackoff), signal);
    }
  }

  /** `again`: the card cannot be read yet, as while a host boots; nothing starts on it until then. */
  async #tryRestore(
    recorded: RecordedLayout,
    { boot, told = '' }: { readonly boot: BootId; readonly told?: string },
    signal: AbortSignal,
  ): Promise<{ readonly problem: string | null; readonly again: boolean }> {
    let cards: readonly CardNow[];
    try {
      cards = await this.#read(signal);
    } catch (error) {
      signal.throwIfAborted();
      return { problem: errorChain(error), again: true };
    }
    const now = cards.find((each) => each.gpu === recorded.gpu);
    // What we may do to it is known once the core has seen it.
    const known = this.#deps.core.inventory()?.gpus.some((each) => each.uuid === recorded.gpu);
    if (now === undefined || known !== true) {
      return { problem: told === '' ? 'the card is not seen yet' : told, again: true };
    }
    if (now.error !== null) return { problem: now.error, again: true };
    return { problem: await this.#restore(recorded, now, { boot, signal }), again: false };
  }

  /** Answers what is missing, and why; null: it is all there. */
  async #restore(
    recorded: RecordedLayout,
    now: CardNow,
    { boot, signal }: { readonly boot: BootId; readonly signal: AbortSignal },
  ): Promise<string | null> {
    const { gpu } = recorded;
    const { store } = this.#deps;
    const { shape, leftOut } = restoreShape(now, recorded.shape);
    const plan = planShape(now, ok(shape), { interrupt: false });
    const [block] = plan.blocks;
    if (block !== undefined) return block.detail;
    if (plan.steps.length > 0) {
      const change = this.#begin(plan, { origin: 'restore', planId: '', boot });
      const over = await carryOut(
        change,
        { boot, stopDcgm: false, watch: null },
        this.#deps,
        signal,
      );
      if (over.state !== 'done') return over.detail;
    } else if (store.recordedLayouts().some((each) => each.gpu === gpu)) {
      store.saveRecordedLayout({ ...recorded, bootId: boot });
    }
    if (leftOut.length === 0) return null;
    return `${leftOut.map(renderInstance).join(', ')} has no room beside what is there`;
  }

  async #read(signal: AbortSignal, whole = false): Promise<readonly CardNow[]> {
    const { core, tool } = this.#deps;
    if (core.inventory() === null) throw notReadYet();
    return readCards(tool, cardViews(core), signal, { whole });
  }

  /** Waits until the core has read its node once. */
  async #boot(signal: AbortSignal): Promise<BootId> {
    for (;;) {
      const boot = this.#deps.core.inventory()?.bootId;
      if (boot !== undefined) return boot;
      await this.#deps.clock.sleep(lookMs, signal);
    }
  }

  #note(gpu: GpuUuid, kind: string, message: string): void {
    const { store, clock } = this.#deps;
    store.appendEvent({ atMs: clock.wallMs(), kind, subject: `gpus/${gpu}`, message });
  }
}

function outcomeWords(state: LayoutChange['state']): string {
  return state === 'undone' ? 'is as it was: the change was undone' : 'was left half changed';
}

function notReadYet(): AppError {
  return new AppError('DRIVER_AWAY', 'the cards have not been read yet', {
    hint: 'an agent that has just started needs a few seconds; agentctl doctor tells what keeps it longer',
  });
}

function busy(message: string): AppError {
  return new AppError('GPU_BUSY', message, {
    hint: 'agentctl mig show tells of it; try again when it is over',
  });
}

function invalid(message: string): AppError {
  return new AppError('REQUEST_INVALID', message);
}

function stale(message: string): AppError {
  return new AppError('PLAN_STALE', message, { hint: 'plan again, and look at what has changed' });
}

function refused(card: CardPlan): AppError {
  const details = card.blocks.map(({ reason, detail }) =>
    renderProblem({ code: reason, path: reason, message: detail }),
  );
  return new AppError('GPU_REFUSED', `GPU ${card.index} cannot be cut so: ${details.join('; ')}`);
}
