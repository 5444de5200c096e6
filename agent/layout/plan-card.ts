import { unreachable } from '../../shared/domain/assert.ts';
import { authorityAllows } from '../../shared/domain/gpu.ts';
import type { GpuUuid, ReplicaId } from '../../shared/domain/ids.ts';
import {
  isSameInstance,
  isSamePlacement,
  shapeAfter,
  type CardShape,
  type KeptInstance,
  type LaidOutInstance,
  type LayoutStep,
} from '../../shared/domain/mig-layout.ts';
import { nearestWord } from '../../shared/manifest/suggest.ts';
import { nvlinkResetNote } from '../../shared/domain/nvlink-reset.ts';
import { err, ok, type Result } from '../../shared/domain/result.ts';
import {
  allHolders,
  renderHolder,
  renderInstance,
  shapeOf,
  type CardNow,
  type Holder,
  type InstanceNow,
} from './card-now.ts';
import { fitLayout } from './fit.ts';
import { secondsOf } from './step-seconds.ts';
import type { WantedInstance } from './wanted.ts';
import type { InstanceWish, LayoutWish } from './wish.ts';

/** Why a plan cannot be carried out as things are. Stable words. */
export type BlockReason =
  | 'allocation-holds'
  | 'authority'
  | 'card-unreadable'
  | 'geometry-unknown'
  | 'layout-impossible'
  | 'mig-unsupported'
  | 'mode-pending'
  | 'mps-running'
  | 'process-holds'
  | 'profile-unknown'
  | 'replica-holds';

export interface Block {
  readonly reason: BlockReason;
  /** For people: what stands in the way, and what to do. */
  readonly detail: string;
}

/** What bringing one card to a wish takes. Complete, in order; nothing else is done. */
export interface CardPlan {
  readonly gpu: GpuUuid;
  readonly index: number;
  readonly productName: string;
  readonly layoutRevision: number;
  readonly before: CardShape;
  /** As the wish has it; equal to `before` where a block leaves it open. */
  readonly after: CardShape;
  /** Empty: the card is as wished, or something about the wish itself is wrong. */
  readonly steps: readonly LayoutStep[];
  readonly kept: readonly KeptInstance[];
  /** Replicas and processes that lose what they run on. */
  readonly interrupts: readonly Holder[];
  readonly blocks: readonly Block[];
  /** An estimate. */
  readonly seconds: number;
  /** What somebody should know before they agree. */
  readonly notes: readonly string[];
}

export interface PlanOptions {
  /** Replicas of ours may be stopped for it. */
  readonly interrupt: boolean;
}

/** Pure: how to bring a card from what it is to what is wished. */
export function planCard(now: CardNow, wish: LayoutWish, options: PlanOptions): CardPlan {
  const wished = wishedShape(now, wish);
  return planShape(now, wished, options);
}

/** `planCard` for a shape that is known exactly: to restore one. */
export function planShape(
  now: CardNow,
  wished: Result<CardShape, Block>,
  options: PlanOptions,
): CardPlan {
  const before = shapeOf(now);
  const head = {
    gpu: now.gpu,
    index: now.index,
    productName: now.productName,
    layoutRevision: now.layoutRevision,
    before,
  };
  if (!wished.ok) {
    const none = { steps: [], kept: [], interrupts: [], seconds: 0, notes: [] };
    return { ...head, after: before, ...none, blocks: [wished.problem] };
  }
  const after = wished.value;
  const changes = shapeSteps(before, after);
  const modeChanges = changes.some((step) => step.kind === 'set-mode');
  const lost = (each: InstanceNow): boolean =>
    changes.some((step) => step.kind === 'destroy' && isSamePlacement(step.instance, each));
  const interrupts = distinct(
    modeChanges ? allHolders(now) : now.instances.filter(lost).flatMap((each) => each.holders),
  );
  const replicas = interrupts.flatMap((each) => (each.kind === 'replica' ? [each.replica] : []));
  const stops = replicas.map((replica): LayoutStep => ({ kind: 'stop-replica', replica }));
  const steps = [...stops, ...changes];
  const instances = now.instances.filter((each) => !modeChanges && !lost(each));
  return {
    ...head,
    after,
    steps,
    kept: instances.map(({ giProfileId, start, gpuInstanceId, uuid }) => ({
      giProfileId,
      start,
      gpuInstanceId,
      uuid,
    })),
    interrupts,
    blocks: steps.length === 0 ? [] : blocksOf(now, { changes, interrupts, replicas, options }),
    seconds: steps.reduce((sum, step) => sum + secondsOf(step, now.family), 0),
    notes: notesOf(now, after, modeChanges),
  };
}

/** What is there and not wished goes, then the mode, then what is wished and not there comes. */
function shapeSteps(before: CardShape, after: CardShape): readonly LayoutStep[] {
  const sameMode = before.migEnabled === after.migEnabled;
  const stays = (each: LaidOutInstance, others: CardShape): boolean =>
    sameMode && others.instances.some((other) => isSameInstance(each, other));
  return [
    ...before.instances
      .filter((each) => !stays(each, after))
      .map((instance): LayoutStep => ({ kind: 'destroy', instance })),
    ...(sameMode ? [] : [{ kind: 'set-mode', enabled: after.migEnabled } as const]),
    ...after.instances
      .filter((each) => !stays(each, before))
      .map((instance): LayoutStep => ({ kind: 'create', instance })),
  ];
}

/** The shapes that a card goes through: before the first step, and after each. */
export function shapesOf(before: CardShape, steps: readonly LayoutStep[]): readonly CardShape[] {
  const shapes = [before];
  for (const step of steps) shapes.push(shapeAfter(shapes.at(-1) ?? before, step));
  return shapes;
}

/** Keeping what is in use comes before keeping what is not, whatever the number. */
const worthInUse = 1_000;

function wishedShape(now: CardNow, wish: LayoutWish): Result<CardShape, Block> {
  if (now.error !== null) return blocked('card-unreadable', now.error);
  if (now.migEnabled === null) {
    if (!wish.mig) return ok(shapeOf(now));
    return blocked('mig-unsupported', `${now.productName} has no MIG`);
  }
  if (!wish.mig) return ok({ migEnabled: false, instances: [] });
  if (now.geometry === null) {
    const detail = `nothing tells how ${now.productName} can be cut; turn MIG on first, with no instances`;
    if (wish.instances.length === 0) return ok({ migEnabled: true, instances: [] });
    return blocked('geometry-unknown', detail);
  }
  const wanted: WantedInstance[] = [];
  for (const each of wish.instances) {
    const found = wantedOf(now, each);
    if (!found.ok) return found;
    wanted.push(found.value);
  }
  const present = now.instances.map((instance) => ({
    instance,
    worth: instance.holders.length > 0 ? worthInUse : 1,
  }));
  const fitted = fitLayout(now.geometry, wanted, present);
  if (fitted.ok) return ok({ migEnabled: true, instances: fitted.value });
  const { message, hint } = fitted.problem;
  return blocked('layout-impossible', hint === undefined ? message : `${message}; ${hint}`);
}

function wantedOf(now: CardNow, wish: InstanceWish): Result<WantedInstance, Block> {
  const profiles = now.geometry?.profiles ?? [];
  const profile = profiles.find(
    (each) => each.name === wish.profile || String(each.giProfileId) === wish.profile,
  );
  if (profile !== undefined) {
    // The default one by its own name is the default one.
    const bare = profile.name.replace(/[+-].*$/, '');
    const isDefault = wish.compute?.length === 1 && wish.compute[0] === bare;
    return ok({ profile, start: wish.start, compute: isDefault ? null : wish.compute });
  }
  const names = profiles.map((each) => each.name);
  const meant = nearestWord(wish.profile, names);
  const help = meant === undefined ? `it has ${names.join(', ')}` : `did you mean ${meant}?`;
  return blocked(
    'profile-unknown',
    `${now.productName} has no profile ${JSON.stringify(wish.profile)}; ${help}`,
  );
}

function blocked(reason: BlockReason, detail: string): Result<never, Block> {
  return err({ reason, detail });
}

interface Intended {
  readonly changes: readonly LayoutStep[];
  readonly interrupts: readonly Holder[];
  readonly replicas: readonly ReplicaId[];
  readonly options: PlanOptions;
}

function blocksOf(now: CardNow, intended: Intended): readonly Block[] {
  const { changes, interrupts, replicas, options } = intended;
  const blocks: Block[] = [];
  const mode = changes.find((step) => step.kind === 'set-mode');
  if (!authorityAllows(now.authority, 'cut')) {
    const detail = `authority on ${now.gpu} is ${now.authority}; raise it to cut with agentctl authority`;
    blocks.push({ reason: 'authority', detail });
  }
  if (mode === undefined && now.migPending !== now.migEnabled) {
    const word = now.migPending === true ? 'on' : 'off';
    const detail = `MIG goes ${word} at the next reset or reboot of the card; do that first, or wish for mig: ${now.migPending === true}`;
    blocks.push({ reason: 'mode-pending', detail });
  }
  if (mode !== undefined && now.mpsRunning) {
    const detail =
      'the card is shared through an MPS daemon of this agent; move its models away first';
    blocks.push({ reason: 'mps-running', detail });
  }
  for (const holder of interrupts) {
    if (holder.kind === 'process') {
      const detail = `${renderHolder(holder)} uses what would go; it is not ours, so end it first`;
      blocks.push({ reason: 'process-holds', detail });
    } else if (holder.kind === 'allocation') {
      const detail = `${renderHolder(holder)} has what would go; release it first`;
      blocks.push({ reason: 'allocation-holds', detail });
    }
  }
  // Who cannot be told from where it runs might run on what is to go.
  const destroys = mode === undefined && changes.some((step) => step.kind === 'destroy');
  for (const holder of destroys ? now.holders : []) {
    const detail = `${renderHolder(holder)} uses the card, and nothing tells which instance; end it first`;
    blocks.push({ reason: 'process-holds', detail });
  }
  if (replicas.length > 0 && !options.interrupt) {
    const detail = `${replicas.join(', ')} would be interrupted; say --interrupt to allow it`;
    blocks.push({ reason: 'replica-holds', detail });
  }
  return blocks;
}

function notesOf(now: CardNow, after: CardShape, modeChanges: boolean): readonly string[] {
  if (!modeChanges) return [];
  const notes: string[] = [];
  if (now.passedThrough) {
    notes.push(
      'a card passed through to this virtual machine takes the mode at its next reboot; the layout is made then',
    );
  } else if (now.family.modeNeedsReset) {
    notes.push(
      'the mode change resets the card: nothing may use it meanwhile, DCGM included (--stop-dcgm)',
    );
    const company = nvlinkResetNote(now.productName, now.nvlinkPeers);
    if (company !== null) notes.push(company);
  }
  if (after.migEnabled && !now.family.modeSurvivesReboot) {
    notes.push('this card forgets its MIG mode at a reboot; the agent restores mode and layout');
  }
  return notes;
}

function distinct(holders: readonly Holder[]): readonly Holder[] {
  const byName = new Map(holders.map((holder) => [renderHolder(holder), holder]));
  return [...byName.values()];
}

/** One line for people: what a step does. */
export function renderLayoutStep(step: LayoutStep): string {
  switch (step.kind) {
    case 'stop-replica':
      return `stop replica ${step.replica}`;
    case 'set-mode':
      return `turn MIG ${step.enabled ? 'on' : 'off'}`;
    case 'destroy':
      return `destroy ${renderInstance(step.instance)}`;
    case 'create': {
      const { compute } = step.instance;
      const inner = compute === null ? '' : ` with ${compute.join(', ') || 'no compute instance'}`;
      return `create ${renderInstance(step.instance)}${inner}`;
    }
    default:
      return unreachable(step);
  }
}
